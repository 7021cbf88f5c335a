"""What people and machines reach over HTTP. It translates, and decides nothing."""
