"""Pictures as files, made here: a whole PNG, and a JPEG as far as anybody reads it who only asks for its size."""

import struct
import zlib


def png(width: int = 240, height: int = 80, *, extra: bytes = b"") -> bytes:
    """A white one that every program shows."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = (b"\0" + b"\xff" * width) * height
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + extra
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def jpeg(width: int = 120, height: int = 40, *, padding: int = 0) -> bytes:
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    comment = b"\xff\xfe" + struct.pack(">H", 2 + padding) + b"x" * padding if padding else b""
    segments = b"\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0" + comment
    return (
        b"\xff\xd8" + segments + b"\xff\xc2" + struct.pack(">H", 2 + len(frame)) + frame + b"\xff\xda\x00\x02\xff\xd9"
    )
