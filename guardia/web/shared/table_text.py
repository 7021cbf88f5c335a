"""Text in a file that a spreadsheet opens."""

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_text(cell: object) -> str:
    """What a cell of a CSV file says, so that no spreadsheet takes it for a formula: an apostrophe stands before it."""
    words = str(cell)
    return f"'{words}" if words.startswith(STARTS_A_FORMULA) or words.lstrip().startswith(STARTS_A_FORMULA) else words
