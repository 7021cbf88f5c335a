"""The page that a customer keeps on a USB stick: it computes all figures of a file again, and finds what was changed.

It is written from docs/evidence.md alone: what the product writes and what the page computes agree, or one errs.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from hashlib import sha256
from re import findall, fullmatch

import pytest
from playwright.sync_api import expect

from guardia.config.database_roles import DatabaseRole, behind
from guardia.proof import log, note
from guardia.reports.report_history import company_history
from guardia.web.report.document import closing_document
from tests.browser.looks import fits
from tests.browser.verifier_page import FINDINGS, PAGE, drop, heading, verifier
from tests.closing.conftest import closed, story, told
from tests.closing.opened_again import chained
from tests.procedure.story import Story
from tests.proof.test_vectors import CHANGES, GOOD, changed

__all__ = ["closed", "story", "told", "verifier"]


@pytest.fixture
def signed(closed) -> Story:
    """The closed case, whose history is in the log and signed."""
    with behind(DatabaseRole.WORKER):
        log.append(closed.now)
        log.sign(closed.now)
    return closed


@pytest.fixture
def said(signed) -> dict:
    return json.loads(closing_document(signed.case, signed.now).history)


@pytest.fixture
def history(signed) -> dict:
    pieces = company_history(signed.bank.pk, signed.bank.name, signed.now + timedelta(minutes=1), "es")
    return json.loads(b"".join(pieces))


# --- what may be changed in a report ----------------------------------------------------------------------------------
def case_of(file: dict) -> dict:
    return next(each for each in file["cases"] if each["case"] == file.get("case", each["case"]))


def event(file: dict, moment: str) -> dict:
    rows = case_of(file)["events"]
    return next(row for row in rows if json.loads(row.get("canonical", "{}")).get("moment") == moment)


def rewritten(file: dict, moment: str, change: Callable[[dict], object]) -> None:
    """The text of an event is another, and all hashes after it follow: as who holds the database could do."""
    row = event(file, moment)
    text = json.loads(row["canonical"])
    change(text)
    row["canonical"] = json.dumps(text, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    chained(case_of(file))


def procedure(file: dict) -> dict:
    return next(iter(file["procedures"].values()))


def clock(file: dict, kind: str) -> dict:
    return next(rule for rule in procedure(file)["clocks"] if rule["kind"] == kind)


def report(file: dict) -> dict:
    return case_of(file)["report"]


def promise(file: dict, kept: bool = True) -> dict:
    return next(each for each in report(file)["promises"] if each["kept"] is kept)


def hide(row: dict, mark: int = 0) -> None:
    row |= {"mark": mark, "content": sha256(row.pop("canonical").encode()).hexdigest()}
    row.pop("texts", None)


def hidden(file: dict) -> dict:
    return next(row for row in case_of(file)["events"] if "canonical" not in row)


def swap(file: dict) -> None:
    rows = case_of(file)["events"]
    rows[4], rows[5] = {**rows[5], "seq": 5}, {**rows[4], "seq": 6}


def turned(digits: str) -> str:
    return ("0" if digits[0] != "0" else "1") + digits[1:]


def another_signature(file: dict) -> None:
    text, _, line = file["log"]["checkpoint"].rpartition(" ")
    raw = bytearray(b64decode(line))
    raw[-1] ^= 1
    file["log"]["checkpoint"] = f"{text} {b64encode(raw).decode()}\n"


def another_key(file: dict) -> None:
    file["log"]["keys"] = [str(note.Signer(log.origin(), bytes(range(32))).verifier)]


def moved(text: dict) -> None:
    text["occurred_at"] = text["occurred_at"].replace("T1", "T0", 1)


MUTATIONS: dict[str, tuple[Callable[[dict], object], set[str]]] = {
    "hour of an event": (
        lambda f: event(f, "restored").update(canonical=event(f, "restored")["canonical"].replace("T1", "T0", 1)),
        {"hash"},
    ),
    "hour, chained anew": (lambda f: rewritten(f, "restored", moved), {"inclusion", "timeline", "promise"}),
    "affected since, chained anew": (
        lambda f: rewritten(f, "registered", lambda t: t["data"].update(affected_since=t["recorded_at"])),
        {"inclusion", "outages", "affected"},
    ),
    "a wait that is subtracted, chained anew": (
        lambda f: rewritten(f, "wait_started", lambda t: t["data"].update(excluded=not t["data"]["excluded"])),
        {"inclusion", "waits"},
    ),
    "a wait that stops nothing, chained anew": (
        lambda f: rewritten(f, "wait_started", lambda t: t["data"].update(clocks=[])),
        {"inclusion", "waits"},
    ),
    "the case in an event": (lambda f: rewritten(f, "restored", lambda t: t.update(case=1)), {"case"}),
    "the seq in an event": (lambda f: rewritten(f, "restored", lambda t: t.update(seq=1)), {"seq"}),
    "no longer public": (lambda f: rewritten(f, "breached", lambda t: t.update(public=False)), {"mark"}),
    "an event taken out": (lambda f: case_of(f)["events"].pop(10), {"seq", "hash", "count"}),
    "the last event taken out": (lambda f: case_of(f)["events"].pop(), {"head", "count"}),
    "a public event hidden": (lambda f: hide(event(f, "relapsed")), {"hash"}),
    "a public event hidden by its own mark": (lambda f: hide(event(f, "relapsed"), 1), {"hidden"}),
    "a hidden event exchanged": (lambda f: hidden(f).update(content="0" * 64), {"hash"}),
    "a hidden event by a bare hash": (lambda f: hidden(f).pop("content"), {"hash"}),
    "two events swapped": (swap, {"hash"}),
    "a salt": (
        lambda f: event(f, "closed")["texts"]["fault"].update(
            salt=turned(event(f, "closed")["texts"]["fault"]["salt"])
        ),
        {"text"},
    ),
    "a text": (lambda f: event(f, "relapsed")["texts"]["what"].update(text="todo bien"), {"text"}),
    "a text that no event names": (
        lambda f: event(f, "relapsed")["texts"].update(more={"salt": "00", "text": "x"}),
        {"text"},
    ),
    "the head": (lambda f: case_of(f).update(head="0" * 64), {"head"}),
    "a target": (lambda f: clock(f, "diagnosis")["target"].update(duration=36000), {"procedure"}),
    "a comparison": (lambda f: clock(f, "field_solution").update(comparison="at_most"), {"procedure"}),
    "a name in the procedure": (lambda f: procedure(f)["provider"].update(name="Otro"), {"procedure"}),
    "a foreign procedure": (lambda f: f.update(procedures={"0" * 64: procedure(f)}), {"procedure_missing"}),
    "kept": (lambda f: promise(f, False).update(kept=True), {"promise"}),
    "taken": (lambda f: promise(f).update(taken=promise(f)["taken"] - 5), {"promise"}),
    "stood still": (lambda f: promise(f).update(stood_still=5), {"promise"}),
    "target that is claimed": (lambda f: promise(f).update(target=1), {"promise"}),
    "a promise left out": (lambda f: report(f)["promises"].remove(promise(f, False)), {"promise"}),
    "a promise invented": (lambda f: report(f)["promises"].append({**promise(f), "ordinal": 99}), {"promise"}),
    "a promise twice": (lambda f: report(f)["promises"].append(promise(f)), {"promise"}),
    "affected seconds": (lambda f: report(f).update(affected_seconds=60), {"affected", "affected_said"}),
    "an outage counts less": (lambda f: report(f)["outages"][0].update(counted=1), {"outages"}),
    "an outage left out": (lambda f: report(f)["outages"].pop(), {"outages"}),
    "the end of a wait": (lambda f: report(f)["waits"][0].update(end=report(f)["waits"][0]["start"]), {"waits"}),
    "a wait is void": (lambda f: report(f)["waits"][0].update(void=True), {"waits"}),
    "a wait left out": (lambda f: report(f)["waits"].pop(0), {"waits"}),
    "percent": (lambda f: report(f)["availability"].update(percent="99.999"), {"availability"}),
    "down": (lambda f: report(f)["availability"].update(down=0), {"availability"}),
    "no availability": (lambda f: report(f).pop("availability"), {"availability"}),
    "until": (lambda f: report(f).update(until=report(f)["timeline"][0][2]), {"until"}),
    "closed at": (lambda f: report(f).update(closed_at=None), {"closed_at"}),
    "the fault": (lambda f: report(f).update(fault="rayo"), {"words"}),
    "the solution": (lambda f: report(f).update(solution="nada"), {"words"}),
    "the grade of the confirmation": (lambda f: report(f)["confirmed"].update(grade="own"), {"words"}),
    "without evidence": (
        lambda f: report(f)["without_evidence"].append({"seq": 1, "at": "", "reason": "", "who": ""}),
        {"without_evidence"},
    ),
    "a text that is claimed is left out": (lambda f: event(f, "closed")["texts"].pop("fault"), {"left_out"}),
    "time within planned work": (
        lambda f: rewritten(f, "closed", lambda t: t["data"].update(in_work_seconds=60)),
        {"inclusion", "in_work_said"},
    ),
    "the timeline": (lambda f: report(f)["timeline"].pop(3), {"timeline"}),
    "the signature": (another_signature, {"signature"}),
    "the key": (another_key, {"signature"}),
    "the key's own id": (lambda f: f["log"].update(keys=[f["log"]["keys"][0].replace("+", "+0", 1)]), {"key"}),
    "the checkpoint": (
        lambda f: f["log"].update(checkpoint=f["log"]["checkpoint"].replace("\n", "\n1", 1)),
        {"signature", "inclusion"},
    ),
    "no checkpoint": (lambda f: f["log"].update(checkpoint="nothing"), {"checkpoint"}),
    "an inclusion proof": (
        lambda f: f["log"]["entries"][0].update(proof=[turned(one) for one in f["log"]["entries"][0]["proof"]]),
        {"inclusion"},
    ),
    "a leaf": (lambda f: f["log"]["entries"][0].update(leaf=f["log"]["entries"][0]["leaf"] - 1), {"inclusion"}),
    "a case twice": (lambda f: f["cases"].append(case_of(f)), {"twice"}),
}
EACH_VALUE = """async (text) => {
    const file = Guardia.parse(text), missed = [];
    file.log = null;
    const { report } = file.cases.find((each) => each.case === file.case);
    const later = (hour) => Guardia.stamp(Guardia.instant(hour) + 3600 * Guardia.SECOND);
    let all = 0;
    async function change(of, path) {
        for (const [name, value] of Object.entries(of)) {
            if (value && typeof value === "object") { await change(value, [...path, name]); continue; }
            if (typeof value === "number") of[name] = value + 1;
            else if (typeof value === "string" && /T.*:00$/.test(value)) of[name] = later(value);
            else of[name] = typeof value === "string" ? `${value}x` : !value;
            all++;
            try {
                if (!(await Guardia.check(file)).findings.length) missed.push([...path, name].join("."));
            } catch (trouble) {
                if (!(trouble instanceof Guardia.NoEvidence)) missed.push(String(trouble));
            }
            of[name] = value;
        }
    }
    await change(report, []);
    return [all, missed, (await Guardia.check(file)).findings.length];
}"""
DAMAGES: tuple[Callable[[dict], object], ...] = (
    lambda f: f.update(format="guardia-closing-report/2"),
    lambda f: f.pop("cases"),
    lambda f: f.update(case=1),
    lambda f: case_of(f).pop("report"),
    lambda f: report(f).update(until="yesterday"),
    lambda f: case_of(f).update(events=1),
    lambda f: event(f, "restored").update(canonical="[]"),
)


def test_what_was_changed_is_found(verifier, said):
    changed = []
    for change, _rules in MUTATIONS.values():
        file = deepcopy(said)
        change(file)
        assert file != said
        changed.append(json.dumps(file))
    sound, *found = verifier().evaluate(FINDINGS, [json.dumps(said), *changed])
    assert sound == []
    by_name = dict(zip(MUTATIONS, found, strict=True))
    assert {
        name: missed for name, (_change, rules) in MUTATIONS.items() if (missed := rules - set(by_name[name]))
    } == {}
    assert not [name for name, rules in by_name.items() if "no evidence" in rules]


def test_each_value_of_a_report_is_looked_at(verifier, said):
    changed, missed, left = verifier().evaluate(EACH_VALUE, json.dumps(said))
    assert (changed > 400, missed, left) == (True, [], 0)


def test_what_is_damaged_is_said_to_be_no_evidence(verifier, said):
    damaged = ["", "{}", "[]", "null", "[" * 100_000, '{"format": "guardia-closing-report/3"}']
    for damage in DAMAGES:
        file = deepcopy(said)
        damage(file)
        damaged.append(json.dumps(file))
    page = verifier()
    assert page.evaluate(FINDINGS, damaged) == [["no evidence"]] * len(damaged)
    drop(page, b"%PDF-1.7\nnothing")
    heading(page, "Esto no es una evidencia de Guardia, o está dañada")
    assert "undefined" not in page.inner_text("main")


def test_a_history_of_a_company_and_its_months_are_computed_again(verifier, history):
    less = deepcopy(history)
    less["months"][0]["percent"] = "100.000"
    none = deepcopy(history)
    none["months"].pop()
    kept = deepcopy(history)
    promise(kept, False)["kept"] = True
    page = verifier()
    assert page.evaluate(FINDINGS, [json.dumps(each) for each in (history, less, none, kept)]) == [
        [],
        ["month"],
        ["month"],
        ["promise"],
    ]
    drop(page, history)
    heading(page, "Coincide consigo mismo")
    page.get_by_role("button", name=display(case_of(history)["case"])).click()
    heading(page, "Tiempo de afectación")
    page.get_by_role("button", name="Volver a la lista de casos").click()
    heading(page, "Disponibilidad por mes")


def display(number: int) -> str:
    return "-".join(fullmatch(r"(\d+)(\d{3})(\d)", str(number)).groups())


# --- what the page says -----------------------------------------------------------------------------------------------
def test_it_claims_no_more_than_it_checked(verifier, said):
    """Signed by whom the file says, by the key that the customer gives, and seen by a witness."""
    key = said["log"]["keys"][0]
    witness = note.Signer("regulator.example.com", bytes(range(32)), note.COSIGNATURE)
    said["log"]["witnesses"] = [witness.line(note.text_of(said["log"]["checkpoint"]))]
    page = verifier()
    drop(page, said)
    heading(page, "Coincide consigo mismo")
    verdict = page.locator("#verdict")
    expect(verdict).to_contain_text(f"compare esta clave con la publicada en https://{log.origin()}")
    expect(verdict).to_contain_text(key)
    nobody = "Lleva una firma a nombre de regulator.example.com, de una clave que nadie nombró: no se sabe de quién es."
    expect(verdict).to_contain_text(nobody)
    expect(verdict).not_to_contain_text("Vista por")
    page.get_by_text("Comprobar la firma con una clave que usted conoce").click()
    page.get_by_label("Claves publicadas").fill(f"{key}\nno+es+clave")
    page.get_by_label("Claves de testigos").fill(str(witness.verifier))
    page.get_by_role("button", name="Comprobar con estas claves").click()
    expect(verdict).to_contain_text("está firmada con la clave que usted dio")
    expect(verdict).to_contain_text("Vista por el testigo cuya clave usted dio: regulator.example.com")
    expect(verdict).not_to_contain_text(nobody)
    expect(verdict).to_contain_text("Esto no es una clave, y no se usó: no+es+clave")
    page.get_by_label("Claves publicadas").fill(str(note.Signer(log.origin(), bytes(range(32))).verifier))
    page.get_by_role("button", name="Comprobar con estas claves").click()
    heading(page, "Aquí difiere")
    expect(verdict).to_contain_text("no está firmado con la clave que usted dio")


def test_it_says_so_where_the_browser_checks_no_signature(verifier, said):
    page = verifier()
    page.evaluate("() => { crypto.subtle.importKey = () => Promise.reject(new DOMException('', 'NotSupportedError')) }")
    drop(page, said)
    expect(page.locator("#verdict")).to_contain_text("La firma no se comprobó")
    expect(page.locator("#verdict")).not_to_contain_text("está firmada")


def test_claimed_and_computed_stand_side_by_side(verifier, said):
    report(said)["affected_seconds"] = 60
    page = verifier()
    drop(page, said)
    heading(page, "Aquí difiere")
    row = page.locator("#verdict tr").filter(has_text="tiempo de afectación").first
    expect(row).to_contain_text("1 min (60 s)")
    expect(page.get_by_text("El informe declara 1 min.")).to_be_visible()
    expect(page.get_by_text("sí coincide consigo misma")).to_be_visible()


def test_the_pdf_carries_it(verifier, signed):
    page = verifier()
    drop(page, closing_document(signed.case, signed.now).pdf(), "informe.pdf")
    heading(page, "Coincide consigo mismo")


def test_own_hours_give_the_difference_and_a_text_to_object_with(verifier, said):
    page = verifier()
    drop(page, said)
    heading(page, "¿Sus horas son otras?")
    expect(page.get_by_text("Por sus horas resulta el mismo tiempo de afectación")).to_be_visible()
    last = page.get_by_label("hasta", exact=True).last
    begun, hour = last.input_value().split(" ")
    last.fill(f"{begun} {int(hour[:2]) + 1:02}{hour[2:]}")
    expect(page.get_by_text("Diferencia: 1 h más que el informe.")).to_be_visible()
    letter = page.get_by_label("Texto de la objeción").input_value()
    assert f"Objeción al tiempo de afectación del caso {display(said['case'])}" in letter
    assert "1 h más que el informe" in letter
    page.get_by_role("button", name="Copiar el texto").click()
    expect(page.get_by_text("Copiado.")).to_be_visible()


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 360)])
def test_it_is_read_on_a_telephone_and_in_each_language(verifier, said, theme, width):
    page = verifier(theme=theme, width=width, locale="en-US")
    heading(page, "Evidence verifier")
    drop(page, said)
    heading(page, "Coincide consigo mismo")
    for language, words in (("English", "It agrees with itself"), ("Português", "Coincide consigo mesmo")):
        page.get_by_role("button", name=language).click()
        heading(page, words)
        assert fits(page)
    assert page.evaluate("document.documentElement.lang") == "pt"


def test_each_text_stands_in_three_languages(verifier):
    lacking = """Object.entries({ ...TEXTS, ...RULES, ...FIELDS, ...LABELS, ...GRADES, ...MOMENTS })
        .filter(([, words]) => words.slice(0, 3).filter(Boolean).length !== 3).map(([name]) => name)"""
    assert verifier().evaluate(lacking) == []


def test_the_page_lets_nothing_but_its_own_scripts_run():
    """Whoever changes a script or the style of the page writes its new hash into the page's policy."""
    page = PAGE.read_text(encoding="utf-8")
    style, *scripts = (
        f"'sha256-{b64encode(sha256(part.encode()).digest()).decode()}'"
        for part in findall(r"(?s)<(?:style|script)[^>]*>(.*?)</(?:style|script)>", page)
    )
    policy = f"default-src 'none'; script-src {' '.join(scripts)}; style-src {style}"
    assert f"content=\"{policy}; base-uri 'none'; form-action 'none'\"" in page


def test_it_says_the_same_of_the_published_vectors(verifier):
    good = {name: json.loads(text) for name, text in GOOD.items()}
    files = [*good.values(), *(changed(good[change["file"]], change) for change in CHANGES)]
    found = verifier().evaluate(FINDINGS, [json.dumps(each) for each in files])
    assert found[: len(good)] == [[]] * len(good)
    bad = zip(CHANGES, found[len(good) :], strict=True)
    assert [change["what"] for change, rules in bad if not rules] == []
