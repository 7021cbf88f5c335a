"""What each desk screen shows, as plain frozen values: rooms fill them, templates read them, nothing else."""
