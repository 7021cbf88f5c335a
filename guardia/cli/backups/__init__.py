"""What is kept beside the installation, and how it becomes an installation again."""
