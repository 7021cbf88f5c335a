"""Headers with parameters (RFC 2045, RFC 2231): Content-Type and Content-Disposition."""

import re
from urllib.parse import unquote_to_bytes

from guardia.mailroom.charsets import decoded
from guardia.mailroom.encoded_words import readable

MAX_LENGTH = 8_000
MAX_SECTIONS = 50
PARAM = re.compile(r';\s*([^\s=;*"]{1,60})(?:\*(\d{1,2}))?(\*)?\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)', re.DOTALL)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def value_and_params(text: str) -> tuple[str, dict[str, str]]:
    """The value in lower case and its parameters, decoded. The first of two equal names counts."""
    text = text[:MAX_LENGTH]
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    for name, number, star, value in PARAM.findall(text):
        at = int(number or 0)
        if at < MAX_SECTIONS:
            sections.setdefault(name.lower() + ("*" if star or number else ""), {}).setdefault(
                at, (bare(value), bool(star))
            )
    params = {name.rstrip("*"): joined(found) for name, found in sections.items() if name.endswith("*")}
    for name, found in sections.items():
        params.setdefault(name, readable(found[0][0]) if 0 in found else "")
    return text.partition(";")[0].strip().lower(), params


def bare(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] == '"':
        return ESCAPED.sub(r"\1", value[1:-1])
    return value.strip('"')


def joined(found: dict[int, tuple[str, bool]]) -> str:
    """The sections of RFC 2231 in their order; those with a star hold %XX, the first its charset."""
    octets, charset = bytearray(), ""
    for at in sorted(found):
        value, encoded = found[at]
        if encoded and not octets and value.count("'") >= 2:
            charset, _, value = value.split("'", 2)
        octets += unquote_to_bytes(value) if encoded else value.encode("utf-8", "replace")
    return decoded(bytes(octets), charset)[0]
