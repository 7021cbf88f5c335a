"""Pictures are decoded in another process, between two transactions; bombs are refused in words."""

import struct
import subprocess
import sys
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from guardia.cases.case_files import FileNotTaken, ready
from guardia.evidence import image_process
from tests.files import samples

pytestmark = [pytest.mark.usefixtures("in_english"), pytest.mark.process]
REAL = image_process.answer_of


def bomb(width: int = 40_000, height: int = 40_000) -> bytes:
    """A PNG of a few KB that says it has 1,600 megapixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(4096))) + chunk(b"IEND", b"")
    )


def picture(format_: str, megapixels: int) -> bytes:
    held = BytesIO()
    Image.new("RGB", (megapixels * 200, 5000), "navy").save(held, format_)
    return held.getvalue()


@pytest.fixture
def apart_for_real(monkeypatch):
    monkeypatch.setattr(image_process, "answer_of", REAL)


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_a_picture_of_forty_megapixels_is_decoded_in_another_process(apart_for_real, format_):
    made = ready(picture(format_, 40), "foto")
    assert max(made.width, made.height) == 4096
    assert Image.open(BytesIO(made.thumbnail)).format == "JPEG"


def test_a_process_that_has_pictures_decoded_does_not_load_what_decodes(tmp_path):
    kept = tmp_path / "foto.jpg"
    kept.write_bytes(samples.jpeg())
    script = (
        "import sys; from guardia.evidence import image_process\n"
        "image_process.picture_of(open(sys.argv[1], 'rb').read()); print('PIL' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, kept], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert done.stdout.strip() == "False"


def test_a_bomb_is_refused_in_words(apart_for_real):
    with pytest.raises(FileNotTaken, match="megapixels"):
        ready(bomb(), "foto.png")
    with pytest.raises(FileNotTaken, match="cannot be read"):
        ready(bomb(6000, 6000), "foto.png")  # small enough to be looked at, and a lie


@pytest.mark.parametrize(
    ("script", "deadline"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", 60.0),
        ("import sys; sys.exit(1)", 60.0),
        ("import threading; threading.Event().wait()", 0.0),
    ],
)
def test_a_process_that_ends_or_takes_too_long_is_a_picture_that_cannot_be_read(script, deadline):
    with pytest.raises(image_process.Unreadable):
        REAL(b"", (sys.executable, "-c", script), deadline)


def test_its_memory_and_its_processor_are_limited():
    script = (
        "from guardia.evidence import image_process; image_process.bounded()\n"
        "from resource import *; print(getrlimit(RLIMIT_AS)[0], getrlimit(RLIMIT_CPU)[0])\n"
        "try: bytearray(2 * 1024**3)\n"
        "except MemoryError: print('refused')"
    )
    said = REAL(b"", (sys.executable, "-c", script)).split()
    assert [int(said[0]), int(said[1])] == [1536 * 1024 * 1024, int(image_process.DEADLINE // 2)]
    assert said[2] == b"refused"


def test_half_of_the_threads_never_wait_for_pictures():
    held = 0
    while image_process.WAITING.acquire(blocking=False):
        held += 1
    try:
        with pytest.raises(FileNotTaken, match="Send this one again"):
            ready(samples.jpeg(), "foto.jpg")
    finally:
        image_process.WAITING.release(held)
    assert held == 2
