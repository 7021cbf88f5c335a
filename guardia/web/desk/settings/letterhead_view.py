"""A letter of the example on the letterhead, as a mail program shows it: kept or only typed, on light or dark paper."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csp import csp_override

from guardia.config.now import now
from guardia.notices import letterhead, mail
from guardia.notices.envelope import STYLES
from guardia.notices.letterhead import Paper
from guardia.notices.wording.letter import letter
from guardia.notices.wording.sample import sample_contact, samples
from guardia.people.signed import LARGEST_ID
from guardia.procedure.vocabulary import Moment
from guardia.web.desk.companies.things import taken
from guardia.web.desk.mail.message import FRAME_POLICY
from guardia.web.desk.settings.frame import looks, number_in, ruling
from guardia.web.desk.settings.letterhead_page import INVALID, form_of

DARK = "(prefers-color-scheme: dark)"


@looks
@csp_override(FRAME_POLICY)
def view(request: HttpRequest) -> HttpResponse:
    """Of the ``version`` in the address, of the newest without one; sent a form, of what is typed. Nothing is kept."""
    is_dark = "oscuro" in request.GET
    if request.method == "POST":
        form = form_of(request)
        typed: dict[str, Any] = {}
        if not (form.is_valid() and taken(form, lambda _fields: typed.update(letterhead.read_fields(form.said)))):
            return render(
                request, "desk/settings/letterhead_wrong.html", {"form": form, "dark": is_dark}, status=INVALID
            )
        found = letterhead.paper(0, typed)
    else:
        found = kept(request.GET.get("version", ""))
    return HttpResponse(on_paper(example(found), is_dark))


def kept(written: str) -> Paper | None:
    """Raises Http404 for a version that there is not."""
    if not written:
        return letterhead.in_force()
    number = min(number_in(written), LARGEST_ID)
    found = letterhead.version(number)
    if found is None:
        raise Http404
    return letterhead.paper(number, letterhead.fields_of(found))


def example(paper: Paper | None) -> str:
    """The HTML of the first letter of a case that nobody has, in the language of whoever looks."""
    at, language = now(), translation.get_language() or ""
    told = samples(Moment.REGISTERED, "", ruling(at).procedure, at)[:1]
    words = mail.signed(letter(told, sample_contact(language)), paper)
    return STYLES.inline(mail.html_of(words, language, paper and paper.with_its_logo_inside()))


def on_paper(html: str, is_dark: bool) -> str:
    """As a program of this theme shows it, whatever the theme of the browser."""
    return html.replace(f"@media {DARK}", "@media all" if is_dark else "@media not all")
