"""Photographs: looked at with Pillow, turned upright, and written anew, so that nothing of what they came with is kept
beside their pixels: no place, no serial number, no second file behind the picture.

It runs in a process of its own (``evidence/image_process.py``).
"""

import io
import json
import sys
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import Any

from guardia.evidence import image_process
from guardia.evidence.image_process import MEGAPIXEL, Picture, TooManyPixels, Unreadable

if __name__ == "__main__":
    image_process.bounded()  # before anything that reads pictures is loaded

import pi_heif
from PIL import ExifTags, Image, ImageCms, ImageOps

pi_heif.register_heif_opener()

READ = ("JPEG", "PNG", "WEBP", "GIF", "HEIF", "AVIF", "BMP")
MOST_PIXELS = 40 * MEGAPIXEL
MOST_PIXELS_OF_JPEG = 120 * MEGAPIXEL  # read at a half or a quarter of its size, so it never stands whole in memory
LONGEST_SIDE = 4096  # pixels of what is kept: a label on a patch panel is still read
THUMBNAIL = (480, 360)
QUALITY, QUALITY_OF_THUMBNAIL = 88, 78
MOST_FRAMES = 300
KEPT_AS = {"JPEG": "JPEG", "MPO": "JPEG", "HEIF": "JPEG", "AVIF": "JPEG", "PNG": "PNG", "WEBP": "WEBP", "GIF": "GIF"}
KEPT_AS["BMP"] = "PNG"
TYPES = {"JPEG": ("image/jpeg", ".jpg"), "PNG": ("image/png", ".png"), "WEBP": ("image/webp", ".webp")}
TYPES["GIF"] = ("image/gif", ".gif")


def picture_of(content: bytes) -> Picture:
    """The picture as it is kept, with its thumbnail. Raises Unreadable, TooManyPixels."""
    try:
        with Image.open(io.BytesIO(content), formats=READ) as image:
            return _made(image)
    except (TooManyPixels, MemoryError):
        raise
    except Image.DecompressionBombError as bomb:
        raise TooManyPixels(2 * (Image.MAX_IMAGE_PIXELS or 0), MOST_PIXELS) from bomb
    except Exception as wrong:  # bytes that lie bring Pillow and its libraries to raise whatever there is
        raise Unreadable(str(wrong)) from wrong


def answer_of(content: bytes) -> bytes:
    """What is said of a picture, as ``apart.read`` reads it."""
    try:
        return image_process.encoded_picture(picture_of(content))
    except TooManyPixels as many:
        return json.dumps({"found": many.found * MEGAPIXEL, "most": many.most * MEGAPIXEL}).encode()
    except Unreadable as wrong:
        return json.dumps({"unreadable": str(wrong)}).encode()
    except MemoryError:
        return json.dumps({"unreadable": "it takes too much memory"}).encode()


def main() -> None:
    """A picture comes on standard input; what is said of it leaves on standard output."""
    said = answer_of(sys.stdin.buffer.read())
    sys.stdout.buffer.write(said)
    sys.stdout.buffer.flush()


def _made(image: Image.Image) -> Picture:
    format_ = image.format or ""
    most = MOST_PIXELS_OF_JPEG if format_ in {"JPEG", "MPO"} else MOST_PIXELS
    if image.width * image.height * _frames(image) > most:
        raise TooManyPixels(image.width * image.height * _frames(image), most)
    taken = _taken(image)
    if format_ in {"JPEG", "MPO"}:
        image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
    kept_as = KEPT_AS[format_]
    if kept_as == "GIF" and _frames(image) > 1:
        return _moving(image)
    shown = _upright(image)
    type_, extension = TYPES[kept_as]
    return Picture(_written(shown, kept_as), type_, extension, *shown.size, _thumbnail(shown), taken)


def _frames(image: Image.Image) -> int:
    """Only of a GIF are more than the first kept."""
    return getattr(image, "n_frames", 1) if image.format == "GIF" else 1


def _upright(image: Image.Image) -> Image.Image:
    """As it is to be looked at, in plain colours, no longer than the longest side."""
    image.load()
    profile = image.info.get("icc_profile")
    shown = ImageOps.exif_transpose(image)
    has_alpha = "A" in shown.getbands() or "transparency" in shown.info
    shown = _plain(shown, profile).convert("RGBA" if has_alpha else "RGB")
    shown.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0)
    shown.info = {}
    return shown


def _plain(image: Image.Image, profile: bytes | None) -> Image.Image:
    """In sRGB: the profile is thrown away with the rest, and the colours of a wide one would fade."""
    if not profile or image.mode not in {"RGB", "RGBA", "CMYK", "L"}:
        return image
    with suppress(ImageCms.PyCMSError, OSError, ValueError):
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        if turned := ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode):
            return turned
    return image


def _written(image: Image.Image, format_: str) -> bytes:
    options: dict[str, Any] = {
        "JPEG": {"quality": QUALITY, "optimize": True},
        "WEBP": {"quality": QUALITY, "method": 3},
        "PNG": {"compress_level": 6},
        "GIF": {},
    }[format_]
    return _bytes(_on_white(image) if format_ == "JPEG" else image, format_, **options)


def _thumbnail(image: Image.Image) -> bytes:
    small = image.copy()
    small.thumbnail(THUMBNAIL, Image.Resampling.LANCZOS, reducing_gap=3.0)
    return _bytes(_on_white(small), "JPEG", quality=QUALITY_OF_THUMBNAIL, optimize=True)


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image.convert("RGB")
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _bytes(image: Image.Image, format_: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, format_, **options)
    return out.getvalue()


def _moving(image: Image.Image) -> Picture:
    """A GIF of several frames, each written anew without its comments."""
    count = _frames(image)
    if count > MOST_FRAMES:
        raise TooManyPixels(image.width * image.height * count, MOST_PIXELS)
    frames, lasting = [], []
    for number in range(count):
        image.seek(number)
        lasting.append(max(20, int(image.info.get("duration") or 100)))
        frame = image.convert("RGBA")
        frame.info = {}
        frames.append(frame)
    first, rest = frames[0], frames[1:]
    content = _bytes(first, "GIF", save_all=True, append_images=rest, duration=lasting, loop=0, disposal=2)
    return Picture(content, *TYPES["GIF"], *first.size, _thumbnail(first), None)


def _taken(image: Image.Image) -> datetime | None:
    """When the camera says that it was taken; what it says of the zone is believed, else the hour has none."""
    with suppress(Exception):  # a broken EXIF is no reason to refuse a photograph
        exif = image.getexif().get_ifd(ExifTags.IFD.Exif)
        said = str(exif.get(ExifTags.Base.DateTimeOriginal, "")).strip("\0 ")
        hour = datetime.strptime(said, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
        return hour.replace(tzinfo=_zone(str(exif.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\0 ")))
    return None


def _zone(said: str) -> timezone | None:
    with suppress(ValueError):
        hours, minutes = said[1:].split(":")
        away = timedelta(hours=int(hours), minutes=int(minutes))
        if said[0] in "+-" and away <= timedelta(hours=14):
            return timezone(-away if said[0] == "-" else away)
    return None


if __name__ == "__main__":
    main()
