"""Pictures are decoded in a process of their own, of little priority, with a limit of memory, of time and of number.

What decodes a picture works for seconds, takes a hundred times what the picture is on the disk, and is the code that
strangers' bytes get at first. None of it happens in a process that answers requests; that one does not even load it.
"""

import json
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from threading import BoundedSemaphore, Lock

MEGAPIXEL = 1_000_000
DEADLINE = 120.0  # seconds for one picture, from the beginning of its process; half of it of the processor
WAITING = BoundedSemaphore(2)
"""So many threads of a process may wait for pictures at once: half of a web's threads always serve other requests."""

_one_at_a_time = Lock()
COMMAND = (sys.executable, "-m", "guardia.evidence.thumbnails")


class Unreadable(Exception):
    """These bytes begin like a picture and are none, or take more memory or time than a picture may."""


class TooManyPixels(Exception):
    def __init__(self, found: float, most: float) -> None:
        """``found`` and ``most`` in pixels."""
        self.found, self.most = found / MEGAPIXEL, int(most // MEGAPIXEL)
        super().__init__(f"{self.found:.1f} megapixels; at most {self.most}")


class Busy(Exception):
    """As many pictures are being decoded as may be; the sender comes again."""


@dataclass(frozen=True, slots=True)
class Picture:
    """``content`` as it is kept, upright; ``taken`` as its camera wrote it, without a zone where it wrote none."""

    content: bytes
    type: str
    extension: str
    width: int
    height: int
    thumbnail: bytes  # JPEG
    taken: datetime | None


def picture_of(content: bytes) -> Picture:
    """The picture as it is kept, with its thumbnail. Raises Unreadable, TooManyPixels, Busy."""
    if not WAITING.acquire(blocking=False):
        raise Busy
    try:
        with _one_at_a_time:
            return decoded_picture(answer_of(content))
    finally:
        WAITING.release()


def answer_of(content: bytes, command: tuple[str, ...] = COMMAND, deadline: float = DEADLINE) -> bytes:
    """What the process says of these bytes. Raises Unreadable where it ended, or took longer than ``deadline`` (s)."""
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, close_fds=True
    ) as process:
        try:
            answer, _ = process.communicate(content, deadline)
        except subprocess.TimeoutExpired as late:
            process.kill()
            raise Unreadable("it takes too long") from late
    if process.returncode:
        raise Unreadable(f"its process ended with {process.returncode}")
    return answer


def decoded_picture(answer: bytes) -> Picture:
    """Raises Unreadable, TooManyPixels."""
    head, _, rest = answer.partition(b"\n")
    said = json.loads(head)
    if "found" in said:
        raise TooManyPixels(said["found"], said["most"])
    if "unreadable" in said:
        raise Unreadable(said["unreadable"])
    size = said["size"]
    taken = datetime.fromisoformat(said["taken"]) if said["taken"] else None
    return Picture(rest[:size], said["type"], said["extension"], said["width"], said["height"], rest[size:], taken)


def encoded_picture(picture: Picture) -> bytes:
    """What the process says of a picture that it has made."""
    said = {name: getattr(picture, name) for name in ("type", "extension", "width", "height")}
    said |= {"size": len(picture.content), "taken": picture.taken.isoformat() if picture.taken else ""}
    return json.dumps(said).encode() + b"\n" + picture.content + picture.thumbnail


def bounded() -> None:
    """Of the process that decodes: how much memory and processor it may take, no file, no core, little priority."""
    import os
    import resource

    os.nice(10)
    for limit, most in (
        (resource.RLIMIT_AS, 1536 * 1024 * 1024),
        (resource.RLIMIT_CPU, int(DEADLINE // 2)),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(limit, (most, most))
