"""A colleague who is to be told of one case: a contact of the company, at once; a new person, once somebody says yes.

Whoever confirms is the company's own administrator or the desk, since a person who is told learns of an outage.
``at`` is UTC.
"""

from datetime import datetime

from guardia.cases.case import Case
from guardia.cases.follower import Follower
from guardia.cases.refusals import NotAColleague
from guardia.customers import editing, values
from guardia.customers.contact import ChangeKind, ChangeOutcome, Contact, ContactChange
from guardia.customers.values import Misfit
from guardia.intake.customer_acts import CHANNEL, by, must_be_theirs
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import CaseKind, Moment

MOST_WAITING = 20


def add(case: Case, contact: Contact, colleague_id: int, *, at: datetime) -> Follower:
    """This contact of the same company is told of all that happens to the open, locked case from now on.

    Raises CaseIsClosed, OnlyAContact, NotAColleague.
    """
    case.must_be_open()
    must_be_theirs(case, contact)
    colleague = Contact.objects.filter(pk=colleague_id, customer=case.customer_id, active=True).first()
    if colleague is None:
        raise NotAColleague()
    return _follows(case, colleague, contact, at)


def ask_for(
    case: Case, contact: Contact, name: str, email: str, position: str = "", *, at: datetime
) -> Follower | ContactChange:
    """A colleague by name and mailbox: one the company has already follows at once, a new one waits for a yes.

    Raises CaseIsClosed, OnlyAContact, NotAColleague.
    """
    case.must_be_open()
    must_be_theirs(case, contact)
    try:
        email, name = values.email(email), values.line(160, needed=True)(name)
        position = values.line(120)(position)
    except Misfit as wrong:
        raise NotAColleague() from wrong
    if not email:
        raise NotAColleague()
    known = Contact.objects.filter(customer=case.customer_id, email__iexact=email, active=True).order_by("pk").first()
    if known:
        return _follows(case, known, contact, at)
    waiting = ContactChange.objects.filter(customer=case.customer_id, kind=ChangeKind.ASKED, settled_at=None)
    if same := waiting.filter(case=case, fields__email=email).first():
        return same
    if waiting.count() >= MOST_WAITING:
        raise NotAColleague()
    asked = ContactChange.objects.create(
        customer_id=case.customer_id,
        kind=ChangeKind.ASKED,
        by=contact,
        case=case,
        fields={"name": name, "email": email, "position": position},
        at=at,
    )
    texts = {"text": f"{name} <{email}>", "from": str(contact)}
    data = {CHANNEL: True, "colleague": "asked"}
    case.write(Moment.MESSAGE_RECEIVED, by=by(contact), at=at, data=data, texts=texts)
    return asked


def confirm(
    asked: ContactChange, *, at: datetime, staff: Staff | None = None, contact: Contact | None = None
) -> Contact | None:
    """The locked asking is right: the person becomes a contact who is told of that one case. Settled already: None.

    Raises Unfit.
    """
    if asked.settled_at or asked.kind != ChangeKind.ASKED:
        return None
    fields = {**asked.fields, "told": [], "kinds": [kind.value for kind in CaseKind]}
    new = Contact(customer=asked.customer, language=asked.by.language)
    colleague = editing.save_contact(new, fields, by=staff, at=at, by_contact=contact.pk if contact else None)
    if asked.case:
        Follower.objects.get_or_create(
            case=asked.case,
            contact=colleague,
            defaults={"customer_id": asked.customer_id, "added_by": asked.by, "added_at": at},
        )
    settle(asked, ChangeOutcome.CONFIRMED, at=at, staff=staff, contact=contact, about=colleague)
    return colleague


def settle(
    asked: ContactChange,
    outcome: ChangeOutcome,
    *,
    at: datetime,
    staff: Staff | None = None,
    contact: Contact | None = None,
    about: Contact | None = None,
) -> None:
    """Nothing more is asked; of a person who did not become a contact nothing is kept."""
    if asked.settled_at:
        return
    asked.settled_at, asked.settled_as, asked.fields = at, outcome.value, {}
    asked.settled_by, asked.settled_by_contact, asked.about = staff, contact, about or asked.about
    asked.save()


def locked(pk: int, customer_id: int | None = None) -> ContactChange | None:
    """The asking, held until the transaction ends; of this company alone where one is given."""
    found = ContactChange.objects.select_for_update(of=("self",)).filter(pk=pk)
    found = found.filter(customer=customer_id) if customer_id else found
    return found.select_related("customer", "by", "case").first()


def _follows(case: Case, colleague: Contact, contact: Contact, at: datetime) -> Follower:
    follower, is_new = Follower.objects.get_or_create(
        case=case,
        contact=colleague,
        defaults={"customer_id": case.customer_id, "added_by": contact, "added_at": at},
    )
    if is_new:
        texts = {"text": str(colleague), "from": str(contact)}
        data = {CHANNEL: True, "colleague": "added", "contact": colleague.pk}
        case.write(Moment.MESSAGE_RECEIVED, by=by(contact), at=at, data=data, texts=texts)
    return follower
