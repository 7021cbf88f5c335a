"""What a contact may do on the page of a case, by the name in its address: each hands its fields to a verb."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guardia.cases import colleagues, customer_acts, customer_asks
from guardia.cases.case import Case
from guardia.customers.contact import Contact
from guardia.web.portal.case import files
from guardia.web.portal.visitor import text_in

Do = Callable[[HttpRequest, Case, Contact, datetime], object]
LONGEST_ID = 19


@dataclass(frozen=True)
class Act:
    """``done`` is said on the page after it; ``anchor`` is where the page opens then."""

    do: Do
    done: Promise
    anchor: str = "#hecho"


def works(request: HttpRequest, case: Case, contact: Contact, at: datetime) -> object:
    return customer_acts.works(case, contact, text_in(request, "cargo"), text_in(request, "telefono"), at=at)


def does_not_work(request: HttpRequest, case: Case, contact: Contact, at: datetime) -> object:
    return customer_acts.does_not_work(case, contact, text_in(request, "texto"), at=at)


def cannot_test(request: HttpRequest, case: Case, contact: Contact, at: datetime) -> object:
    return customer_acts.cannot_test(case, contact, text_in(request, "texto"), at=at)


def object_to(request: HttpRequest, case: Case, contact: Contact, at: datetime) -> object:
    return customer_acts.object_to(case, contact, text_in(request, "texto"), at=at)


def write(request: HttpRequest, case: Case, contact: Contact, at: datetime) -> object:
    return customer_acts.write(case, contact, text_in(request, "texto"), at=at)


def give_reference(request: HttpRequest, case: Case, contact: Contact, at: datetime) -> object:
    return customer_acts.give_reference(case, contact, text_in(request, "referencia"), at=at)


def contest(request: HttpRequest, case: Case, contact: Contact, at: datetime) -> object:
    waits = case.waits.filter(pk=number_in(request, "espera")).exclude(clocks=[])
    return customer_acts.contest(case, contact, waits, text_in(request, "texto"), at=at)


def escalate(request: HttpRequest, case: Case, contact: Contact, at: datetime) -> object:
    return customer_asks.ask(case, contact, at=at, level=number_in(request, "nivel"))


def colleague(request: HttpRequest, case: Case, contact: Contact, at: datetime) -> object:
    if known := number_in(request, "colega"):
        return colleagues.add(case, contact, known, at=at)
    name, email = text_in(request, "nombre", 200), text_in(request, "correo", 300)
    return colleagues.ask_for(case, contact, name, email, text_in(request, "cargo", 200), at=at)


def number_in(request: HttpRequest, name: str) -> int:
    """The number that was sent; 0 for what is none."""
    value = request.POST.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < LONGEST_ID else 0


ACTS: dict[str, Act] = {
    "funciona": Act(works, _("Thank you. We have written down that you confirm it.")),
    "no-funciona": Act(does_not_work, _("We are looking for the cause again. Everybody who attends to it knows.")),
    "no-puedo-probar": Act(cannot_test, _("We wait for you. The time stands still until you can test.")),
    "no-estoy-de-acuerdo": Act(object_to, _("The case stays open until we have answered you.")),
    "escribir": Act(write, _("We have it. Whoever attends to your case reads it.")),
    "mi-numero": Act(give_reference, _("Your own number stands in the case.")),
    "objetar-espera": Act(contest, _("Your objection is on record. The quality manager rules on it and tells you.")),
    "escalar": Act(escalate, _("The next level is being paged.")),
    "colega": Act(
        colleague, _("Written down. A new person is told once somebody of the company or we have confirmed it.")
    ),
    "archivo": Act(files.add, _("We have your file. Whoever attends to your case sees it.")),
}
