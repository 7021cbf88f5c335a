"""Signed notes and checkpoints, as C2SP describes them (signed-note, tlog-checkpoint, tlog-cosignature).

A note is a text and, after an empty line, a line for each signature. A checkpoint is a note whose text is the name of
the log, the size of its tree and the root, a line each. Keys are Ed25519. A verifier key, ``name+id+key``, is what an
operator publishes and what somebody else checks by. The library is loaded by whoever signs or checks: an idle process
does neither.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from django.utils.translation import gettext_noop

from guardia.config.headline import Headline

NOTE, COSIGNATURE = 1, 4
"""The kinds of key: of who signs a log of its own, and of a witness, who says when as well."""
NAME = re.compile(r"[^\s+]+")
LINE = re.compile(r"— (\S+) (\S+)")


class NoteIsWrong(ValueError):
    """It is no signed note, or no checkpoint, or none of the keys that are asked for has signed it."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """By which a signature is checked. ``kind``: NOTE or COSIGNATURE; ``key``: 32 bytes."""

    name: str
    kind: int
    key: bytes

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(bytes([self.kind]) + self.key).decode()}"

    @property
    def id(self) -> bytes:
        """Four bytes that name the key in a line of a signature."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.key).digest()[:4]


def read_verifier(words: str) -> Verifier:
    """Raises NoteIsWrong for what is no verifier key of Ed25519, or one whose id is not its own."""
    try:
        name, identity, key = words.strip().split("+", 2)
        raw = b64decode(key, validate=True)
        found = Verifier(name, raw[0], raw[1:])
    except (ValueError, IndexError) as trouble:
        raise NoteIsWrong(f"{words!r} is no verifier key: it reads name+id+key") from trouble
    if not NAME.fullmatch(name) or found.kind not in (NOTE, COSIGNATURE) or len(found.key) != 32:
        raise NoteIsWrong(f"{words!r} is no verifier key of Ed25519")
    if found.id.hex() != identity:
        raise NoteIsWrong(f"{words!r}: the id {identity} is not that of its key, {found.id.hex()}")
    return found


class SigningKey(Protocol):
    """A private key of Ed25519, wherever it is: ``public`` are the 32 bytes of its public key."""

    @property
    def public(self) -> bytes: ...

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of the signature."""


class SecretKey:
    """A private key of 32 bytes, in the memory of this process."""

    def __init__(self, secret: bytes) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        private = Ed25519PrivateKey.from_private_bytes(secret)
        self.public, self.sign = private.public_key().public_bytes_raw(), private.sign


class Signer:
    """Who signs: a name without spaces and ``+``, and a private key, or its 32 bytes."""

    def __init__(self, name: str, key: SigningKey | bytes, kind: int = NOTE) -> None:
        if not NAME.fullmatch(name):
            raise ValueError(f"{name!r} has a space or a +")
        self.key = SecretKey(key) if isinstance(key, bytes) else key
        self.verifier = Verifier(name, kind, self.key.public)

    def line(self, text: str, at: datetime | None = None) -> str:
        """The line of the signature. A witness says ``at`` (UTC) when it saw the text."""
        message, when = text.encode(), b""
        if self.verifier.kind == COSIGNATURE:
            seconds = int((at or datetime.now(UTC)).timestamp())
            message, when = cosigned(text, seconds), seconds.to_bytes(8)
        signature = self.verifier.id + when + self.key.sign(message)
        return f"— {self.verifier.name} {b64encode(signature).decode()}\n"


def cosigned(text: str, seconds: int) -> bytes:
    """What a witness signs."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def signed(text: str, *signers: Signer) -> str:
    """The note: ``text``, which ends with a line break, and a line of each signer."""
    return f"{text}\n{''.join(signer.line(text) for signer in signers)}"


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed by which key; ``at`` (UTC) is when a witness did."""

    by: Verifier
    at: datetime | None = None


def text_of(note: str) -> str:
    """What was signed. Raises NoteIsWrong."""
    text, gap, lines = note.rpartition("\n\n")
    if not gap or not lines.endswith("\n") or not all(LINE.fullmatch(line) for line in lines.splitlines()):
        raise NoteIsWrong(
            Headline(gettext_noop("this is not a signed note: after an empty line there is a line for each signature"))
        )
    return f"{text}\n"


def signatures_of(note: str, verifiers: list[Verifier]) -> list[Signature]:
    """The signatures by these keys, each checked; those of keys that nobody asked for are passed over.

    Raises NoteIsWrong for no note, for a signature of one of the keys that is false, and where none of them signed.
    """
    text = text_of(note)
    known = {(verifier.name, verifier.id): verifier for verifier in verifiers}
    found = []
    for line in note[len(text) + 1 :].splitlines():
        name, encoded = LINE.fullmatch(line).groups()  # type: ignore[union-attr]
        try:
            raw = b64decode(encoded, validate=True)
        except ValueError as trouble:
            raise NoteIsWrong(
                Headline(gettext_noop("the signature of %(name)s is not in base64"), name=name)
            ) from trouble
        if verifier := known.get((name, raw[:4])):
            found.append(_checked(verifier, text, raw[4:]))
    if not found:
        raise NoteIsWrong(Headline(gettext_noop("none of the keys that are asked for has signed this")))
    return found


def _checked(verifier: Verifier, text: str, raw: bytes) -> Signature:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    message, signature, at = text.encode(), raw, None
    if verifier.kind == COSIGNATURE:
        seconds, signature = int.from_bytes(raw[:8]), raw[8:]
        message, at = cosigned(text, seconds), datetime.fromtimestamp(seconds, UTC)
    try:
        Ed25519PublicKey.from_public_bytes(verifier.key).verify(signature, message)
    except InvalidSignature as trouble:
        raise NoteIsWrong(Headline(gettext_noop("the signature of %(name)s is false"), name=verifier.name)) from trouble
    return Signature(verifier, at)


# --- checkpoints ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log: its name, how many leaves it has, and the root of their tree."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def read_checkpoint(note: str) -> Checkpoint:
    """What a signed checkpoint says; whether it is signed by whom one trusts is asked of ``signatures_of``.

    Raises NoteIsWrong.
    """
    lines = text_of(note).split("\n")
    try:
        origin, size, encoded = lines[:3]
        found = Checkpoint(origin, int(size), b64decode(encoded, validate=True))
    except ValueError as trouble:
        raise NoteIsWrong(
            Headline(
                gettext_noop("this is not a checkpoint: one has the log's name, its size and its root, a line each")
            )
        ) from trouble
    if not origin or size != str(found.size) or found.size < 0 or len(found.root) != 32:
        raise NoteIsWrong(Headline(gettext_noop("this is not a checkpoint: its size or its root is impossible")))
    return found


def is_signed_by(signed: str, by: Sequence[Verifier]) -> bool:
    """The key decides, and not the address that the installation had: this may have changed. Raises NoteIsWrong."""
    origin = read_checkpoint(signed).origin
    return bool(signatures_of(signed, [*by, *(replace(verifier, name=origin) for verifier in by)]))


def keep(file: Path, words: str) -> None:
    """A note that was seen or signed, in a file: whole or not at all. Raises OSError."""
    unfinished = file.with_name(f".{file.name}.new")
    unfinished.write_text(words, encoding="utf-8")
    unfinished.replace(file)
