"""Cases of a former tool brought in on screen: the files that were sent, what they mean, and what came of them.

Reading and writing is a job of the worker, since a large file takes minutes. It holds a job by a lease and a turn:
where it dies another one goes on, and whoever has lost its turn writes nothing more.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from guardia.cases import writes
from guardia.history import mapping as mappings
from guardia.history.open_cases import CountsFrom, TakingOver
from guardia.people.staff import Staff


class ImportState(models.TextChoices):
    LOOKING = "looking", gettext_lazy("being read")
    UNREADABLE = "unreadable", gettext_lazy("cannot be read")
    MAPPING = "mapping", gettext_lazy("waiting for the meaning of its columns")
    CHECKING = "checking", gettext_lazy("being tested")
    CHECKED = "checked", gettext_lazy("tested, nothing written")
    BRINGING = "bringing", gettext_lazy("being imported")
    STOPPED = "stopped", gettext_lazy("stopped")
    DONE = "done", pgettext_lazy("import", "imported")
    CANCELLED = "cancelled", gettext_lazy("discarded")


JOBS = (ImportState.LOOKING, ImportState.CHECKING, ImportState.BRINGING)
"""What the worker does."""
BEFORE = {
    ImportState.LOOKING: ImportState.UNREADABLE,
    ImportState.CHECKING: ImportState.MAPPING,
    ImportState.BRINGING: ImportState.STOPPED,
}
"""What an import is when such a job did not come to its end."""
LEASE = timedelta(minutes=1)
MOST_TRIES = 3
FILES_STAY = timedelta(days=14)
"""So long the files of an import stay after somebody did something with it; they hold names and words of others."""
A_PIECE = 1 << 20
MOST_FILES = 12
TURN = "imports of history"


class HistoryImport(models.Model):
    """``turn`` counts who had the job: it is a fence against one that was taken for dead."""

    created_at = models.DateTimeField()
    created_by = models.ForeignKey("guardia.Staff", models.PROTECT, related_name="+")
    touched_at = models.DateTimeField(help_text="when somebody, or the worker, last did something with it")
    state = models.CharField(max_length=12, choices=ImportState.choices, default=ImportState.LOOKING)
    survey = models.JSONField(default=dict, help_text="what stands in the files (guardia.history.file_survey)")
    mapping = models.TextField(blank=True, help_text="YAML (docs/history.md)")
    counts_from = models.CharField(
        max_length=10, blank=True, help_text="from when the promises of open cases count; empty: these are left out"
    )
    is_told = models.BooleanField(default=False, help_text="companies of open cases are told once (P2)")
    job_at = models.DateTimeField(help_text="when the job of this state was asked for")
    job_by = models.ForeignKey("guardia.Staff", models.PROTECT, related_name="+")
    leased_until = models.DateTimeField(null=True, help_text="somebody works on it; after that hour another may")
    turn = models.IntegerField(default=0)
    tries = models.SmallIntegerField(default=0, help_text="of this job, since it last got on")
    is_stopping = models.BooleanField(default=False)
    rows_read = models.IntegerField(default=0)
    cases_done = models.IntegerField(default=0)
    cases = models.IntegerField(default=0)
    cases_new = models.IntegerField(default=0, help_text="written by this import in all its runs")
    report = models.JSONField(default=dict, help_text="of the last run (guardia.history.import_report)")
    examples = models.JSONField(default=list, help_text="cases as they would look")
    trouble = models.TextField(blank=True, help_text="why the last job did not come to its end")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "guardia"
        db_table = "history_import"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="history_import_state_known")
        ]
        indexes = [models.Index(fields=["job_at"], name="history_import_to_do", condition=Q(state__in=JOBS))]

    def __str__(self) -> str:
        return f"import {self.pk}"

    @property
    def is_job(self) -> bool:
        return self.state in JOBS

    @property
    def taking_over(self) -> TakingOver | None:
        return TakingOver(CountsFrom(self.counts_from), self.is_told) if self.counts_from else None


class HistoryImportFile(models.Model):
    """A file of an import, in pieces, so that web and worker may stand on two machines and neither holds it whole."""

    of = models.ForeignKey(HistoryImport, models.CASCADE, related_name="files")
    place = models.SmallIntegerField(help_text="from 0, as it was sent; -1: what was wrong, written by the worker")
    name = models.CharField(max_length=200)
    size = models.BigIntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64)

    class Meta:
        app_label = "guardia"
        db_table = "history_import_file"
        constraints = [models.UniqueConstraint(fields=["of", "place"], name="history_import_file_once")]

    def __str__(self) -> str:
        return self.name


class HistoryImportPiece(models.Model):
    file = models.ForeignKey(HistoryImportFile, models.CASCADE, related_name="pieces")
    number = models.IntegerField()
    content = models.BinaryField()

    class Meta:
        app_label = "guardia"
        db_table = "history_import_piece"
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="history_import_piece_once")]

    def __str__(self) -> str:
        return f"{self.file_id}/{self.number}"


# --- what somebody does -----------------------------------------------------------------------------------------------
def begin(by: Staff, at: datetime) -> HistoryImport:
    """A new import, whose files follow (``import_files.add_file``); the worker looks at them. ``at`` is UTC."""
    return HistoryImport.objects.create(created_at=at, created_by=by, touched_at=at, job_at=at, job_by=by)


def look(one: HistoryImport, by: Staff, at: datetime) -> None:
    """Its files are read anew. The caller has locked it. Raises ValidationError."""
    must_rest(one)
    _ask(one, ImportState.LOOKING, by, at)


def say_what_it_means(one: HistoryImport, text: str, counts_from: str, *, is_told: bool, at: datetime) -> None:
    """Keep the mapping, and what becomes of open cases. The caller has locked it.

    Raises ProcedureFileRefused with every mistake of the mapping; ValidationError.
    """
    must_rest(one)
    mappings.load(text, "mapping.yaml")
    one.mapping, one.counts_from, one.is_told = text, counts_from, is_told and bool(counts_from)
    one.state, one.touched_at, one.trouble = ImportState.MAPPING, at, ""
    one.save()


def check(one: HistoryImport, by: Staff, at: datetime) -> None:
    """Try it without writing anything. The caller has locked it. Raises ValidationError, ProcedureFileRefused."""
    must_rest(one)
    mappings.load(one.mapping, "mapping.yaml")
    _ask(one, ImportState.CHECKING, by, at)


def bring(one: HistoryImport, by: Staff, at: datetime) -> None:
    """Bring it in, or go on with it. The caller has locked it. Raises ValidationError."""
    if one.state not in (ImportState.CHECKED, ImportState.STOPPED, ImportState.DONE) or not one.mapping:
        raise ValidationError(_("Test it first, to see what would be imported."))
    _must_have_files(one)
    _ask(one, ImportState.BRINGING, by, at)


def stop(one: HistoryImport, at: datetime) -> None:
    """The job ends after the step that it is in; one that nobody has begun ends at once. The caller has locked it."""
    if not one.is_job:
        return
    if one.leased_until is None or one.leased_until < at:
        end(one, BEFORE[ImportState(one.state)], at, trouble=_("It was stopped before it began."))
    else:
        one.is_stopping = True
        one.save(update_fields=["is_stopping"])


def cancel(one: HistoryImport, at: datetime) -> None:
    """Its files go; what was brought in stays. The caller has locked it. Raises ValidationError."""
    if one.is_job:
        raise ValidationError(_("It is running: stop it first."))
    if one.state != ImportState.DONE:
        one.state = ImportState.CANCELLED
    _empty(one)
    one.touched_at = at
    one.save()


def must_rest(one: HistoryImport) -> None:
    """Raises ValidationError where it is at work, or its files are gone."""
    if one.is_job:
        raise ValidationError(_("It is running: wait until it finishes, or stop it."))
    _must_have_files(one)


def _must_have_files(one: HistoryImport) -> None:
    if not one.files.filter(place__gte=0).exists():
        raise ValidationError(_("Its files are no longer here. Send them again."))


def _ask(one: HistoryImport, state: ImportState, by: Staff, at: datetime) -> None:
    one.state, one.job_at, one.job_by, one.touched_at = state, at, by, at
    one.leased_until, one.tries, one.is_stopping, one.trouble, one.ended_at = None, 0, False, "", None
    one.rows_read = one.cases_done = one.cases = 0
    one.save()


def _empty(one: HistoryImport) -> None:
    one.files.all().delete()
    one.survey, one.examples = {}, []
    if one.report:
        one.report = {**one.report, "troubles": [], "created": []}


# --- what the worker does ---------------------------------------------------------------------------------------------
def claim(at: datetime) -> HistoryImport | None:
    """The oldest job, if no other is at work; its lease and its turn are those of whoever asks. ``at`` is UTC.

    One job at a time: two would read from the same disk and wait for each other at every hundredth case.
    """
    writes.take_turn(TURN)
    jobs = HistoryImport.objects.filter(state__in=JOBS)
    if jobs.filter(leased_until__gte=at).exists():
        return None
    one = jobs.order_by("job_at", "pk").select_for_update(of=("self",)).first()
    if one is None:
        return None
    if one.tries >= MOST_TRIES:
        words = _("The process that reads it stopped early %d times. The files may be too large for this machine.")
        end(one, BEFORE[ImportState(one.state)], at, trouble=words % one.tries)
        return None
    one.leased_until, one.turn, one.tries = at + LEASE, one.turn + 1, one.tries + 1
    one.save(update_fields=["leased_until", "turn", "tries"])
    return one


def holds(pk: int, turn: int, at: datetime, **progress: Any) -> bool | None:
    """Whoever has this turn still works on it, and how far it is: whether it may go on; None: somebody else has it."""
    mine = HistoryImport.objects.filter(pk=pk, turn=turn, state__in=JOBS)
    if not mine.update(leased_until=at + LEASE, touched_at=at, **progress):
        return None
    return not mine.values_list("is_stopping", flat=True).get()


def is_alive(pk: int, turn: int, at: datetime) -> None:
    """The process of this turn lives, though it says nothing: a workbook is read in one piece."""
    HistoryImport.objects.filter(pk=pk, turn=turn, state__in=JOBS).update(leased_until=at + LEASE)


def let_go(pk: int, turn: int) -> None:
    """The worker ends: another one goes on at once, and this was no failure."""
    mine = HistoryImport.objects.filter(pk=pk, turn=turn, state__in=JOBS)
    mine.update(leased_until=None, tries=models.F("tries") - 1)


def is_free(pk: int, turn: int) -> None:
    """The process that had it ended before its end: it is tried again."""
    HistoryImport.objects.filter(pk=pk, turn=turn, state__in=JOBS).update(leased_until=None)


def end(one: HistoryImport, state: ImportState, at: datetime, *, trouble: str = "", **results: Any) -> None:
    """The job is over. The caller has locked it. ``trouble``: why it did not come to its end."""
    for name, value in results.items():
        setattr(one, name, value)
    one.state, one.trouble, one.ended_at, one.touched_at = state, trouble, at, at
    one.leased_until, one.is_stopping = None, False
    one.save()


def forget_files(at: datetime) -> int:
    """The files of imports that nobody has touched for two weeks go; the lines of the list stay. Returns how many."""
    old = HistoryImport.objects.filter(touched_at__lt=at - FILES_STAY, files__isnull=False).exclude(state__in=JOBS)
    found = list(old.distinct()[:20])
    for one in found:
        if one.state not in (ImportState.DONE, ImportState.STOPPED):
            one.state = ImportState.CANCELLED
        _empty(one)
        one.save()
    return len(found)


# --- what is asked ----------------------------------------------------------------------------------------------------
def import_of_id(pk: int, *, locked: bool = False) -> HistoryImport | None:
    """The import of this id with its people; ``locked``: until the transaction ends."""
    found = HistoryImport.objects.select_related("created_by", "job_by")
    return (found.select_for_update(of=("self",)) if locked else found).filter(pk=pk).first()


def held(pk: int, turn: int) -> HistoryImport | None:
    """The import, locked, if this turn is still the last one."""
    found = HistoryImport.objects.select_related("job_by").select_for_update(of=("self",))
    return found.filter(pk=pk, turn=turn, state__in=JOBS).first()


def latest_imports() -> QuerySet[HistoryImport]:
    """All imports with their people and files, the latest first."""
    return HistoryImport.objects.select_related("created_by", "job_by").prefetch_related("files").order_by("-pk")


def is_another_at_work(one: HistoryImport) -> bool:
    """Whether this one waits for another to end."""
    others = HistoryImport.objects.filter(state__in=JOBS, job_at__lt=one.job_at).exclude(pk=one.pk)
    return others.exists()


def files_sent(one: HistoryImport) -> Sequence[HistoryImportFile]:
    """The files in the order in which they were sent; none once they are gone."""
    return list(one.files.filter(place__gte=0).order_by("place"))


def troubles_file(one: HistoryImport) -> HistoryImportFile | None:
    """The CSV of all that was wrong at the last run."""
    return one.files.filter(place=-1).first()
