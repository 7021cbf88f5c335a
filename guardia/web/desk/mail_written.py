"""In the demonstration: mail that a customer writes, taken as if a mail server had handed it over."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guardia.config.now import now
from guardia.demo import mail as demo_mail
from guardia.mailroom.taking import FOLDER, take
from guardia.web.desk import reading
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.entry import desk_page
from guardia.web.desk.mail_forms import AnswerForm, ReportForm
from guardia.web.desk.mailbox import can_be_answered, message_of, only_in_the_demonstration, shown
from guardia.web.desk.page import say


@desk_page
@require_POST
def answer(request: DeskRequest, delivery_id: int) -> HttpResponse:
    """Whom this mail is to answers it; the worker files the answer a moment later."""
    only_in_the_demonstration()
    mail, at = reading.mail(delivery_id), now()
    ours = message_of(mail) if mail else None
    if mail is None or ours is None or not can_be_answered(mail, ours):
        raise Http404
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return shown(request, delivery_id, answer=form, status=422)
    take(demo_mail.answer(ours, form.cleaned_data["text"], at), FOLDER, at)
    say(request, _("The answer is on its way: in a second or two it is in its case, or in the tray."))
    return redirect("mail", delivery_id)


@desk_page
@require_POST
def new_report(request: DeskRequest) -> HttpResponse:
    """A contact, or somebody whom nobody knows, writes to the desk."""
    only_in_the_demonstration()
    form, at = ReportForm(request.POST), now()
    if not form.is_valid():
        return shown(request, 0, report=form, status=422)
    found = form.cleaned_data
    take(demo_mail.report(found["contact"], found["subject"], found["text"], at), FOLDER, at)
    say(request, _("The mail is on its way: in a second or two it waits in the tray."))
    return redirect("mailbox")
