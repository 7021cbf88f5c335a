"""What the notices of cases must say for ``derived``: by the event that owed them, and by a clause of the procedure."""

from collections.abc import Iterable

from django.utils.translation import gettext_noop

from guardia.cases import notify
from guardia.cases.chain import Stored
from guardia.events.kinds import TO_OUR_OWN
from guardia.procedure import version
from guardia.procedure.vocabulary import Moment

NOTICES = """
    SELECT n.id, "case".id, coalesce(CASE WHEN e.case_id = n.case_id THEN e.seq END, 0), n.facts::text,
        n.owed_at, e.recorded_at,
        CASE WHEN e.id IS NULL OR e.case_id <> n.case_id THEN 'event'
        WHEN n.customer_id <> "case".customer_id THEN 'company'
        WHEN (n.moment, n.variant) <> (e.moment, e.variant) THEN 'moment'
        WHEN n.owed_at <> e.recorded_at THEN 'hour'
        ELSE 'other_facts' END
    FROM notice n JOIN "case" ON "case".id = n.case_id LEFT JOIN case_event e ON e.id = n.event_id
    WHERE n.case_id BETWEEN %(first)s AND %(last)s AND n.news_key = '' AND (e.id IS NULL OR e.case_id <> n.case_id
        OR n.customer_id <> "case".customer_id OR (n.moment, n.variant) <> (e.moment, e.variant)
        OR n.owed_at <> e.recorded_at OR n.facts -> 'seq' <> to_jsonb(e.seq) OR n.facts -> 'data' <> e.data
        OR starts_with(encode(e.hash, 'hex'), n.facts ->> 'hash') IS FALSE
        OR CASE WHEN pg_input_is_valid(n.facts ->> 'at', 'timestamptz')
            THEN (n.facts ->> 'at')::timestamptz <> e.occurred_at ELSE n.facts ->> 'at' IS NOT NULL END)
    ORDER BY n.id
"""
WRONG_NOTICE = {
    "event": gettext_noop("notice %(notice)s is of no event of this case"),
    "company": gettext_noop("notice %(notice)s is of another company"),
    "moment": gettext_noop("notice %(notice)s is about something other than its event"),
    "hour": gettext_noop("notice %(notice)s was owed at another time than its event was recorded"),
    "other_facts": gettext_noop("notice %(notice)s gives other facts than its event"),
}
# A delivery is never deleted: what it said goes, that it was made stays.
UNCARRIED = """
    SELECT "case".number, coalesce(event.seq, 0), n.id, n.owed_at FROM notice n
    JOIN "case" ON "case".id = n.case_id LEFT JOIN case_event AS event ON event.id = n.event_id
    WHERE n.state IN ('packed', 'sent') AND NOT EXISTS (
        SELECT FROM delivered_notice l JOIN delivery d ON d.id = l.delivery_id WHERE l.notice_id = n.id)
    ORDER BY n.id
"""
CLAUSES = """
    SELECT "case".procedure_version_id, n.moment, n.variant, n.clause, n.staff_id IS NOT NULL,
        min("case".id), min(n.id)
    FROM notice n JOIN "case" ON "case".id = n.case_id
    WHERE n.case_id BETWEEN %(first)s AND %(last)s AND n.team_channel_id IS NULL
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 7
"""


def clauses_of(version_id: int, moment: str, variant: str, to_staff: bool) -> Iterable[str]:
    """The clauses by which the procedure owes this to somebody; those of a page, or of what a crew is told, too. A note
    that names a colleague is owed by none.
    """
    procedure = version.of(version_id)
    if not to_staff:
        return {rule.clause for rule in procedure.notices if rule.is_for(moment, variant or None)}
    if moment == Moment.NOTED:
        return {""}
    return {notify.CLAUSE, "E", *(level.clause for level in procedure.escalation.levels)}


def staff_told(event: Stored) -> Iterable[int]:
    """Whom of the operator's people this event says that it told: who is paged (E), and whom a note names."""
    if event.moment == Moment.NOTED or (event.moment in TO_OUR_OWN and not event.data.get("received")):
        return event.data.get("staff", ())
    return ()
