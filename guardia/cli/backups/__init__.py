"""What is kept beside the house, and how it becomes a house again."""
