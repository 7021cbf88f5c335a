"""Photographs and documents on the customer's page: those that the desk shows are looked at, and new ones are sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from guardia.cases import case_files, case_link, customer_acts
from guardia.cases.case import Case
from guardia.cases.file_ready import ready
from guardia.cases.file_refusals import FileNotTaken
from guardia.cases.refusals import Missing, TooLong
from guardia.customers.contact import Contact
from guardia.evidence import store
from guardia.evidence.case_file import CaseFile
from guardia.evidence.files import Ready
from guardia.mailroom.taking import MEGABYTE, limit
from guardia.people.signed import LARGEST_ID, LinkIsInvalid
from guardia.web.portal import limits
from guardia.web.portal.visitor import Visitor, text_in
from guardia.web.shared import inert

LONGEST_CAPTION = 400
MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class FileShown:
    name: str
    words: str
    href: str
    small: str


def files_of(case: Case, visitor: Visitor) -> Sequence[FileShown]:
    """Those that are shown to the company, in the order in which they were taken: its wall hides all others."""
    kept = CaseFile.objects.filter(case=case.pk, shown=True, withdrawn_at=None).order_by("taken_at", "pk")[:MOST_SHOWN]
    return [
        FileShown(
            name=one.name,
            words=one.caption,
            href=f"{visitor.home}/archivo/{one.pk}",
            small=f"{visitor.home}/archivo/{one.pk}?miniatura" if one.has_thumbnail else "",
        )
        for one in kept
    ]


def given(request: HttpRequest, case: Case, pk: int) -> HttpResponse:
    """The bytes of one that is shown: a picture in place, all else as a file. Raises Http404."""
    one = (
        CaseFile.objects.filter(pk=pk, case=case.pk, shown=True, withdrawn_at=None).first()
        if pk <= LARGEST_ID
        else None
    )
    if one is None:
        raise Http404
    is_small = "miniatura" in request.GET and one.has_thumbnail
    content = store.read(one.sha256, thumbnail=is_small)
    if content is None:
        raise Http404
    if is_small:
        return inert.served(content, f"{one.pk}.jpg", "image/jpeg", in_place=True)
    return inert.served(content, one.name, one.type, in_place=True)


ACT = "archivo"
MADE = "_file_made_ready"
NOT_LOOKED_AT = "_file_not_looked_at"


def may_send(request: HttpRequest, visitor: Visitor, case: Case) -> HttpResponse | None:
    """None where what was sent is worth looking at: by a page of ours that lies open, and not without end."""
    if request.method != "POST":
        return None
    try:
        case_link.nonce_in(request.POST.get("vez", ""), case.pk, visitor.contact.pk)
    except LinkIsInvalid:
        setattr(request, NOT_LOOKED_AT, True)  # the act itself says so, and keeps what was written
        return None
    return None if limits.sends(request, visitor.contact) else limits.too_many(request)


def make_ready(request: HttpRequest) -> None:
    """What was sent is looked at, and a picture decoded, before a transaction is begun: nothing waits for it."""
    file = request.FILES.get("archivo")
    if file is None or not file.size or file.size > limit() or hasattr(request, NOT_LOOKED_AT):
        return
    made: Ready | FileNotTaken
    try:
        made = ready(file.read(), file.name or "")
    except FileNotTaken as refused:
        made = refused
    setattr(request, MADE, made)


def add(request: HttpRequest, case: Case, contact: Contact, at: datetime) -> object:
    """What it is, is said by its content. The company sees it too. Raises Missing, TooLong, what the keeper refuses."""
    case.must_be_open()
    file = request.FILES.get("archivo")
    if file is None or not file.size:
        raise Missing("P2", "archivo", _("a photograph or a document"))
    if file.size > limit():
        raise TooLong("P2", "archivo", _("it"), limit() // MEGABYTE * MEGABYTE)
    caption = text_in(request, "texto", LONGEST_CAPTION)
    made: Ready | FileNotTaken = getattr(request, MADE)
    if isinstance(made, FileNotTaken):
        raise made
    by = customer_acts.by(contact)
    return case_files.add_ready(case, made, by=by, now=at, caption=caption, shown=True, by_name=str(contact))
