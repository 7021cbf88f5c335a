"""The hand of whoever signed, as a telephone draws it: a PNG within the act itself."""

import base64
import binascii

from guardia.cases.field_refusals import NotUnderstood

BEGINS = "data:image/png;base64,"
PNG = b"\x89PNG\r\n\x1a\n"


def image_of(written: str) -> bytes:
    """The picture's bytes. Raises NotUnderstood where it is none."""
    try:
        content = base64.b64decode(written.removeprefix(BEGINS), validate=True)
    except (binascii.Error, ValueError) as trouble:
        raise NotUnderstood(what="signature") from trouble
    if not content.startswith(PNG):
        raise NotUnderstood(what="signature")
    return content
