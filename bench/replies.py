"""`bin/bench replies`: of public replies with known words, how many each reader finds without what they answer.

The replies are talon's own tests: plain bodies with what is to come out, and mails of a dozen programs. A reply is read
where its words come out exactly, blank lines and the ends of lines aside. Without a folder talon's source is fetched
into a temporary one; a folder of one's own holds NAME.eml or NAME.txt with its words in NAME_reply_text. The libraries
are installed beside, for this run alone.
"""

import argparse
import ast
import email
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from email.policy import default
from pathlib import Path

from bench._corpus import published, uv
from bench._machine import Figure

TALON = "1.4.4"
LIBRARIES = ("mail-parser-reply==1.36", "email-reply-parser==0.5.12", "quotequail==0.5.4")
SAME_EVERYWHERE = "Hello"
"""What the senders of talon's mails wrote where no file says it."""


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/bench replies", description=__doc__.splitlines()[0])
    words.add_argument("folder", nargs="?", type=Path, help="the unpacked source of talon, or replies of one's own")
    words.add_argument("--wrong", action="store_true", help="say what came out of each reply that is not read right")
    args = words.parse_args()
    with nullcontext(args.folder) if args.folder else published("talon", TALON) as source:
        return measure(list(replies(source)), says_wrong=args.wrong)


def replies(source: Path) -> Iterator[tuple[str, str, str]]:
    """(name, body, words of the person) of each."""
    tests = source / "tests" / "text_quotations_test.py"
    if tests.exists():
        yield from in_tests(tests)
    folder = source / "tests" / "fixtures" / "standard_replies"
    own = not folder.is_dir()
    for path in sorted((source if own else folder).iterdir()):
        known = path.with_name(f"{path.stem}_reply_text")
        if path.suffix in (".eml", ".txt") and (known.exists() or not own):
            yield path.name, body_of(path), known.read_text() if known.exists() else SAME_EVERYWHERE


def body_of(path: Path) -> str:
    if path.suffix == ".txt":
        return path.read_text()
    part = email.message_from_bytes(path.read_bytes(), policy=default).get_body(("plain",))
    return part.get_content() if part else ""


def in_tests(path: Path) -> Iterator[tuple[str, str, str]]:
    """What ``eq_(words, quotations.extract_from_plain(body))`` says, wherever both are written out."""
    for function in ast.parse(path.read_text()).body:
        written: dict[str, ast.expr] = {}
        for step in function.body if isinstance(function, ast.FunctionDef) else ():
            if isinstance(step, ast.Assign) and isinstance(step.targets[0], ast.Name):
                written[step.targets[0].id] = step.value
            elif isinstance(step, ast.Expr) and (asked := asserted(step.value)):
                known, body = (text_in(each, written) for each in asked)
                if known and body:
                    yield function.name, body, known  # type: ignore[union-attr]


def asserted(call: ast.expr) -> tuple[ast.expr, ast.expr] | None:
    """What is to come out, and of which body, of such a line."""
    if not (isinstance(call, ast.Call) and len(call.args) == 2 and isinstance(call.args[1], ast.Call)):
        return None
    inner = call.args[1]
    is_plain = isinstance(inner.func, ast.Attribute) and inner.func.attr == "extract_from_plain"
    return (call.args[0], inner.args[0]) if is_plain else None


def text_in(asked: ast.expr, written: dict[str, ast.expr]) -> str:
    found = written.get(asked.id) if isinstance(asked, ast.Name) else asked
    return found.value if isinstance(found, ast.Constant) and isinstance(found.value, str) else ""


def measure(found: Sequence[tuple[str, str, str]], *, says_wrong: bool) -> int:
    print(f"{len(found)} replies of {len({name for name, *_ in found})} tests and mails")
    bodies = [body for _name, body, _known in found]
    read = {"Guardia": [by_guardia(body) for body in bodies], **by_libraries(bodies)}
    right: dict[str, int] = {}
    for reader, came_out in read.items():
        wrong = [
            (name, text, known)
            for (name, _, known), text in zip(found, came_out, strict=True)
            if plain(text) != plain(known)
        ]
        right[reader] = len(found) - len(wrong)
        print(f"{reader:20} {right[reader]:4}")
        for name, text, known in wrong if says_wrong else ():
            print(f"    {name}: {text[:200]!r} in place of {known[:200]!r}")
    best = max(count for reader, count in right.items() if reader != "Guardia")
    return Figure("replies read by the best library", best, "replies", right["Guardia"], 1).say()


def plain(text: str) -> str:
    """Without empty lines and what no eye sees at the ends of lines."""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def by_guardia(body: str) -> str:
    from guardia.mail.folding import folded

    return folded(body.replace("\r\n", "\n"))[0]


def by_libraries(bodies: Sequence[str]) -> dict[str, list[str]]:
    beside = [part for each in LIBRARIES for part in ("--with", each)]
    script = Path(__file__).with_name("_reply_readers.py")
    command = [uv(), "run", "--no-project", "--quiet", *beside, "python", str(script)]
    done = subprocess.run(command, input=json.dumps(bodies), capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"the other readers cannot be run:\n{done.stderr.strip()}")
    return json.loads(done.stdout)


if __name__ == "__main__":
    sys.exit(main())
