"""Questions that may read more than a page shows, each by words of it, with the tables and the reason.

A table that only joins by its key is named where a house of this size is small enough to be read through instead.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Whole:
    words: str
    tables: frozenset[str]
    why: str


def whole(words: str, tables: str, why: str) -> Whole:
    return Whole(words, frozenset(tables.split()), why)


MONTH = "a month is reported on, and its rows with their names"
ERASED = "how much would be erased now, counted as it would be"
FAILS_WITH = "all that fails with an element, however much it is"
BURST = "what has left since the oldest message that waits was made, once in five seconds"
NOBODY = "the companies of which nobody can be notified, however many others there are"
DEMO = "only a demo has this page"

ONE_NOUN = "the latest fifty changes of one noun, among as many for each as there are nouns"
ALLOWED = (
    whole("date_trunc('quarter', t.opened_at", "carrier_ticket case", "two years of the tickets of one carrier"),
    whole('"customer"."vip") LIMIT 100) AS found', "customer", "which open cases are of a VIP, joined either way"),
    whole('FILTER (WHERE ("clock"."breached_at" >=', "clock case_link", "what was decided today, every five seconds"),
    whole("WITH owed AS", "delivery", BURST),
    whole('"folded_name"::text LIKE %s', "customer", "any part of a company's name, however it begins"),
    whole("LIMIT 300", "customer site service", "three hundred cases with their names, joined either way"),
    whole("LIMIT 5000", "queue_visit", "which queues were heard of lately, among so many visits"),
    whole("LIMIT 20001", "audit_entry setting_change", "a file of the last twenty thousand lines"),
    whole('COUNT("site"."id") AS "sites"', "site", "how many sites each city has, of all cities"),
    whole("NOT (EXISTS(SELECT %s AS", "contact contact_way customer", NOBODY),
    whole("WITH RECURSIVE behind", "service service_element element_link", FAILS_WITH),
    whole("link.upper_id = ANY", "element", FAILS_WITH),
    whole('"setting_change"."noun" = %s ORDER BY "setting_change"."id" DESC LIMIT 51', "setting_change", ONE_NOUN),
    whole('"outage"."is_public"', "outage", "the last ninety days, made once in seconds for everybody"),
    whole("WITH decided AS", "clock case customer", MONTH),
    whole("WITH promised AS", "call clock", MONTH),
    whole('"case"."outages" = %s', "case customer site service", MONTH),
    whole('"case_event"."moment" = %s', "case_event event_text", MONTH),
    whole('NOT ("wait"."ruling" = %s)) ORDER BY "wait"."id"', "wait", MONTH),
    whole('OR EXISTS(SELECT %s AS "a" FROM "case" "U0"', "customer case", MONTH),
    whole('COUNT("case"."id") FILTER (WHERE "case"."opened_at" >=', "case", MONTH),
    whole('"planned_work"."ends_at" > %s', "planned_work", MONTH),
    whole("legal_hold h", "delivery visit written_request", ERASED),
    whole("presence x", "presence", ERASED),
    whole('"delivery"."body" IS NOT NULL', "delivery", DEMO),
    whole('NOT ("contact"."email" = %s)) ORDER BY', "contact customer", DEMO),
)

A_BATCH = "five hundred cases that fell due together, with their names and events, joined either way"
ONCE_AN_HOUR = "once an hour"
IN_A_ROUND = (
    whole('FOR NO KEY UPDATE OF "case" SKIP LOCKED', "case customer site service", A_BATCH),
    whole("WHERE case_id = ANY(%s) AND (moment = ANY(%s) OR data ?| %s)", "case_event", A_BATCH),
    whole('"case_event"."moment" IN (%s, %s)', "case_event event_text", A_BATCH),
    whole('"contact_way"."contact_id" IN (%s', "contact_way", A_BATCH),
    whole('%s) AND NOT ("case"."status" = %s))', "case customer site service", "the list of the morning, once a day"),
    whole("WITH RECURSIVE above", "element element_link", "what stands above services that fail, joined either way"),
    whole("LIMIT 6000", "notice", "who is next, among all to whom something is owed"),
    whole('"probe"."target_id" = "service_target"."id"', "service_target", "a hundred probes, joined either way"),
    whole("LIMIT 1 OFFSET 100000", "alert", ONCE_AN_HOUR),
    whole("WITH logged AS", "case_event", "whether one of the last hour is still missing in the log"),
    whole("ORDER BY 1 DESC LIMIT 500", "field_act", "the newest five hundred, joined either way"),
    whole("FETCH FIRST %(most)s ROWS WITH TIES", "exchange_event", ONCE_AN_HOUR),
    whole('"probe"."occasion" = %s AND "probe"."state" IN (%s, %s)', "probe", ONCE_AN_HOUR),
)
"""The same of what the loops of the worker ask."""
