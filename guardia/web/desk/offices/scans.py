"""The scans of what was handed in: shown as pictures or given out as files, and never run (A4)."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET

from guardia.calls.written import Scan, WrittenRequest
from guardia.cases.case import Case
from guardia.people.signed import LARGEST_ID
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.entry import request_page
from guardia.web.shared.files import FILE_POLICY, is_picture, served

MOST = 100


@dataclass(frozen=True, slots=True)
class ScanRow:
    name: str
    words: str
    href: str
    is_picture: bool


@request_page
@require_GET
@csp_override(FILE_POLICY)
def scan(request: DeskRequest, scan_id: int) -> HttpResponse:
    """The bytes, of the type that was found by their content; a picture in place, all else as a file."""
    kept = Scan.objects.filter(pk=scan_id).first() if scan_id <= LARGEST_ID else None
    if kept is None:
        raise Http404
    return served(bytes(kept.content), kept.name, kept.type, in_place="descargar" not in request.GET)


def scans_of(request: WrittenRequest) -> list[ScanRow]:
    return rows_of(Scan.objects.filter(request=request))


def scans_of_case(case: Case) -> list[ScanRow]:
    """Of all that came in writing for this case."""
    return rows_of(Scan.objects.filter(request__case=case))


def rows_of(scans: QuerySet[Scan]) -> list[ScanRow]:
    found = scans.defer("content").order_by("added_at", "pk")[:100]
    return [
        ScanRow(
            one.name, f"{filesizeformat(one.size)} · {one.type}", reverse("scan", args=[one.pk]), is_picture(one.type)
        )
        for one in found
    ]
