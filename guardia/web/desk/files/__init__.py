"""Photographs and documents on a case: added, looked at, shown to the customer, withdrawn."""
