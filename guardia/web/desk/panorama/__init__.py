"""The whole in pictures: each leads to the rows behind it, and leaves as a file."""
