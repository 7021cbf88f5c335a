"""Reports of what was promised and what was kept: of a case, a company's month, the lines, and the night."""
