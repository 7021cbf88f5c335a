"""Settings, privacy: a person's data handed over or erased, how long each kind is kept, and what is on hold."""
