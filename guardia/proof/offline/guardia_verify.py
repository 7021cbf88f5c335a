"""Checks a file of evidence that a Guardia service desk has handed over: a closing report, or a whole history.

One file, which needs Python 3.11 and nothing of Guardia; with the package ``cryptography`` it checks signatures too.

    python3 guardia_verify.py informe.pdf [--key 'name+id+key'] [--witness 'name+id+key'] [--tsa CA.pem] [--language es]
        [--all]

It recomputes every promise, wait, interruption and availability from the events, by the procedure that the first event
of each case commits to, and compares them with what the file claims. Exit code 0: everything agrees; 1: something
differs, each a line; 2: the file cannot be read. The format and the rules are written down in ``docs/evidence.md``.
"""

import argparse
import json
import os
import re
import sys
import unicodedata
import zlib
from base64 import b64decode
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import ROUND_DOWN, Decimal
from hashlib import new as new_hash
from hashlib import sha256
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

REPORTS = ("guardia-closing-report/3", "guardia-closing-report/4", "guardia-closing-report/5")
HISTORIES = ("guardia-history/1", "guardia-history/2", "guardia-history/3")
FIRST_REPORT = "guardia-closing-report/1"
LARGEST = 512_000_000
ZERO, DAY = timedelta(), timedelta(days=1)
YEARS_READ = range(1970, 2100)


class Unreadable(ValueError):
    """The file is none of ours, or is damaged."""


@dataclass(frozen=True)
class Finding:
    """What differs: in which case, at which event (0: of the case as a whole), by which rule, and both values."""

    case: int
    seq: int
    rule: str
    claimed: str = ""
    computed: str = ""


@dataclass
class Verdict:
    """What was checked. ``cases``: what was computed of each; ``logged``: by whom the log was signed."""

    format: str
    language: str
    about: int
    findings: list = field(default_factory=list)
    cases: list = field(default_factory=list)
    logged: list = field(default_factory=list)
    included: dict = field(default_factory=dict)
    """Of each case that the file proves to be in the log: up to which event."""
    untold: list = field(default_factory=list)
    """Keys whose signature could not be checked."""
    unknown: list = field(default_factory=list)
    """Names in whose lines somebody has signed by a key that nobody named: whose it is is not known."""
    stamps: list = field(default_factory=list)
    """Of each time stamp that holds: its hour, who stamped, and whether an authority that was named vouches for that;
    None where its signature could not be checked."""
    erased: list = field(default_factory=list)
    """Case, event and name of each text that is claimed and was erased since: nothing proves it any more."""

    @property
    def is_sound(self):
        return not self.findings


# --- reading ----------------------------------------------------------------------------------------------------------
EMBEDDED = re.compile(rb"/EmbeddedFile(?![A-Za-z])(?:(?!stream)[\s\S]){0,2000}?stream\r?\n")


def read(content):
    """What the file says: the JSON itself, or the one that a PDF carries. Raises Unreadable."""
    if is_pdf(content):
        content = carried_by(content)
    try:
        said = parsed(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as wrong:
        raise Unreadable("no JSON") from wrong
    if not isinstance(said, dict) or said.get("format") not in (*REPORTS, *HISTORIES, FIRST_REPORT):
        raise Unreadable("no evidence of Guardia in a format that is known here")
    return as_the_newest(said)


def parsed(text):
    """What a JSON text says. Raises ValueError for what is none, and where a name stands twice in an object: whoever
    reads the text would see one value, and a program the other.
    """
    return json.loads(text, parse_constant=no_number, object_pairs_hook=each_once)


def no_number(words):
    """NaN and the infinite, which JSON does not have."""
    raise ValueError(words)


def each_once(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def is_pdf(content):
    return content.startswith(b"%PDF-")


def carried_by(pdf):
    """The evidence that is attached to a PDF. Raises Unreadable for none, and for two that differ: a viewer may show
    the other one.
    """
    found = set()
    for place in EMBEDDED.finditer(pdf):
        content = pdf[place.end() : place.end() + LARGEST]
        if b"FlateDecode" in pdf[pdf.rfind(b" obj", 0, place.start()) : place.end()]:
            try:
                content = zlib.decompressobj().decompress(content, LARGEST)
            except zlib.error as wrong:
                raise Unreadable("the attached file is damaged") from wrong
        else:
            content = content.partition(b"\nendstream")[0]
        if b'"guardia-closing-report/' in content or b'"guardia-history/' in content:
            found.add(content.strip())
    if len(found) != 1:
        raise Unreadable("nothing is attached to this PDF" if not found else "different files are attached to this PDF")
    return found.pop()


def as_the_newest(said):
    """A report of the first format has one case at its top, and no procedure to compute by."""
    if said["format"] != FIRST_REPORT:
        return said
    try:
        case = {name: said[name] for name in ("case", "seq", "head", "events", "report")}
        return {"format": FIRST_REPORT, "language": said["language"], "case": said["case"], "cases": [case]}
    except KeyError as wrong:
        raise Unreadable(f"{wrong} is missing") from wrong


def hour(words):
    """An hour as an event says it, in UTC; None for none. Raises ValueError beyond YEARS_READ: whoever writes the year
    9999 into a file wants its reader to count days for hours.
    """
    if words is None:
        return None
    at = datetime.fromisoformat(words)
    if at.tzinfo is None:
        raise ValueError(f"{words} has no time zone")
    if at.year not in YEARS_READ:
        raise ValueError(f"{words} is no hour that is read")
    return at.astimezone(UTC)


def stamp(at):
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at else None


# --- the history of a case --------------------------------------------------------------------------------------------
INTERNAL, PUBLIC, COUNTED = 0, 1, 2
SALT = 16
"""So many bytes are hashed before the words of a text."""


@dataclass(frozen=True)
class Event:
    """An event whose text is shown, in UTC. ``texts``: the prose that is shown; ``hashed``: all of it, by its name."""

    seq: int
    moment: str
    variant: str
    at: datetime
    recorded_at: datetime
    data: dict
    texts: dict
    hashed: dict
    public: bool
    company: int | None = None

    @property
    def triggers(self):
        return (self.moment, f"{self.moment}/{self.variant}") if self.variant else (self.moment,)


def history(case, findings, is_first_report=False):
    """The events of a case that are shown, each checked; every hash covers the one before."""
    number, previous, shown = whole_number(case["case"]), b"", []
    formats: set = set()
    for place, row in enumerate(case["events"], 1):
        wrong, event = checked_row(row, number, place, previous, formats)
        findings += [Finding(number, place, rule) for rule in wrong]
        shown += [event] if event else []
        previous = bytes_in(row["hash"])
    if len(formats) > 1 or (is_first_report and formats != {1}):
        findings.append(Finding(number, 0, "format"))
    if not shown or shown[0].seq != 1:  # it says by which format the case is written, and what was promised
        findings.append(Finding(number, 1, "hidden"))
    whole_number(case["seq"])
    if (len(case["events"]), previous.hex()) != (case["seq"], case["head"]):
        findings.append(Finding(number, case["seq"], "head"))
    return shown


def whole_number(value):
    """As it stands in JSON: neither 1.0 nor true is one. Raises TypeError."""
    if type(value) is not int:
        raise TypeError(f"{value!r} is no whole number")
    return value


def bytes_in(digits, length=32):
    """Raises ValueError for another length: what is hashed after them would begin elsewhere."""
    if not re.fullmatch(f"[0-9a-f]{{{2 * length}}}", digits):
        raise ValueError(f"these are no {length} bytes: {digits}")
    return bytes.fromhex(digits)


def checked_row(row, number, place, previous, formats):
    """The rules that a row breaks, and its event where its text is shown. ``formats`` learns by which it is written."""
    wrong, event = ["missing"] if whole_number(row["seq"]) != place else [], None
    if row.get("canonical") is not None:
        said = parsed(row["canonical"])
        formats.add(said.get("format", 1))
        event = event_of(said, {name: text["text"] for name, text in row.get("texts", {}).items()})
        wrong += wrong_in_text(row, said, number, previous)
    elif row.get("content") is not None:
        formats.add(2)
        content = bytes([whole_number(row["mark"])]) + bytes_in(row["content"])
        wrong += ["hash"] if sha256(previous + content).hexdigest() != row["hash"] else []
        wrong += ["hidden"] if row["mark"] != INTERNAL else []
    else:
        formats.add(1)
    return wrong, event


def wrong_in_text(row, said, number, previous):
    """What is wrong with an event that is shown with its text and its prose."""
    text = row["canonical"].encode()
    is_first_format = said.get("format", 1) == 1
    content = text if is_first_format else bytes([whole_number(row["mark"])]) + sha256(text).digest()
    if sha256(previous + content).hexdigest() != row["hash"]:
        yield "hash"
    if (said["seq"], said["case"]) != (row["seq"], number):
        yield "place"
    if not is_first_format and row["mark"] != mark_in(said):
        yield "mark"
    for name, words in row.get("texts", {}).items():
        digest = None
        with suppress(ValueError):  # of another length, a part of the words could be passed off as salt
            digest = sha256(bytes_in(words["salt"], SALT) + words["text"].encode()).hexdigest()
        if digest is None or digest != said["texts"].get(name):
            yield "text"


def mark_in(said):
    """As the text of an event of the second format says it."""
    return PUBLIC if said["public"] else COUNTED if said.get("counted") else INTERNAL


def event_of(said, texts):
    at, recorded_at = hour(said["occurred_at"]), hour(said["recorded_at"])
    names = said["seq"], said["moment"], said["variant"]
    is_public, company = said.get("public", True), said.get("company")
    return Event(*names, at, recorded_at, said["data"], texts, said["texts"], is_public, company)


def procedure_of(case, said, findings):
    """The document that the first event commits to; None where the file has none."""
    for row in case["events"][:1]:
        committed = parsed(row["canonical"]).get("procedure") if row.get("canonical") else None
        named = committed or case.get("procedure")
        document = said.get("procedures", {}).get(named)
        if document is None:
            if said["format"] != FIRST_REPORT:
                findings.append(Finding(case["case"], 1, "procedure"))
            return None
        canonical = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        if sha256(canonical.encode()).hexdigest() != named:
            findings.append(Finding(case["case"], 1, "procedure"))
        return document
    return None


# --- the log of all histories -----------------------------------------------------------------------------------------
def check_log(said, keys, witnesses, authorities, verdict):
    """Each case is in the signed log as far as the file says. ``keys``: what whoever checks has from elsewhere; without
    them the signatures are checked by the keys in the file itself, which are then to be compared.
    """
    log = said.get("log")
    if not log:
        verdict.findings += [Finding(0, 0, "unsigned")] if keys or witnesses else []
        verdict.findings += [Finding(0, 0, "stamp_authority")] if authorities else []
        return
    by_number = {case["case"]: case for case in said["cases"]}
    note = log["checkpoint"]
    text, gap, lines = note.rpartition("\n\n")
    parts = text.split("\n")
    if not gap or len(parts) < 3 or not parts[1].isdigit():
        verdict.findings.append(Finding(0, 0, "signature"))
        return
    size, root = int(parts[1]), b64decode(parts[2])
    for entry in log["entries"]:
        case = by_number.get(entry["case"], {"events": []})
        heads = [row["hash"] for row in case["events"] if row["seq"] == entry["seq"]]
        proof = [bytes_in(each) for each in entry["proof"]]
        leaf = sha256(b"\0" + bytes_in(heads[0])).digest() if heads else b""
        if not heads or root_from(leaf, entry["leaf"], size, proof) != root:
            verdict.findings.append(Finding(entry["case"], entry["seq"], "log"))
        else:
            verdict.included[entry["case"]] = entry["seq"]
    signed = 0
    lines += "".join(log.get("witnesses", []))
    for words in keys or log["keys"]:
        signed += signature(words, f"{text}\n", lines, bool(keys), verdict)
    if not signed and not verdict.untold:
        verdict.findings.append(Finding(0, 0, "signature"))
    for words in witnesses:
        if not signature(words, f"{text}\n", lines, True, verdict, COSIGNATURE) and not verdict.untold:
            verdict.findings.append(Finding(0, 0, "witness", words))
    verdict.unknown = unknown_signers(lines, [*(keys or log["keys"]), *witnesses], log["keys"])
    check_time_stamps(log, authorities, verdict)


def root_from(leaf, index, size, proof):
    """The root that this leaf and the hashes beside it give (RFC 9162, section 2.1.3.2); empty where there is none."""
    if not 0 <= index < size:
        return b""
    last, found, place = size - 1, leaf, index
    for each in proof:
        if last == 0:
            return b""
        if place % 2 or place == last:
            found = sha256(b"\1" + each + found).digest()
            while not place % 2 and place:
                place, last = place >> 1, last >> 1
        else:
            found = sha256(b"\1" + found + each).digest()
        place, last = place >> 1, last >> 1
    return found if last == 0 else b""


SIGNATURE, COSIGNATURE = 1, 4
"""The kinds of keys: of a log (C2SP signed-note), and of a witness (C2SP tlog-cosignature)."""
MOST_UNKNOWN = 5
"""So many names of unknown signers are printed."""


class NotAKey(Exception):
    """What stands as the key of a log or of a witness is none."""


def key_in(words):
    """Name, identity and the 33 bytes of a key (C2SP signed-note: name, four bytes of its hash, base64).

    Raises NotAKey.
    """
    try:
        name, identity, key = words.strip().split("+", 2)
        raw = b64decode(key, validate=True)
    except ValueError:
        raise NotAKey(words) from None
    is_named = bool(name) and not any(sign.isspace() for sign in name) and name == printable(name)
    if not is_named or len(raw) != 33 or raw[0] not in (SIGNATURE, COSIGNATURE):
        raise NotAKey(words)
    if sha256(name.encode() + b"\n" + raw).digest()[:4].hex() != identity:
        raise NotAKey(words)
    return name, identity, raw


def signature(words, text, lines, is_trusted, verdict, kind=SIGNATURE):
    """How many lines this key has signed; a false one is a finding. One of another kind counts as none: a witness does
    not sign for the log, nor the log for a witness.
    """
    try:
        name, identity, raw = key_in(words)
    except NotAKey:
        verdict.findings.append(Finding(0, 0, "signature", words))
        return 0
    found = 0
    for line in lines.splitlines():
        signer, encoded = line.removeprefix("— ").split(" ")
        signed = b64decode(encoded)
        if signer != name or signed[:4].hex() != identity:
            continue
        message, proof, seen = text.encode(), signed[4:], None
        if raw[0] == COSIGNATURE:
            seen = int.from_bytes(signed[4:12], "big")
            message, proof = f"cosignature/v1\ntime {seen}\n{text}".encode(), signed[12:]
        is_good = holds(raw[1:], message, proof)
        if is_good is None:
            verdict.untold.append(words.strip())
        elif not is_good:
            verdict.findings.append(Finding(0, 0, "signature", words.strip()))
        else:
            found += raw[0] == kind
            at = datetime.fromtimestamp(seen, UTC) if seen is not None else None
            verdict.logged.append((words.strip(), is_trusted, at))
    return found


def unknown_signers(lines, checked, published):
    """The names in lines of signatures by none of the keys that were checked, nor by another one of the log's own that
    was ``published`` with it; each once, and not many: whoever hands a file over may add as many as he likes.
    """
    known = set()
    for words in [*checked, *published]:
        with suppress(NotAKey):  # which is a finding already
            name, identity, raw = key_in(words)
            known |= {(name, identity)} if words in checked or raw[0] == SIGNATURE else set()
    signers = [line.removeprefix("— ").split(" ") for line in lines.splitlines()]
    names = [name for name, encoded in signers if (name, b64decode(encoded)[:4].hex()) not in known]
    return list(dict.fromkeys(names))[:MOST_UNKNOWN]


def holds(key, message, proof):
    """Whether the Ed25519 signature holds; None where this Python cannot say."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return None
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(proof, message)
    except (InvalidSignature, ValueError):
        return False
    return True


# --- time stamps of the checkpoint (RFC 3161) -------------------------------------------------------------------------
SIGNED_DATA, TIME_STAMP = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
SIGNER, SIGNER_2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
PURPOSE, STAMPS_TIME, KEY_ID = "2.5.29.37", "1.3.6.1.5.5.7.3.8", "2.5.29.14"
BASIC, KEY_USAGE, POLICIES = "2.5.29.19", "2.5.29.15", "2.5.29.32"
KNOWN_EXTENSIONS = {BASIC, KEY_USAGE, POLICIES, PURPOSE}
"""A certificate of which another extension is critical is not believed."""
HASHES = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
RSA, EC = "1.2.840.113549.1.1.1", "1.2.840.10045.2.1"
SIGNATURES = {
    RSA: (RSA, ""),
    "1.2.840.113549.1.1.11": (RSA, "sha256"),
    "1.2.840.113549.1.1.12": (RSA, "sha384"),
    "1.2.840.113549.1.1.13": (RSA, "sha512"),
    EC: (EC, ""),
    "1.2.840.10045.4.3.2": (EC, "sha256"),
    "1.2.840.10045.4.3.3": (EC, "sha384"),
    "1.2.840.10045.4.3.4": (EC, "sha512"),
}
"""By which kind of key, and over which hash; none: over the one that is named beside it."""
COMMON_NAME, ORGANIZATION = "2.5.4.3", "2.5.4.10"
CHARACTERS = {0x0C: "utf-8", 0x1E: "utf-16-be", 0x1C: "utf-32-be"}
LONGEST_CHAIN = 6


class NoCertificate(ValueError):
    """The file that is to hold the certificates of an authority holds none, or cannot be read."""


class StampIsWrong(ValueError):
    """``rule``: ``stamp`` for what is none, ``stamp_other`` of another checkpoint, ``stamp_false`` if it is false."""

    def __init__(self, rule):
        super().__init__(rule)
        self.rule = rule


@dataclass(frozen=True)
class Der:
    """One value in DER: its tag, all of its bytes, and what stands in it."""

    tag: int
    whole: bytes
    inside: bytes

    @property
    def parts(self):
        return values_in(self.inside)


def values_in(content):
    """The values that stand one after the other. Raises ValueError for what is no DER."""
    found, at = [], 0
    while at < len(content):
        head = content[at : at + 2]
        if len(head) < 2 or head[0] & 31 == 31:
            raise ValueError("no DER")
        start, size = at + 2, head[1]
        if size & 128:
            digits = content[start : start + (size & 127)]
            start, size = start + len(digits), int.from_bytes(digits, "big")
            if not 0 < len(digits) < 5 or digits[0] == 0 or size < 128:
                raise ValueError("no DER")
        if start + size > len(content):
            raise ValueError("no DER")
        found.append(Der(head[0], content[at : start + size], content[start : start + size]))
        at = start + size
    return found


def value_in(content, tag):
    """The only value. Raises ValueError where there is another number of them, or another tag."""
    (found,) = values_in(content)
    return of_tag(found, tag)


def of_tag(found, tag):
    if found.tag != tag:
        raise ValueError(f"tag {found.tag} instead of {tag}")
    return found


def named_in(found):
    """An object identifier, as ``1.2.840``."""
    numbers, number = [], 0
    for byte in of_tag(found, 0x06).inside:
        number = number << 7 | byte & 127
        if not byte & 128:
            numbers.append(number)
            number = 0
    first = min(numbers[0] // 40, 2)
    return ".".join(str(each) for each in (first, numbers[0] - 40 * first, *numbers[1:]))


def time_in(found):
    """UTCTime or GeneralizedTime, in UTC."""
    words = found.inside.decode("ascii")
    if found.tag == 0x17:
        words = ("19" if words[:2] >= "50" else "20") + words
    elif found.tag != 0x18:
        raise ValueError("no time")
    parts = re.fullmatch(r"(\d{14})(?:\.(\d{1,6})\d*)?Z", words)
    if not parts:
        raise ValueError("no time")
    at = datetime.strptime(parts[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return at + timedelta(microseconds=int((parts[2] or "0").ljust(6, "0")))


def name_in(subject):
    """How whoever holds a certificate is called in it: the common name, and the organization in brackets."""
    names: dict = {}
    for group in subject.parts:
        for each in group.parts:
            kind, text = each.parts
            words = text.inside.decode(CHARACTERS.get(text.tag, "latin-1"), "replace")
            names.setdefault(named_in(kind), "".join(sign if sign.isprintable() else "?" for sign in words))
    name, of = names.get(COMMON_NAME), names.get(ORGANIZATION)
    if name and of and name != of:
        return f"{name} ({of})"
    return name or of or ", ".join(names.values()) or "?"


@dataclass(frozen=True)
class Certificate:
    """A certificate (X.509); hours in UTC. ``extensions``: by name, whether it is critical, and what it says."""

    whole: bytes
    signed: bytes
    signature: bytes
    by: str
    issuer: bytes
    serial: bytes
    subject: bytes
    name: str
    start: datetime
    end: datetime
    key: bytes
    extensions: dict

    def is_good_at(self, at):
        return self.start <= at <= self.end

    @property
    def most_below(self):
        """How many authorities may stand between it and who stamps; -1: it is no authority."""
        _critical, content = self.extensions.get(BASIC, (False, b"\x30\x00"))
        parts = value_in(content, 0x30).parts
        if not parts or (parts[0].tag, parts[0].inside) != (0x01, b"\xff"):
            return -1
        _critical, usage = self.extensions.get(KEY_USAGE, (False, b"\x03\x02\x00\xff"))
        if not value_in(usage, 0x03).inside[1:2][0] & 4:  # keyCertSign
            return -1
        return int.from_bytes(of_tag(parts[1], 0x02).inside, "big") if len(parts) > 1 else LONGEST_CHAIN

    @property
    def may_stamp(self):
        """RFC 3161, section 2.3: it is for time stamps alone, and says so critically."""
        critical, content = self.extensions.get(PURPOSE, (False, b"\x30\x00"))
        return critical and [named_in(each) for each in value_in(content, 0x30).parts] == [STAMPS_TIME]

    @property
    def is_understood(self):
        return all(name in KNOWN_EXTENSIONS for name, (critical, _content) in self.extensions.items() if critical)


def certificate_in(found):
    """Raises ValueError for what is no certificate."""
    signed, by, signature = of_tag(found, 0x30).parts
    fields = of_tag(signed, 0x30).parts
    if fields[0].tag == 0xA0:
        fields = fields[1:]
    serial, named, issuer, validity, subject, key, *more = fields
    start, end = (time_in(each) for each in validity.parts)
    if named.whole != by.whole or of_tag(signature, 0x03).inside[:1] != b"\0":
        raise ValueError("no certificate")
    extensions: dict = {}
    for each in [each for one in more if one.tag == 0xA3 for each in value_in(one.inside, 0x30).parts]:
        name, *critical, content = each.parts
        if named_in(name) in extensions:
            raise ValueError("an extension stands twice")
        extensions[named_in(name)] = any(each.inside == b"\xff" for each in critical), of_tag(content, 0x04).inside
    names = issuer.whole, serial.whole, subject.whole, name_in(subject)
    kind = named_in(by.parts[0])
    return Certificate(found.whole, signed.whole, signature.inside[1:], kind, *names, start, end, key.whole, extensions)


def authorities_in(content):
    """The certificates of a file (PEM, or one in DER). Raises NoCertificate."""
    armoured = re.findall(rb"-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----", content)
    try:
        found = [b64decode(b"".join(each.split()), validate=True) for each in armoured] or [content]
        return [certificate_in(value_in(each, 0x30)) for each in found]
    except (ValueError, IndexError, TypeError) as wrong:
        raise NoCertificate(type(wrong).__name__) from wrong


@dataclass(frozen=True)
class TimeStamp:
    """What a token says. ``imprint``: the hash that is stamped and its kind; ``signer``: whose signature it bears."""

    at: datetime
    imprint: tuple
    nonce: Any
    signer: Certificate
    certificates: list
    signed: bytes
    signature: bytes
    by: str
    hash: str


def time_stamp_in(token):
    """What a token (DER) says, once its parts fit together. Raises StampIsWrong."""
    try:
        return read_time_stamp(token)
    except StampIsWrong:
        raise
    except (ValueError, IndexError, KeyError, TypeError, OverflowError) as wrong:
        raise StampIsWrong("stamp") from wrong


def read_time_stamp(token):
    kind, content = value_in(token, 0x30).parts
    _version, _hashes, wrapped, *more, signers = value_in(of_tag(content, 0xA0).inside, 0x30).parts
    named, inner = wrapped.parts
    info = value_in(of_tag(inner, 0xA0).inside, 0x04).inside
    if (named_in(kind), named_in(named)) != (SIGNED_DATA, TIME_STAMP):
        raise StampIsWrong("stamp")
    certificates = [certificate_in(each) for one in more if one.tag == 0xA0 for each in one.parts if each.tag == 0x30]
    _version, _policy, imprint, _serial, at, *rest = value_in(info, 0x30).parts
    hashed_by, hashed = imprint.parts
    nonce = next((int.from_bytes(each.inside, "big") for each in rest if each.tag == 0x02), None)
    _version, who, hash_of, attributes, by, signature, *_unsigned = value_in(of_tag(signers, 0x31).inside, 0x30).parts
    name = HASHES[named_in(hash_of.parts[0])]
    kinds = [named_in(each.parts[0]) for each in of_tag(attributes, 0xA0).parts]
    values = {
        named_in(each.parts[0]): value_in(each.parts[1].inside, each.parts[1].inside[0]) for each in attributes.parts
    }
    digest = of_tag(values[MESSAGE_DIGEST], 0x04).inside
    is_whole = digest == new_hash(name, info).digest() and named_in(values[CONTENT_TYPE]) == TIME_STAMP
    if not is_whole or len(set(kinds)) != len(kinds):
        raise StampIsWrong("stamp_false")
    signer = signer_in(values, who, certificates)
    found = (
        time_in(at),
        (HASHES[named_in(hashed_by.parts[0])], of_tag(hashed, 0x04).inside),
        nonce,
        signer,
        certificates,
    )
    over = b"\x31" + attributes.whole[1:]
    return TimeStamp(*found, over, of_tag(signature, 0x04).inside, named_in(by.parts[0]), name)


def signer_in(values, who, certificates):
    """The certificate that the signed attributes name by its hash (RFC 5035, RFC 5816). Raises StampIsWrong."""
    found = []
    for kind in (SIGNER_2, SIGNER):
        if kind not in values:
            continue
        first = values[kind].parts[0].parts[0].parts
        name = "sha1" if kind == SIGNER else "sha256"
        if first[0].tag == 0x30 and kind == SIGNER_2:
            name, first = HASHES[named_in(first[0].parts[0])], first[1:]
        digest = of_tag(first[0], 0x04).inside
        named = [each for each in certificates if new_hash(name, each.whole).digest() == digest]
        if not named or (len(first) > 1 and first[1].parts[1].whole != named[0].serial):
            raise StampIsWrong("stamp_false")
        found.append(named[0])
    if not found or found[0] != found[-1]:
        raise StampIsWrong("stamp_false")
    signer = found[0]
    if who.tag == 0x80:
        is_named = value_in(signer.extensions.get(KEY_ID, (False, b"\x04\x00"))[1], 0x04).inside == who.inside
    else:
        is_named = [each.whole for each in who.parts] == [signer.issuer, signer.serial]
    if not is_named:
        raise StampIsWrong("stamp_false")
    return signer


def is_signed(key, by, name, signature, message):
    """Whether it is signed by this public key; ``by``: the name of the signature, ``name``: of the hash beside it.

    None where this Python cannot say.
    """
    kind, hashed_by = SIGNATURES.get(by, ("", ""))
    hashed_by = hashed_by or name
    if kind != named_in(value_in(key, 0x30).parts[0].parts[0]) or not hashed_by:
        return False
    try:
        from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.serialization import load_der_public_key
    except ImportError:
        return None
    used = getattr(hashes, hashed_by.upper())()
    try:
        public: Any = load_der_public_key(key)
        public.verify(signature, message, *((PKCS1v15(), used) if kind == RSA else (ECDSA(used),)))
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def stamped_bytes(note):
    """What is stamped: the note with the signatures of the log itself, without those of witnesses."""
    text, gap, lines = note.rpartition("\n\n")
    own = f"— {text.partition(chr(10))[0]} "
    kept = "".join(f"{line}\n" for line in lines.split("\n") if line.startswith(own))
    return f"{text}{gap}{kept}".encode()


def checked_time_stamp(token, note):
    """What the token of a checkpoint says, and whether its signature holds (None: this Python cannot say).

    Raises StampIsWrong.
    """
    found = time_stamp_in(token)
    name, digest = found.imprint
    if new_hash(name, stamped_bytes(note)).digest() != digest:
        raise StampIsWrong("stamp_other")
    try:
        holds = is_signed(found.signer.key, found.by, found.hash, found.signature, found.signed)
        is_for_it = found.signer.may_stamp and found.signer.is_understood and found.signer.is_good_at(found.at)
    except (ValueError, IndexError) as wrong:
        raise StampIsWrong("stamp_false") from wrong
    if holds is False or not is_for_it:
        raise StampIsWrong("stamp_false")
    return found, holds


def comes_from(found, authorities):
    """Whether the certificate of a checked time stamp comes from one of these, by those that the token brings."""
    roots = {each.whole for each in authorities}
    known = {each.whole: each for each in (*authorities, *found.certificates)}
    level = [found.signer]
    for between in range(LONGEST_CHAIN):
        issuers = {
            each.whole: each for each in known.values() if any(issued(each, one, between, found.at) for one in level)
        }
        if roots & issuers.keys():
            return True
        level = list(issuers.values())
        known = {whole: each for whole, each in known.items() if whole not in issuers}
    return False


def issued(issuer, certificate, between, at):
    """Whether the issuer, good at this hour, has signed the certificate, below which ``between`` others stand."""
    try:
        may = issuer.subject == certificate.issuer and between <= issuer.most_below
        may = may and issuer.is_good_at(at) and issuer.is_understood
        return may and bool(is_signed(issuer.key, certificate.by, "", certificate.signature, certificate.signed))
    except (ValueError, IndexError):
        return False


def check_time_stamps(log, authorities, verdict):
    """Each time stamp of the checkpoint in the file; ``authorities``: whose certificates whoever checks has."""
    is_ours, stamps = False, log.get("stamps", [])
    for coded in stamps if isinstance(stamps, list) else [""]:
        try:
            found, holds = checked_time_stamp(b64decode(str(coded), validate=True), log["checkpoint"])
        except ValueError as wrong:
            verdict.findings.append(Finding(0, 0, getattr(wrong, "rule", "stamp")))
            continue
        from_them = bool(authorities) and holds is True and comes_from(found, authorities)
        is_ours = is_ours or from_them or holds is None
        verdict.stamps.append((found.at, found.signer.name, None if holds is None else from_them))
    if authorities and not is_ours:
        verdict.findings.append(Finding(0, 0, "stamp_authority"))


# --- time that counts -------------------------------------------------------------------------------------------------
def union(spans):
    """The same time as ordered spans that neither overlap nor touch."""
    merged: list = []
    for begin, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and begin <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((begin, end))
    return merged


def without(spans, holes):
    """What is left of these spans beside the holes, in order."""
    left = []
    for begin, end in union(spans):
        for start, stop in union(holes):
            if start < end and stop > begin:
                if begin < start:
                    left.append((begin, start))
                begin = stop
        if begin < end:
            left.append((begin, end))
    return left


def length(spans):
    return sum((end - begin for begin, end in union(spans)), ZERO)


def seconds(lasted):
    return round(lasted.total_seconds())


class Always:
    """Every hour of every day."""

    def open_between(self, begin, end):
        return [(begin, end)] if begin < end else []


class WeeklyHours:
    """The hours of a week in a zone, the rest days of Ecuador's law and what was announced by the hour that counts."""

    def __init__(self, hours, zone, journal, feasts):
        self.zone, self.days, self.rule = ZoneInfo(zone), hours["days"], hours["rest_days"]
        self.by_law = rest_days() if zone in ("America/Guayaquil", "Pacific/Galapagos") else set()
        withdrawn = {entry["withdraws"]: hour(entry["at"]) for entry in journal if entry["withdraws"]}
        self.said: dict = {}
        for entry in journal:
            if entry["kind"] == "withdraw":
                continue
            holds_for = hour(entry["at"]), withdrawn.get(entry["edition"])
            if entry["day"]:
                days = {date.fromisoformat(entry["day"])}
            else:
                days = (
                    rest_days(entry.get("feast") or feasts.get(entry["canton"])) - self.by_law if self.by_law else set()
                )
            for day in days:
                self.said.setdefault(day, []).append((entry["kind"], bool(entry["day"]), *holds_for))

    def open_between(self, begin, end):
        """The open spans between two instants: those of each local day, by what held of that day at that instant."""
        spans, day = [], begin.astimezone(self.zone).date() - DAY
        while day <= end.astimezone(self.zone).date() + DAY:
            for start, stop in self.spans_of(day):
                spans += self.instants(day, start, stop)
            day += DAY
        return without([(begin, end)], without([(begin, end)], spans)) if begin < end else []

    def instants(self, day, start, stop):
        """The instants at which a clock on the wall reads from ``start`` to ``stop`` minutes after this day's midnight:
        a skipped hour is none of them, and one that comes twice counts twice.
        """
        midnight = datetime.combine(day, time(), UTC)
        looks = [midnight + timedelta(hours=hours) for hours in range(-30, 65)]
        edges = [looks[0]]
        for early, late in pairwise(looks):
            if self.offset(early) != self.offset(late):
                edges.append(self.change(early, late))
        for begin, end in pairwise([*edges, looks[-1]]):
            shift = self.offset(begin)
            opens, closes = (midnight + timedelta(minutes=minutes) - shift for minutes in (start, stop))
            if max(begin, opens) < min(end, closes):
                yield max(begin, opens), min(end, closes)

    def offset(self, at):
        return at.astimezone(self.zone).utcoffset()

    def change(self, early, late):
        before = self.offset(early)
        while late - early > timedelta(seconds=1):
            middle = early + timedelta(seconds=seconds(late - early) // 2)
            early, late = (middle, late) if self.offset(middle) == before else (early, middle)
        return late

    def spans_of(self, day):
        """The spans that begin on a day, in minutes after its midnight; one may end on the next day."""
        if self.rule == "as_usual":
            return self.of_weekday(day)
        closed = [] if self.rule == "closed" else [(0, 1440)]
        usual = closed if day in self.by_law else self.of_weekday(day)
        if day not in self.said:
            return usual
        begin, over = (datetime.combine(each, time(), self.zone).astimezone(UTC) for each in (day, day + DAY))
        turns = {turn for said in self.said[day] for turn in said[2:] if turn and begin < turn < over}
        found, parts = [], [begin, *sorted(turns)]
        for part, end in zip(parts, [*parts[1:], None], strict=True):
            said = [each for each in self.said[day] if each[2] <= part and (each[3] is None or part < each[3])]
            dated = [each for each in said if each[1]]
            winner = (dated or said or [None])[-1]
            spans = usual if winner is None else self.of_weekday(day, True) if winner[0] == "work" else closed
            since, until = self.minutes(part, day), self.minutes(end, day) if end else 2 * 1440
            cut = [(max(start, since), min(stop, until)) for start, stop in spans]
            found += [(start, stop) for start, stop in cut if start < stop]
        return found

    def minutes(self, at, day):
        return (at.astimezone(self.zone).replace(tzinfo=None) - datetime.combine(day, time())) / timedelta(minutes=1)

    def of_weekday(self, day, works=False):
        names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
        weekday = 0 if works and day.weekday() > 4 else day.weekday()
        pairs = [opening.split("-") for opening in self.days.get(names[weekday], [])]
        return [tuple(int(each[:2]) * 60 + int(each[3:]) for each in pair) for pair in pairs]


MOVED, STAYS = (0, -1, 2, 1, 0, -1, 1), (0, 0, 0, 0, 0, -1, 1)
FIRST_OF_TWO, SECOND_OF_TWO = (0, 0, 2, 0, 0, -1, 2), (0, 0, -2, 0, 0, -2, 1)
FEASTS = ((1, 1, STAYS), (5, 1, MOVED), (5, 24, MOVED), (8, 10, MOVED), (10, 9, MOVED), (11, 2, MOVED), (11, 3, MOVED))
YEARS = range(2017, 2031)


def rest_days(feast=None):
    """The rest days of 2017 to 2030 by Ecuador's law (R.O. 906, 20-12-2016), with a canton's own ``feast`` (MM-DD)."""
    true_days: dict = {}
    for year in range(YEARS[0], YEARS[-1] + 2):
        for month, day, moves in (*FEASTS, (12, 25, STAYS)):
            true_days.setdefault(date(year, month, day), moves)
        for days in (-48, -47, -2):
            true_days.setdefault(easter(year) + timedelta(days), STAYS)
    own = {date(year, *map(int, feast.split("-"))): MOVED for year in range(2017, 2032)} if feast else {}
    feasts = [*true_days.items(), *own.items()]
    known, found = {day for day, _moves in feasts}, set()
    for day, moves in feasts:
        if day + DAY in known:
            moves = FIRST_OF_TWO
        elif day - DAY in known:
            moves = SECOND_OF_TWO
        found.add(day + timedelta(moves[day.weekday()]))
    return {day for day in found if day.year in YEARS}


def easter(year):
    """Easter Sunday of the Gregorian calendar."""
    golden, century, rest = year % 19, year // 100, year % 100
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    month, day = divmod(epact + weekday - 7 * ((golden + 11 * epact + 22 * weekday) // 451) + 114, 31)
    return date(year, month, day + 1)


class Calendars:
    """The calendars of a procedure at each edition of the journal of announcements."""

    def __init__(self, document, said):
        self.document, self.journal, self.feasts = document, said.get("journal", []), said.get("feasts", {})
        self.known = {}

    def hours(self, name, edition):
        if name == "always" or self.document["weekly_hours"][name]["always"]:
            return Always()
        if (name, edition) not in self.known:
            entries = [entry for entry in self.journal if entry["edition"] <= edition]
            zone = self.document["provider"]["zone"]
            self.known[name, edition] = WeeklyHours(self.document["weekly_hours"][name], zone, entries, self.feasts)
        return self.known[name, edition]

    def committed(self, edition):
        """The hash over the journal up to an edition, as events name it."""
        found = b""
        for entry in self.journal:
            if entry["edition"] <= edition:
                text = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
                found = sha256(found + sha256(text.encode()).digest()).digest()
        return found.hex()


# --- the clocks -------------------------------------------------------------------------------------------------------
WITHIN_THE_OPERATOR = {"acknowledgement", "movement", "call_task"}
"""They follow from events that stay within the operator, and no customer is promised them (clause E)."""
DONE_FOR_A_FAULT = {"execution", "verification", "stability", "closure"}


@dataclass
class Clock:
    """One promise. ``target`` is the time it may take; ``stood``: [begin, end or None, why] of each stand."""

    kind: str
    ordinal: int
    rule: dict
    target: timedelta
    started: datetime
    edition: int
    stood: list
    calendars: Calendars
    ended: datetime | None = None
    dropped: bool = False
    broken: bool = False

    @property
    def hours(self):
        return self.calendars.hours(self.rule["calendar"], self.edition)

    def ran_until(self, at):
        """The time that counted from its start to ``at``."""
        if at <= self.started:
            return ZERO
        stood = [(begin, end or at) for begin, end, _why in self.stood]
        return sum(
            (b - a for part in without([(self.started, at)], stood) for a, b in self.hours.open_between(*part)), ZERO
        )

    def is_broken_by(self, at):
        ran = self.ran_until(at)
        return ran >= self.target if self.rule["comparison"] == "under" else ran > self.target

    def stood_seconds(self, at):
        return seconds(length([(max(a, self.started), min(b or at, at)) for a, b, _why in self.stood]))


class Clocks:
    """All clocks of a case after each of its events so far, by the rules of ``docs/evidence.md``."""

    def __init__(self, calendars, kind="incident", turns=True):
        self.calendars, self.turns = calendars, turns
        self.clocks, self.running, self.waits = {}, {}, {}
        self.band, self.edition, self.agreed, self.past = None, 0, None, []
        self.become(kind)

    def become(self, kind):
        self.kind = kind
        rules = self.calendars.document["clocks"]
        self.rules = [r for r in rules if kind in r["applies_to"] and r["kind"] not in WITHIN_THE_OPERATOR]

    def apply(self, event):
        self.take_kind(event)
        self.past.append(event)
        self.band = event.data.get("band") or self.band
        self.edition = max(self.edition, event.data.get("edition") or 0)
        self.trigger(event)
        self.tell_by_voice(event)
        for kind in event.data.get("not_measured", ()):
            if kind in self.running:
                self.end(kind, self.running[kind].started, dropped=True)
        self.exclude(event.at)
        self.wait(event)
        if event.moment == "calendar_changed":
            for clock in self.running.values():
                if clock.rule["calendar"] in event.data["calendars"]:
                    clock.edition = event.data["edition"]

    def take_kind(self, event):
        kind = kind_after(event, self.kind)
        if kind != self.kind and self.turns:
            self.turn_into(kind, event.at)
        elif kind != self.kind:
            self.lose([rule["kind"] for rule in self.rules if rule["stage"] in DONE_FOR_A_FAULT], event.at)

    def trigger(self, event):
        """Drops, stops, restarts, starts."""
        before = set(self.running)
        for rule in self.named(event, "drops"):
            self.end(rule["kind"], event.at, dropped=True)
        for rule in self.named(event, "stops"):
            self.end(rule["kind"], event.at)
        for rule in self.named(event, "restarts"):
            at = hour_for(rule["kind"], event)
            if rule["kind"] in self.running and self.running[rule["kind"]].started <= at:
                self.end(rule["kind"], at)
                self.start(rule, event)
        for rule in self.named(event, "starts"):
            named = [trigger for trigger in event.triggers if trigger in rule["starts"]]
            is_void = all(before & set(rule["unless_running"].get(trigger, ())) for trigger in named)
            if rule["kind"] not in self.running and not is_void:
                self.start(rule, event)

    def named(self, event, table):
        """The rules of which the event is one of these triggers; the bare moment's first."""
        return [rule for trigger in event.triggers for rule in self.rules if trigger in rule[table]]

    def turn_into(self, kind, at):
        """A desk's request becomes an incident, or the other way round (A3, P2, L4)."""
        self.become(kind)
        kinds = {rule["kind"] for rule in self.rules}
        self.lose([running for running in self.running if running not in kinds], at)
        if kind == "incident":
            since = Clocks(self.calendars, kind, turns=False)
            for event in self.past:
                since.apply(event)
            self.clocks = {key: clock for key, clock in self.clocks.items() if key[0] not in kinds} | since.clocks
            self.running = since.running

    def lose(self, kinds, at):
        for kind in kinds:
            self.end(kind, at, dropped=True)

    def end(self, kind, at, dropped=False):
        clock = self.running.pop(kind, None)
        if clock is None:
            return
        if clock.rule["calendar"] != "always":
            clock.edition = max(clock.edition, self.edition)
        clock.ended, clock.dropped = max(at, clock.started), dropped
        clock.broken = clock.is_broken_by(clock.ended)
        clock.stood = [[begin, end or max(clock.ended, begin), why] for begin, end, why in clock.stood]

    def start(self, rule, event):
        at = hour_for(rule["kind"], event)
        target = self.target(rule, event, at)
        if target is None:
            return
        ordinal = 1 + sum(kind == rule["kind"] for kind, _ordinal in self.clocks)
        stood = [[at, None, wait] for wait, kinds in self.waits.items() if rule["kind"] in kinds]
        edition = self.edition if rule["calendar"] != "always" else 0
        clock = Clock(rule["kind"], ordinal, rule, target, at, edition, stood, self.calendars)
        self.clocks[rule["kind"], ordinal] = self.running[rule["kind"]] = clock

    def target(self, rule, event, since):
        own = self.own_target(rule, event)
        if rule["kind"] != "next_news" or own is None or self.agreed is None:
            return own
        return max(own, self.agreed - since)

    def own_target(self, rule, event):
        target = rule["target"]
        if target["as_set"]:
            due = event.data.get("due_at")
            return hour(due) - event.at if due else None
        if target["by_band"] is not None:
            found = target["by_band"][self.band]["target"] if self.band else None
        elif target["by_level"] is not None:
            levels = {int(level): each for level, each in target["by_level"].items()}
            found = levels[min(max(event.data.get("level") or 1, 1), max(levels))]
        else:
            found = target["duration"]
        return None if found is None else timedelta(seconds=found)

    def tell_by_voice(self, event):
        """Who is rung has the news at the hour of the call; an hour agreed on moves the next news (clause P)."""
        if event.moment == "voice_agreed":
            self.agreed = hour(event.data.get("hour"))
        elif not (event.moment == "voice_told" and event.data.get("news")):
            return
        clock = self.running.get("next_news")
        rule = next((rule for rule in self.rules if rule["kind"] == "next_news"), None)
        if clock is None or rule is None:
            return
        if event.moment == "voice_told":
            begins_anew = clock.started <= event.at
        else:
            own = self.own_target(rule, event)
            is_over = bool(own and not self.agreed and clock.started + own < event.at)
            begins_anew = clock.is_broken_by(event.at) or is_over
        if begins_anew:
            self.end("next_news", event.at)
            self.start(rule, event)
        elif event.moment == "voice_agreed":
            clock.target = self.target(rule, event, clock.started) or clock.target

    def exclude(self, at):
        """P4.4: while the one clock runs, the other stands."""
        for rule in self.rules:
            clock, why = self.running.get(rule["kind"]), rule["excludes"]
            if clock is None or not why:
                continue
            stands = any(stand[2] == why and stand[1] is None for stand in clock.stood)
            if why in self.running and not stands:
                clock.stood.append([max(at, clock.started), None, why])
            elif why not in self.running:
                self.go_on(clock, why, at)

    def wait(self, event):
        data = event.data
        if event.moment == "wait_started":
            self.waits[data["wait"]] = data["clocks"]
            for kind in data["clocks"]:
                if kind in self.running:
                    clock = self.running[kind]
                    clock.stood.append([max(event.at, clock.started), None, data["wait"]])
        elif event.moment == "wait_ended":
            self.waits.pop(data["wait"], None)
            for clock in self.running.values():
                self.go_on(clock, data["wait"], event.at)
        elif event.moment == "wait_corrected":
            self.lay_anew(data["wait"], data["clocks"], data["hours"], event.at)
        elif event.moment == "ruled":
            for wait in data["upheld"]:
                self.lay_anew(wait, (), None, event.at)

    def go_on(self, clock, why, at):
        """What stood goes on, by the newest edition of its calendar."""
        for stand in clock.stood:
            if stand[2] == why and stand[1] is None:
                if clock.rule["calendar"] != "always":
                    clock.edition = max(clock.edition, self.edition)
                stand[1] = max(at, stand[0])

    def lay_anew(self, wait, kinds, hours, at):
        """W1: the wait had other hours, or was void; every clock that it held is judged again."""
        begin, end = (hour(each) for each in hours) if hours else (None, None)
        if wait in self.waits:
            if hours and end is None:
                self.waits[wait] = list(kinds)
            else:
                del self.waits[wait]
        for clock in self.clocks.values():
            stood = [each for each in clock.stood if each[2] != wait]
            if begin and clock.kind in kinds:
                start = max(begin, clock.started)
                stop = min(end or at, clock.ended) if clock.ended else end
                stood += [[start, stop, wait]] if stop is None or start < stop else []
            if stood != clock.stood:
                clock.stood = stood
                if clock.ended:
                    clock.broken = clock.is_broken_by(clock.ended)


def kind_after(event, kind):
    if event.moment == "registered":
        return "incident"
    if event.moment == "admin_taken":
        return "request"
    return event.data.get("case_kind") or kind


def hour_for(kind, event):
    """The hour at which a clock of this kind starts or stops by an event."""
    if event.moment in ("voice_told", "voice_agreed"):
        return event.at
    if kind == "complaint" and event.data.get("came_at"):
        return hour(event.data["came_at"])
    return max(event.at, event.recorded_at) if kind == "next_news" else event.at


# --- what follows from the events -------------------------------------------------------------------------------------
@dataclass
class Course:
    """A case as its events tell it: interruptions as [begin, end or None], waits by their id, hours in UTC."""

    number: int
    kind: str = "incident"
    desk: str = ""
    service: int | None = None
    is_service_told: bool = True
    """A request's is in no event."""
    in_rehearsal: bool = False
    """It began while nothing was sent: its own figures are computed, and no availability counts it."""
    status: str = "open"
    outages: list = field(default_factory=list)
    waits: dict = field(default_factory=dict)
    work: tuple | None = None
    closed_at: datetime | None = None
    affected: int | None = None
    in_work: int = 0
    clocks: Clocks | None = None
    zone: tzinfo = UTC
    """Of the operator, as the procedure says: its months begin there."""


def course_of(number, events, said, document):
    found = Course(number)
    for event in events:
        follow(found, event)
        found.in_rehearsal = found.in_rehearsal or is_of_rehearsal(event)
    if document is not None:
        found.clocks, found.zone = Clocks(Calendars(document, said)), ZoneInfo(document["provider"]["zone"])
        for event in events:
            found.clocks.apply(event)
    return found


def is_of_rehearsal(event):
    return event.moment in ("registered", "admin_taken") and event.data.get("rehearsal") is True


def follow(case, event):
    """One event more."""
    data, moment = event.data, event.moment
    case.kind = kind_after(event, case.kind)
    if moment in ("registered", "details_updated", "admin_taken", "transferred"):
        follow_details(case, event)
    elif moment in ("restored", "recovered"):
        case.outages = [[begin, end or event.at] for begin, end in case.outages]
    elif moment == "flapped":
        case.outages.append([event.at, event.at + timedelta(seconds=data["seconds"])])
    elif moment == "relapsed":
        case.outages.append([hour(data.get("affected_since")) or event.at, None])
        case.closed_at, case.affected, case.status = None, None, "open"
    elif moment == "work_linked":
        case.work = data["number"], hour(data["starts_at"]), hour(data["ends_at"])
    elif moment in ("closed", "admin_solved", "cancelled"):
        case.closed_at, case.affected, case.status = event.at, data.get("affected_seconds"), moment
        case.in_work = data.get("in_work_seconds", 0)
        if (moment, event.variant) == ("closed", "mistaken"):  # it was opened again by mistake: nothing was out
            case.outages = [each for each in case.outages if each[1] is not None]
    elif moment == "ruled" and "affected_seconds" in data:
        case.affected = data["affected_seconds"]
    follow_waits(case, event)


def follow_details(case, event):
    """Since when it fails, of which service it is, and which desk has it."""
    data = event.data
    if event.moment == "registered":
        since = hour(data.get("affected_since"))
        case.desk, case.service, case.is_service_told = "technical", data.get("service"), True
        case.outages = [[since, None]] if since else case.outages
    elif event.moment == "admin_taken":
        case.desk, case.outages, case.service, case.is_service_told = data.get("desk", ""), [], None, False
    elif event.moment == "transferred":
        case.desk = data["to"]
    else:
        if "affected_since" in data:
            case.outages = [[hour(data["affected_since"]["to"]), None]]
        if "service" in data:
            case.service = data["service"]["to"]


def follow_waits(case, event):
    data = event.data
    if event.moment == "wait_started":
        case.waits[data["wait"]] = {
            "cause": event.variant,
            "clocks": data["clocks"],
            "start": event.at,
            "end": None,
            "agreed": bool(data.get("excluded")),
            "ruling": "",
        }
    elif event.moment == "wait_ended" and data["wait"] in case.waits:
        wait = case.waits[data["wait"]]
        wait["end"] = max(event.at, wait["start"]) if data.get("idle") else event.at
    elif event.moment == "wait_corrected" and data["wait"] in case.waits:
        wait = case.waits[data["wait"]]
        if data["hours"]:
            wait["start"], wait["end"] = (hour(each) for each in data["hours"])
            wait["clocks"] = data["clocks"]
        else:
            wait["end"], wait["clocks"] = wait["start"], []
    elif event.moment == "ruled":
        for ruling in ("upheld", "rejected"):
            for pk in data[ruling]:
                wait = case.waits[pk]
                wait["ruling"] = ruling
                if ruling == "upheld" and wait["end"] is None:
                    wait["end"] = max(event.at, wait["start"])


def excluded(case, until):
    """P7: the waits that were agreed as left out, and that no ruling made void."""
    waits = [wait for wait in case.waits.values() if wait["agreed"] and wait["ruling"] != "upheld"]
    return [(wait["start"], min(wait["end"] or until, until)) for wait in waits]


def window(case, said):
    """The planned work that the case lies within: until its announced end, or that at which it was over before."""
    if case.work is None:
        return []
    number, begin, end = case.work
    ended = hour(said.get("works", {}).get(number))
    end = min(end, ended or end)
    return [(begin, end)] if begin < end else []


class Carried:
    """Whole seconds of one length after the other, which add up to the rounded sum."""

    def __init__(self):
        self.sum = ZERO

    def more(self, lasted):
        before, self.sum = seconds(self.sum), self.sum + lasted
        return seconds(self.sum) - before


def figures(case, said, until, others):
    """Everything that the file claims of a case in figures, computed from events. ``others``: all cases of the file."""
    spans = [] if case.status == "cancelled" else [(begin, end or until) for begin, end in case.outages]
    holes, work = excluded(case, until), window(case, said)
    counts, left_out, in_work, rows = Carried(), Carried(), Carried(), []
    for span in union(spans):
        rest = without([span], holes)
        counted = length(without(rest, work))
        planned = length(rest) - counted
        row = {"start": stamp(span[0]), "end": stamp(span[1]), "counted": counts.more(counted)}
        row["excluded"], inside = left_out.more(span[1] - span[0] - counted - planned), in_work.more(planned)
        rows.append(row | ({"in_planned_work": inside} if inside else {}))
    found = {
        "closed_at": stamp(case.closed_at),
        "outages": rows,
        "affected_seconds": sum(row["counted"] for row in rows),
        "waits": [wait_row(pk, wait, until) for pk, wait in case.waits.items()],
        "availability": availability(case, said, until, others),
    }
    if case.clocks:
        found["promises"] = [
            promise_row(clock, until) for clock in case.clocks.clocks.values() if not is_dropped(clock)
        ]
    return found


def is_dropped(clock):
    """It lost its object before it was broken: nobody is judged by it."""
    return clock.dropped and not clock.broken


def wait_row(pk, wait, until):
    latest = max(until, wait["start"])
    end = min(wait["end"] or latest, latest)
    return {
        "wait": pk,
        "cause": wait["cause"],
        "clocks": list(wait["clocks"]),
        "start": stamp(wait["start"]),
        "end": stamp(end),
        "excluded": wait["agreed"] and wait["ruling"] != "upheld",
        "void": not wait["clocks"] or wait["ruling"] == "upheld",
    }


def promise_row(clock, until):
    end = clock.ended or max(until, clock.started)
    lasted = seconds(end - clock.started)
    taken = seconds(clock.ran_until(end)) if clock.ended else lasted - clock.stood_seconds(end)
    return {
        "kind": clock.kind,
        "ordinal": clock.ordinal,
        "started_at": stamp(clock.started),
        "ended_at": stamp(clock.ended),
        "target": seconds(clock.target),
        "lasted": lasted,
        "stood_still": lasted - min(taken, lasted),
        "taken": min(taken, lasted),
        "kept": not (clock.broken if clock.ended else clock.is_broken_by(until)),
    }


def availability(case, said, until, others):
    """P7: of the case's service in the month of ``until``, up to then."""
    there = until.astimezone(case.zone)
    start = datetime(there.year, there.month, 1, tzinfo=case.zone).astimezone(UTC)
    service = case.service
    if not case.is_service_told:  # then the other cases of the file are those of its service
        service = next((each.service for each in others if each is not case), None)
    of_service = [each for each in others if service is not None and each.service == service]
    return availability_of(of_service or [case], said, start, until)


def is_counted(case):
    """P7: only an incident of the technical desk that was not cancelled, and told, is counted."""
    is_incident = case.kind == "incident" and case.desk == "technical"
    return is_incident and case.status != "cancelled" and not case.in_rehearsal


def availability_of(cases, said, start, end):
    """The time without good service of these cases between two instants: two that were affected at once count once."""
    affected = []
    for each in cases:
        if not is_counted(each):
            continue
        last = min(each.closed_at or end, end)
        spans = [(max(begin, start), min(stop or last, end)) for begin, stop in each.outages]
        affected += without(spans, [*excluded(each, last), *window(each, said)])
    whole = max(0, seconds(end - start))
    down = seconds(length(affected))
    percent = Decimal(100 * (whole - down)) / whole if whole else Decimal(100)
    return {
        "start": stamp(start),
        "end": stamp(max(start, end)),
        "down": down,
        "percent": str(percent.quantize(Decimal("0.001"), rounding=ROUND_DOWN)),
    }


# --- what the file claims ---------------------------------------------------------------------------------------------
def check(content, keys=(), witnesses=(), authorities=()):
    """The verdict on a PDF or JSON. ``keys`` and ``witnesses``: verifier keys that one has from elsewhere;
    ``authorities``: the certificates (``authorities_in``) of which one must vouch for a time stamp.

    Raises Unreadable, and ZoneInfoNotFoundError where this machine does not know the operator's time zone.
    """
    return check_said(read(content), keys, witnesses, authorities)


def check_said(said, keys=(), witnesses=(), authorities=()):
    """The same of a file that ``read`` has read."""
    try:
        about = whole_number(said["case"]) if said["format"] not in HISTORIES else 0
        if not isinstance(said["language"], str):
            raise TypeError(f"language {said['language']!r}")
        verdict = Verdict(said["format"], said["language"], about)
        shown = [history(case, verdict.findings, said["format"] == FIRST_REPORT) for case in said["cases"]]
        check_companies(said["cases"], shown, verdict)
        documents = [procedure_of(case, said, verdict.findings) for case in said["cases"]]
        courses = [
            course_of(case["case"], events, said, document)
            for case, events, document in zip(said["cases"], shown, documents, strict=True)
        ]
        numbers = [case["case"] for case in said["cases"]]
        verdict.findings += [Finding(each, 0, "twice") for each, times in Counter(numbers).items() if times > 1]
        check_log(said, keys, witnesses, authorities, verdict)
        for case, events, course in zip(said["cases"], shown, courses, strict=True):
            check_case(case, events, course, said, courses, verdict)
        if said["format"] in HISTORIES:
            check_months(said, courses, verdict)
            check_hours(said, shown, verdict)
        elif verdict.about not in {case["case"] for case in said["cases"] if case.get("report")}:
            verdict.findings.append(Finding(verdict.about, 0, "claim", "report"))
    except ZoneInfoNotFoundError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError, ArithmeticError) as wrong:
        raise Unreadable(f"{type(wrong).__name__}: {wrong}") from wrong
    return verdict


def check_companies(cases, shown, verdict):
    """All cases of a file are of one company: the one that the last event of each names, and of the first case first.

    A case that was opened for a company that was not on file yet names another one before.
    """
    last = [[event for event in events if event.company is not None][-1:] for events in shown]
    for case, (event,) in [(case, named) for case, named in zip(cases, last, strict=True) if named]:
        company = next(named[0].company for named in last if named)
        if not is_same(event.company, company):
            verdict.findings.append(Finding(case["case"], event.seq, "company", str(event.company), str(company)))


def check_hours(said, shown, verdict):
    """A history was written after all that stands in it, and what is still open counts up to that hour."""
    written = hour(said["written_at"])
    latest = max((event.recorded_at for events in shown for event in events), default=written)
    if written < latest:
        verdict.findings.append(Finding(0, 0, "until", said["written_at"], stamp(latest)))


def is_of_former_tool(events):
    """A former tool handled it and ended it: nothing was promised here, so nothing is claimed."""
    moments = {event.moment for event in events}
    return bool({"former_closed", "former_cancelled"} & moments) and not {"registered", "admin_taken"} & moments


def check_case(case, events, course, said, courses, verdict):
    number, report = case["case"], case.get("report")
    if course.clocks:
        for event in events:
            named = "journal" in event.data
            if named and event.data["journal"] != course.clocks.calendars.committed(event.data["edition"]):
                verdict.findings.append(Finding(number, event.seq, "journal"))
    row = {"case": number, "shown": len(events), "events": len(case["events"]), "report": report, "computed": None}
    row["in_rehearsal"] = course.in_rehearsal
    verdict.cases.append(row)
    if not report:
        if verdict.format in HISTORIES and not is_of_former_tool(events):
            verdict.findings.append(Finding(number, 0, "claim", "report"))
        return
    until = checked_until(number, report, course, events, said, verdict)
    row["computed"] = computed = figures(course, said, until, courses)
    compare(number, report, computed, verdict)
    words = Words(number, events, verdict)
    verdict.findings += words.wrong_in(report)
    verdict.findings += wrong_edition(number, events, report, words)
    claimed = report.get("affected_seconds")
    if not is_open_again(events) and course.affected is not None and not is_same(course.affected, claimed):
        found = str(claimed), str(course.affected)
        verdict.findings.append(Finding(number, 0, "affected_seconds", *found))
    in_work = sum(row.get("in_planned_work", 0) for row in computed["outages"])
    if course.status == "closed" and in_work != course.in_work:
        verdict.findings.append(Finding(number, 0, "work", str(in_work), str(course.in_work)))
    if course.clocks:
        verdict.findings += broken_otherwise(number, events, course)


def checked_until(number, report, course, events, said, verdict):
    """Up to when everything counts (UTC): the closing; of an open case when the file was written, as a history says."""
    if not report.get("until"):
        return hour(report["closed_at"]) or max(event.recorded_at for event in events)
    until = hour(report["until"])
    written = hour(said["written_at"]) if verdict.format in HISTORIES else until
    expected = course.closed_at or max([written, *(event.recorded_at for event in events)])
    if until != expected:
        verdict.findings.append(Finding(number, 0, "until", report["until"], stamp(expected)))
    return until


def check_months(said, courses, verdict):
    """The availability of each service in each month in which it failed, as a whole history claims it."""
    computed, at = [], hour(said["written_at"])
    by_service: dict = {}
    for course in courses:
        if course.service is not None and is_counted(course):
            by_service.setdefault(course.service, []).append(course)
    for service, cases in by_service.items():
        spans = [(begin, end or case.closed_at or at) for case in cases for begin, end in case.outages]
        first = min((begin for begin, _end in spans), default=at)
        for start, end in months_between(first, at, cases[-1].zone):
            if any(max(a, start) < min(b, end) for a, b in spans):
                computed.append({"service": service, **availability_of(cases, said, start, end)})
    for claimed, found in paired(said["months"], computed, ("service", "start")):
        if not is_same(claimed, found):
            verdict.findings.append(Finding(0, 0, "availability", in_short(claimed), in_short(found)))


def months_between(begin, at, zone):
    """The months from that of ``begin`` to that of ``at``, which ends then; first and last instant in UTC."""
    there = begin.astimezone(zone)
    year, month = there.year, there.month
    while (start := datetime(year, month, 1, tzinfo=zone).astimezone(UTC)) < at:
        year, month = year + month // 12, month % 12 + 1
        yield start, min(at, datetime(year, month, 1, tzinfo=zone).astimezone(UTC))


REQUIRED = {
    *("until", "closed_at", "outages", "affected_seconds", "availability", "promises", "waits", "timeline"),
    *("fault", "solution", "prevention", "confirmed", "without_evidence"),
}
"""What a closing report must claim of its case; a history all but the two that follow."""
OF_A_CLOSING = {"availability", "timeline"}


def compare(number, report, computed, verdict):
    """Each figure that is claimed beside the one that was computed."""
    is_first = verdict.format == FIRST_REPORT
    required = REQUIRED if number == verdict.about else REQUIRED - OF_A_CLOSING
    if not is_first:
        verdict.findings += [Finding(number, 0, "claim", name) for name in sorted(required - report.keys())]
    pairs = [
        (name, report[name], computed[name])
        for name in ("closed_at", "outages", "affected_seconds", "availability")
        # The availability turns on the other cases of the service too, which are not in a file of the first format.
        if name in report and not (name == "availability" and is_first)
    ]
    for name, keys in (("promises", ("kind", "ordinal")), ("waits", ("wait",))):
        if name in computed and name in report:
            pairs += [(name, *pair) for pair in paired(report[name], computed[name], keys)]
    for rule, claimed, found in pairs:
        if not is_same(claimed, found):
            verdict.findings.append(Finding(number, 0, rule, in_short(claimed), in_short(found)))
    if is_first:
        verdict.findings += sums(number, report)


def is_same(claimed, found):
    """Whether both stand alike in JSON: 1 is not true, and 3898.0 no whole number of seconds."""
    return json.dumps(claimed, sort_keys=True) == json.dumps(found, sort_keys=True)


def paired(claimed, computed, keys):
    """The rows of both that have these keys in common; one that stands twice, or in one of them alone, beside None."""
    left = {tuple(row[key] for key in keys): row for row in computed}
    for row in claimed:
        yield row, left.pop(tuple(row[key] for key in keys), None)
    yield from ((None, row) for row in left.values())


def sums(number, report):
    """What can be said of the promises in a report of the first format, which brings no procedure to compute by."""
    for row in report["promises"]:
        lasted = (
            hour(row["ended_at"]) - hour(row["started_at"]) if row["ended_at"] else timedelta(seconds=row["lasted"])
        )
        if row["lasted"] - row["stood_still"] != row["taken"] or seconds(lasted) != row["lasted"]:
            yield Finding(number, 0, "promises", in_short(row), "")


def broken_otherwise(number, events, course):
    """The events that say that a promise was broken are those that follow; a late worker writes its own later."""
    marked = {}
    for event in events:
        if event.moment in ("breached", "breach_lifted") and event.data["clock"] not in WITHIN_THE_OPERATOR:
            marked[event.data["clock"], event.data["ordinal"]] = event if event.moment == "breached" else None
    for key, event in marked.items():
        clock = course.clocks.clocks.get(key)
        is_broken = clock and (clock.broken if clock.ended else clock.is_broken_by(max(e.recorded_at for e in events)))
        if bool(event) != bool(is_broken):
            yield Finding(number, event.seq if event else 0, "breach", f"{key[0]} {key[1]}", "")
    for key, clock in course.clocks.clocks.items():
        if clock.ended and clock.broken and not marked.get(key):
            yield Finding(number, 0, "breach", "", f"{key[0]} {key[1]}")


def wrong_edition(number, events, report, words):
    """P7: a case that was opened again after its closing has one edition more of its report, which says why."""
    closing, editions, rows = None, 1, []
    for event in events:
        reopens = event.data.get("reopens") if event.moment == "relapsed" else None
        if reopens is not None:
            editions += 1
            rows.append(reopening_row(event, reopens))
        told = event.data.get("report_edition", 1)
        named = event.moment == "closed" or reopens is not None
        if (named and told != editions) or (reopens is not None and (closing is None or closing.seq != reopens)):
            yield Finding(number, event.seq, "edition", str(told), str(editions))
        if (event.moment, event.variant) == ("relapsed", "reopened") and reopens is None:
            yield Finding(number, event.seq, "edition")
        if event.moment in ("closed", "relapsed", "cancelled", "admin_solved"):
            closing = event if event.moment == "closed" else None
    if not is_same(report.get("edition", 1), editions):
        yield Finding(number, 0, "edition", str(report.get("edition", 1)), str(editions))
    told = {event.seq: event for event in events}
    for claimed, found in paired(report.get("reopenings", ()), rows, ("seq",)):
        codes = claimed and {name: claimed.get(name) for name in claimed if name != "what"}
        if not is_same(codes, found) or not words.agrees(claimed.get("what", ""), "what", told[found["seq"]]):
            yield Finding(number, (found or claimed)["seq"], "reopenings", in_short(claimed), in_short(found))


def reopening_row(event, closing):
    since = hour(event.data.get("affected_since")) or event.at
    return {"seq": event.seq, "closing": closing, "at": stamp(event.at), "since": stamp(since)}


def is_open_again(events):
    ends = [event for event in events if event.moment in ("closed", "relapsed", "cancelled")]
    return bool(ends) and ends[-1].moment == "relapsed"


TOLD_BY = {
    "fault": {"closed": "fault"},
    "prevention": {"closed": "prevention"},
    "solution": {
        "restored": "solution",
        "recovered": "solution",
        "closed": "solution",
        "confirmed/customer": "plan_executed",
        "admin_solved": "answer",
    },
}
"""The last of these events, and which text of it, says what a report tells under this name."""


class Words:
    """What a report tells in words and hours, beside what the events of its case say."""

    def __init__(self, number, events, verdict):
        self.number, self.events, self.verdict = number, events, verdict
        tombstones = [event.data["texts"] for event in events if event.moment == "texts_erased"]
        self.erased = {(seq, name) for texts in tombstones for seq, name in texts}

    def wrong_in(self, report):
        told = {event.seq: event for event in self.events}
        for seq, moment, at in report.get("timeline", ()):
            if seq not in told or (told[seq].moment, stamp(told[seq].at)) != (moment, at):
                yield Finding(self.number, seq, "timeline")
        if "timeline" in report and [row[0] for row in report["timeline"]] != in_order(self.events):
            yield Finding(self.number, 0, "timeline")
        for name, sources in TOLD_BY.items():
            said = [(event, sources[by]) for event in self.events for by in event.triggers if by in sources]
            said = [(event, text) for event, text in said if text in event.hashed or event.moment == "closed"]
            claimed = report.get(name, "")
            if (said and not self.agrees(claimed, said[-1][1], said[-1][0])) or (claimed and not said):
                yield Finding(self.number, said[-1][0].seq if said else 0, name)
        yield from self.confirmation(report)
        yield from self.without_evidence(report)

    def confirmation(self, report):
        said = sorted((e for e in self.events if e.moment == "confirmed"), key=lambda e: (e.at, e.seq))
        claimed = report.get("confirmed")
        if (claimed is not None) != bool(said):
            yield Finding(self.number, 0, "confirmed")
        elif said:
            same = all(self.agrees(claimed[name], name, said[-1]) for name in ("name", "position"))
            same = same and claimed.keys() <= {"name", "position", "grade"}
            if not same or claimed.get("grade", "") != said[-1].data.get("grade", ""):
                yield Finding(self.number, said[-1].seq, "confirmed")

    def without_evidence(self, report):
        """Who went on without good tests, and why: none is left out and none is added."""
        lacking = {event.seq: event for event in self.events if event.data.get("without_evidence")}
        given = report.get("without_evidence", ())
        rows = {row["seq"]: row for row in given}
        if sorted(row["seq"] for row in given) != sorted(lacking):
            yield Finding(self.number, 0, "without_evidence")
        for seq in set(rows) & set(lacking):
            hours_agree = rows[seq].get("at") == stamp(lacking[seq].at)
            same = all(self.agrees(rows[seq][name], name, lacking[seq]) for name in ("reason", "who"))
            if not (hours_agree and same and rows[seq].keys() <= {"seq", "at", "reason", "who"}):
                yield Finding(self.number, seq, "without_evidence")

    def agrees(self, claimed, name, event):
        """Whether this text of the event is what is claimed; of one that was erased nothing can be said."""
        if name in event.texts:
            return event.texts[name].strip() == claimed
        if name in event.hashed and (event.seq, name) in self.erased:
            self.verdict.erased.append((self.number, event.seq, name))
            return True
        return name not in event.hashed and not claimed


def in_order(events):
    """The public events as they happened."""
    return [event.seq for event in sorted(events, key=lambda event: (event.at, event.seq)) if event.public]


def in_short(value):
    """A figure as one reads it in a line."""
    if isinstance(value, dict):
        return ", ".join(
            f"{name} {in_short(each)}" for name, each in value.items() if each not in (None, "", [], False)
        )
    if isinstance(value, list):
        return "; ".join(in_short(each) for each in value)
    return "—" if value is None else str(value)


# --- in words ---------------------------------------------------------------------------------------------------------
LANGUAGES = ("es", "en", "pt")
WORDS = {
    "agrees": (
        "COINCIDE CONSIGO MISMO: las cifras se calcularon de nuevo a partir de los hechos y son las que afirma.",
        "AGREES WITH ITSELF: its figures were computed again from the events and are the ones that it claims.",
        "CONCORDA CONSIGO MESMO: os números foram calculados de novo a partir dos fatos e são os que afirma.",
    ),
    "differs": (
        "DIFIERE: no todo lo que afirma el archivo se sigue de los hechos.",
        "DIFFERS: not everything that the file claims follows from the events.",
        "DIFERE: nem tudo o que o arquivo afirma decorre dos fatos.",
    ),
    "only_sums": (
        "COINCIDE CONSIGO MISMO: historia y sumas. Su formato es anterior: los plazos no se pueden calcular de nuevo.",
        "AGREES WITH ITSELF: history and sums. Its format is older: the promises cannot be computed again.",
        "CONCORDA CONSIGO MESMO: história e somas. O formato é anterior: os prazos não podem ser recalculados.",
    ),
    "checked": (
        "Casos: {cases}. Hechos comprobados por lo que dicen: {shown}; internos, solo por su hash: {internal}.",
        "Cases: {cases}. Events checked by what they say: {shown}; internal ones, by their hash alone: {internal}.",
        "Casos: {cases}. Fatos verificados pelo que dizem: {shown}; internos, só pelo hash: {internal}.",
    ),
    "signed": (
        "Firmado por la clave que usted dio: {key}",
        "Signed by the key that you gave: {key}",
        "Assinado pela chave que você forneceu: {key}",
    ),
    "compare": (
        "Firmado por {key}: compare esta clave con la que publica https://{name}",
        "Signed by {key}: compare this key with the one published at https://{name}",
        "Assinado por {key}: compare esta chave com a que é publicada em https://{name}",
    ),
    "signed_other": (
        "Lo que difiere no deja decir que esta historia esté firmada.",
        "What differs does not allow to say that this history is signed.",
        "O que difere não permite dizer que esta história esteja assinada.",
    ),
    "seen": (
        "Visto por el testigo cuya clave usted dio, {name}: {at} UTC",
        "Seen by the witness whose key you gave, {name}: {at} UTC",
        "Visto pela testemunha cuja chave você forneceu, {name}: {at} UTC",
    ),
    "seen_compare": (
        "Lleva una firma a nombre de {name} con fecha {at} UTC, de una clave que trae el propio archivo: no se sabe de "
        "quién es. Compare esta clave con la que publica ese testigo: {key}",
        "It bears a signature in the name of {name}, dated {at} UTC, by a key that the file itself brings: whose it is "
        "is not known. Compare this key with the one that this witness publishes: {key}",
        "Traz uma assinatura em nome de {name}, datada de {at} UTC, de uma chave que o próprio arquivo traz: não se "
        "sabe de quem é. Compare esta chave com a que essa testemunha publica: {key}",
    ),
    "unknown": (
        "Lleva una firma a nombre de {name}, de una clave que nadie nombró: no se sabe de quién es.",
        "It bears a signature in the name of {name}, by a key that nobody named: whose it is is not known.",
        "Traz uma assinatura em nome de {name}, de uma chave que ninguém nomeou: não se sabe de quem é.",
    ),
    "pages": (
        "Se comprobó el archivo adjunto al PDF, no lo que dicen sus páginas: compárelas con lo que sigue.",
        "What is attached to the PDF was checked, not what its pages say: compare them with what follows.",
        "Verificou-se o arquivo anexo ao PDF, não o que dizem as suas páginas: compare-as com o que segue.",
    ),
    "stamped": (
        "Sello de tiempo: {at} UTC, por «{name}», según el certificado que trae. De qué CA proviene se ve con --tsa.",
        "Time stamped at {at} UTC by “{name}”, as the certificate in it has it. With --tsa one sees of which CA it is.",
        "Carimbo do tempo: {at} UTC, por «{name}», segundo o certificado que traz. De qual AC provém se vê com --tsa.",
    ),
    "stamped_by_theirs": (
        "Sello de tiempo: {at} UTC, por «{name}», cuyo certificado proviene de la CA que usted nombró.",
        "Time stamped at {at} UTC by “{name}”, whose certificate comes from the CA that you named.",
        "Carimbo do tempo: {at} UTC, por «{name}», cujo certificado provém da AC que você nomeou.",
    ),
    "stamp_untold": (
        "Sello de tiempo sin comprobar (falta el paquete «cryptography»): {at} UTC, {name}",
        "Time stamp not checked (the package “cryptography” is missing): {at} UTC, {name}",
        "Carimbo do tempo não verificado (falta o pacote «cryptography»): {at} UTC, {name}",
    ),
    "unproven": (
        "Sin pruebas buenas de su estabilidad, por decisión de {who}: {reason}",
        "Without good tests of its stability, by decision of {who}: {reason}",
        "Sem testes bons da sua estabilidade, por decisão de {who}: {reason}",
    ),
    "unsigned": (
        "Caso {number}: el archivo no prueba que esté en el registro firmado.",
        "Case {number}: the file does not prove that it is in the signed log.",
        "Caso {number}: o arquivo não prova que esteja no registro assinado.",
    ),
    "signed_until": (
        "Caso {number}: está en el registro firmado hasta el hecho {seq} de {last}.",
        "Case {number}: it is in the signed log up to event {seq} of {last}.",
        "Caso {number}: está no registro assinado até o fato {seq} de {last}.",
    ),
    "erased": (
        "Caso {number}, hecho {seq}: el texto «{name}» se borró; nada lo prueba ya.",
        "Case {number}, event {seq}: the text “{name}” was erased; nothing proves it any more.",
        "Caso {number}, fato {seq}: o texto «{name}» foi apagado; nada mais o comprova.",
    ),
    "untold": (
        "Firma sin comprobar (falta el paquete «cryptography»): {key}",
        "Signature not checked (the package “cryptography” is missing): {key}",
        "Assinatura não verificada (falta o pacote «cryptography»): {key}",
    ),
    "head": (
        "Compare con sus avisos: el hecho {seq} debe llevar el hash {hash}.",
        "Compare with your notices: event {seq} must bear the hash {hash}.",
        "Compare com os seus avisos: o fato {seq} deve trazer o hash {hash}.",
    ),
    "case": ("Caso {number}", "Case {number}", "Caso {number}"),
    "rehearsal": (
        "Ensayo: nada de esto se avisó al cliente",
        "Rehearsal: nothing of this was told to the customer",
        "Ensaio: nada disto foi avisado ao cliente",
    ),
    "edition": (
        "Edición {edition} del informe: reemplaza la anterior",
        "Edition {edition} of the report: it replaces the one before",
        "Edição {edition} do relatório: substitui a anterior",
    ),
    "reopened": (
        "Reabierto el {at} UTC (hecho {seq}; sin servicio desde {since} UTC): {what}",
        "Opened again {at} UTC (event {seq}; without service since {since} UTC): {what}",
        "Reaberto em {at} UTC (fato {seq}; sem serviço desde {since} UTC): {what}",
    ),
    "affected": ("Tiempo afectado", "Affected time", "Tempo afetado"),
    "outage": (
        "Sin servicio de {start} a {end} UTC; descontado: {excluded} s; trabajo programado: {work} s",
        "Without service from {start} to {end} UTC; left out: {excluded} s; planned work: {work} s",
        "Sem serviço de {start} a {end} UTC; descontado: {excluded} s; trabalho programado: {work} s",
    ),
    "stood": (
        "Espera por {cause}, de {start} a {end} UTC{more}",
        "Wait for {cause}, from {start} to {end} UTC{more}",
        "Espera por {cause}, de {start} a {end} UTC{more}",
    ),
    "left_out": (" (descontada)", " (left out)", " (descontada)"),
    "void": (" (sin efecto)", " (void)", " (sem efeito)"),
    "promise": (
        "{clause} {name}: {taken} de {target} ({verdict})",
        "{clause} {name}: {taken} of {target} ({verdict})",
        "{clause} {name}: {taken} de {target} ({verdict})",
    ),
    "kept": ("cumplido", "kept", "cumprido"),
    "broken": ("incumplido", "broken", "descumprido"),
    "availability": ("Disponibilidad del mes", "Availability of the month", "Disponibilidade do mês"),
    "claimed": ("afirmado", "claimed", "afirmado"),
    "computed": ("calculado", "computed", "calculado"),
    "event": ("hecho", "event", "fato"),
    "unreadable": (
        "{file}: no es una evidencia de Guardia, o está dañada. Dé el PDF o el JSON tal como lo recibió. ({why})",
        "{file}: no evidence of Guardia, or damaged. Give the PDF or the JSON as you received it. ({why})",
        "{file}: não é uma evidência da Guardia, ou está danificada. Dê o PDF ou o JSON como o recebeu. ({why})",
    ),
    "no_certificate": (
        "{ca}: no hay ningún certificado en él. Dé el de la CA, en PEM o DER. ({why})",
        "{ca}: there is no certificate in it. Give that of the CA, in PEM or DER. ({why})",
        "{ca}: não há nenhum certificado nele. Dê o da AC, em PEM ou DER. ({why})",
    ),
    "no_file": (
        "{file}: no se puede abrir. Dé el camino del archivo tal como lo guardó. ({why})",
        "{file}: it cannot be opened. Give the path of the file as you saved it. ({why})",
        "{file}: não pode ser aberto. Dê o caminho do arquivo tal como o salvou. ({why})",
    ),
    "no_key": (
        "{why}: esto no es una clave publicada. Se escribe nombre+id+clave, en una línea, entre comillas.",
        "{why}: this is no published key. It is written name+id+key, on one line, in quotes.",
        "{why}: isto não é uma chave publicada. Escreve-se nome+id+chave, numa só linha, entre aspas.",
    ),
    "no_zone": (
        "{file}: este equipo no conoce la zona horaria del operador. Instale tzdata (pip install tzdata). ({why})",
        "{file}: this machine does not know the operator’s time zone. Install tzdata (pip install tzdata). ({why})",
        "{file}: este computador não conhece o fuso horário do operador. Instale tzdata (pip install tzdata). ({why})",
    ),
    "witness_missing": (
        "el testigo que usted nombra no la ha firmado",
        "the witness that you name has not signed it",
        "a testemunha que você nomeia não a assinou",
    ),
}
RULES = {
    "missing": (
        "falta un hecho, o está fuera de su lugar",
        "an event is missing or out of place",
        "falta um fato, ou está fora do lugar",
    ),
    "hash": (
        "su hash no se sigue del hecho anterior y de su propio texto",
        "its hash does not follow from the event before and its own text",
        "o seu hash não decorre do fato anterior e do próprio texto",
    ),
    "twice": (
        "el caso está más de una vez en el archivo",
        "the case stands in the file more than once",
        "o caso está mais de uma vez no arquivo",
    ),
    "place": (
        "es de otro caso o de otro lugar",
        "it belongs to another case or place",
        "é de outro caso ou de outro lugar",
    ),
    "mark": (
        "su marca no dice si es público",
        "its mark does not say whether it is public",
        "a sua marca não diz se é público",
    ),
    "hidden": (
        "se oculta un hecho que debe mostrarse",
        "an event is hidden that must be shown",
        "está oculto um fato que deve ser mostrado",
    ),
    "text": (
        "un texto no es el que se registró",
        "a text is not the one that was recorded",
        "um texto não é o registrado",
    ),
    "format": (
        "los hechos son de más de un formato",
        "its events are of more than one format",
        "os fatos são de mais de um formato",
    ),
    "head": (
        "el último hecho no es el que nombra",
        "the last event is not the one it names",
        "o último fato não é o que nomeia",
    ),
    "procedure": (
        "el procedimiento no es el que nombra el primer hecho",
        "the procedure is not the one that the first event names",
        "o procedimento não é o que o primeiro fato nomeia",
    ),
    "journal": (
        "el calendario no es aquel por el que se contó",
        "the calendar is not the one by which it was counted",
        "o calendário não é aquele pelo qual se contou",
    ),
    "log": (
        "no está en el registro firmado",
        "it is not in the log that was signed",
        "não está no registro assinado",
    ),
    "unsigned": (
        "el archivo no trae el registro firmado: nada firmó la clave que usted dio",
        "the file does not bring the signed log: the key that you gave has signed nothing",
        "o arquivo não traz o registro assinado: a chave que você forneceu nada assinou",
    ),
    "company": (
        "el caso es de otra compañía que el primero del archivo",
        "the case is of another company than the first one in the file",
        "o caso é de outra empresa que o primeiro do arquivo",
    ),
    "signature": (
        "la firma del registro es falsa, o de otra clave",
        "the signature of the log is false, or by another key",
        "a assinatura do registro é falsa, ou de outra chave",
    ),
    "witness": WORDS["witness_missing"],
    "stamp": (
        "el sello de tiempo no se puede leer",
        "the time stamp cannot be read",
        "o carimbo do tempo não pode ser lido",
    ),
    "stamp_other": (
        "el sello de tiempo es de otro estado del registro",
        "the time stamp is of another state of the log",
        "o carimbo do tempo é de outro estado do registro",
    ),
    "stamp_false": (
        "la firma del sello de tiempo es falsa, o su certificado no es para sellar",
        "the signature of the time stamp is false, or its certificate is not one for time stamps",
        "a assinatura do carimbo do tempo é falsa, ou o certificado não é para carimbar",
    ),
    "stamp_authority": (
        "ningún sello de tiempo proviene de la CA que usted nombra",
        "no time stamp comes from the CA that you name",
        "nenhum carimbo do tempo provém da AC que você nomeia",
    ),
    "until": ("cuenta hasta otra hora", "it counts until another hour", "conta até outra hora"),
    "claim": ("falta lo que debe afirmar", "something that it must claim is missing", "falta o que deve afirmar"),
    "closed_at": ("la hora del cierre", "the hour of the closing", "a hora do encerramento"),
    "outages": ("los tiempos sin servicio", "the interruptions", "os tempos sem serviço"),
    "affected_seconds": ("el tiempo afectado", "the affected time", "o tempo afetado"),
    "work": (
        "el tiempo dentro de trabajos programados no es el del cierre",
        "the time within planned work is not that of the closing",
        "o tempo dentro de trabalhos programados não é o do encerramento",
    ),
    "waits": ("una espera", "a wait", "uma espera"),
    "availability": ("la disponibilidad", "the availability", "a disponibilidade"),
    "promises": ("un plazo", "a promise", "um prazo"),
    "breach": (
        "un incumplimiento registrado no es el que se sigue de los hechos",
        "a breach on record is not the one that follows from the events",
        "um descumprimento registrado não é o que decorre dos fatos",
    ),
    "timeline": (
        "lo cuenta de otro modo que la historia",
        "it is told otherwise than in the history",
        "é contado de outro modo que na história",
    ),
    "edition": (
        "la edición del informe no es la que se sigue de sus reaperturas",
        "the edition of the report is not the one that follows from its reopenings",
        "a edição do relatório não é a que decorre das suas reaberturas",
    ),
    "reopenings": (
        "por qué y desde cuándo se reabrió",
        "why and since when it was opened again",
        "por que e desde quando foi reaberto",
    ),
    "fault": (
        "la falla no es la del cierre",
        "the fault is not that of the closing",
        "a falha não é a do encerramento",
    ),
    "solution": (
        "la solución no es la del cierre",
        "the solution is not that of the closing",
        "a solução não é a do encerramento",
    ),
    "prevention": (
        "la prevención no es la del cierre",
        "the prevention is not that of the closing",
        "a prevenção não é a do encerramento",
    ),
    "confirmed": ("quién confirmó", "who confirmed", "quem confirmou"),
    "without_evidence": (
        "quién siguió sin pruebas buenas, y por qué",
        "who went on without good tests, and why",
        "quem seguiu sem testes bons, e por quê",
    ),
}
CAUSES = {
    "customer": ("el cliente", "the customer", "o cliente"),
    "third_party": ("un tercero", "a third party", "um terceiro"),
    "force_majeure": ("fuerza mayor", "force majeure", "força maior"),
}


def printable(words):
    """Without the signs by which somebody's text could pass itself off as another line, or be read backwards."""
    return "".join("?" if unicodedata.category(sign) in NO_LETTERS else sign for sign in words)


NO_LETTERS = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def lines_of(verdict, evidence, language, everything=False, is_attached=False):
    """The verdict first, then what was checked and by whom it was signed, then what was computed. ``is_attached``: it
    was attached to a PDF, of which nothing else was read.
    """
    for line in raw_lines_of(verdict, evidence, language, everything, is_attached):
        yield printable(line)


def raw_lines_of(verdict, evidence, language, everything, is_attached):
    place = LANGUAGES.index(language)

    def say(word, **values):
        return WORDS[word][place].format(**values)

    yield from lines_of_verdict(verdict, say, place)
    yield from [say("pages")] if is_attached else []
    yield from lines_of_the_log(verdict, evidence, say)
    documents = evidence.get("procedures", {})
    for row, case in zip(verdict.cases, evidence["cases"], strict=True):
        if row["computed"] and (everything or row["case"] == verdict.about):
            yield ""
            yield f"{say('case', number=grouped(row['case']))}"
            yield say("head", seq=case["seq"], hash=case["head"][:32])
            first = parsed(case["events"][0].get("canonical") or "{}")
            if row["in_rehearsal"]:
                yield say("rehearsal")
            yield from lines_of_editions(row["report"], say)
            for step in row["report"].get("without_evidence", ()):
                yield say("unproven", who=step["who"] or "—", reason=step["reason"] or "—")
            yield from lines_of_figures(row["computed"], documents.get(first.get("procedure")), say, place)


def lines_of_editions(report, say):
    """Which edition of the report it is, and each time the case was opened again."""
    if report.get("reopenings"):
        yield say("edition", edition=report.get("edition", 1))
    for row in report.get("reopenings", ()):
        hours = {"at": row["at"][:19], "since": row["since"][:19]}
        yield "  " + say("reopened", seq=row["seq"], what=row["what"] or "—", **hours)


def lines_of_verdict(verdict, say, place):
    is_first = verdict.format == FIRST_REPORT
    yield say("differs" if verdict.findings else "only_sums" if is_first else "agrees")
    shown, events = (sum(row[name] for row in verdict.cases) for name in ("shown", "events"))
    yield say("checked", cases=len(verdict.cases), shown=shown, internal=events - shown)
    for finding in verdict.findings:
        where = [say("case", number=grouped(finding.case))] if finding.case else []
        where += [f"{say('event')} {finding.seq}"] if finding.seq else []
        values = [(say("claimed"), finding.claimed), (say("computed"), finding.computed)]
        more = "; ".join(f"{name}: {value}" for name, value in values if value)
        yield f"  {', '.join(where)}: {RULES[finding.rule][place]}{f' ({more})' if more else ''}"
    for number, seq, name in verdict.erased:
        yield say("erased", number=grouped(number), seq=seq, name=name)


OF_HISTORY = {
    *("missing", "hash", "twice", "place", "mark", "hidden", "text", "format", "head", "procedure", "journal"),
    *("company", "log", "signature"),
}
"""Findings by which a history is not the one whose last hash was signed."""


def lines_of_the_log(verdict, said, say):
    """How far the cases are in the signed log, and by whom it is signed; of what is not in it no signature speaks, nor
    of a history that is not the one that was hashed.
    """
    if said.get("log") and any(finding.rule in OF_HISTORY for finding in verdict.findings):
        yield say("signed_other")
        return
    cases = [case for case in said["cases"] if verdict.about in (0, case["case"])]
    for case in cases:
        if case["case"] not in verdict.included:
            yield say("unsigned", number=grouped(case["case"]))
        elif verdict.included[case["case"]] < case["seq"]:
            upto = {"seq": verdict.included[case["case"]], "last": case["seq"]}
            yield say("signed_until", number=grouped(case["case"]), **upto)
    if any(case["case"] in verdict.included for case in cases):
        yield from lines_of_signatures(verdict, say)


def lines_of_signatures(verdict, say):
    for key, is_trusted, at in verdict.logged:
        name = key.partition("+")[0]
        if at:
            yield say("seen" if is_trusted else "seen_compare", key=key, name=name, at=f"{at:%Y-%m-%d %H:%M}")
        else:
            yield say("signed" if is_trusted else "compare", key=key, name=name)
    for key in verdict.untold:
        yield say("untold", key=key)
    for name in verdict.unknown:
        yield say("unknown", name=name[:120])
    for at, name, from_theirs in verdict.stamps:
        words = "stamp_untold" if from_theirs is None else "stamped_by_theirs" if from_theirs else "stamped"
        yield say(words, at=f"{at:%Y-%m-%d %H:%M:%S}", name=name)


def lines_of_figures(computed, document, say, place):
    names = {rule["kind"]: rule for rule in (document or {}).get("clocks", ())}
    yield f"  {say('affected')}: {lasting(computed['affected_seconds'])}"
    for row in computed["outages"]:
        hours = {"start": row["start"][:19], "end": row["end"][:19]}
        yield "    " + say("outage", excluded=row["excluded"], work=row.get("in_planned_work", 0), **hours)
    for row in computed["waits"]:
        cause = CAUSES.get(row["cause"], (row["cause"],) * 3)[place]
        more = say("void") if row["void"] else say("left_out") if row["excluded"] else ""
        yield "    " + say("stood", cause=cause, start=row["start"][:19], end=row["end"][:19], more=more)
    for row in computed.get("promises", ()):
        rule = names[row["kind"]]
        name = rule["name"].get(LANGUAGES[place]) or next(iter(rule["name"].values()))
        took = {"taken": lasting(row["taken"]), "target": lasting(row["target"])}
        yield "  " + say(
            "promise", clause=rule["clause"], name=name, verdict=say("kept" if row["kept"] else "broken"), **took
        )
    month = computed["availability"]
    when = f"{month['start'][:16]} – {month['end'][:16]} UTC"
    yield f"  {say('availability')}: {month['percent']} % ({month['down']} s; {when})"


def lasting(total):
    hours, rest = divmod(total, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}"


def grouped(number):
    """A case's number as letters print it: ``104-273-8``."""
    body, digit = divmod(number, 10)
    return f"{body:,}".replace(",", "-") + f"-{digit}"


def authorities_of(name):
    """The certificates in the file that is named, if one is. Raises NoCertificate."""
    if not name:
        return []
    try:
        with open(name, "rb") as file:
            return authorities_in(file.read(LARGEST))
    except OSError as wrong:
        raise NoCertificate(wrong.strerror) from wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", help="a closing report (PDF or JSON), or the history of a company (JSON)")
    parser.add_argument("--key", action="append", default=[], help="the published key of the log, name+id+key")
    parser.add_argument(
        "--witness", action="append", default=[], help="the key of a witness that must have signed, name+id+key"
    )
    parser.add_argument("--tsa", metavar="CA.pem", help="the authority whose certificate a time stamp must come from")
    parser.add_argument("--language", choices=LANGUAGES, help="of the verdict; else that of the file")
    parser.add_argument("--all", action="store_true", help="what was computed of every case of the file")
    args = parser.parse_args()
    try:
        for words in [*args.key, *args.witness]:
            key_in(words)
        authorities = authorities_of(args.tsa)
        with open(args.file, "rb") as file:
            content = file.read(LARGEST)
        said = read(content)
        verdict = check_said(said, args.key, args.witness, authorities)
    except (OSError, Unreadable, NoCertificate, NotAKey, ZoneInfoNotFoundError) as trouble:
        names = {ZoneInfoNotFoundError: "no_zone", NoCertificate: "no_certificate", NotAKey: "no_key"}
        names |= {Unreadable: "unreadable"}
        words = WORDS[names.get(type(trouble), "no_file")][LANGUAGES.index(args.language or "es")]
        print(printable(words.format(file=args.file, ca=args.tsa, why=trouble)), file=sys.stderr)
        return 2
    language = args.language or (verdict.language if verdict.language in LANGUAGES else "es")
    try:
        lines = lines_of(verdict, said, language, args.all or not verdict.about, is_pdf(content))
        print("\n".join(lines), flush=True)
    except BrokenPipeError:  # whoever reads has enough, as `head` has: the verdict stands in the exit code all the same
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
    return 0 if verdict.is_sound else 1


if __name__ == "__main__":
    sys.exit(main())
