"""A QR code as SVG, drawn here: no address is asked for it, and paper stays sharp at every size."""

QUIET_ZONE = 4
"""Modules of white around the code (ISO/IEC 18004, 9.1)."""


def qr_code(words: str) -> str:
    """Level M: a seventh of it may be dirty. One path, each run of dark modules a rectangle."""
    from qrcode.constants import ERROR_CORRECT_M  # with the first report: it loads Pillow
    from qrcode.main import QRCode

    code: QRCode = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE)
    code.add_data(words, optimize=0)
    rows = code.get_matrix()
    path = "".join(f"M{left} {top}h{width}v1h-{width}z" for top, row in enumerate(rows) for left, width in runs(row))
    side = len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<rect width="{side}" height="{side}" fill="#fff"/><path d="{path}"/></svg>'
    )


def runs(row: list[bool]) -> list[tuple[int, int]]:
    """Where dark modules begin, and how many follow one another."""
    found: list[tuple[int, int]] = []
    for place, is_dark in enumerate(row):
        if is_dark and found and sum(found[-1]) == place:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        elif is_dark:
            found.append((place, 1))
    return found
