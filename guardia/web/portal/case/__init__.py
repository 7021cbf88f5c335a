"""One case as its customer sees it, and what may be done there. GET shows and changes nothing; POST acts, once."""
