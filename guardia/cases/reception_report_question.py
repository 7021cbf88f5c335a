"""The question that the report of the lines asks the database: each call gets its part, then the parts are counted.

One row per group: by line, by hour of the day, by day, by line and hour, and over all. What the columns are stands at
``reception_report.Lines``, in the same order.
"""

# Nobody is owed a minute who never waited for a desk; who gave up in time was neither answered nor failed (P1 drops).
QUESTION = """
WITH promised AS (
    SELECT * FROM unnest(%(versions)s::bigint[], %(seconds)s::float8[], %(at_most)s::bool[])
        AS row(version_id, seconds, at_most)
), measured AS (
    SELECT c.id, c.line, c.desk, c.measure, c.after_hours, c.waiting_at, c.left_as, c.settled_at, c.settled_as,
        c.ended_at,
        extract(hour FROM c.arrived_at AT TIME ZONE %(zone)s)::int AS hour,
        (c.arrived_at AT TIME ZONE %(zone)s)::date AS day,
        make_interval(secs => p.seconds) AS target, p.at_most,
        c.abandoned_at IS NOT NULL OR c.left_as <> '' AS is_lost,
        CASE WHEN c.abandoned_at IS NOT NULL OR c.left_as <> '' THEN NULL ELSE c.answered_at END AS answered_at,
        coalesce(c.abandoned_at, c.answered_at, c.ended_at, c.settled_at, greatest(%(now)s, c.waiting_at))
            - c.waiting_at AS waited
    FROM call c LEFT JOIN promised p ON p.version_id = c.procedure_version_id
    WHERE c.arrived_at >= %(start)s AND c.arrived_at < %(end)s
      AND (%(desk)s::text IS NULL OR c.desk = %(desk)s) AND (%(line)s::text IS NULL OR c.line = %(line)s)
), parted AS (
    SELECT m.*, CASE
        WHEN measure = 'gap' THEN 'not_measured'
        WHEN is_lost AND left_as IN ('in_menu', 'timed_out', 'turned_away', 'restarted') THEN left_as
        WHEN is_lost THEN 'abandoned'
        WHEN answered_at IS NOT NULL AND waiting_at IS NULL THEN 'direct'
        WHEN answered_at IS NOT NULL AND (waited < target OR at_most AND waited = target) THEN 'kept'
        WHEN answered_at IS NOT NULL THEN 'late'
        WHEN settled_at IS NOT NULL OR ended_at IS NOT NULL THEN 'unanswered'
        ELSE 'waiting' END AS part
    FROM measured m
), judged AS (
    SELECT p.*, b.outcome AS back_outcome, b.ended_at AS back_ended_at, b.id AS back_id,
        b.ended_at IS NULL AND (b.breached_at IS NOT NULL OR coalesce(b.due_at < %(now)s, false)) AS is_back_late,
        waited > target OR NOT at_most AND waited = target AS is_past
    FROM parted p LEFT JOIN clock b ON b.call_id = p.id AND b.kind = 'call_back' AND b.ordinal = 1
        AND b.target_seconds IS NOT NULL AND NOT (b.outcome = 'dropped' AND p.settled_as = ANY(%(never_owed)s))
)
SELECT grouping(line), grouping(hour), grouping(day), line, desk, hour, day, count(*),
    count(*) FILTER (WHERE part = 'kept'), count(*) FILTER (WHERE part = 'late'),
    count(*) FILTER (WHERE part = 'direct'), count(*) FILTER (WHERE part = 'abandoned'),
    count(*) FILTER (WHERE part = 'in_menu'), count(*) FILTER (WHERE part = 'timed_out'),
    count(*) FILTER (WHERE part = 'turned_away'), count(*) FILTER (WHERE part = 'restarted'),
    count(*) FILTER (WHERE part = 'unanswered'), count(*) FILTER (WHERE part = 'waiting'),
    count(*) FILTER (WHERE part = 'not_measured'),
    count(*) FILTER (WHERE is_past AND part IN ('abandoned', 'timed_out', 'restarted')),
    count(*) FILTER (WHERE is_past AND part = 'unanswered'), count(*) FILTER (WHERE is_past AND part = 'waiting'),
    count(*) FILTER (WHERE after_hours),
    count(*) FILTER (WHERE measure = 'receipt'), count(*) FILTER (WHERE measure = 'log'),
    count(*) FILTER (WHERE measure = 'hand'),
    count(*) FILTER (WHERE measure = 'log' AND part IN ('kept', 'late') AND abs(extract(epoch FROM waited - target))
        < %(doubt)s),
    count(back_id), count(*) FILTER (WHERE back_outcome = 'kept'),
    count(*) FILTER (WHERE back_outcome = 'breached' OR is_back_late), count(*) FILTER (WHERE is_back_late),
    count(*) FILTER (WHERE back_id IS NOT NULL AND back_ended_at IS NULL AND NOT is_back_late),
    count(*) FILTER (WHERE back_outcome = 'dropped'),
    count(*) FILTER (WHERE settled_as = %(no_number)s AND desk = %(technical)s),
    extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY waited) FILTER (WHERE part IN ('kept', 'late'))),
    extract(epoch FROM max(waited) FILTER (WHERE part NOT IN ('not_measured', 'in_menu', 'turned_away')))
FROM judged GROUP BY GROUPING SETS ((), (line, desk), (hour), (day), (line, desk, hour))
"""
