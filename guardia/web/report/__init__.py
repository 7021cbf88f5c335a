"""The closing report (P7): page, PDF and file to verify, for the desk, for a contact, for a letter."""
