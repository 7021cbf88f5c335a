"""Telephone calls as evidence: rang, answered, abandoned, owed a call-back."""
