"""Django's backend for PostgreSQL, which need not ask at each request whether the server still answers."""
