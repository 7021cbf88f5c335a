"""The transfer encodings of MIME (RFC 2045), undone as far as it goes: a broken one gives what can be read of it."""

import binascii
import re

NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} [^\r\n]*\r?\n", re.MULTILINE)


def undone(octets: bytes, encoding: str) -> tuple[bytes, str]:
    """The bytes that were encoded, and a defect ("" if none): broken_base64, broken_uu, unknown_encoding."""
    match encoding.strip().lower():
        case "" | "7bit" | "8bit" | "binary":
            return octets, ""
        case "quoted-printable":
            return binascii.a2b_qp(octets), ""
        case "base64":
            return base64(octets)
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            return uu(octets)
        case _:
            return octets, "unknown_encoding"


def base64(octets: bytes) -> tuple[bytes, str]:
    letters, rest = base64_letters(octets)
    try:
        content = binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
    except ValueError:  # one letter too many stands for no whole byte
        content = binascii.a2b_base64(letters[: len(letters) // 4 * 4])
        return content, "broken_base64"
    return content, "broken_base64" if rest.strip(b"=") else ""


def base64_letters(octets: bytes) -> tuple[bytes, bytes]:
    """The letters up to the padding, and what is none of base64. A second run after it is another encoder's."""
    packed = b"".join(octets.split())
    letters, _, tail = packed.partition(b"=")
    if NOT_BASE64.search(letters):
        return NOT_BASE64.sub(b"", letters), b"!"
    return letters, tail


def uu(octets: bytes) -> tuple[bytes, str]:
    begin = UU_BEGIN.search(octets)
    if begin is None:
        return octets, "broken_uu"
    content, defect = [], ""
    for line in octets[begin.end() :].splitlines():
        if line.strip() in (b"end", b"`", b""):
            break
        try:
            content.append(binascii.a2b_uu(line))
        except ValueError:
            defect = "broken_uu"
    return b"".join(content), defect
