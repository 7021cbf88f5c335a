"""The closing report (P7)."""
