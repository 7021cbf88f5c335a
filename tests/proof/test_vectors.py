"""The files of docs/vectors, by which somebody tries a verifier of one's own: the Python file finds what they say."""

import copy
import json
import sys
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

import pytest

from guardia.cli.main import main
from guardia.proof.note import COSIGNATURE, Signer
from guardia.proof.offline import guardia_verify

VECTORS = Path(__file__).parents[2] / "docs" / "vectors"
GOOD = {name: (VECTORS / name).read_text(encoding="utf-8") for name in ("report.json", "history.json")}
CHANGES = json.loads((VECTORS / "changes.json").read_text(encoding="utf-8"))
WITNESS = "regulator.example.com+74715217+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU"


def changed(said: dict, change: dict) -> dict:
    said = copy.deepcopy(said)
    *way, last = change["path"]
    place: Any = said
    for step in way:
        place = place[step]
    if change.get("remove"):
        del place[last]
    else:
        place[last] = change["value"]
    return said


def test_the_good_ones_are_good():
    for name, text in GOOD.items():
        assert guardia_verify.check(text.encode()).findings == [], name
    found = guardia_verify.check(GOOD["report.json"].encode(), witnesses=[WITNESS])
    assert (found.findings, found.logged[-1][0]) == ([], WITNESS)


@pytest.mark.parametrize("change", CHANGES, ids=[f"{each['file']}: {each['what']}" for each in CHANGES])
def test_each_change_is_found(change):
    said = changed(json.loads(GOOD[change["file"]]), change)
    found = guardia_verify.check(json.dumps(said).encode()).findings
    assert sorted({finding.rule for finding in found}) == change["rules"]


def test_a_machine_that_does_not_know_the_zone_says_so(monkeypatch, capsys):
    def unknown(name: str) -> None:
        raise ZoneInfoNotFoundError(name)

    monkeypatch.setattr(guardia_verify, "ZoneInfo", unknown)
    monkeypatch.setattr(sys, "argv", ["guardia_verify.py", str(VECTORS / "report.json"), "--language", "en"])
    assert guardia_verify.main() == 2
    assert "Install tzdata" in capsys.readouterr().err


def test_a_figure_of_another_kind_is_another_figure():
    """As JSON has it: 3898.0 is no whole number of seconds, and 1 is not true."""
    said = json.loads(GOOD["report.json"])
    report = said["cases"][0]["report"]
    report["affected_seconds"] = float(report["affected_seconds"])
    report["promises"][0]["kept"] = int(report["promises"][0]["kept"])
    found = {finding.rule for finding in guardia_verify.check(json.dumps(said).encode()).findings}
    assert found == {"affected_seconds", "promises"}


@pytest.mark.parametrize("number", ["１０４", "104", 104.0, True])
def test_the_number_of_the_case_is_a_whole_number(number):
    said = json.loads(GOOD["report.json"]) | {"case": number}
    with pytest.raises(guardia_verify.Unreadable):
        guardia_verify.check(json.dumps(said).encode())


def test_what_json_does_not_have_is_no_evidence():
    text = GOOD["report.json"].replace('"affected_seconds": ', '"affected_seconds": NaN, "was": ', 1)
    assert "NaN" in text
    with pytest.raises(guardia_verify.Unreadable):
        guardia_verify.check(text.encode())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([str(VECTORS / "report.json"), "--key", "basura"], "basura: this is no published key"),
        ([str(VECTORS / "report.json"), "--witness", "a+b+c"], "a+b+c: this is no published key"),
        (["no-such-file.json"], "no-such-file.json: it cannot be opened"),
    ],
)
def test_what_was_typed_wrongly_is_not_the_fault_of_the_evidence(arguments, words, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["guardia_verify.py", *arguments, "--language", "en"])
    assert guardia_verify.main() == 2
    assert words in capsys.readouterr().err


# --- the command of Guardia says what the file that runs alone says ---
STRANGER = str(Signer(WITNESS.partition("+")[0], b"s" * 32, COSIGNATURE).verifier)
"""Another key in the name of the witness."""


def by_the_command(arguments: list[str], monkeypatch) -> int:
    return main(["verify", *arguments])


def by_the_file(arguments: list[str], monkeypatch) -> int:
    monkeypatch.setattr(sys, "argv", ["guardia_verify.py", *arguments])
    return guardia_verify.main()


def unseen() -> str:
    """The good report without the signature of its witness."""
    name = WITNESS.partition("+")[0]
    said = json.loads(GOOD["report.json"])
    lines = said["log"]["checkpoint"].splitlines(keepends=True)
    said["log"]["checkpoint"] = "".join(line for line in lines if not line.startswith(f"— {name} "))
    return json.dumps(said)


@pytest.mark.parametrize("verify", [by_the_command, by_the_file])
@pytest.mark.parametrize(
    ("witness", "content", "code", "words"),
    [
        ("good", GOOD["report.json"], 0, "Seen by the witness whose key you gave, regulator.example.com:"),
        ("wrong", GOOD["report.json"], 1, "the witness that you name has not signed it"),
        ("missing", unseen(), 1, "the witness that you name has not signed it"),
        ("unnamed", GOOD["report.json"], 0, "in the name of regulator.example.com, by a key that nobody named"),
    ],
)
def test_a_witness_is_named_on_the_command_line(verify, witness, content, code, words, tmp_path, monkeypatch, capsys):
    file = tmp_path / "report.json"
    file.write_text(content)
    named = {"good": [WITNESS], "wrong": [STRANGER], "missing": [WITNESS], "unnamed": []}[witness]
    arguments = [str(file), "--language", "en", *(word for key in named for word in ("--witness", key))]
    assert verify(arguments, monkeypatch) == code
    said = capsys.readouterr().out
    assert words in said
    assert ("Seen by" in said) == (witness == "good")


@pytest.mark.parametrize("option", ["--key", "--witness"])
def test_the_command_says_what_is_no_key(option, capsys):
    assert main(["verify", str(VECTORS / "report.json"), option, "basura", "--language", "en"]) == 1
    assert "basura: this is no published key" in capsys.readouterr().err
    assert main(["verify", option, WITNESS]) == 1
    assert "name the file too" in capsys.readouterr().err


def test_options_of_one_name_mean_the_same(monkeypatch, capsys):
    helped = []
    for verify in (by_the_command, by_the_file):
        with pytest.raises(SystemExit):
            verify(["--help"], monkeypatch)
        helped.append(" ".join(capsys.readouterr().out.split()))
    for words in (
        "--key KEY the published key of the log, name+id+key",
        "--witness WITNESS the key of a witness that must have signed, name+id+key",
        "--tsa CA.pem the authority whose certificate a time stamp must come from",
    ):
        assert all(words in each for each in helped), words
