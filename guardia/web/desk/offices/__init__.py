"""A4: what a customer hands in at an office: the stamp, the scan, who took it, and the receipt."""
