"""The procedure's owner: a text is drafted, compared with the one in force, approved by the quality manager, published.

Who writes does not approve. Cases that run keep the version they began under. Hours are UTC; every
function is a step inside a transaction of its caller.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from guardia.people.setting_change import put_on_record
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.procedure.clock_rule import ClockRule
from guardia.procedure.durations import Unit
from guardia.procedure.editing import written_length
from guardia.procedure.problems import Problem, ProcedureFileRefused
from guardia.procedure.schema import Procedure, load
from guardia.procedure.source import replaced
from guardia.procedure.version import ProcedureVersion
from guardia.procedure.vocabulary import Band
from guardia.procedure.yaml_file import LARGEST

# A text of the procedure that is being written, until the quality manager approves it or it is put away.


class DraftState(models.TextChoices):
    WRITING = "writing"
    SUBMITTED = "submitted"  # waits for the quality manager
    APPROVED = "approved"  # published: ``version`` says as which
    WITHDRAWN = "withdrawn"


OPEN = (DraftState.WRITING, DraftState.SUBMITTED)


class ProcedureDraft(models.Model):
    base = models.ForeignKey("guardia.ProcedureVersion", models.PROTECT, null=True, related_name="drafts")
    version = models.ForeignKey("guardia.ProcedureVersion", models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=12, default=DraftState.WRITING)
    what_for = models.CharField(max_length=200, help_text="why the promise changes; the customers read it too")
    source = models.TextField(help_text="YAML; it may have mistakes while it is written")
    effective_at = models.DateTimeField(null=True, help_text="null: at its approval")
    tells_customers = models.BooleanField(default=True)
    revision = models.IntegerField(default=1, help_text="goes up with each save: two who write see each other")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("guardia.Staff", models.PROTECT, related_name="+")
    edited_at = models.DateTimeField()
    edited_by = models.ForeignKey("guardia.Staff", models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=400, blank=True, help_text="what was said when it was approved or sent back")

    class Meta:
        app_label = "guardia"
        db_table = "procedure_draft"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DraftState.values), name="procedure_draft_state_known"),
            models.CheckConstraint(
                condition=Q(state="approved", version__isnull=False) | (~Q(state="approved") & Q(version=None)),
                name="procedure_draft_approved_is_a_version",
            ),
        ]

    def __str__(self) -> str:
        return self.what_for

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


def open_drafts() -> models.QuerySet[ProcedureDraft]:
    """The drafts that are being written or wait for approval, the latest first."""
    return _latest_first().filter(state__in=OPEN)


def ended_drafts() -> models.QuerySet[ProcedureDraft]:
    """The drafts that were approved or put away, the latest first."""
    return _latest_first().exclude(state__in=OPEN)


def _latest_first() -> models.QuerySet[ProcedureDraft]:
    drafts = ProcedureDraft.objects.defer("source").select_related("edited_by", "base", "version")
    return drafts.order_by("-pk")


def draft_of_id(pk: int) -> ProcedureDraft | None:
    """The draft of this id with its versions and everybody who had a hand in it."""
    drafts = ProcedureDraft.objects.select_related("base", "version", "edited_by", "submitted_by", "decided_by")
    return drafts.filter(pk=pk).first()


NOUN = "draft"


class NotPossible(Exception):
    """What was asked of a draft is refused; the sentence says why, and what to do instead."""


class WrittenMeanwhile(NotPossible):
    """Somebody else saved the draft since it was opened."""


class Outdated(NotPossible):
    """A version was published that the draft does not know: its changes would be undone."""


def newest() -> ProcedureVersion | None:
    """The last version published, in force already or not."""
    return ProcedureVersion.objects.order_by("-number").first()


def begin(what_for: str, *, by: Staff, at: datetime, source: str = "") -> ProcedureDraft:
    """A draft with the text given, or with that of the newest version. Raises NotPossible."""
    base = newest()
    if not source and base is None:
        raise NotPossible(_("No procedure is published yet. Upload its file."))
    text = fitting(source) if source else base.source if base else ""
    draft = ProcedureDraft.objects.create(
        base=base, what_for=what_for, source=text, created_at=at, created_by=by, edited_at=at, edited_by=by
    )
    put_on_record(NOUN, draft.pk, None, recorded_values(draft), by=by, at=at)
    return draft


def held(pk: int) -> ProcedureDraft:
    """The draft, locked. Raises ProcedureDraft.DoesNotExist."""
    return ProcedureDraft.objects.select_for_update(no_key=True).get(pk=pk)


def write(
    draft: ProcedureDraft,
    *,
    what_for: str,
    source: str,
    effective_at: datetime | None,
    tells_customers: bool,
    revision: int,
    by: Staff,
    at: datetime,
) -> None:
    """Save it, with its mistakes; one that waited for approval is being written again.

    Raises WrittenMeanwhile where ``revision`` is not the one on record, NotPossible where it is decided already.
    """
    must_be_open(draft)
    if revision != draft.revision:
        words = _("%(who)s saved this draft meanwhile. Your text is still here: compare, and save it again.")
        raise WrittenMeanwhile(words % {"who": draft.edited_by.name})
    before = recorded_values(draft)
    changed = (draft.what_for, draft.source, draft.effective_at, draft.tells_customers) != (
        *(what_for, fitting(source)),
        *(effective_at, tells_customers),
    )
    if not changed:
        return
    draft.what_for, draft.source = what_for, fitting(source)
    draft.effective_at, draft.tells_customers = effective_at, tells_customers
    draft.state, draft.submitted_at, draft.submitted_by = DraftState.WRITING, None, None
    draft.edited_at, draft.edited_by, draft.revision = at, by, draft.revision + 1
    draft.save()
    put_on_record(NOUN, draft.pk, before, recorded_values(draft), by=by, at=at)


def read(draft: ProcedureDraft) -> tuple[Procedure | None, tuple[Problem, ...]]:
    """The promise that it makes, or every mistake in it by line."""
    try:
        return load(draft.source, _("draft")), ()
    except ProcedureFileRefused as refused:
        return None, refused.problems


def submit(draft: ProcedureDraft, *, by: Staff, at: datetime) -> None:
    """It waits for the quality manager from now on. Raises NotPossible, Outdated."""
    must_be_open(draft)
    if draft.state == DraftState.SUBMITTED:
        return
    must_be_ready(draft, at)
    draft.state, draft.submitted_at, draft.submitted_by = DraftState.SUBMITTED, at, by
    draft.save(update_fields=["state", "submitted_at", "submitted_by"])
    put_on_record(NOUN, draft.pk, {"state": DraftState.WRITING}, {"state": draft.state}, by=by, at=at)


def approve(draft: ProcedureDraft, *, by: Staff, at: datetime, reason: str = "") -> ProcedureVersion:
    """Published: cases that begin from its effective hour on are run by it. Raises NotPossible, Outdated.

    A second time returns the version that it became.
    """
    if draft.state == DraftState.APPROVED and draft.version:
        return draft.version
    if draft.state != DraftState.SUBMITTED:
        raise NotPossible(_("Only a submitted draft can be approved."))
    if by.pk in (draft.edited_by_id, draft.submitted_by_id):
        raise NotPossible(_("Who wrote or submitted a draft does not approve it. Ask another quality manager."))
    must_be_ready(draft, at)
    name = f"{draft.base.code if draft.base else 'procedure'}.yaml"
    published = versions.publish(draft.source, name, by.pk, at, draft.effective_at)
    draft.state, draft.version, draft.decided_at, draft.decided_by = DraftState.APPROVED, published, at, by
    draft.reason = reason
    draft.save(update_fields=["state", "version", "decided_at", "decided_by", "reason"])
    after = {"state": draft.state, "version": published.number}
    put_on_record(NOUN, draft.pk, {"state": DraftState.SUBMITTED}, after, by=by, at=at, reason=reason)
    return published


def send_back(draft: ProcedureDraft, reason: str, *, by: Staff, at: datetime) -> None:
    """Not like this: it is written further, with what was said. Raises NotPossible."""
    if draft.state != DraftState.SUBMITTED:
        raise NotPossible(_("Only a submitted draft can be sent back."))
    draft.state, draft.submitted_at, draft.submitted_by, draft.reason = DraftState.WRITING, None, None, reason
    draft.save(update_fields=["state", "submitted_at", "submitted_by", "reason"])
    put_on_record(NOUN, draft.pk, {"state": DraftState.SUBMITTED}, {"state": draft.state}, by=by, at=at, reason=reason)


def discard(draft: ProcedureDraft, *, by: Staff, at: datetime) -> None:
    """Not wanted any more; it can be taken up again. Raises NotPossible."""
    if draft.state == DraftState.WITHDRAWN:
        return
    must_be_open(draft)
    before, draft.state, draft.submitted_at, draft.submitted_by = draft.state, DraftState.WITHDRAWN, None, None
    draft.save(update_fields=["state", "submitted_at", "submitted_by"])
    put_on_record(NOUN, draft.pk, {"state": before}, {"state": draft.state}, by=by, at=at)


def take_up(draft: ProcedureDraft, *, by: Staff, at: datetime) -> None:
    """Written further after it was put away. Raises NotPossible."""
    if draft.state == DraftState.WRITING:
        return
    if draft.state != DraftState.WITHDRAWN:
        raise NotPossible(_("Only an archived draft can be resumed."))
    draft.state = DraftState.WRITING
    draft.save(update_fields=["state"])
    put_on_record(NOUN, draft.pk, {"state": DraftState.WITHDRAWN}, {"state": draft.state}, by=by, at=at)


def catch_up(draft: ProcedureDraft, *, by: Staff, at: datetime) -> None:
    """Its writer has looked at what was published meanwhile, and the text stands as it is. Raises NotPossible."""
    must_be_open(draft)
    last = newest()
    if last is None or draft.base_id == last.pk:
        return
    before = {"base": draft.base.number if draft.base else None}
    draft.base, draft.state, draft.submitted_at, draft.submitted_by = last, DraftState.WRITING, None, None
    draft.edited_at, draft.edited_by, draft.revision = at, by, draft.revision + 1
    draft.save()
    put_on_record(NOUN, draft.pk, before, {"base": last.number}, by=by, at=at)


def must_be_open(draft: ProcedureDraft) -> None:
    if not draft.is_open:
        raise NotPossible(_("This draft has been decided or archived. Begin another one."))


def must_be_ready(draft: ProcedureDraft, at: datetime) -> None:
    """Raises NotPossible where it has mistakes, changes nothing or would hold in the past; Outdated."""
    procedure, problems = read(draft)
    if procedure is None:
        raise NotPossible(_("The text has mistakes (%d). Correct them first.") % len(problems))
    if draft.effective_at and draft.effective_at < at:
        raise NotPossible(_("The time from which it applies is past. Choose a later one, or leave it empty."))
    last = newest()
    if (last.pk if last else None) != draft.base_id:
        raise Outdated(
            _("Version %d was published meanwhile. Look at what it changed first.") % (last.number if last else 0)
        )
    ruling = versions.version_at(draft.effective_at or at)
    if ruling and versions.digest(procedure.model_dump(mode="json")) == ruling.sha256:
        raise NotPossible(_("It promises the same as version %d. There is nothing to approve.") % ruling.number)


def fitting(source: str) -> str:
    """The text as it is kept: one kind of line ends. Raises NotPossible where it is too long."""
    if len(source) > LARGEST:
        raise NotPossible(_("The text is longer than %d characters.") % LARGEST)
    return source.replace("\r\n", "\n").replace("\0", "")


def recorded_values(draft: ProcedureDraft) -> dict[str, object]:
    """As the record of changes keeps it: the text by its length and its hash alone."""
    return {
        "what_for": draft.what_for,
        "effective_at": draft.effective_at.isoformat() if draft.effective_at else None,
        "tells_customers": draft.tells_customers,
        "text": versions.digest({"text": draft.source})[:12],
        "state": str(draft.state),
    }


# The promised times of a draft as a form edits them: a number for each, written back into its text (the clocks).
#
# Every other character of the text, comments included, stays (``source.replaced``).


@dataclass(frozen=True)
class Number:
    """One promised time. ``key`` names it in a form: the clock, and the band where it has one."""

    key: str
    clause: str
    name: str
    band: str
    written: str


def numbers_of(procedure: Procedure) -> list[Number]:
    """In the order of the procedure; those that are set case by case, or by the matrix's own page, are not here."""
    return [number for rule in procedure.clocks for number in _of(rule, procedure)]


def with_numbers(source: str, typed: Mapping[str, str]) -> str:
    """The text with these times in place of its own; a time that is the same is left alone.

    Raises ProcedureFileRefused where ``source`` is no procedure. The new text is not judged here: a time that is none
    is found by its line, as in any draft.
    """
    procedure = load(source, "")
    for place, rule in enumerate(procedure.clocks):
        was = {number.key: number.written for number in _of(rule, procedure)}
        wanted = {key: typed.get(key, written).strip() or written for key, written in was.items()}
        if wanted != was:
            source = replaced(source, ("clocks", place), {"target": _target(rule, wanted)})
    return source


def _of(rule: ClockRule, procedure: Procedure) -> Iterator[Number]:
    if rule.target.duration is not None:
        yield Number(rule.kind.value, rule.clause, str(rule.name), "", _written(rule.target.duration, rule, procedure))
    for band, target in (rule.target.by_band or {}).items():
        if target.target is None:
            continue
        words = _written(target.target, rule, procedure)
        if target.range_from:
            words = f"{_written(target.range_from, rule, procedure)} - {words}"
        name = str(procedure.band(Band(band)).name)
        yield Number(f"{rule.kind.value}.{band}", rule.clause, str(rule.name), name, words)


def _written(length: timedelta, rule: ClockRule, procedure: Procedure) -> str:
    if rule.unit is not Unit.OFFICE:
        return written_length(length)
    day = procedure.hours(rule.calendar).minutes_of_a_day()
    minutes = int(length.total_seconds() // 60)
    if day and minutes % day == 0:
        return f"{minutes // round(day)} office days"
    return f"{minutes // 60} office h" if minutes % 60 == 0 else f"{minutes} office min"


def _target(rule: ClockRule, wanted: Mapping[str, str]) -> str:
    if rule.target.duration is not None:
        return wanted[rule.kind.value]
    parts = []
    for band, target in (rule.target.by_band or {}).items():
        words = wanted.get(f"{rule.kind.value}.{band}", "none")
        begin, dash, end = words.partition("-")
        said = f"{{range_from: {begin.strip()}, target: {end.strip()}}}" if dash and target.target else words
        parts.append(f"{band}: {said}")
    return f"{{{', '.join(parts)}}}"
