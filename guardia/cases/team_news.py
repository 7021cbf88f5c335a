"""Which channels of teams an event owes its news to: written with the event, in the same statements.

Which channel wants it is decided by PostgreSQL as it writes, so that a case costs no further question. What a message
may say is frozen here: the number, the service, the stage, codes and hours; no name of a person, and that of the
company only where the channel is sent it.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from guardia.cases import arrays
from guardia.cases.arrays import Statement
from guardia.cases.escalation_steps import OF_THE_ESCALATION
from guardia.cases.facts import next_promise
from guardia.clocks.fold import Fold
from guardia.events.kinds import KINDS, TeamNews
from guardia.notices import holding
from guardia.notices.team_channel import TeamChannel
from guardia.procedure import version
from guardia.procedure.vocabulary import Moment

if TYPE_CHECKING:
    from guardia.cases.case import Case
    from guardia.cases.ledger import Recorded

MANY = 500
"""So many events at once are an outage or a storm."""

URGENCY = 6
"""After all that customers and the operator's people are told."""

TOLD_BY_THE_OUTAGE = frozenset({TeamNews.OPENED, TeamNews.STAGE, TeamNews.HOLD, TeamNews.CLOSED})
"""Of a case of a mass outage a channel that is sent the outage's own news is not sent these: one message, not hundreds.
"""

COLUMNS = {
    "customer_id": "bigint",
    "case_id": "bigint",
    "event_id": "bigint",
    "moment": "text",
    "variant": "text",
    "clause": "text",
    "news_key": "text",
    "news": "text",
    "impact": "text",
    "desk": "text",
    "by_outage": "boolean",
    "facts": "text",
    "named": "text",
    "local_time": "text",
    "is_held": "boolean",
    "owed_at": "timestamptz",
}
_ARRAYS = ", ".join(f"%s::{kind}[]" for kind in COLUMNS.values())
INSERT = f"""
    INSERT INTO notice (customer_id, case_id, event_id, team_channel_id, moment, variant, clause, news_key, language,
                        facts, template_version, urgency, state, reason, owed_at)
    SELECT one.customer_id, one.case_id, one.event_id, channel.id, one.moment, one.variant, one.clause, one.news_key,
           channel.language,
           one.facts::jsonb || CASE WHEN channel.with_company THEN one.named ELSE '{{}}' END::jsonb, 1, {URGENCY},
           CASE WHEN one.is_held THEN 'held' WHEN quiet.is_now THEN 'suppressed' ELSE 'owed' END,
           CASE WHEN one.is_held THEN '{holding.REASON}' WHEN quiet.is_now THEN 'quiet_hours' ELSE '' END, one.owed_at
    FROM unnest({_ARRAYS}) AS one({", ".join(COLUMNS)})
    JOIN team_channel channel ON channel.active AND channel.news @> to_jsonb(one.news)
        AND (channel.impacts = '[]' OR channel.impacts @> to_jsonb(one.impact))
        AND (channel.desks = '[]' OR channel.desks @> to_jsonb(one.desk))
        AND (channel.companies = '[]' OR channel.companies @> to_jsonb(one.customer_id))
        AND NOT (one.by_outage AND channel.news @> '["outage"]')
        AND (channel.groups = '[]' OR is_with_one_of(one.case_id, channel.groups))
    CROSS JOIN LATERAL (SELECT coalesce(NOT channel.quiet_impacts @> to_jsonb(one.impact) AND
        CASE WHEN channel.quiet_from <= channel.quiet_until
            THEN one.local_time::time >= channel.quiet_from AND one.local_time::time < channel.quiet_until
            ELSE one.local_time::time >= channel.quiet_from OR one.local_time::time < channel.quiet_until
        END, false) AS is_now) AS quiet
    ORDER BY one.case_id, one.event_id, channel.id
    ON CONFLICT DO NOTHING
"""


def owing(
    events: Sequence["Recorded"], folds: Mapping[int, Fold], now: datetime, untold: Collection[int]
) -> Iterator[Statement]:
    """What writes the news of these events, which are on their way; none where no event is news to a team.

    ``now`` (UTC) is when they are recorded; ``untold``: the cases that tell nobody any more. Of very many events it is
    asked first whether there is a channel at all: one question spares a row for each of them.
    """
    if len(events) >= MANY and not TeamChannel.objects.filter(active=True).exists():
        return
    rows = [
        row_of(event.case, news, now, untold, facts_of(event, folds[event.case.pk]), event=event)
        for event in events
        if (news := news_of(event))
    ]
    if rows:
        yield INSERT, arrays.literals(COLUMNS.values(), rows)


def news_of(event: "Recorded") -> TeamNews | None:
    """The family of the event; a promise that the operator made to itself is no news when it breaks."""
    if event.moment == Moment.BREACHED and event.data.get("clock") in OF_THE_ESCALATION:
        return None
    return KINDS[Moment(event.moment)].team_news


def row_of(
    case: "Case",
    news: TeamNews,
    now: datetime,
    untold: Collection[int],
    facts: Mapping[str, Any],
    *,
    event: "Recorded | None" = None,
    key: str = "",
) -> tuple:
    zone = ZoneInfo(version.of(case.procedure_version_id).provider.zone)
    named = {"company": case.customer.name, "circuit": case.service.circuit if case.service else ""}
    return (
        case.customer_id,
        case.pk,
        event.id if event else None,
        event.moment if event else news.value,
        event.variant if event else "",
        KINDS[Moment(event.moment)].clause if event else "E1",
        key,
        news.value,
        case.impact,
        case.desk,
        bool(case.part_of_id and news in TOLD_BY_THE_OUTAGE),
        json.dumps(facts, ensure_ascii=False),
        json.dumps(named, ensure_ascii=False),
        now.astimezone(zone).strftime("%H:%M:%S"),
        case.pk in untold,
        now,
    )


def facts_of(event: "Recorded", fold: Fold) -> dict[str, Any]:
    """What a message about this event may say."""
    texts = {name: text for name, _, text in event.texts} if event.moment == Moment.GROUP_CHANGED else {}
    return {
        **about_the_case(event.case),
        "moment": event.moment,
        "variant": event.variant,
        "at": event.occurred_at.isoformat(),
        "seq": event.seq,
        "hash": event.hash.hex(),
        "data": event.data,
        "texts": {name: text for name, text in texts.items() if name.startswith("group")},
        "next": next_promise(event.case, fold) if event.case.is_open else None,
    }


def about_the_case(case: "Case") -> dict[str, Any]:
    service = case.service
    return {
        "number": case.display_number,
        "link": f"casos/{case.number}/",
        "desk": case.desk,
        "service": " ".join(part for part in (service.type, service.capacity) if part) if service else "",
        "city": case.site.city.name if case.site else "",
        "zone": case.zone,
        "impact": "" if case.restored_at else case.impact,
        "stage": case.stage,
    }
