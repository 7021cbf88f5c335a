"""Reads an archive with nothing but the standard library, and computes each hash again as docs/evidence.md says.

It runs by itself: ``python -I -S archive_heads.py ARCHIVE.zip``. It imports nothing of Guardia, and prints a JSON
object: how many cases, events, texts, documents and leaves agree, and each thing that does not.
"""

import json
import sys
from base64 import b64decode
from hashlib import sha256
from zipfile import ZipFile


def compact(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def raw(column):
    """Bytes as PostgreSQL writes them."""
    return bytes.fromhex(column.removeprefix("\\x"))


def root_of(leaves):
    """RFC 9162, 2.1.1, of the hashes of the leaves: the largest subtrees first, then joined from the right."""
    stack = []
    for number, leaf in enumerate(leaves, 1):
        stack.append(leaf)
        while number % 2 == 0:
            right, left = stack.pop(), stack.pop()
            stack.append(sha256(b"\x01" + left + right).digest())
            number //= 2
    while len(stack) > 1:
        right, left = stack.pop(), stack.pop()
        stack.append(sha256(b"\x01" + left + right).digest())
    return stack[0] if stack else sha256().digest()


class Reader:
    def __init__(self, path):
        self.zip = ZipFile(path)
        self.manifest = json.loads(self.zip.read("archive.json"))
        self.wrong = []

    def rows(self, table):
        for each in self.manifest["tables"]:
            if each["table"] == table:
                with self.zip.open(each["file"]) as lines:
                    yield from map(json.loads, lines)

    def sums(self):
        """Each part is the one that the manifest names."""
        for each in [*self.manifest["tables"], self.manifest["files"]]:
            content = self.zip.read(each["file"])
            if sha256(content).hexdigest() != each["sha256"] or content.count(b"\n") != each["rows"]:
                self.wrong.append(each["file"])
        for line in self.zip.read("files.jsonl").splitlines():
            sha = json.loads(line)["sha256"]
            if sha256(self.zip.read(f"files/{sha}")).hexdigest() != sha:
                self.wrong.append(sha)

    def journal(self):
        """The hash of the calendar's journal at each edition."""
        found, at_edition = b"", {0: ""}
        for row in self.rows("calendar_change"):
            moment, offset = row["at"].replace("+00:00", ""), "+00:00"
            whole, _point, fraction = moment.partition(".")
            entry = {
                "edition": row["id"],
                "kind": row["kind"],
                "day": row["day"],
                "canton": row["canton"],
                "withdraws": row["withdraws_id"],
                "at": f"{whole}.{fraction.ljust(6, '0')}{offset}",
            }
            found = sha256(found + sha256(compact(entry)).digest()).digest()
            at_edition[row["id"]] = found.hex()
        return at_edition

    def heads(self):
        documents = {row["id"]: row for row in self.rows("procedure_version")}
        for row in documents.values():
            if sha256(compact(row["document"])).hexdigest() != row["sha256"]:
                self.wrong.append(f"procedure {row['number']}")
        events, of_case = {}, {}
        for row in self.rows("case_event"):
            events[row["id"]] = row
            of_case.setdefault(row["case_id"], []).append(row)
        journal, cases = self.journal(), 0
        for case in self.rows("case"):
            cases += 1
            history = sorted(of_case.get(case["id"], []), key=lambda row: row["seq"])
            self.case(case, history, journal, documents[case["procedure_version_id"]]["sha256"])
        texts = self.texts(events)
        return {"cases": cases, "events": len(events), "texts": texts, "documents": len(documents)}, events

    def case(self, case, history, journal, document):
        previous = b""
        for expected, row in enumerate(history, 1):
            event, text = json.loads(row["canonical"]), row["canonical"].encode()
            if event.get("format", 1) == 1:
                previous = sha256(previous + text).digest()
            else:
                mark = 1 if event["public"] else 2 if event.get("counted") else 0
                previous = sha256(previous + bytes([mark]) + sha256(text).digest()).digest()
            agrees = (
                previous == raw(row["hash"]) and (event["case"], event["seq"]) == (case["number"], expected),
                event["data"] == row["data"],
                "journal" not in event["data"] or event["data"]["journal"] == journal[event["data"].get("edition", 0)],
                expected > 1 or event.get("procedure") in (None, document),
            )
            if not all(agrees):
                self.wrong.append(f"{case['number']} event {expected}")
        if (case["seq"], raw(case["head_hash"])) != (len(history), previous):
            self.wrong.append(f"{case['number']}: head")

    def texts(self, events):
        """Each text has the digest that its event names; what was erased has neither words nor salt."""
        count, named = 0, {(pk, name) for pk, row in events.items() for name in json.loads(row["canonical"])["texts"]}
        for row in self.rows("event_text"):
            count += 1
            named.discard((row["event_id"], row["name"]))
            event = events.get(row["event_id"])
            digest = json.loads(event["canonical"])["texts"].get(row["name"]) if event else None
            if row["text"] is not None and sha256(raw(row["salt"]) + row["text"].encode()).hexdigest() != digest:
                self.wrong.append(f"text {row['name']} of event {row['event_id']}")
        self.wrong += [f"text {name} of event {pk} is missing" for pk, name in named]
        return count

    def log(self, events):
        """The root of the log from the hashes of events and the texts of sealed rows, against what was signed."""
        sealed = {row["index"]: sha256(row["text"].encode()).digest() for row in self.rows("sealed_row")}
        hashes = [
            sealed[row["index"]] if row["event_id"] is None else raw(events[row["event_id"]]["hash"])
            for row in self.rows("history_leaf")
        ]
        leaves = [sha256(b"\x00" + one).digest() for one in hashes]
        for signed in self.rows("history_checkpoint"):
            _name, size, root = signed["note"].splitlines()[:3]
            if root_of(leaves[: int(size)]) != b64decode(root):
                self.wrong.append(f"checkpoint of {size}")
        return len(leaves)


def main():
    reader = Reader(sys.argv[1])
    reader.sums()
    counts, events = reader.heads()
    print(json.dumps({**counts, "leaves": reader.log(events), "wrong": reader.wrong}))  # noqa: T201


if __name__ == "__main__":
    main()
