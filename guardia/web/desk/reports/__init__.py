"""Promised against real: by stage, company and month, on the screen and as a workbook."""
