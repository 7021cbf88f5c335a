"""For whoever was paged, and for the contact who asks for the next level: a signed link, no sign-in.

GET shows and changes nothing; POST acts.
"""
