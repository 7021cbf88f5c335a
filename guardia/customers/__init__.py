"""Companies, their contacts and what each is told, their sites and services."""
