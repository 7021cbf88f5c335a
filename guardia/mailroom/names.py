"""Names of attached files, made safe for any file system and any eye."""

import re
import unicodedata

from guardia.mailroom.charsets import one_line

MAX_LENGTH = 120
MAX_EXTENSION = 12

FORBIDDEN = re.compile(r'[<>:"|?*%\x7f-\x9f]')
UNSEEN = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
RESERVED = re.compile(r"(?:con|prn|aux|nul|clock\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|\Z)", re.IGNORECASE)


def safe_name(name: str, instead: str) -> str:
    """This name without path, control or direction marks, at most 120 characters, its last extension in sight.

    ``instead`` is given when nothing is left of it.
    """
    name = unicodedata.normalize("NFC", one_line(name, 1_000))
    name = name.replace("\\", "/").rpartition("/")[2]
    name = FORBIDDEN.sub("_", UNSEEN.sub("", name))
    stem, dot, extension = name.strip(". \t").rpartition(".")
    if not dot:
        stem, extension = extension, ""
    extension = extension.strip()[:MAX_EXTENSION]
    stem = stem.strip(". ")[: MAX_LENGTH - len(extension) - len(dot)].strip(". ")
    safe = f"{stem}{dot}{extension}".strip(". ")
    if not safe.strip("._- "):
        return instead
    return f"_{safe}"[:MAX_LENGTH] if RESERVED.match(safe) else safe


def extension_of(name: str) -> str:
    """In lower case with its dot; "" if none."""
    stem, dot, extension = name.rpartition(".")
    return f".{extension.lower()}" if stem and dot else ""
