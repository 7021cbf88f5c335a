"""A mail's HTML with its own pictures inside, for a browser, which knows no parts of a mail."""

import base64
from email.message import EmailMessage

SHOWN = frozenset({"image/png", "image/jpeg"})


def with_its_images(message: EmailMessage, html: str) -> str:
    """Each ``cid:`` that a part of the mail answers becomes that part, as a ``data:`` address."""
    for part in message.walk():
        cid = str(part["Content-ID"] or "").strip("<>")
        raw = part.get_payload(decode=True)
        if cid and part.get_content_type() in SHOWN and isinstance(raw, bytes):
            content = base64.b64encode(raw).decode()
            html = html.replace(f'"cid:{cid}"', f'"data:{part.get_content_type()};base64,{content}"')
    return html
