"""A promise that reaches its warning point is news for the channels of teams. No event of the case says so: time alone
brings it, and each channel is told once.
"""

from datetime import UTC, datetime

from django.db.models import BigIntegerField, CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat, Extract, Floor

from guardia.cases import arrays
from guardia.cases.case import Case
from guardia.cases.queries import with_names
from guardia.cases.team_news import COLUMNS, INSERT, about_the_case, row_of
from guardia.clocks.quarantine import Quarantine
from guardia.events.kinds import TeamNews
from guardia.notices import holding
from guardia.notices.notice import Notice
from guardia.notices.team_channel import TeamChannel, channels_for

BATCH = 200
QUARANTINE = Quarantine("team news")
KEY = Concat(
    Value("risk/"),
    Cast("pk", CharField()),
    Value("/"),
    "next_kind",
    Value("/"),
    Cast(Cast(Floor(Extract("next_due_at", "epoch", tzinfo=UTC)), BigIntegerField()), CharField()),
)
"""Once for a promise as it is due now: a wait that moves its end makes it another one."""


def tell_at_risk(now: datetime) -> int:
    """The promises that have reached their warning point by ``now`` (UTC) and are not broken yet become news, once for
    each promise and hour; how many cases, at most BATCH for each channel. Inside one transaction of its caller.
    """
    found: dict[int, Case] = {}
    for channel in channels_for(TeamNews.AT_RISK):
        cases = at_risk_for(channel, now).exclude(pk__in=QUARANTINE.left_out(now))
        found |= {case.pk: case for case in with_names(cases.order_by("next_due_at", "pk"))[:BATCH]}
    return QUARANTINE.each(found.values(), lambda case: tell_risk_of(case, now), now)


def at_risk_for(channel: TeamChannel, now: datetime) -> QuerySet[Case]:
    """The open cases between the warning point and the end of the promise that breaks first, of which this channel has
    no news yet. ``risk_key``: the key of that news.
    """
    cases = Case.objects.filter(closed_at=None, next_warn_at__lte=now, next_due_at__gt=now).annotate(risk_key=KEY)
    for column, wanted in (("impact", channel.impacts), ("desk", channel.desks), ("customer", channel.companies)):
        cases = cases.filter(**{f"{column}__in": wanted}) if wanted else cases
    if channel.groups:
        cases = cases.filter(group_holds__group__in=channel.groups, group_holds__until=None)
    return cases.exclude(Exists(Notice.objects.filter(team_channel=channel, news_key=OuterRef("risk_key"))))


def tell_risk_of(case: Case, now: datetime) -> None:
    due = case.next_due_at.isoformat() if case.next_due_at else ""
    facts = {
        **about_the_case(case),
        "moment": TeamNews.AT_RISK.value,
        "at": now.isoformat(),
        "next": {"kind": case.next_kind, "due_at": due, "from_at": None},
    }
    key = case.risk_key  # type: ignore[attr-defined]
    row = row_of(case, TeamNews.AT_RISK, now, holding.untold([case]), facts, key=key)
    arrays.do([(INSERT, arrays.literals(COLUMNS.values(), [row]))])
