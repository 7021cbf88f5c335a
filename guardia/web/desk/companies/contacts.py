"""The contacts of a company: who is told of what, and what they have asked to be changed."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from guardia.cases.labels import CASE_KIND_NAMES, TOPIC_NAMES
from guardia.config.now import now
from guardia.customers import contacts, telling, ways
from guardia.customers.contact import ChangeKind, ChangeOutcome, Contact, ContactChange
from guardia.customers.customer import Customer
from guardia.customers.lookup import contacts_of, locked_companies
from guardia.intake import colleagues
from guardia.people.policy import Right
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import CaseKind, Topic
from guardia.web.desk.companies.frame import customers_page, member, needs, way_name
from guardia.web.desk.page import say
from guardia.web.desk.settings.change_log import Change, in_words
from guardia.web.shared.act import Refusal, attempt

# --- matrix -----------------------------------------------------------------------------------------------------------
# Who of a company is told what: contacts by topics, ticked and kept in one go.
DEFAULT = "d"


def matrix_of(company: Customer, contacts: Iterable[Contact]) -> dict[str, Any]:
    """``contacts`` with their ``ways`` prefetched; those who are not active are told nothing and left out."""
    return {
        "topics": tuple(str(name) for name in TOPIC_NAMES.values()),
        "kinds": tuple(str(name) for name in CASE_KIND_NAMES.values()),
        "default": topic_cells(DEFAULT, _("New contacts"), company.told),
        "rows": tuple(row_of(contact) for contact in contacts if contact.active),
    }


def row_of(contact: Contact) -> dict[str, Any]:
    """One tick. ``name`` is the field, ``label`` says whom and what it is about to whoever cannot see the row."""
    # ``was`` comes back with the form: what the person who ticks has seen.
    return {
        "contact": contact,
        "ways": ways_words(contact),
        "topics": topic_cells(f"t{contact.pk}", str(contact), contact.told),
        "kinds": tuple(
            {
                "name": f"k{contact.pk}",
                "value": kind.value,
                "word": str(name),
                "label": f"{contact}: {name}",
                "is_ticked": kind.value in contact.kinds,
            }
            for kind, name in CASE_KIND_NAMES.items()
        ),
        "was": seen(contact.told, contact.kinds),
    }


def topic_cells(name: str, whom: str, told: Iterable[str]) -> tuple[dict[str, Any], ...]:
    """One tick. ``name`` is the field, ``label`` says whom and what it is about to whoever cannot see the row."""
    told = set(told)
    return tuple(
        {
            "name": name,
            "value": topic.value,
            "word": str(words),
            "label": f"{whom}: {words}",
            "is_ticked": topic.value in told,
        }
        for topic, words in TOPIC_NAMES.items()
    )


def ways_words(contact: Contact) -> str:
    """``e-mail · SMS · WhatsApp``: by which ways this person is reached."""
    written = ways.written(contact)
    kinds = [str(way_name(kind.value)) for field, kind in ways.FIELDS.items() if written[field]]
    return " · ".join([*([_("email")] if contact.email else []), *kinds])


def seen(told: Iterable[str], kinds: Iterable[str]) -> str:
    told, kinds = set(told), set(kinds)
    topics = (topic.value for topic in Topic if topic.value in told)
    return f"{'.'.join(topics)}/{'.'.join(kind.value for kind in CaseKind if kind.value in kinds)}"


@needs(Right.EDIT_CUSTOMERS)
@require_POST
def keep(request: HttpRequest, company_id: int) -> HttpResponse:
    """Keep what was ticked. Only what differs from what was seen is written, so that two who tick do not undo each
    other; where both ticked for the same person, the second is told.
    """
    company = get_object_or_404(locked_companies(), pk=company_id)
    by, at = member(request), now()
    default = known(request.POST.getlist(DEFAULT), Topic)
    if "alike" in request.POST:
        telling.set_subscriptions(company, default, {}, by=by, at=at)
        changed = telling.tell_all_alike(company, by=by, at=at)
    else:
        ticks, twice = ticks_in(request.POST, contacts_of(company))
        changed = telling.set_subscriptions(company, default, ticks, by=by, at=at)
        if twice:
            words = _("Meanwhile somebody else changed what these are notified of; review them again: %(names)s.")
            say(request, words % {"names": ", ".join(twice)})
    words = ngettext("Saved: %(n)d contact changed.", "Saved: %(n)d contacts changed.", changed)
    say(request, words % {"n": changed})
    return redirect(f"{redirect('company', company.pk).url}#told")


def ticks_in(given: QueryDict, contacts: Iterable[Contact]) -> tuple[dict[int, tuple[list[str], list[str]]], list[str]]:
    """The ticks that were changed, by contact; and the names of those whom somebody else has changed meanwhile."""
    ticks: dict[int, tuple[list[str], list[str]]] = {}
    twice: list[str] = []
    for contact in contacts:
        was = given.get(f"w{contact.pk}")
        told = known(given.getlist(f"t{contact.pk}"), Topic), known(given.getlist(f"k{contact.pk}"), CaseKind)
        is_now = seen(contact.told, contact.kinds)
        if was is None or seen(*told) in (was, is_now):
            continue
        if is_now == was:
            ticks[contact.pk] = told
        else:
            twice.append(str(contact))
    return ticks, twice


def known(values: Iterable[str], words: type[Topic] | type[CaseKind]) -> list[str]:
    """What is no topic or kind of ours comes from no form of ours, and is left aside."""
    given: Mapping[str, None] = dict.fromkeys(values)
    return [word.value for word in words if word.value in given]


# --- changes ----------------------------------------------------------------------------------------------------------
# What companies changed of their own contacts, or ask for: the desk sees each, and says yes or no to a new person.
MOST = 100
WORDS = {ChangeKind.ASKED: ("si", "no"), ChangeKind.CHANGED: ("visto",)}


@needs(Right.SEE_DESK)
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    found = list(contacts.changes_waiting()[:MOST])
    said = {one.pk: one for one in in_words(each.change for each in found if each.change)}
    rows = [row(one, said.get(one.change_id or 0)) for one in found]
    return customers_page(request, "changes", {"rows": rows}, tab="customer_changes")


def row(one: ContactChange, said: Change | None) -> dict[str, Any]:
    """``asks``: a new person waits for a yes or a no; else it was done, and ``lines`` say what."""
    asks = one.kind == ChangeKind.ASKED
    if asks:
        person = f"{one.fields.get('name', '')} <{one.fields.get('email', '')}>"
        words = _("%(who)s asks for a new person to be notified: %(person)s") % {"who": one.by, "person": person}
    else:
        words = _("%(who)s changed %(person)s") % {"who": one.by, "person": one.about}
    return {
        "id": one.pk,
        "company": one.customer.name,
        "company_id": one.customer_id,
        "words": words,
        "case": one.case.number if one.case else None,
        "at": one.at,
        "asks": asks,
        "told": said,
    }


@needs(Right.EDIT_CUSTOMERS)
@require_POST
def step(request: HttpRequest, pk: int, word: str) -> HttpResponse:
    """``si``, ``no`` to a new person; ``visto``: the desk knows of what was changed."""
    asked = change_to_settle(pk, word)
    if asked is None:
        raise Http404
    done = attempt(lambda: settle(asked, word, by=member(request), at=now()))
    say(request, done.sentence if isinstance(done, Refusal) else _("Recorded."))
    return redirect("customer_changes")


def change_to_settle(pk: int, word: str) -> ContactChange | None:
    """The open change of this id, locked; None where there is none that this word settles."""
    asked = colleagues.locked(pk)
    return asked if asked and word in WORDS[ChangeKind(asked.kind)] else None


def settle(asked: ContactChange, word: str, *, by: Staff, at: datetime) -> None:
    """Raises Unfit."""
    if word == "si":
        colleagues.confirm(asked, at=at, staff=by)
    else:
        colleagues.settle(asked, ChangeOutcome.DECLINED if word == "no" else ChangeOutcome.SEEN, at=at, staff=by)
