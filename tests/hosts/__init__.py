"""More than one machine: each scenario is a program of its own, on a real PostgreSQL over TCP.

`GUARDIA_HOSTS=1` runs them as tests; `python -m tests.hosts.NAME` runs one by hand, and says what it sees.
"""
