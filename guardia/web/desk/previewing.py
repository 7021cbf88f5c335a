"""Before an act: who will get which text, opened in place. Nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guardia.cases.preview import FIELD, Preview, preview
from guardia.config.now import now
from guardia.notices import mail, short
from guardia.notices.ways import SHORT
from guardia.notices.wording.language import in_the_language_of
from guardia.people.shifts import TECHNICAL
from guardia.procedure.vocabulary import Moment
from guardia.web.desk.acts import ACTS
from guardia.web.desk.acts.act import Act
from guardia.web.desk.case import found
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.entry import request_page
from guardia.web.desk.page import page
from guardia.web.desk.shown.act_form import allowed
from guardia.web.desk.shown.ways_words import way_words

LONGEST = 4000
TEXT = "text"
"""The field of what is written freely."""
INTERNAL = "internal"
"""What is written for the team alone."""


@dataclass(frozen=True, slots=True)
class PreviewShown:
    name: str
    ways: str
    subject: str
    text: str
    short: str
    language: str


@request_page
@require_POST
def preview_act(request: DeskRequest, number: str, name: str) -> HttpResponse:
    """The letter of each contact who would be told, with what stands in the form as it is."""
    act, at = ACTS.get(name), now()
    if act is None:
        raise Http404
    case = found(request, number)
    if not allowed(act, request.user, case):
        raise PermissionDenied
    typed = {
        field: str(value)[:LONGEST].replace("\0", "")
        for field, value in request.POST.items()
        if field in act.form.base_fields or field.startswith(FIELD)
    }
    moment = None if typed.get("audience") == INTERNAL else act.tells
    says_nothing = TEXT in act.form.base_fields and not typed.get(TEXT, "").strip()
    look = without_text if says_nothing or says_too_little(act, typed) else shown
    people = [look(one) for one in preview(case, moment, typed, at)] if moment else []
    return page(request, "desk/preview.html", {"people": people})


def says_too_little(act: Act, typed: Mapping[str, str]) -> bool:
    """Whether nobody has said yet where the case passes to, or what fails there."""
    if act.tells != Moment.TRANSFERRED:
        return False
    to = typed.get("to", "")
    return not to or (to == TECHNICAL and not (typed.get("service") and typed.get("symptoms")))


def shown(one: Preview) -> PreviewShown:
    """What is still missing in the form may leave no text to be shown: then the person and the ways alone."""
    try:
        return written(one)
    except (KeyError, ValueError, TypeError, AttributeError):
        return without_text(one)


def without_text(one: Preview) -> PreviewShown:
    missing = _("The text can be seen once the form is filled in.")
    return PreviewShown(str(one.contact), ", ".join(map(way_words, one.ways)), "", missing, "", one.contact.language)


def written(one: Preview) -> PreviewShown:
    with in_the_language_of([one.notice]) as language:
        told = mail.told_by([one.notice], one.notice.owed_at)
        letter_ = mail.composed([one.notice], one.notice.owed_at)
        text = mail.text_of(letter_)
        in_short = short.text_of(told) if any(way.channel in SHORT for way in one.ways) else ""
        subject = letter_.subject
    return PreviewShown(str(one.contact), ", ".join(map(way_words, one.ways)), subject, text, in_short, language)
