"""Monitoring comes in: what it posts to a secret address, and the SNMP traps of the network's own devices."""
