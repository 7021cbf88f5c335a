"""TM Forum's interfaces against the standards' own documents (README.md)."""
