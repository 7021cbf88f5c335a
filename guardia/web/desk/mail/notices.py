"""What is done to a notice of a case: it is sent again, or taken back; and a marked address works again."""

from datetime import datetime

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guardia.cases import resending
from guardia.cases.case import Case
from guardia.cases.refusals import Refused
from guardia.config.now import now
from guardia.notices import marks
from guardia.notices.notice import Notice
from guardia.notices.notice_rows import mark_of, notice_of
from guardia.people.actor import Actor
from guardia.people.signed import LARGEST_ID
from guardia.web.desk.acts.offered import next_act
from guardia.web.desk.case import case_answer, found
from guardia.web.desk.case_page.log import line_id
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.desk.page import is_fragment, say

AGAIN, BACK = "otra-vez", "retirar"
CONFLICT = 409


@desk_page
@require_POST
def step(request: DeskRequest, number: str, notice_id: int, step: str) -> HttpResponse:
    """Send it once more, or take it back before it leaves. A refusal is said where the notices are."""
    if step not in {AGAIN, BACK}:
        raise Http404
    case, at = found(request, number, locked=True), now()
    notice = notice_of(case, notice_id) if notice_id <= LARGEST_ID else None
    if notice is None:
        raise Http404
    try:
        with transaction.atomic():
            do(case, notice, step, Actor.of_staff(request.user), at)
    except Refused as refusal:
        say(request, str(refusal))
        return again(request, case, at, status=CONFLICT, refused_line=line_id(notice.pk), refused_words=str(refusal))
    say(request, _("The notice is sent once more.") if step == AGAIN else _("The notice was taken back."))
    if is_fragment(request):
        return again(request, found(request, str(case.number)), at)
    return redirect(to_the_notices(case))


def again(request: DeskRequest, case: Case, at: datetime, *, status: int = 200, **refused: str) -> HttpResponse:
    """The notices as they stand; at the one that was refused the reason, which stays there to be read."""
    template = "desk/mail/notice_again.html"
    return case_answer(request, case, next_act(case), at, template=template, status=status, **refused)


def to_the_notices(case: Case) -> str:
    return f"{reverse('case', args=[case.number])}?bitacora=avisos#log"


def do(case: Case, notice: Notice, step: str, by: Actor, at: datetime) -> None:
    verb = resending.resend if step == AGAIN else resending.withdraw
    verb(case, notice, by=by, at=at)


@desk_page
@require_POST
def clear_mark(request: DeskRequest, number: str, mark_id: int) -> HttpResponse:
    """This address of the company takes messages again: it may be written to from now on."""
    case = found(request, number)
    mark = mark_of(case.customer_id, mark_id) if mark_id <= LARGEST_ID else None
    if mark is None:
        raise Http404
    marks.clear(mark, request.user, now())
    say(request, _("%(address)s may be written to again.") % {"address": mark.address})
    return redirect(to_the_notices(case))
