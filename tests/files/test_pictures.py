"""Photographs: upright, without what their camera wrote beside them, small for the strip; looked at in their bytes."""

import io
from datetime import UTC, datetime, timedelta, timezone

import pytest
from PIL import Image

from guardia.cases.case_files import ready
from guardia.evidence.thumbnails import LONGEST_SIDE, THUMBNAIL
from tests.files import samples


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


KINDS = {
    "jpeg": samples.jpeg(),
    "png": samples.png(exif=samples.camera_exif()),
    "webp": samples.written(samples.rack(samples.SMALL), "WEBP", exif=samples.camera_exif()),
    "avif": samples.written(samples.rack(samples.SMALL), "AVIF", speed=10, exif=samples.camera_exif()),
    "heic": samples.HEIC,
    "gif": samples.gif(),
    "gif of three": samples.gif(3),
}


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_the_camera_is_left_in_the_bytes(kind):
    before, made = KINDS[kind], ready(KINDS[kind], "foto")
    assert samples.SECRET in before
    for kept in (made.content, made.thumbnail):
        assert samples.SECRET not in kept
        assert b"Exif" not in kept
        assert b"EXIF" not in kept
        assert b"http://ns.adobe.com" not in kept
        assert not opened(kept).getexif()
        assert not set(opened(kept).info) & {"exif", "comment", "xmp", "icc_profile", "XML:com.adobe.xmp"}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_stands_upright(orientation):
    """Each of the eight ways a camera may have been held leads to the same picture."""
    turned = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    upright = samples.rack()
    held = upright.transpose(turned) if turned is not None else upright
    made = ready(samples.jpeg(held, exif=samples.camera_exif(orientation)), "foto.jpg")
    for kept in (made.content, made.thumbnail):
        shown = opened(kept)
        red, green, blue = shown.convert("RGB").getpixel((shown.width // 16, shown.height // 16))
        assert (red > 200, green < 80, blue < 80) == (True, True, True)
    assert (made.width, made.height) == (1600, 1200)


def test_a_large_one_is_kept_no_larger_than_it_is_read():
    made = ready(samples.jpeg(samples.rack((6000, 4000))), "foto.jpg")
    assert (made.width, made.height) == (LONGEST_SIDE, 2731)
    assert opened(made.thumbnail).size == (THUMBNAIL[0], 320)
    assert len(made.thumbnail) < 60_000


def test_a_very_long_one_has_a_thumbnail_too():
    made = ready(samples.png(samples.rack((20_000, 12))), "pantalla.png")
    assert made.width == LONGEST_SIDE
    assert min(opened(made.thumbnail).size) >= 1


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_way_of_colours_is_shown(mode):
    made = ready(samples.png(samples.rack((300, 200)).convert(mode)), "x.png")
    assert opened(made.thumbnail).mode == "RGB"


@pytest.mark.parametrize("mode", ["L", "CMYK", "YCbCr"])
def test_every_way_of_colours_of_a_jpeg_is_shown(mode):
    assert ready(samples.jpeg(samples.rack((300, 200)).convert(mode)), "x.jpg").thumbnail


def test_what_is_transparent_stands_on_white_in_the_strip():
    made = ready(samples.png(Image.new("RGBA", (200, 200), (0, 0, 0, 0))), "x.png")
    assert opened(made.thumbnail).getpixel((50, 50)) == (255, 255, 255)
    assert opened(made.content).mode == "RGBA"


def test_the_same_photograph_is_kept_as_the_same_bytes():
    assert ready(samples.jpeg(), "a.jpg").sha256 == ready(samples.jpeg(), "b.jpg").sha256


@pytest.mark.parametrize(
    ("taken", "zone", "hour"),
    [
        ("2026:11:23 22:40:00", "", datetime(2026, 11, 23, 22, 40)),  # noqa: DTZ001 - the camera names no zone
        ("2026:11:23 22:40:00", "-05:00", datetime(2026, 11, 23, 22, 40, tzinfo=timezone(timedelta(hours=-5)))),
        ("2026:11:23 22:40:00", "+00:00", datetime(2026, 11, 23, 22, 40, tzinfo=UTC)),
        ("2026:11:23 22:40:00", "nada", datetime(2026, 11, 23, 22, 40)),  # noqa: DTZ001
        ("0000:00:00 00:00:00", "", None),
        ("ayer", "", None),
        ("", "", None),
    ],
)
def test_the_hour_that_its_camera_says(taken, zone, hour):
    assert ready(samples.jpeg(exif=samples.camera_exif(taken=taken, zone=zone)), "foto.jpg").taken == hour


def test_a_broken_exif_refuses_no_photograph():
    content = samples.jpeg(exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert ready(content, "foto.jpg").taken is None
