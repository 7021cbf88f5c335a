"""`guardia witness ADDRESS`: whoever has reason to watches that the log of an operator only grows, from anywhere.

It needs neither a database nor a setting: an address, the published key, and a file in which it keeps what it saw last.
"""

import argparse
from base64 import b64decode
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

from guardia.cli.installation import Mistake, Subparsers, add_command
from guardia.cli.verify import content_of

if TYPE_CHECKING:
    from guardia.proof.note import Checkpoint, Signer, Verifier

PATIENCE = 30
LARGEST = 1_000_000
CONTRADICTED = 3
"""The exit code by which whoever watches is woken: another one than that of an address which does not answer."""


def add(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "witness", "see that the log of an operator only grows, from anywhere", witness)
    parser.add_argument("address", help="where it is published: https://guardia.example.com/estado/registro")
    serve = "HOST:PORT at which the log itself asks for signatures (C2SP tlog-witness); needs --sign"
    parser.add_argument("--serve", default="", help=serve)
    parser.add_argument("--key", required=True, help="the published key of the log, name+id+key")
    parser.add_argument("--state", required=True, type=Path, help="the file that keeps what was seen last")
    parser.add_argument(
        "--sign", type=Path, help="a file with a key of yours (openssl rand -base64 32): what was seen is signed"
    )
    parser.add_argument("--name", default="", help="your name in that signature, without spaces: regulator.example.com")


def witness(args: argparse.Namespace) -> int:
    """0: the log is the one of last time, or has grown from it; 3: it contradicts what was seen. Raises Mistake."""
    from guardia.proof.merkle import ProofIsWrong
    from guardia.proof.note import NoteIsWrong, keep, read_checkpoint, signatures_of

    address, keys, signer = args.address.rstrip("/"), read_keys([args.key]), signer_of(args)
    if args.serve:
        return served(args.serve, args.state, keys, signer)
    seen = content_of(args.state).decode(errors="replace") if args.state.exists() else ""
    now = fetched(f"{address}/checkpoint").decode(errors="replace")
    try:
        signatures_of(now, keys)
        state = read_checkpoint(now)
        before = read_checkpoint(seen) if seen else None
    except NoteIsWrong as trouble:
        raise Mistake(str(trouble)) from trouble
    if before:
        try:
            must_have_grown(address, before, state)
        except ProofIsWrong as trouble:
            print(f"CONTRADICTED: {trouble}\nKeep {args.state} and this, and ask the operator:\n\n{now}", end="")
            return CONTRADICTED
    line = signer.line(str(state), datetime.now(UTC)) if signer else ""
    keep(args.state, now + line)
    grown = f", {state.size - before.size} more than last time" if before else ": seen for the first time"
    print(f"{state.origin}: {state.size} entries{grown}")
    print(line, end="")
    return 0


def read_keys(words: Sequence[str]) -> list["Verifier"]:
    """Raises Mistake for what is no verifier key."""
    from guardia.proof.note import NoteIsWrong, read_verifier

    try:
        return [read_verifier(each) for each in words]
    except NoteIsWrong as trouble:
        raise Mistake(f"--key: {trouble}") from trouble


def signer_of(args: argparse.Namespace) -> "Signer | None":
    """Who signs what was seen, as a witness does. Raises Mistake."""
    from guardia.proof.note import COSIGNATURE, Signer

    if not args.sign:
        return None
    try:
        signer = Signer(args.name, b64decode(content_of(args.sign).strip(), validate=True), COSIGNATURE)
    except ValueError as trouble:
        raise Mistake(f"{trouble}: --sign names what openssl rand -base64 32 prints, --name is a name") from trouble
    print(f"your key: {signer.verifier}")
    return signer


def must_have_grown(address: str, before: "Checkpoint", now: "Checkpoint") -> None:
    """The log of ``now`` begins with that of ``before``, by the tiles published. Raises ProofIsWrong, Mistake."""
    from guardia.proof import merkle

    if before.origin != now.origin:
        raise Mistake(f"the file keeps what was seen of {before.origin}, and this is {now.origin}: name another one")
    if now.size < before.size:
        raise merkle.ProofIsWrong(f"it had {before.size} entries, and now it has {now.size}")
    if before.size:
        proof = merkle.consistency_proof(before.size, now.size, Published(address, now.size).subtree)
        merkle.check_consistency(before.size, now.size, before.root, now.root, proof)


class Published:
    """The tiles of a log as they are published (C2SP tlog-tiles), of a tree of ``size`` leaves."""

    def __init__(self, address: str, size: int) -> None:
        self.address, self.size = address, size
        self.read: dict[tuple[int, int], bytes] = {}

    def subtree(self, level: int, place: int) -> bytes:
        """The hash of a complete subtree, for the functions of ``merkle``. Raises ProofIsWrong, Mistake."""
        from guardia.proof.merkle import ProofIsWrong, joined, tile_of

        of_tile, number, start, end = tile_of(level, place)
        if (of_tile, number) not in self.read:
            self.read[of_tile, number] = self._tile(of_tile, number)
        hashes = self.read[of_tile, number][start:end]
        if len(hashes) != end - start:
            raise ProofIsWrong(f"the tile {number} of level {of_tile} is too short")
        return joined(hashes)

    def _tile(self, level: int, number: int) -> bytes:
        from guardia.proof.merkle import LEVELS, TILE

        width = min(TILE, (self.size >> LEVELS * level) - number * TILE)
        digits = f"{number:03d}" if number < 1000 else f"{number:0{(len(str(number)) + 2) // 3 * 3}d}"
        groups = [digits[start : start + 3] for start in range(0, len(digits), 3)]
        path = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        return fetched(f"{self.address}/tile/{level}/{path}{'' if width == TILE else f'.p/{width}'}")


def fetched(address: str) -> bytes:
    """What stands there. Raises Mistake."""
    if not address.startswith(("https://", "http://")):
        raise Mistake(f"{address} is no address: write https://…/estado/registro")
    try:
        with urlopen(Request(address, headers={"User-Agent": "Guardia witness"}), timeout=PATIENCE) as answer:
            return bytes(answer.read(LARGEST))
    except (OSError, HTTPException, ValueError) as trouble:
        raise Mistake(f"{address} does not answer: {trouble}") from trouble


# --- at the log's own asking (C2SP tlog-witness) ----------------------------------------------------------------------
OK, BAD, UNKNOWN_KEY, UNKNOWN_LOG, CONFLICT, NOT_GROWN = 200, 400, 403, 404, 409, 422


@dataclass(frozen=True)
class Answer:
    """``keep``: the checkpoint that is to be remembered before this leaves."""

    status: int
    body: str = ""
    keep: str = ""


def answer(body: str, seen: str, keys: "Sequence[Verifier]", signer: "Signer", at: datetime) -> Answer:
    """To a log that asks for a signature. ``seen``: the checkpoint that was signed last, empty before the first.

    ``at`` is UTC, now, and is what the signature says.
    """
    from guardia.proof import note
    from guardia.proof.merkle import ProofIsWrong, check_consistency

    head, gap, signed = body.partition("\n\n")
    first, *encoded = head.split("\n")
    try:
        old = int(first.removeprefix("old "))
        proof = [b64decode(each, validate=True) for each in encoded]
        state = note.read_checkpoint(signed)
    except ValueError as trouble:
        return Answer(BAD, f"{trouble}\n")
    if not gap or not first.startswith("old ") or not 0 <= old <= state.size:
        return Answer(BAD, "the first line is old and a size that is not larger than that of the checkpoint\n")
    if state.origin not in {key.name for key in keys}:
        return Answer(UNKNOWN_LOG, f"{state.origin} is not watched here\n")
    try:
        note.signatures_of(signed, list(keys))
    except note.NoteIsWrong as trouble:
        return Answer(UNKNOWN_KEY, f"{trouble}\n")
    before = note.read_checkpoint(seen) if seen else note.Checkpoint(state.origin, 0, b"")
    if old != before.size or (old == state.size and before.root != state.root):
        return Answer(CONFLICT, f"{before.size}\n")
    try:
        if old:
            check_consistency(old, state.size, before.root, state.root, proof)
    except ProofIsWrong as trouble:
        return Answer(NOT_GROWN, f"{trouble}\n")
    return Answer(OK, signer.line(str(state), at), signed)


def served(place: str, state: Path, keys: "Sequence[Verifier]", signer: "Signer | None") -> int:
    """Answer until it is ended. Raises Mistake."""
    if signer is None:
        raise Mistake("--serve needs --sign FILE and --name: a witness signs what it saw")
    host, _colon, port = place.rpartition(":")
    try:
        server = HTTPServer((host or "127.0.0.1", int(port)), handler_of(state, keys, signer))
    except (OSError, ValueError, OverflowError) as trouble:
        raise Mistake(f"--serve {place}: {trouble}") from trouble
    print(f"answers at http://{host or '127.0.0.1'}:{server.server_port}/add-checkpoint", flush=True)
    with server, suppress(KeyboardInterrupt):
        server.serve_forever()
    return 0


def handler_of(state: Path, keys: "Sequence[Verifier]", signer: "Signer") -> type[BaseHTTPRequestHandler]:
    """One request after the other: what was seen is kept before its signature leaves."""
    from guardia.proof.note import keep

    class Handler(BaseHTTPRequestHandler):
        timeout = PATIENCE

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not self.path.endswith("/add-checkpoint") or not length.isdecimal() or int(length) > LARGEST:
                found = Answer(UNKNOWN_LOG, "POST a checkpoint to /add-checkpoint\n")
            else:
                body = self.rfile.read(int(length)).decode(errors="replace")
                seen = state.read_text() if state.exists() else ""
                found = answer(body, seen, keys, signer, datetime.now(UTC))
            if found.keep:
                keep(state, found.keep)
            self.send_response(found.status)
            self.send_header("Content-Type", "text/x.tlog.size" if found.status == CONFLICT else "text/plain")
            self.end_headers()
            self.wfile.write(found.body.encode())

    return Handler
