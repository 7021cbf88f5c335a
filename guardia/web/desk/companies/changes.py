"""What companies changed of their own contacts, or ask for: the desk sees each, and says yes or no to a new person."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guardia.config.now import now
from guardia.customers import contact_changes
from guardia.customers.contact_change import ChangeKind, ChangeOutcome, ContactChange
from guardia.customers.values import Unfit
from guardia.intake import colleagues
from guardia.people.policy import Right
from guardia.web.desk.companies.frame import customers_page, member, needs
from guardia.web.desk.page import say
from guardia.web.desk.settings.change_log import Change, in_words

MOST = 100
WORDS = {ChangeKind.ASKED: ("si", "no"), ChangeKind.CHANGED: ("visto",)}


@needs(Right.SEE_DESK)
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    found = list(contact_changes.waiting()[:MOST])
    said = {one.pk: one for one in in_words(each.change for each in found if each.change)}
    rows = [row(one, said.get(one.change_id or 0)) for one in found]
    return customers_page(request, "changes", {"rows": rows}, tab="customer_changes")


def row(one: ContactChange, said: Change | None) -> dict[str, Any]:
    """``asks``: a new person waits for a yes or a no; else it was done, and ``lines`` say what."""
    asks = one.kind == ChangeKind.ASKED
    if asks:
        person = f"{one.fields.get('name', '')} <{one.fields.get('email', '')}>"
        words = _("%(who)s asks that a new person be told: %(person)s") % {"who": one.by, "person": person}
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
    asked = colleagues.locked(pk)
    if asked is None or word not in WORDS[ChangeKind(asked.kind)]:
        raise Http404
    by, at = member(request), now()
    if word == "si":
        try:
            colleagues.confirm(asked, at=at, staff=by)
        except Unfit as unfit:
            say(request, " ".join(unfit.messages))
            return redirect("customer_changes")
    elif word == "no":
        colleagues.settle(asked, ChangeOutcome.DECLINED, at=at, staff=by)
    else:
        colleagues.settle(asked, ChangeOutcome.SEEN, at=at, staff=by)
    say(request, _("Written down."))
    return redirect("customer_changes")
