"""The probes: one module per kind. Each is bounded in time and number, and answers with what it measured."""
