"""What a contact may do in a case from the customer's own page, and by the link of a letter (E1), as that person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.cases.case import Case, Status
from guardia.cases.customer_act import CustomerAct
from guardia.cases.event import CaseEvent
from guardia.cases.queries import locked_cases
from guardia.cases.refusals import (
    ActsTooOften,
    ChangedMeanwhile,
    ConfirmedAlready,
    FailsAlready,
    NoLevelAbove,
    NotClosedYet,
    NothingToObjectTo,
    NothingToStop,
    OnlyAContact,
    RequestedTooSoon,
    TooLong,
)
from guardia.cases.stages.reopening import OpenAgainAlready
from guardia.cases.stages.verification import Confirmer
from guardia.cases.verbs import Event, desk_hour, has_these_texts, need
from guardia.cases.waiting import WaitReason
from guardia.clocks.clock import Wait
from guardia.customers.contact import Contact
from guardia.escalation.escalation import Escalation
from guardia.people.staff import Actor, ActorKind
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import Moment, Stage, WaitCause

# --- customer asks ----------------------------------------------------------------------------------------------------
# E1: a contact of the company asks for the next level by the link of a letter.
# One level at a time, and each has some minutes before the one above it may be asked this way: a level that was paged
# a moment ago has had no time to answer. The telephone and the desk know no such pause.
PAUSE = timedelta(minutes=5)
"""Between two levels that are asked for by the links of one case, whoever of the company asks."""


@dataclass(frozen=True)
class NextLevel:
    """``reached`` is the highest level asked so far (0: none), ``level`` the one that may be asked next (None: there
    is none above). ``asked_at`` is when a link last asked for one, ``possible_at`` the first hour for the next (UTC;
    None: no link has asked yet).
    """

    reached: int
    level: int | None
    asked_at: datetime | None = None
    possible_at: datetime | None = None

    def is_possible(self, at: datetime) -> bool:
        """Whether the next level may be asked at ``at`` (UTC)."""
        return self.level is not None and (self.possible_at is None or at >= self.possible_at)


def next_level(case: Case) -> NextLevel:
    """What the company may ask for now (E1). Reads nothing that the company may not see."""
    levels = [rule.level for rule in versions.of(case.procedure_version_id).escalation.levels]
    open_one = escalation_of(case)
    reached = open_one.level if open_one else 0
    above = min((level for level in levels if level > reached), default=None)
    asked = last_request(case)
    if asked is None:
        return NextLevel(reached, above)
    return NextLevel(reached, above, asked.occurred_at, asked.occurred_at + PAUSE)


def escalation_of(case: Case) -> Escalation | None:
    """The open escalation that stands for the case: its own, or the one of its site that it has joined (E D)."""
    own = Escalation.objects.filter(case=case, ended_at=None).first()
    if own is None or own.joined_id is None:
        return own
    return Escalation.objects.filter(case=own.joined_id, ended_at=None, level__gt=own.level).first() or own


def last_request(case: Case) -> CaseEvent | None:
    asked = case.events.filter(moment=Moment.ESCALATED, variant="customer", actor_kind=ActorKind.CONTACT.value)
    return asked.order_by("-seq").first()


def locked(case_id: int) -> Case:
    return locked_cases().get(pk=case_id)


def ask(case: Case, contact: Contact, *, at: datetime, level: int | None = None) -> Event | None:
    """This contact asks for the next level of the locked case at ``at`` (UTC); it is paged at once (E1).

    ``level``: the one that was shown to the contact; None: whichever is next. One that was reached already asks for
    nothing: None is returned and nothing is written. Raises CaseIsClosed, OnlyAContact, NoLevelAbove, RequestedTooSoon,
    ChangedMeanwhile where the level shown is no longer the next one.
    """
    case.must_be_open()
    if not contact.active or contact.customer_id != case.customer_id:
        raise OnlyAContact()
    following = next_level(case)
    if level is not None and level <= following.reached:
        return None
    if following.level is None:
        raise NoLevelAbove()
    if following.possible_at and not following.is_possible(at):
        raise RequestedTooSoon(minutes=PAUSE.seconds // 60, hour=desk_hour(following.possible_at))
    if level not in (None, following.level):
        raise ChangedMeanwhile()
    by = Actor(ActorKind.CONTACT, contact.pk)
    return case.escalate(
        reason_in_our_language(), by=by, at=at, source="customer", level=following.level, asked_by=str(contact)
    )


def reason_in_our_language() -> str:
    """It is read by the persons of the levels, whatever language the contact reads."""
    with translation.override(settings.LANGUAGE_CODE):
        return _("asked for through the link in one of our emails")


# --- customer acts ----------------------------------------------------------------------------------------------------
# What a contact may do in a case from the customer's own page: all of it through the desk's verbs, as that person.
# The caller holds the case (``locked`` above); ``at`` is UTC. Words that the operator reads are in the
# operator's language, whatever the contact's is.
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
    return _record_words(case, contact, text, at)


def object_to(case: Case, contact: Contact, text: str, *, at: datetime) -> Event:
    """The contact does not agree with the solution or the closing: nobody closes before it is answered (P6, P7).

    Raises CaseIsClosed, NothingToObjectTo, Missing, TooLong.
    """
    case.must_be_open()
    if case.stage not in MAY_OBJECT:
        raise NothingToObjectTo()
    return _record_words(case, contact, text, at, objects=True)


def give_reference(case: Case, contact: Contact, reference: str, *, at: datetime) -> Event | None:
    """The customer's own ticket number. Raises CaseIsClosed, TooLong."""
    reference = fitting("referencia", " ".join(reference.split()), LONGEST_REFERENCE)
    return case.complete({"customer_reference": reference}, by=by(contact), at=at)


def _record_words(case: Case, contact: Contact, text: str, at: datetime, *, objects: bool = False) -> Event:
    case.must_be_open()
    text = fitting("texto", need("P2", "texto", text, gettext_lazy("what you want to tell us")), LONGEST)
    texts = {"text": text, "from": str(contact)}
    data: dict[str, Any] = {CHANNEL: True, **({"objects": True} if objects else {})}
    more: dict[str, Any] = {"by": by(contact), "at": at, "texts": texts}
    said = case.said_already(Moment.MESSAGE_RECEIVED, **more, **data)
    return said or case.write(Moment.MESSAGE_RECEIVED, **more, data=data)


def checked(case: Case, contact: Contact, agrees: bool, text: str, *, at: datetime) -> Event:
    """The contact has computed the closing report again with a verifier (P7), and says whether it agrees; if not, what
    differs, which the desk reads. Raises NotClosedYet, Missing, TooLong.
    """
    if case.is_open or case.status == Status.CANCELLED:
        raise NotClosedYet()
    text = text if agrees else need("P7", "texto", text, gettext_lazy("what differs"))
    texts = {"what": fitting("texto", text.strip(), LONGEST), "from": str(contact)}
    variant = "agrees" if agrees else "differs"
    last = case.latest(Moment.REPORT_CHECKED)
    if last and last.variant == variant and last.actor_id == contact.pk and has_these_texts(last, texts):
        return last
    return case.write(Moment.REPORT_CHECKED, variant=variant, by=by(contact), at=at, texts=texts)


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
        return _record_words(case, contact, f"{_in_our_language(WORKS_TOO)} ({who.position}, {who.phone})", at)


def does_not_work(case: Case, contact: Contact, what: str, *, at: datetime) -> Event:
    """It does not work, or fails again: the case goes back to the diagnosis (P6 D); where it is there already, this is
    on record as the contact's word. Raises Missing, NotInThisStage.
    """
    what = fitting("texto", what.strip(), LONGEST) or _in_our_language(FAILS)
    try:
        return case.relapse(what, by=by(contact), at=at)
    except FailsAlready:
        return _record_words(case, contact, what, at)


def reopen(case: Case, contact: Contact, what: str, since: datetime | None, *, at: datetime) -> Event:
    """The closed case is opened again: its fault is back, or was never gone (P7 D). Where it is open again already,
    this is on record as the contact's word. Raises what ``Case.reopen`` raises, TooLong.
    """
    what = fitting("texto", what.strip(), LONGEST)
    try:
        return case.reopen(what, since, by=by(contact), at=at, who=str(contact))
    except OpenAgainAlready:
        return _record_words(case, contact, what, at)


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
