"""P5 Verification: plan executed, hour, and who of the company confirms that all is well."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from guardia.cases import case_proofs, probing
from guardia.cases.case_proofs import number_of, proof_of
from guardia.cases.mail_filing import must_have_proven_mail
from guardia.cases.refusals import (
    AGuard,
    ConfirmedAlready,
    NotOfTheCompany,
    OneOfOurs,
    OnlyASupervisor,
    SupervisorWentOn,
    TooFewAttempts,
    TooFewTestsSince,
)
from guardia.cases.verbs import Event, Recording, desk_hour, has_these_texts, need, to_the_minute
from guardia.customers.contact import Contact
from guardia.customers.values import fold
from guardia.field.crew import Crew, CrewMember
from guardia.people.staff import Actor, ActorKind, Staff
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import Moment, Stage

if TYPE_CHECKING:
    from guardia.cases.case import Case


BY_MAIL = "mail"
"""The channel of a confirmation that came by mail."""
GUARDS = re.compile(
    r"(?<!\bde )\b(guardias?|guardas?|vigilantes?|vigias?|porteros?|porteiros?|conserjes?|garita|guards?"
    r"|watchman|doorman)\b"
)
"""P5: a guard by his own word, folded. An engineer “de guardia” is one on call."""


class Capacity(StrEnum):
    """In what capacity a person confirms. P5 D: never a guard, never our technician."""

    EMPLOYEE = "employee"
    GUARD = "guard"
    OUR_TECHNICIAN = "our_technician"


@dataclass(frozen=True)
class Confirmer:
    """P5 D: name, position, telephone and channel of the person who confirms; ``mailbox`` where one is known."""

    name: str
    position: str
    phone: str
    channel: str = "phone"
    capacity: Capacity = Capacity.EMPLOYEE
    mailbox: str = ""


class Verification(Recording):
    def try_to_confirm(
        self: "Case", whom: str, outcome: str, *, by: Actor, at: datetime, now: datetime | None = None
    ) -> Event:
        """An attempt to reach who confirms, with its outcome (P5 D)."""
        self.must_be_in(Stage.VERIFICATION)
        self.must_not_precede(at, self.restored_at)
        texts = {
            "whom": need("P5", "whom", whom, _("whom you tried to reach")),
            "outcome": need("P5", "outcome", outcome, _("what came of it")),
        }
        said = self.said_already(Moment.CONFIRMATION_TRIED, by=by, at=at, texts=texts)
        return said or self.write(Moment.CONFIRMATION_TRIED, by=by, at=at, now=now, texts=texts)

    def confirm(
        self: "Case", who: Confirmer, plan_executed: str, *, by: Actor, at: datetime, now: datetime | None = None
    ) -> Event:
        """A person of the company confirms; the follow-up begins and P5's notice is owed. Who confirms after a
        supervisor has gone on without anybody is on record too, and the green window goes on as it began.

        The same person with the same words once more: nothing new. Raises ConfirmedAlready for anybody else, or other
        words; NotOfTheCompany, OneOfOurs, AGuard; SenderIsUnproven for one by mail that nothing proves;
        TooFewTestsSince, but where a contact confirms on the own page: the customer's own word waits for nobody, and
        the follow-up asks for tests all the same.
        """
        before = self.latest(Moment.CONFIRMED) if self.stage == Stage.STABILITY else None
        if before is None:
            self.must_be_in(Stage.VERIFICATION)
        self.must_not_precede(at, self.restored_at)
        must_be_of_the_company(self, who)
        if who.channel == BY_MAIL:
            must_have_proven_mail(self, self.restored_at)
        texts = {
            "name": need("P5", "confirmer_name", who.name, _("who confirms")),
            "position": need("P5", "position", who.position, _("that person's position")),
            "phone": need("P5", "phone", who.phone, _("that person's telephone")),
            "plan_executed": need("P5", "plan_executed", plan_executed, _("the plan that was executed")),
        }
        if before and before.variant == "customer":
            if has_these_texts(before, texts):
                return before
            raise ConfirmedAlready(who=self.confirmed_by, hour=desk_hour(before.occurred_at))
        if before is None and by.kind != ActorKind.CONTACT:
            self._must_be_tested(at)
        self.solution = texts["plan_executed"]
        self.confirmed_by = f"{texts['name']}, {texts['position']}"
        if before is None:
            self._follow_up(at)
        data = {"channel": who.channel, **proof_of(self, who, by=by, at=at, now=now or at)}
        written = self.write(Moment.CONFIRMED, variant="customer", by=by, at=at, now=now, data=data, texts=texts)
        probing.watch(self, now or at)
        return written

    def go_on_unconfirmed(self: "Case", reason: str, *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
        """Nobody could be reached: a supervisor goes on, marked as not confirmed by the customer (P5 D).

        The same reason once more: nothing new. Raises ConfirmedAlready where a customer has confirmed, SupervisorWentOn
        for another reason; OnlyASupervisor, TooFewAttempts, Missing.
        """
        if self.stage == Stage.STABILITY and (event := self.latest(Moment.CONFIRMED)):
            if event.variant == "customer":
                raise ConfirmedAlready(who=self.confirmed_by, hour=desk_hour(event.occurred_at))
            if not has_these_texts(event, {"reason": reason.strip()}):
                raise SupervisorWentOn(hour=desk_hour(event.occurred_at))
            return event
        self.must_be_in(Stage.VERIFICATION)
        if not by.supervises:
            raise OnlyASupervisor()
        needed = versions.of(self.procedure_version_id).requirements.confirmation_attempts
        since = to_the_minute(self.restored_at) if self.restored_at else self.opened_at
        found = self.events.filter(moment=Moment.CONFIRMATION_TRIED, occurred_at__gte=since).count()
        if found < needed:
            raise TooFewAttempts(needed=needed, found=found)
        reason = need("P5", "reason", reason, _("the reason"))
        self._must_be_tested(at)
        self.confirmed_by = ""
        self._follow_up(at)
        data = {"attempts": found}
        texts = {"reason": reason, "plan_executed": self.solution}
        written = self.write(Moment.CONFIRMED, variant="supervisor", by=by, at=at, now=now, data=data, texts=texts)
        probing.watch(self, now or at)
        return written

    def _must_be_tested(self: "Case", at: datetime) -> None:
        """P5: "múltiples pruebas desde las consolas de gestión". Raises TooFewTestsSince."""
        needed = versions.of(self.procedure_version_id).requirements.tests_to_confirm
        if (found := case_proofs.since_restored(self, at)) < needed:
            raise TooFewTestsSince(needed=needed, found=found)

    def _follow_up(self: "Case", at: datetime) -> None:
        self.stage, self.green_since = Stage.STABILITY.value, at


def must_be_of_the_company(case: "Case", who: Confirmer) -> None:
    """P5 D: never a guard, never our technician, whatever was chosen on the form.

    A name or number that one of ours has is accepted where it is also that of a contact of the company: two people may
    be called alike. Raises NotOfTheCompany, AGuard, OneOfOurs.
    """
    if who.capacity != Capacity.EMPLOYEE:
        raise NotOfTheCompany()
    for words in (who.position, who.name):
        if GUARDS.search(fold(words)):
            raise AGuard(who=words.strip())
    names, numbers, mailboxes = ours()
    theirs = list(Contact.objects.filter(customer=case.customer_id, active=True).values_list("name", "phones"))
    number, known = number_of(who.phone), {fold(name) for name, _of in theirs}
    if fold(who.name) in names and fold(who.name) not in known:
        raise OneOfOurs(who=who.name.strip(), mark=_("the name"))
    if number in numbers and number not in {number_of(phone) for _of, phones in theirs for phone in phones}:
        raise OneOfOurs(who=who.name.strip(), mark=_("the telephone"))
    if who.mailbox and who.mailbox.lower() in mailboxes:
        raise OneOfOurs(who=who.name.strip(), mark=_("the mailbox"))


def ours() -> tuple[set[str], set[str], set[str]]:
    """The folded names, the telephones and the mailboxes of everybody who works here or in a crew now."""
    staff = list(Staff.objects.at_work().values_list("name", "mobile", "desk_phone", "email"))
    members = list(CrewMember.objects.filter(active=True, crew__active=True).values_list("name", "phone"))
    crews = list(Crew.objects.filter(active=True).values_list("phone", "email"))
    names = {fold(name) for name, *_rest in (*staff, *members)}
    numbers = [number for _name, *both, _email in staff for number in both]
    numbers += [phone for _name, phone in members] + [phone for phone, _email in crews]
    mailboxes = [email for *_rest, email in staff] + [email for _phone, email in crews]
    return names, {number_of(one) for one in numbers if one}, {one.lower() for one in mailboxes if one}
