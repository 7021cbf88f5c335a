"""Mails put together as raw bytes, with the parts that each program sends."""

OURS = "<case-1042.n7@noc.example.com>"
ANA, LUIS = "ana@example.com", "luis@example.com"


def mail(headers: dict[str, str], body: str) -> bytes:
    lines = [f"{name}: {value}" for name, value in headers.items()]
    return "\n".join([*lines, "", body]).encode()


def parts(kind: str, *each: str, boundary: str = "=_b", **headers: str) -> bytes:
    """A multipart mail; each part is its headers, an empty line and its words. ``kind`` may bear parameters."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    whole = {"From": ANA, **named, "MIME-Version": "1.0"}
    body = "".join(f"--{boundary}\n{part}\n" for part in each) + f"--{boundary}--\n"
    return mail({**whole, "Content-Type": f'multipart/{kind}; boundary="{boundary}"'}, body)


def text(words: str, charset: str = "utf-8") -> str:
    return f"Content-Type: text/plain; charset={charset}\n\n{words}\n"


def html(words: str) -> str:
    return f"Content-Type: text/html; charset=utf-8\n\n{words}\n"


def status(*recipients: str, head: str = "Reporting-MTA: dns; mx.example.com") -> str:
    """The part that a machine reads (RFC 3464): each recipient its fields."""
    return "Content-Type: message/delivery-status\n\n" + "\n\n".join((head, *recipients)) + "\n"


def returned(kind: str = "message/rfc822", message_id: str = OURS, to: str = ANA) -> str:
    words = "" if kind == "text/rfc822-headers" else "\nSu caso sigue abierto. Escriba a otro@example.com\n"
    return f"Content-Type: {kind}\n\nMessage-ID: {message_id}\nTo: {to}\nSubject: Caso\n{words}"
