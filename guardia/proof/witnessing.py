"""Witnesses sign what they saw of the log (C2SP tlog-witness), and an authority stamps the hour: the worker asks them
with every checkpoint.

``guardia witness --serve`` is one that answers.
"""

import logging
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from guardia.config.database_roles import DatabaseRole, behind
from guardia.proof import merkle, note, time_stamp
from guardia.proof.log import HistoryCheckpoint, Tiles
from guardia.proof.merkle import ProofIsWrong
from guardia.proof.note import NoteIsWrong, Verifier

log = logging.getLogger(__name__)

PATIENCE = 10
LARGEST = 100_000
OK, CONFLICT = 200, 409


@dataclass
class Witness:
    """One that is asked, by its published key; ``seen``: the size of the tree that it saw last, as far as is known."""

    verifier: Verifier
    address: str
    seen: int = field(default=0, compare=False)


def read_witness(words: str) -> Witness:
    """``name+id+key=https://…``, as PROOF_WITNESSES has it. Raises NoteIsWrong."""
    key, _equals, address = words.partition("=https://") if "=https://" in words else words.partition("=http://")
    if not address:
        raise NoteIsWrong(f"{words!r} names no witness: it reads name+id+key=https://witness.example.com")
    verifier = note.read_verifier(key)
    if verifier.kind != note.COSIGNATURE:
        raise NoteIsWrong(f"{key!r} is no key of a witness, but of a log")
    return Witness(verifier, words[len(key) + 1 :].rstrip("/"))


_witnesses: list[Witness] = []
"""Of PROOF_WITNESSES, with what each has seen last as far as this process knows."""


def ask_others(signed: HistoryCheckpoint) -> None:
    """Whoever watches the log signs the checkpoint too, and the authority of PROOF_TSA stamps it; it is published once
    more with what they answered, and the row of before stays. Called by the worker, within no transaction. Raises
    ImproperlyConfigured.
    """
    if not _witnesses:
        try:
            _witnesses.extend(read_witness(words) for words in settings.PROOF_WITNESSES)
        except NoteIsWrong as trouble:
            raise ImproperlyConfigured(f"PROOF_WITNESSES: {trouble}") from trouble

    def grown_from(before: int) -> list[bytes]:
        if before in (0, signed.size):
            return []
        with behind(DatabaseRole.WORKER):
            return merkle.consistency_proof(before, signed.size, Tiles().hold(signed.size, before).subtree)

    lines, stamp = countersigned(signed.note, _witnesses, grown_from), time_stamp.stamped(signed.note)
    if lines or stamp:
        with behind(DatabaseRole.WORKER):
            words = {"note": signed.note + lines, "keys": signed.keys, "stamp": stamp}
            HistoryCheckpoint.objects.create(size=signed.size, at=signed.at, **words)


def countersigned(signed: str, witnesses: Sequence[Witness], grown_from: Callable[[int], list[bytes]]) -> str:
    """The lines of those that signed this checkpoint; one that does not answer is asked again with the next one.

    ``grown_from``: the proof that the tree has grown from a smaller size. No transaction is open meanwhile.
    """
    lines = ""
    for witness in witnesses:
        try:
            lines += lines_of(witness, signed, grown_from)
        except (OSError, HTTPException, ValueError, ProofIsWrong) as trouble:
            log.warning("the witness %s has not signed the log: %s", witness.verifier.name, trouble)
    return lines


def lines_of(witness: Witness, signed: str, grown_from: Callable[[int], list[bytes]]) -> str:
    """The lines of one witness. Raises OSError, HTTPException, ValueError, ProofIsWrong."""
    state = note.read_checkpoint(signed)
    if witness.verifier.name == state.origin:
        raise NoteIsWrong("it has the name of the log, whose signatures nobody could tell from its own")
    status, answer = posted(witness, signed, grown_from)
    if status == CONFLICT:  # it has seen another tree than was believed, and says of which size
        witness.seen = int(answer)
        if not 0 <= witness.seen <= state.size:
            raise NoteIsWrong(f"it has seen {witness.seen} leaves of this log, which has {state.size}")
        status, answer = posted(witness, signed, grown_from)
    if status != OK:
        raise NoteIsWrong(f"it answers {status}: {answer.strip()[:200]}")
    # Only its own lines: what else it answers is of nobody who was asked, and could pass for a signature of the log.
    own = "".join(f"{line}\n" for line in answer.splitlines() if line.startswith(f"— {witness.verifier.name} "))
    note.signatures_of(f"{note.text_of(signed)}\n{own}", [witness.verifier])
    witness.seen = state.size
    return own


def posted(witness: Witness, signed: str, grown_from: Callable[[int], list[bytes]]) -> tuple[int, str]:
    proof = "".join(f"{b64encode(each).decode()}\n" for each in grown_from(witness.seen))
    body = f"old {witness.seen}\n{proof}\n{signed}".encode()
    request = Request(
        f"{witness.address}/add-checkpoint", body, {"User-Agent": "Guardia", "Content-Type": "text/plain"}
    )
    try:
        with urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, answer.read(LARGEST).decode()
    except HTTPError as refused:
        return refused.code, refused.read(LARGEST).decode(errors="replace")
