"""A test of a text: one mail to whoever asks for it, and to nobody else, with the server's own answer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from guardia.config.now import now
from guardia.notices.answer import NoServer, Verdict
from guardia.notices.wire import BadAddress, wire_address
from guardia.web.desk.companies.frame import member
from guardia.web.desk.settings.frame import changes
from guardia.web.desk.settings.wording_edit import INVALID, asked, looked, sheet
from guardia.web.desk.settings.wording_form import WordingForm, holding
from guardia.web.desk.settings.wording_preview import Trial
from guardia.web.shared.mail import handed_over


@changes
def send(request: HttpRequest, event: str, language: str) -> HttpResponse:
    """What is typed, as one mail to the own address of whoever asks; nothing is kept. An address typed in: the form."""
    found = asked(event, language)
    if request.method != "POST":
        return redirect("settings_wording_edit", event, language)
    form = WordingForm(request.POST, of=holding(found, language, now()))
    on = next(value for value, _words, is_chosen in looked(request, found, language, form)["choices"] if is_chosen)
    tried = Trial(found, language, form.typed, on, now())
    if not form.is_valid() or not tried.can_be_read:
        return sheet(request, found, language, form, status=INVALID)
    is_sent, said = sent(tried, member(request).name, member(request).email)
    outcome = {"is_sent": is_sent, "said": said}
    return sheet(request, found, language, form, status=200 if is_sent else INVALID, sent=outcome)


def sent(tried: Trial, name: str, address: str) -> tuple[bool, str]:
    """Whether the mail server took it, and in its own words why or why not."""
    if not address:
        return False, _("No e-mail address is on record for you. Ask an administrator to write it under People.")
    try:
        message = tried.mail(name=name, address=address, prefix=_("Test: "))
        answer = handed_over(wire_address(address), message.as_bytes())
    except BadAddress as wrong:
        return False, str(wrong)
    except NoServer as trouble:
        return False, _("No mail server took it: %s. Look at SMTP_HOST and its neighbours.") % trouble
    if answer.verdict == Verdict.ACCEPTED:
        return True, _("The mail server took it for %(address)s: %(said)s") % {
            "address": address,
            "said": answer.words,
        }
    return False, _("The mail server did not take it: %s. Nothing else was sent.") % answer.words
