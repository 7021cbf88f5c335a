"""E1: a contact of the company asks for the next level by the link of a letter.

One level at a time, and each has some minutes before the one above it may be asked this way: a level that was paged a
moment ago has had no time to answer. The telephone and the desk know no such pause.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.cases.event import CaseEvent
from guardia.cases.queries import with_names
from guardia.cases.refusals import AskedTooSoon, ChangedMeanwhile, NoLevelAbove, OnlyAContact
from guardia.cases.verbs import Event, desk_hour
from guardia.customers.contact import Contact
from guardia.escalation.escalation import Escalation
from guardia.people.actor import Actor, ActorKind
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import Moment

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
    asked = last_asked(case)
    if asked is None:
        return NextLevel(reached, above)
    return NextLevel(reached, above, asked.occurred_at, asked.occurred_at + PAUSE)


def escalation_of(case: Case) -> Escalation | None:
    """The open escalation that stands for the case: its own, or the one of its site that it has joined (E D)."""
    own = Escalation.objects.filter(case=case, ended_at=None).first()
    if own is None or own.joined_id is None:
        return own
    return Escalation.objects.filter(case=own.joined_id, ended_at=None, level__gt=own.level).first() or own


def last_asked(case: Case) -> CaseEvent | None:
    asked = case.events.filter(moment=Moment.ESCALATED, variant="customer", actor_kind=ActorKind.CONTACT.value)
    return asked.order_by("-seq").first()


def locked(case_id: int) -> Case:
    return with_names(Case.objects.select_for_update(of=("self",), no_key=True)).get(pk=case_id)


def ask(case: Case, contact: Contact, *, at: datetime, level: int | None = None) -> Event | None:
    """This contact asks for the next level of the locked case at ``at`` (UTC); it is paged at once (E1).

    ``level``: the one that was shown to the contact; None: whichever is next. One that was reached already asks for
    nothing: None is returned and nothing is written. Raises CaseIsClosed, OnlyAContact, NoLevelAbove, AskedTooSoon,
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
        raise AskedTooSoon(minutes=PAUSE.seconds // 60, hour=desk_hour(following.possible_at))
    if level not in (None, following.level):
        raise ChangedMeanwhile()
    by = Actor(ActorKind.CONTACT, contact.pk)
    return case.escalate(
        reason_in_our_language(), by=by, at=at, source="customer", level=following.level, asked_by=str(contact)
    )


def reason_in_our_language() -> str:
    """It is read by the persons of the levels, whatever language the contact reads."""
    with translation.override(settings.LANGUAGE_CODE):
        return _("asked by the link in one of our mails")
