"""What proves a case, on its page: its tests (P3, P5, P6), and its photographs and documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.cases import case_proofs, mail_tray
from guardia.cases.case import Case
from guardia.cases.case_contents import summary_of
from guardia.cases.desk_hours import kind_of
from guardia.cases.event import CaseEvent
from guardia.cases.verbs import desk_hour, to_the_minute
from guardia.evidence import files, probing
from guardia.evidence.files import DOCUMENTS, MOST_FILES, PICTURES, CaseFile
from guardia.evidence.measured_sentences import Compared, compared, sentence, typed
from guardia.evidence.probe import UNDER_WAY, Occasion, Probe, ProbeState, is_under_way, last_probes_of
from guardia.evidence.probes.measured import Sample
from guardia.evidence.sample_chart import Picture, highest, picture
from guardia.evidence.test_result import TestResult, Verdict, tests_since
from guardia.people.policy import Right, may, may_handle
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import CaseKind, Moment, Stage
from guardia.web.desk.clock import hour
from guardia.web.desk.page import tag_of

# --- files ------------------------------------------------------------------------------------------------------------
# The files of a case as its page shows them: a strip of photographs, documents as lines, what came with its mails.
MOST_MAILED = 50
SHORT = {
    "text/plain": "TXT",
    "message/rfc822": "EML",
    "text/calendar": "ICS",
    "application/gzip": "GZ",
    "application/x-7z-compressed": "7Z",
    "application/x-tar": "TAR",
    "application/vnd.tcpdump.pcap": "PCAP",
    "application/msword": "DOC",
    "application/vnd.ms-excel": "XLS",
    "application/vnd.ms-outlook": "MSG",
    "application/vnd.oasis.opendocument.text": "ODT",
    "application/vnd.oasis.opendocument.spreadsheet": "ODS",
    "application/vnd.oasis.opendocument.presentation": "ODP",
}
ACCEPTED = ",".join([*sorted(PICTURES | DOCUMENTS), ".heic", ".log", ".cfg", ".pcap", ".pcapng", ".msg", ".eml"])
OFFICE = {"document": "DOCX", "sheet": "XLSX", "presentation": "PPTX"}


@dataclass(frozen=True, slots=True)
class CaseFiles:
    pictures: Sequence[dict[str, Any]]
    documents: Sequence[dict[str, Any]]
    withdrawn: Sequence[dict[str, Any]]
    mailed: Sequence[dict[str, Any]]
    add_href: str
    limit: int
    limit_words: str
    accepts: str
    tag: str

    @property
    def count(self) -> int:
        return len(self.pictures) + len(self.documents)

    @property
    def is_empty(self) -> bool:
        return not (self.count or self.withdrawn or self.mailed)


def files_of(case: Case, staff: Staff, at: datetime) -> CaseFiles:
    """By the hour each was taken, the newest last, as they happened."""
    summary = summary_of(case)
    found = files.files_of(case)[: MOST_FILES * 2] if summary.files else []
    rows = [file_row(case, one, at) for one in found]
    here = [row for row in rows if not row["is_withdrawn"]]
    mailed = mailed_files(case, at) if summary.messages else []
    return CaseFiles(
        pictures=[row for row in here if row["thumbnail"]],
        documents=[row for row in here if not row["thumbnail"]],
        withdrawn=[row for row in rows if row["is_withdrawn"]],
        mailed=mailed,
        add_href=reverse("case_files", args=[case.number]) if may_handle(staff, case.desk) else "",
        limit=settings.ATTACHMENT_LIMIT_MB * 1024 * 1024,
        limit_words=_("at most %(most)d MB each") % {"most": settings.ATTACHMENT_LIMIT_MB},
        accepts=ACCEPTED,
        tag=tag_of([*((row["id"], row["shown"], row["is_withdrawn"]) for row in rows), len(mailed)]),
    )


def file_row(case: Case, one: CaseFile, at: datetime) -> dict[str, Any]:
    """One file. ``thumbnail`` is empty where there is no picture; ``said`` is its caption, else its name."""
    place = [case.number, one.pk]
    is_there = one.withdrawn_at is None
    return {
        "id": one.pk,
        "href": reverse("case_file", args=place),
        "content_href": reverse("case_file_content", args=place),
        "thumbnail": reverse("case_file_thumbnail", args=place) if one.has_thumbnail and is_there else "",
        "name": one.name,
        "caption": one.caption,
        "said": one.caption or one.name,
        "kind": kind_words(one.type, one.size),
        "taken_at": one.taken_at,
        "hour": hour(one.taken_at, at),
        "by": one.added_by_name,
        "shown": one.shown,
        "is_withdrawn": not is_there,
    }


def kind_words(type_: str, size: int) -> str:
    """``PDF · 120 KB``: what it is by its content, and how large."""
    last = type_.rpartition("/")[2].rpartition(".")[2]
    short = SHORT.get(type_) or (OFFICE.get(last) if "openxml" in type_ else None) or last.upper()
    return f"{short} · {filesizeformat(size)}"


def mailed_files(case: Case, at: datetime) -> list[dict[str, Any]]:
    """What came with the mails that joined this case and is given out; pictures of a signature are no files."""
    return [
        {
            "href": reverse("message_file", args=[one.message_id, one.part]),
            "mail_href": reverse("message", args=[one.message_id]),
            "name": one.name,
            "kind": kind_words(one.type, one.size),
            "hour": hour(one.message.received_at, at),
        }
        for one in mail_tray.files_that_joined(case, MOST_MAILED)
    ]


@dataclass(frozen=True, slots=True)
class InLog:
    """A file beside its line in the log."""

    href: str
    thumbnail: str
    said: str


def in_log(events: Sequence[CaseEvent]) -> dict[int, InLog]:
    """By event: the file that it added and nobody has withdrawn."""
    added = {event.data["file"]: event.pk for event in events if event.moment == Moment.FILE_ADDED}
    if not added:
        return {}
    rows = {one.pk: file_row(one.case, one, one.added_at) for one in files.standing_among(added)}
    return {added[pk]: InLog(row["href"], row["thumbnail"], row["said"]) for pk, row in rows.items()}


# --- evidence ---------------------------------------------------------------------------------------------------------
# What was tested of a case: what runs, the last results, before and after, the watch (P3, P5, P6).
MOST_READ = 240


@dataclass(frozen=True, slots=True)
class Watched:
    words: str
    picture: Picture | None
    title: str
    described: str


@dataclass(frozen=True, slots=True)
class Evidence:
    rows: Sequence[dict[str, Any]]
    compares: bool
    running: Sequence[str]
    progress: str
    probe_href: str
    add_href: str
    tag: str

    @property
    def is_empty(self) -> bool:
        return not (self.rows or self.running or self.probe_href or self.add_href)


def evidence_of(case: Case, staff: Staff) -> Evidence:
    """Nothing of a request: what belongs to a fault is not done there (A3)."""
    if kind_of(case.desk) != CaseKind.INCIDENT:
        return Evidence((), False, (), "", "", "", "")
    summary, tests = summary_of(case), case.is_open and may_handle(staff, case.desk)
    targets = probing.targets_of(case.service_id) if tests and summary.targets else []
    probes = last_probes_of(case, MOST_READ) if summary.probes else []
    running = [str(p.target) for p in probes if p.state in UNDER_WAY and p.occasion != Occasion.STABILITY]
    rows = rows_of(case, [probe for probe in probes if probe.state in {ProbeState.DONE, ProbeState.FAILED}])
    offers = not targets and tests and may(staff, Right.EDIT_CUSTOMERS)
    return Evidence(
        rows=rows,
        compares=case.restored_at is not None,
        running=running,
        progress=progress_words(case, len(running)) if probes else "",
        probe_href=reverse("probe_now", args=[case.number]) if targets else "",
        add_href=add_href(case) if offers else "",
        tag=tag_of([len(targets), *((p.pk, p.state) for p in probes)]),
    )


def add_href(case: Case) -> str:
    return f"{reverse('target_new', args=[case.customer_id])}?servicio={case.service_id}"


def progress_words(case: Case, running: int) -> str:
    if running:
        return ngettext("%d test is running…", "%d tests are running…", running) % running
    if case.is_open and case.stage == Stage.STABILITY and is_under_way(case):
        return _("The stability watch is running.")
    return ""


def rows_of(case: Case, done: Sequence[Probe]) -> list[dict[str, Any]]:
    """One row per target that has a result, in the order in which they were first tested."""
    return [row_of(row) for row in compared(done, case.restored_at, case.green_since)]


def row_of(row: Compared) -> dict[str, Any]:
    """Both sides on one scale."""
    top = max((highest(p.samples) for p in (row.before, row.after) if p), default=None)
    return {
        "id": row.target.pk,
        "name": str(row.target),
        "before": probe_row(row.before, top) if row.before else None,
        "after": probe_row(row.after, top) if row.after else None,
        "watched": watched(row),
    }


def probe_row(probe: Probe, top: float | None) -> dict[str, Any]:
    """One result with its picture; ``title`` and ``described`` are the picture in words."""
    name, words = str(probe.target), sentence(probe.code, probe.numbers)
    return {
        "id": f"probe-{probe.pk}",
        "at": probe.measured_at or probe.due_at,
        "words": words,
        "verdict": probe.verdict,
        "verdict_words": probe.get_verdict_display() if probe.verdict else probe.get_state_display(),
        "occasion": probe.get_occasion_display(),
        "picture": picture(probe.samples, top),
        "title": _("Samples of %(test)s") % {"test": name},
        "described": sampled(probe.samples),
    }


def sampled(samples: Sequence[Sample]) -> str:
    """The bars in words, for whoever does not see them."""
    return ", ".join(_("lost") if sample is None else f"{sample:.0f} ms" for sample in samples)


def watched(row: Compared) -> Watched | None:
    """The rounds of the watch since the green window began, a bar each."""
    if len(row.watch) < 2:
        return None
    means = row.rounds
    words = _("%(rounds)d tests since the window began, %(bad)d bad") % {"rounds": len(means), "bad": row.bad_rounds}
    return Watched(words, picture(means), _("The stability watch, test by test"), sampled(means))


# --- tests ------------------------------------------------------------------------------------------------------------
# The tests on record, and how many the stage asks for.
MOST_SHOWN = 4


def tests_of(case: Case) -> dict:
    """What diagnosis, verification and follow-up show of the tests: since the registration, the relapse, the
    restoration or the window; how many the stage asks for, and what is missing.
    """
    since = since_when(case)
    rows = tests_since(case, since) if since and summary_of(case).tests else []
    return {
        "tests": [line_of(row) for row in rows[-MOST_SHOWN:]],
        "tests_words": words(case, rows),
        "tests_missing": missing(case, rows),
        "add_test_href": reverse("act", args=[case.number, "prueba"]),
    }


def line_of(test: TestResult) -> dict[str, Any]:
    result = typed(test.result) if test.typed else test.result
    return {
        "name": test.name,
        "words": f"{result} ({test.get_verdict_display()})",
        "verdict": test.verdict,
        "at": test.measured_at,
    }


def since_when(case: Case) -> datetime | None:
    if case.stage == Stage.STABILITY:
        return case.green_since
    if case.stage == Stage.VERIFICATION and case.restored_at:
        return to_the_minute(case.restored_at)
    begun = case.latest(Moment.REGISTERED, Moment.RELAPSED)
    return begun.occurred_at if begun else None


def words(case: Case, rows: Sequence[TestResult]) -> str:
    """How many are on record, of how many that the stage asks for; those that prove nothing count for neither."""
    rule = versions.of(case.procedure_version_id).requirements
    good = sum(row.verdict == Verdict.GOOD for row in rows)
    match case.stage:
        case Stage.DIAGNOSIS:
            found, needed = len(rows), rule.tests_to_diagnose
            words = _("Tests on record: %(found)d of %(needed)d")
        case Stage.VERIFICATION:
            found, needed = good, rule.tests_to_confirm
            words = _("Good tests since the restoration: %(found)d of %(needed)d")
        case Stage.STABILITY:
            found, needed = case_proofs.of_the_window(case).proving, rule.tests_of_stability
            words = _("Good tests in the green window, with value or file: %(found)d of %(needed)d")
        case _:
            return _("Tests on record: %(found)d") % {"found": len(rows)}
    return words % {"found": found, "needed": needed}


def missing(case: Case, rows: Sequence[TestResult]) -> str:
    """What the stage still waits for, in one sentence; empty where nothing is missing."""
    if case.stage == Stage.VERIFICATION:
        needed = versions.of(case.procedure_version_id).requirements.tests_to_confirm
        left = needed - sum(row.verdict == Verdict.GOOD for row in rows)
        words = ngettext("%(n)d more good test is needed.", "%(n)d more good tests are needed.", left)
        return words % {"n": left} if left > 0 else ""
    end = case_proofs.end_of_window(case)
    if case.stage != Stage.STABILITY or end is None:
        return ""
    found = case_proofs.of_the_window(case)
    if found.bad:
        return _("The last test of “%(tests)s” is bad: run it again.") % {"tests": ", ".join(found.bad)}
    left = max(found.needed - found.proving, 0 if found.at_the_end else 1)
    words = ngettext("%(n)d more good test is needed.", "%(n)d more good tests are needed.", left)
    at_the_end = _("One of them must be from the end of the window, %(hour)s or later.") % {"hour": desk_hour(end)[:5]}
    parts = [words % {"n": left} if left else "", "" if found.at_the_end else at_the_end]
    return " ".join(part for part in parts if part)
