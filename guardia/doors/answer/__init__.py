"""The door of whoever was paged: a signed link, no sign-in. GET shows and changes nothing; POST acts."""
