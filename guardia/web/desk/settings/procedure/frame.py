"""What the pages of the procedure share: who may write, who approves, and how a version and a draft are shown."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guardia.people.policy import Right, may
from guardia.procedure.draft import DraftState, ProcedureDraft
from guardia.procedure.version import ProcedureVersion
from guardia.web.desk.companies.frame import member, needs
from guardia.web.desk.settings.frame import day_and_hour

TAB = "settings_procedure"
looks = needs(Right.SEE_DESK)
writes = needs(Right.SEE_DESK, Right.DRAFT_PROCEDURE)

STATES: dict[str, Promise] = {
    DraftState.WRITING: pgettext_lazy("draft", "being written"),
    DraftState.SUBMITTED: pgettext_lazy("draft", "waits for approval"),
    DraftState.APPROVED: pgettext_lazy("draft", "approved"),
    DraftState.WITHDRAWN: pgettext_lazy("draft", "put away"),
}


@dataclass(frozen=True)
class VersionRow:
    version: ProcedureVersion
    state: Promise
    effective: str
    published: str
    by: str


def version_rows(versions: list[ProcedureVersion], names: dict[int, str], at: datetime) -> list[VersionRow]:
    """The newest first; which is in force at ``at`` (UTC), which will be, which was."""
    ruling = max(
        (each for each in versions if each.effective_at <= at),
        key=lambda each: (each.effective_at, each.number),
        default=None,
    )
    return [
        VersionRow(
            each,
            _("in force") if each is ruling else _("scheduled") if each.effective_at > at else _("replaced"),
            day_and_hour(each.effective_at),
            day_and_hour(each.published_at),
            names.get(each.published_by_id or 0, ""),
        )
        for each in versions
    ]


def may_write(request: HttpRequest) -> bool:
    return may(member(request), Right.DRAFT_PROCEDURE)


def may_approve(request: HttpRequest, draft: ProcedureDraft) -> bool:
    """The quality manager, if somebody else wrote and submitted it."""
    staff = member(request)
    return may(staff, Right.APPROVE_PROCEDURE) and staff.pk not in (draft.edited_by_id, draft.submitted_by_id)
