"""What a contact may do in a case from the customer's own page: all of it through the desk's verbs, as that person.

The caller holds the case (``customer_asks.locked``); ``at`` is UTC. Words that the house reads are in the house's
language, whatever the contact's is.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.cases.case import Case
from guardia.cases.customer_act import CustomerAct
from guardia.cases.refusals import (
    ActsTooOften,
    ConfirmedAlready,
    FailsAlready,
    NothingToObjectTo,
    NothingToStop,
    OnlyAContact,
    TooLong,
)
from guardia.cases.stages.verification import Confirmer
from guardia.cases.verbs import Event, need
from guardia.cases.waiting import WaitReason
from guardia.clocks.wait import Wait
from guardia.customers.contact import Contact
from guardia.people.actor import Actor, ActorKind
from guardia.procedure.vocabulary import Moment, Stage, WaitCause

COUNTED_FOR = timedelta(minutes=10)
MOST_ACTS = 20
LONGEST = 4000
LONGEST_REFERENCE = 80
CHANNEL = "portal"
MAY_OBJECT = (Stage.VERIFICATION, Stage.STABILITY, Stage.CLOSURE)


def by(contact: Contact) -> Actor:
    return Actor(ActorKind.CONTACT, contact.pk)


def must_be_theirs(case: Case, contact: Contact) -> None:
    """Raises OnlyAContact."""
    if not contact.active or contact.customer_id != case.customer_id:
        raise OnlyAContact()


def count(case: Case, contact: Contact, nonce: int, kind: str, at: datetime) -> bool:
    """Use up the number that the button carried; False where it has been used: then nothing more may be done.

    Two presses at once take turns at the number itself. Raises OnlyAContact, ActsTooOften.
    """
    must_be_theirs(case, contact)
    if CustomerAct.objects.filter(contact=contact, at__gt=at - COUNTED_FOR).count() >= MOST_ACTS:
        raise ActsTooOften()
    used = {"customer_id": case.customer_id, "case": case, "kind": kind, "at": at}
    return CustomerAct.objects.get_or_create(contact=contact, nonce=nonce, defaults=used)[1]


# --- words ------------------------------------------------------------------------------------------------------------


def write(case: Case, contact: Contact, text: str, *, at: datetime) -> Event:
    """A word of the customer to whoever attends to the case. Raises CaseIsClosed, Missing, TooLong."""
    return _said(case, contact, text, at)


def object_to(case: Case, contact: Contact, text: str, *, at: datetime) -> Event:
    """The contact does not agree with the solution or the closing: nobody closes before it is answered (P6, P7).

    Raises CaseIsClosed, NothingToObjectTo, Missing, TooLong.
    """
    case.must_be_open()
    if case.stage not in MAY_OBJECT:
        raise NothingToObjectTo()
    return _said(case, contact, text, at, objects=True)


def give_reference(case: Case, contact: Contact, reference: str, *, at: datetime) -> Event | None:
    """The customer's own ticket number. Raises CaseIsClosed, TooLong."""
    reference = fitting("referencia", " ".join(reference.split()), LONGEST_REFERENCE)
    return case.complete({"customer_reference": reference}, by=by(contact), at=at)


def _said(case: Case, contact: Contact, text: str, at: datetime, *, objects: bool = False) -> Event:
    case.must_be_open()
    text = fitting("texto", need("P2", "texto", text, gettext_lazy("what you want to tell us")), LONGEST)
    texts = {"text": text, "from": str(contact)}
    data: dict[str, Any] = {CHANNEL: True, **({"objects": True} if objects else {})}
    more: dict[str, Any] = {"by": by(contact), "at": at, "texts": texts}
    said = case.said_already(Moment.MESSAGE_RECEIVED, **more, **data)
    return said or case.write(Moment.MESSAGE_RECEIVED, **more, data=data)


# --- does it work? (P5) -----------------------------------------------------------------------------------------------


def works(case: Case, contact: Contact, position: str, phone: str, *, at: datetime) -> Event:
    """The named confirmation of P5: this contact says that it works. Where somebody else of the company has confirmed
    before, it is on record as this contact's word. Raises Missing for what nobody knows of the person, NotInThisStage,
    CaseIsClosed.
    """
    position = contact.position or need("P5", "cargo", position, gettext_lazy("your position"))
    phone = (contact.phones or [""])[0] or need("P5", "telefono", phone, gettext_lazy("your telephone"))
    who = Confirmer(
        str(contact), fitting("cargo", position, 120), fitting("telefono", phone, 40), CHANNEL, mailbox=contact.email
    )
    try:
        return case.confirm(who, case.solution or case.plan or _in_our_language(UNWRITTEN), by=by(contact), at=at)
    except ConfirmedAlready:
        return _said(case, contact, f"{_in_our_language(WORKS_TOO)} ({who.position}, {who.phone})", at)


def does_not_work(case: Case, contact: Contact, what: str, *, at: datetime) -> Event:
    """It does not work, or fails again: the case goes back to the diagnosis (P6 D); where it is there already, this is
    on record as the contact's word. Raises Missing, NotInThisStage.
    """
    what = fitting("texto", what.strip(), LONGEST) or _in_our_language(FAILS)
    try:
        return case.relapse(what, by=by(contact), at=at)
    except FailsAlready:
        return _said(case, contact, what, at)


def cannot_test(case: Case, contact: Contact, when: str, *, at: datetime) -> Event:
    """Nobody can test now: an attempt on record, and the verification stands still for the customer (P5 D, W1)."""
    when = fitting("texto", " ".join(when.split()), 200)
    words = _in_our_language(CANNOT) + (f": {when}" if when else "")
    event = case.try_to_confirm(str(contact), words, by=by(contact), at=at)
    reason = WaitReason(
        WaitCause.CUSTOMER,
        asked_by=str(contact),
        asked_role=contact.position,
        reason=words,
        proof=_in_our_language(BY_THE_PAGE),
    )
    try:
        return case.wait(reason, by=by(contact), at=at)
    except NothingToStop:
        return event


# --- waits (P7 D) -----------------------------------------------------------------------------------------------------


def contest(case: Case, contact: Contact, waits: Iterable[Wait], words: str, *, at: datetime) -> Event:
    """The contact objects to these stops; also after the closing. Raises what ``Case.contest`` raises, TooLong."""
    return case.contest(waits, who=str(contact), words=fitting("texto", words.strip(), LONGEST), by=by(contact), at=at)


# --- words of ours ----------------------------------------------------------------------------------------------------

UNWRITTEN = gettext_lazy("as agreed with the customer")
WORKS_TOO = gettext_lazy("I confirm too that it works")
FAILS = gettext_lazy("the customer says that it does not work")
CANNOT = gettext_lazy("the customer cannot test now")
BY_THE_PAGE = gettext_lazy("said on the customer's page")


def _in_our_language(words: object) -> str:
    with translation.override(settings.LANGUAGE_CODE):
        return str(words)


def fitting(field: str, text: str, most: int) -> str:
    """The text without what no column holds. Raises TooLong."""
    text = text.replace("\0", "").strip()
    if len(text) > most:
        raise TooLong("P2", field, _("it"), most)
    return text
