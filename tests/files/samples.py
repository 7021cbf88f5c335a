"""Files as a NOC gets them, and as somebody who means no good makes them."""

import io
import struct
import zipfile
import zlib
from fractions import Fraction
from pathlib import Path

from PIL import Image, ImageDraw

SECRET = b"SERIAL-OF-THE-TELEPHONE-4711"
SMALL = (800, 600)
PLACE = (-2.90055, -79.00453)


def rack(size: tuple[int, int] = (1600, 1200), colour: str = "#274156") -> Image.Image:
    """A picture that is not of one colour, its upper left corner red."""
    image = Image.new("RGB", size, colour)
    draw = ImageDraw.Draw(image)
    for step in range(0, size[0], 40):
        draw.line((step, 0, size[0] - step, size[1]), fill=(step % 256, 120, 200), width=3)
    draw.rectangle((0, 0, size[0] // 4, size[1] // 4), fill="red")
    return image


def camera_exif(orientation: int = 1, taken: str = "2026:11:23 22:40:00", zone: str = "") -> Image.Exif:
    """As a telephone writes it: where, when, which one."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = SECRET.decode(), orientation
    ifd = exif.get_ifd(0x8769)
    ifd[0x9003], ifd[0xA431] = taken, SECRET.decode()
    if zone:
        ifd[0x9011] = zone
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "S", (Fraction(2), Fraction(54), Fraction(2))
    gps[3], gps[4] = "W", (Fraction(79), Fraction(0), Fraction(16))
    return exif


def jpeg(image: Image.Image | None = None, **more) -> bytes:
    return written(image or rack(), "JPEG", **({"exif": camera_exif(), "comment": SECRET} | more))


def written(image: Image.Image, format_: str, **more) -> bytes:
    out = io.BytesIO()
    image.save(out, format_, **more)
    return out.getvalue()


def png(image: Image.Image | None = None, **more) -> bytes:
    return written(image or rack((800, 600)), "PNG", **more)


def gif(frames: int = 1) -> bytes:
    images = [rack((320, 240), colour) for colour in ("#274156", "#566427", "#562743")[:frames]]
    return written(images[0], "GIF", save_all=True, append_images=images[1:], comment=SECRET)


def zipped(*names: str, content: bytes = b"x") -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return held.getvalue()


def docx(*more: str) -> bytes:
    return zipped("[Content_Types].xml", "_rels/.rels", "word/document.xml", *more)


def xlsx(*more: str) -> bytes:
    return zipped("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", *more)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_that_says(width: int, height: int, *, data: bytes = b"") -> bytes:
    """A PNG of some bytes that claims to be so large."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(data or b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


HEIC = (Path(__file__).parent / "foto.heic").read_bytes()
"""A red corner, with the EXIF of ``camera_exif``: no library that is kept here writes this format."""

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
LOG = "23/11 22:10 Gi0/1 cayó\n23/11 22:14 Gi0/1 subió ñ\n".encode()
CSV = b"hora;perdida\n22:10;40\n22:11;38\n"
PCAP = b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00" + bytes(16)
MAIL = b"From: a@example.com\r\nTo: b@example.com\r\nSubject: hola\r\n\r\ntexto\r\n"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
HTML = b"<!doctype html><title>x</title><script>alert(1)</script>"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
