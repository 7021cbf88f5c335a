"""People sent to a site: crews and their visits (P4)."""
