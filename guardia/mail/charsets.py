"""Bytes to words, whatever the mail says of them; what PostgreSQL refuses (NUL, lone surrogates) never gets through."""

import codecs
import re

# Only encodings of text, each linear in its input: Python also knows "punycode", "unicode_escape" and the like.
NAMES = """
    ascii utf-8 utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be utf-7
    iso8859-1 iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-9 iso8859-10 iso8859-11
    iso8859-13 iso8859-14 iso8859-15 iso8859-16 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258
    cp437 cp850 cp852 cp858 cp860 cp866 cp874 cp932 cp936 cp949 cp950 koi8-r koi8-u mac-roman
    gb2312 gbk gb18030 big5 hz euc-jp euc-kr shift_jis iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_jp_3 iso2022_kr
"""
KNOWN = frozenset(codecs.lookup(name).name for name in NAMES.split())
AS_BROWSERS_DO = {"iso8859-1": "cp1252", "ascii": "utf-8", "gb2312": "gb18030", "gbk": "gb18030", "iso8859-9": "cp1254"}
SINGLE_BYTE = re.compile(r"^(?:iso8859-|cp125|cp8|mac|koi8)")

CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
DIRECTIONS = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
SPACES = re.compile(r"\s+")


def codec_of(charset: str) -> str:
    """The codec to read this charset with; "" when it is unknown."""
    label = charset.strip().strip("\"'").lower()[:40]
    try:
        name = codecs.lookup(label).name if label else ""
    except (LookupError, ValueError):
        return ""
    return AS_BROWSERS_DO.get(name, name) if name in KNOWN else ""


def decoded(octets: bytes, charset: str = "") -> tuple[str, str]:
    """The words, and a defect ("" if none): unknown_charset, lying_charset."""
    codec = codec_of(charset)
    if SINGLE_BYTE.match(codec) and is_utf8(octets):
        return octets.decode("utf-8"), "lying_charset"  # any bytes at all would pass for a single-byte charset
    try:
        return octets.decode(codec or "utf-8"), "unknown_charset" if charset and not codec else ""
    except ValueError:
        return guessed(octets), "unknown_charset" if charset and not codec else "lying_charset"


def is_utf8(octets: bytes) -> bool:
    """Whether these bytes hold letters that only UTF-8 writes this way."""
    if octets.isascii():
        return False
    try:
        octets.decode("utf-8")
    except ValueError:
        return False
    return True


def guessed(octets: bytes) -> str:
    """UTF-8 when more of its letters are whole than broken, else Windows' Latin."""
    text = octets.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = len(text) - broken - sum(byte < 0x80 for byte in octets)
    return text if whole > broken else octets.decode("cp1252", "replace")


def clean(text: str) -> str:
    """Lines end in \\n; nothing that a database refuses or a screen cannot show."""
    return CONTROLS.sub("", LINE_ENDS.sub("\n", text))


def one_line(text: str, length: int) -> str:
    """As one line of at most so many characters; without the marks that turn the direction of writing."""
    return SPACES.sub(" ", DIRECTIONS.sub("", clean(text))).strip()[:length].rstrip()
