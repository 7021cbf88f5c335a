"""A case is passed to a resolver group, from one to another, and taken back: within the operator, and told to nobody.

No clock of the customer starts, stops or moves by it: the promise is the operator's, whoever works on it.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from guardia.cases.refusals import Refused
from guardia.cases.resolver_group import GroupHold, ResolverGroup, hold_of
from guardia.cases.verbs import Event, Recording, need
from guardia.events import history
from guardia.people.staff import Actor
from guardia.procedure.vocabulary import Moment

if TYPE_CHECKING:
    from guardia.cases.case import Case


class GroupOutOfUse(Refused):
    field = "group"
    template = _("%(group)s is no longer in use. Choose another group.")


class WithNoGroup(Refused):
    template = _("No group has this case: it is already with the desk.")


class GroupPassing(Recording):
    def pass_to_group(
        self: "Case", group: ResolverGroup, reason: str, *, by: Actor, at: datetime, now: datetime | None = None
    ) -> Event | None:
        """The group has the case from ``at`` (UTC) on, and its internal target runs. To the one that has it: nothing.

        Raises CaseIsClosed, Missing, GroupOutOfUse, TimeBeforeTheCase.
        """
        self.must_be_open()
        reason = need("", "reason", reason, _("the reason"))
        before = hold_of(self.pk)
        if before and before.group_id == group.pk:
            return self.latest(Moment.GROUP_CHANGED)
        if not group.active:
            raise GroupOutOfUse(group=group.name)
        self._group_lets_go(before, at)
        due_at = group.due_at(at)
        GroupHold.objects.create(case_id=self.pk, group=group, since=at, due_at=due_at)
        data = {
            "group": group.pk,
            "from": before.group_id if before else None,
            "due_at": history.stamp(due_at) if due_at else None,
        }
        texts = {"reason": reason, **group.texts}
        return self.write(Moment.GROUP_CHANGED, by=by, at=at, now=now, data=data, texts=texts)

    def take_back_from_group(
        self: "Case", reason: str, *, by: Actor, at: datetime, now: datetime | None = None
    ) -> Event | None:
        """The case is with the desk again. Taken back twice: nothing.

        Raises CaseIsClosed, Missing, WithNoGroup, TimeBeforeTheCase.
        """
        self.must_be_open()
        reason = need("", "reason", reason, _("the reason"))
        before = hold_of(self.pk)
        if before is None:
            if last := self.latest(Moment.GROUP_CHANGED):
                return last
            raise WithNoGroup()
        self._group_lets_go(before, at)
        data = {"group": None, "from": before.group_id, "due_at": None}
        return self.write(Moment.GROUP_CHANGED, by=by, at=at, now=now, data=data, texts={"reason": reason})

    def _group_lets_go(self: "Case", hold: GroupHold | None, at: datetime) -> None:
        self.must_not_precede(at, hold.since if hold else self.opened_at)
        if hold:
            hold.until = max(at, hold.since)
            hold.save(update_fields=["until"])
