"""A picture as its own header tells it: PNG or JPEG, and how large. Nothing is decoded, so that nothing can burst."""

from dataclasses import dataclass

PNG, JPEG = "image/png", "image/jpeg"
PNG_BEGINS, PNG_ENDS = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"IEND\xaeB`\x82"
JPEG_BEGINS, JPEG_ENDS = b"\xff\xd8\xff", b"\xff\xd9"
ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
"""Markers of a JPEG that have no length after them."""
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Those that begin a frame and say its size."""


@dataclass(frozen=True)
class Picture:
    """``type`` is its MIME type; ``width`` and ``height`` in pixels."""

    type: str
    width: int
    height: int

    def fitted(self, width: int, height: int) -> tuple[int, int]:
        """As large as fits into these pixels, never larger than it is; at least one pixel."""
        scale = min(1.0, width / self.width, height / self.height)
        return max(1, round(self.width * scale)), max(1, round(self.height * scale))


def picture(content: bytes) -> Picture | None:
    """What the bytes are, whatever their file was called; None where they are no whole PNG or JPEG with a size."""
    if content.startswith(PNG_BEGINS) and content.rstrip(b"\0\r\n").endswith(PNG_ENDS):
        return sized(PNG, content[16:20], content[20:24])
    if content.startswith(JPEG_BEGINS) and content.rstrip(b"\0\r\n").endswith(JPEG_ENDS):
        return jpeg(content)
    return None


def jpeg(content: bytes) -> Picture | None:
    """Its segments are walked until the one that says the size."""
    place = 2
    while place + 4 <= len(content):
        if content[place] != 0xFF:
            return None
        marker = content[place + 1]
        if marker == 0xFF or marker in ALONE:
            place += 1 if marker == 0xFF else 2
            continue
        if marker in FRAMES:
            return sized(JPEG, content[place + 7 : place + 9], content[place + 5 : place + 7])
        length = int.from_bytes(content[place + 2 : place + 4])
        if marker in {0xD9, 0xDA} or length < 2:
            return None
        place += 2 + length
    return None


def sized(kind: str, width: bytes, height: bytes) -> Picture | None:
    across, down = int.from_bytes(width), int.from_bytes(height)
    return Picture(kind, across, down) if across and down else None


def is_animated(content: bytes) -> bool:
    """True for a PNG that moves: a letter stands still."""
    return content.startswith(PNG_BEGINS) and b"acTL" in content[: content.find(b"IDAT")]
