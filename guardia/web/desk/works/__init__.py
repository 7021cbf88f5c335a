"""`/trabajos`: planned work as the desk plans it, announces it, and sees it through."""
