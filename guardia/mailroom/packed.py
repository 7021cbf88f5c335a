"""What is packed inside a part: Outlook's winmail.dat (TNEF), and a mail that is signed as one opaque part (S/MIME).

A signature is not verified and nothing is decrypted or uncompressed here: the parts are only laid open. What cannot be
unpacked stays the file that it is. Neither format makes more of its bytes than there are, so none can be a bomb.
"""

import logging
from dataclasses import dataclass

from asn1crypto import cms  # type: ignore[import-untyped]
from tnefparse import TNEF  # type: ignore[import-untyped]

from guardia.mailroom.charsets import clean, decoded

SIGNED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
TNEF_TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
TNEF_BEGINS = b"\x78\x9f\x3e\x22"
MOST_FILES = 100
LARGEST = 25 * 1024 * 1024  # bytes

log = logging.getLogger(__name__)
logging.getLogger("tnefparse").setLevel(logging.CRITICAL)  # it warns of each attribute that it does not know


@dataclass(frozen=True)
class Unpacked:
    """The files of a winmail.dat with their names as it says them, and its words where it has any."""

    files: tuple[tuple[str, bytes], ...] = ()
    text: str = ""
    html: str = ""


def signed_mail(octets: bytes) -> bytes | None:
    """The mail inside an opaque signature (RFC 8551, signed-data); None where it is none, or is encrypted."""
    if len(octets) > LARGEST:
        return None
    try:
        info = cms.ContentInfo.load(octets)
        if info["content_type"].native != "signed_data":
            return None
        content = info["content"]["encap_content_info"]["content"].native
    except Exception:  # whatever a hostile mail makes the reader raise: it stays a file
        log.info("an S/MIME part cannot be unpacked", exc_info=True)
        return None
    return content if isinstance(content, bytes) and content.strip() else None


def winmail(octets: bytes) -> Unpacked | None:
    """The parts of a winmail.dat; None where it is none, is broken, or holds nothing."""
    if not octets.startswith(TNEF_BEGINS) or len(octets) > LARGEST:
        return None
    try:
        found = TNEF(octets, do_checksum=False)
        files = [(one.long_filename() or one.name, one.data) for one in found.attachments[:MOST_FILES] if one.data]
        body, html = found.body, found.htmlbody
    except Exception:  # as above
        log.info("a winmail.dat cannot be unpacked", exc_info=True)
        return None
    named = tuple((words_of(name), data) for name, data in files if isinstance(data, bytes))
    unpacked = Unpacked(named, words_of(body), words_of(html))
    return unpacked if unpacked != Unpacked() else None


def words_of(written: object) -> str:
    if isinstance(written, bytes):
        return clean(decoded(written)[0])
    return clean(written) if isinstance(written, str) else ""
