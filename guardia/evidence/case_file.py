"""A photograph or document on a case: the bytes stand in the store of attachments, what is known of it here."""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import Q, QuerySet

if TYPE_CHECKING:
    from guardia.cases.case import Case


class CaseFile(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+")
    case = models.ForeignKey("guardia.Case", models.PROTECT, related_name="files")
    visit = models.ForeignKey("guardia.Visit", models.PROTECT, null=True, related_name="files")
    key = models.UUIDField(null=True, unique=True, help_text="drawn by the telephone that sent it; it arrives once")
    name = models.CharField(max_length=200, help_text="made safe")
    type = models.CharField(max_length=100, help_text="by its content, never by what its name says")
    size = models.IntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64)
    width = models.IntegerField(null=True, help_text="pixels; null: no picture")
    height = models.IntegerField(null=True)
    has_thumbnail = models.BooleanField(default=False)
    caption = models.CharField(max_length=400, blank=True)
    shown = models.BooleanField(default=False, help_text="the customer sees it too")
    taken_at = models.DateTimeField(help_text="when the photograph was taken; else when it was added")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    added_by_name = models.CharField(max_length=160)
    withdrawn_at = models.DateTimeField(null=True, help_text="taken off the case; the bytes are gone")
    withdrawn_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        app_label = "guardia"
        db_table = "case_file"
        constraints = [
            models.UniqueConstraint(fields=["case", "sha256"], condition=Q(withdrawn_at=None), name="case_file_once")
        ]
        indexes = [models.Index(fields=["case", "taken_at"], name="case_file_of_case")]

    def __str__(self) -> str:
        return self.name


def files_of(case: "Case") -> QuerySet[CaseFile]:
    """Return the files of the case by the hour each was taken, withdrawn ones too."""
    return CaseFile.objects.filter(case=case).order_by("taken_at", "pk")


def file_of(case: "Case", pk: int) -> CaseFile | None:
    """Return the file of the case with this id."""
    return CaseFile.objects.filter(pk=pk, case=case).first()


def pictures_of(case: "Case") -> QuerySet[CaseFile]:
    """Return the photographs of the case that stand, the latest first."""
    pictures = CaseFile.objects.filter(case=case, withdrawn_at=None, type__startswith="image/")
    return pictures.order_by("-taken_at")


def standing_among(ids: Iterable[int]) -> QuerySet[CaseFile]:
    """Return those of these files that nobody has withdrawn, with their cases."""
    return CaseFile.objects.filter(pk__in=ids, withdrawn_at=None).select_related("case")


def of_the_same_strip(one: CaseFile) -> list[CaseFile]:
    """Return the files of the case that stand and have a thumbnail as this one has, or have none as it has none."""
    same = CaseFile.objects.filter(case=one.case_id, withdrawn_at=None, has_thumbnail=one.has_thumbnail)
    return list(same.order_by("taken_at", "pk"))


def files_of_ids(ids: Collection[int]) -> models.QuerySet[CaseFile]:
    """These files with their cases, the last added first."""
    return CaseFile.objects.filter(pk__in=ids).select_related("case").order_by("-added_at")


def files_for_company(case_id: int) -> models.QuerySet[CaseFile]:
    """The files of the case that its company is shown, in the order in which they were taken."""
    return CaseFile.objects.filter(case=case_id, shown=True, withdrawn_at=None).order_by("taken_at", "pk")


def is_key_known(key: UUID) -> bool:
    """Whether a telephone has sent a file under this key."""
    return CaseFile.objects.filter(key=key).exists()


def photographs_of_visits(visit_ids: Collection[int]) -> dict[int, int]:
    """How many files were added at each of these visits, by the visit's id."""
    files = CaseFile.objects.filter(visit__in=list(visit_ids), withdrawn_at=None)
    return Counter(files.values_list("visit", flat=True))


def file_for_company(case_id: int, pk: int) -> CaseFile | None:
    """The file of this id, if the case's company is shown it."""
    return files_for_company(case_id).filter(pk=pk).first()
