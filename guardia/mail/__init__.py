"""Mail that came in: what each message is, whom it is from, which case it belongs to; the original kept whole."""
