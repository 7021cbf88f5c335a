"""What the composer offers while somebody types: behind ``/`` the quick answers that fit the case, in a note for the
team behind ``@`` the colleagues.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from guardia.cases import mentions
from guardia.cases.case import Case
from guardia.config.languages import active
from guardia.config.now import now
from guardia.quick_answers.filling import fitting, language_of_customer
from guardia.web.desk.case import found
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.desk.page import page

LONGEST, SHOWN_OF_A_TEXT = 60, 110
INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line of the list: what it is called, what it says in short, and the ``text`` that is inserted for it.

    ``quick``: the number of the quick answer, so that it is counted where it is sent.
    """

    title: str
    hint: str
    text: str
    language: str = ""
    quick: str = ""


@desk_page
@require_GET
def suggestions(request: DeskRequest, number: str) -> HttpResponse:
    """The list for what stands behind the sign (``signo``), up to where somebody types (``q``)."""
    offers = OFFERS.get(request.GET.get("signo", ""))
    words = request.GET.get("q", "").replace("\0", "")[:LONGEST]
    is_internal = request.GET.get("audience", "") == INTERNAL
    lines = offers(found(request, number), words, is_internal, now()) if offers else []
    return page(request, "desk/suggestions.html", {"lines": lines})


def quick_answers(case: Case, words: str, is_internal: bool, at: datetime) -> list[Suggestion]:
    """In the language of the customer; in a note for the team, in that of who writes it."""
    language = active() if is_internal else language_of_customer(case, at)
    return [
        Suggestion(one.title, hint(one.text, one.uses), one.text, one.language, str(one.number))
        for one in fitting(case, words, language, at)
    ]


def people(case: Case, words: str, is_internal: bool, at: datetime) -> list[Suggestion]:
    """Only in a note for the team: a customer reads no user names."""
    if not is_internal:
        return []
    return [Suggestion(one.name, f"@{one.username}", f"@{one.username} ") for one in mentions.called(words)]


def hint(text: str, uses: int) -> str:
    short = " ".join(text.split())
    short = short if len(short) <= SHOWN_OF_A_TEXT else f"{short[:SHOWN_OF_A_TEXT].rstrip()}…"
    return f"{short} · {times(uses)}" if uses else short


def times(uses: int) -> str:
    return ngettext("sent %(n)d time", "sent %(n)d times", uses) % {"n": uses} if uses else _("not sent yet")


OFFERS: dict[str, Callable[[Case, str, bool, datetime], list[Suggestion]]] = {"/": quick_answers, "@": people}
"""By the sign that opens the list."""

urlpatterns = [path("casos/<slug:number>/sugerencias", suggestions, name="suggestions")]
