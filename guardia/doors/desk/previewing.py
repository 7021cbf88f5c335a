"""Before an act: who will get which text, opened in place. Nothing is written."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guardia.cases.preview import Preview, preview
from guardia.doors.desk.acts import ACTS
from guardia.doors.desk.case import found
from guardia.doors.desk.desk_request import DeskRequest
from guardia.doors.desk.entry import desk_page
from guardia.doors.desk.page import page
from guardia.doors.desk.shown.act_form import allowed
from guardia.doors.desk.shown.ways_words import way_words
from guardia.doors.now import now
from guardia.notices import mail, short
from guardia.notices.ways import SHORT
from guardia.notices.wording.language import in_the_language_of

LONGEST = 4000


@dataclass(frozen=True, slots=True)
class PreviewShown:
    name: str
    ways: str
    subject: str
    text: str
    short: str
    language: str


@desk_page
@require_POST
def preview_act(request: DeskRequest, number: str, name: str) -> HttpResponse:
    """The letter of each contact who would be told, with what stands in the form as it is."""
    act, at = ACTS.get(name), now()
    if act is None:
        raise Http404
    if not allowed(act, request.user):
        raise PermissionDenied
    case = found(request, number)
    typed = {
        field: str(value)[:LONGEST].replace("\0", "")
        for field, value in request.POST.items()
        if field in act.form.base_fields
    }
    people = [shown(one) for one in preview(case, act.tells, typed, at)] if act.tells else []
    return page(request, "desk/preview.html", {"people": people})


def shown(one: Preview) -> PreviewShown:
    """What is still missing in the form may leave no text to be shown: then the person and the ways alone."""
    try:
        return written(one)
    except (KeyError, ValueError, TypeError, AttributeError):
        missing = _("The text can be seen once the form is filled in.")
        return PreviewShown(
            str(one.contact), ", ".join(map(way_words, one.ways)), "", missing, "", one.contact.language
        )


def written(one: Preview) -> PreviewShown:
    with in_the_language_of([one.notice]) as language:
        told = mail.told_by([one.notice], one.notice.owed_at)
        letter_ = mail.composed([one.notice], one.notice.owed_at)
        text = mail.text_of(letter_)
        in_short = short.text_of(told) if any(way.channel in SHORT for way in one.ways) else ""
        subject = letter_.subject
    return PreviewShown(str(one.contact), ", ".join(map(way_words, one.ways)), subject, text, in_short, language)
