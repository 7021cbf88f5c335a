"""A house grows: its rows are copied set-based, each copy with an id of its own, of the copies of what it was of.

Written by the tables' owner without a look at foreign keys, since the ids say all of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import psycopg
from django.apps import apps
from django.db.models import Field, ForeignKey, Model
from psycopg import sql

FIRST, STEP, SUB = 500_000_000, 1_000_000, 20_000
"""Ids are drawn from FIRST on; those of copies lie below: ``id - n * STEP - k * SUB``. What is older has lower ones,
as where each row was written in its turn.
"""

STANDS = frozenset(
    {
        *("django_session", "django_content_type", "auth_group", "auth_group_permissions", "auth_permission"),
        *("account_emailaddress", "account_emailconfirmation", "mfa_authenticator", "usersessions_usersession"),
        *("socialaccount_socialaccount", "socialaccount_socialapp", "socialaccount_socialtoken"),
        *("procedure_version", "procedure_draft", "escalation_level", "rota", "cover", "shift_plan", "calendar_change"),
        *("own_sign_in", "sender", "mailbox", "watch", "letterhead", "own_wording", "domain_limit", "default_view"),
        *("rehearsal", "api_key"),
        *("retention_rule", "retention_run", "erasure", "legal_hold", "privacy_request", "draft", "sign_in_code"),
        *("password_reset", "staff_password", "alarm", "connection", "audit_lane", "audit_link"),
        *("trouble", "address_confirmation", "history_import", "history_import_file", "history_import_piece"),
        *("article", "article_edition", "article_element", "article_opinion", "article_use"),
        *("bulk_act", "bulk_line"),
        *("webhook_subscription", "webhook_delivery"),
        *("carrier_connection", "carrier_message", "carrier_mirror"),
        *("resolver_group", "resolver_group_member", "team_channel", "carrier"),
        *("quick_answer", "quick_answer_edition", "quick_answer_use", "api_answer"),
    }
)
"""Of these a house has few however long it runs, or forgets them again within weeks."""
OF_THE_HOUSE = frozenset(
    (
        *(
            "staff",
            "crew",
            "crew_member",
            "city",
            "exchange",
            "exchange_agent",
            "exchange_member",
            "alert_source",
            "alert_mapping",
        ),
        "saved_view",
    )
)
"""Who and what works here: more in a larger installation, never by what happens in it."""

DENSE = {
    **dict.fromkeys(("contact_way", "exchange_gap", "company_session", "handover", "message_attachment"), 45),
    **dict.fromkeys(("carrier_ticket", "carrier_mail"), 45),
    **dict.fromkeys(("written_request", "written_request_scan", "field_act", "address_mark", "automatic_answer"), 40),
    **dict.fromkeys(("audit_entry", "alert", "alert_turn", "group_hold", "outage_news", "wait"), 20),
    **dict.fromkeys(("contact_change", "customer", "proof", "shift", "site"), 13),
    **dict.fromkeys(("announcement", "service", "outage", "planned_work", "planned_work_turn", "escalation"), 8),
    **dict.fromkeys(("contact", "element", "setting_change", "visit"), 5),
}
"""How often a copy holds what the sample has too few of: the first as it is, the others over and with nothing of it."""

OWN = {
    "case.number": "t.number + n * 10000000",
    "outage.number": "t.number + n * 100000 + k * 1000",
    "planned_work.number": "t.number + n * 100000 + k * 1000",
    "case_file.key": "gen_random_uuid()",
    "field_act.key": "gen_random_uuid()",
    "escalation.ordinal": "t.ordinal + k * 100",
    "message_attachment.part": "t.part + k * 100",
    "written_request_scan.sha256": "md5(t.sha256 || '-' || k)",
    "message.identity": "md5(t.identity || '-' || n || '.' || k)",
    "company_session.token_hash": "md5(t.token_hash || '-' || n || '.' || k)",
}
"""Columns that a copy has of its own, as SQL of the row ``t`` and the numbers ``n`` and ``k`` of the copy."""
NAMED = frozenset(
    {
        *("customer.name", "customer.folded_name", "customer.external_id", "contact.external_id", "contact.email"),
        *("site.external_id", "service.external_id", "service.circuit", "service.folded_circuit", "element.code"),
        *("element.folded_code", "staff.username", "staff.name", "exchange.name", "alert_source.name"),
        *("city.name", "crew.name"),
        *("alert.fingerprint", "message.message_id", "delivery.message_id", "delivery.address", "address_mark.address"),
        *("message.from_address", "exchange_event.key", "call.reference", "exchange_agent.name", "contact_way.address"),
        *("proof.address", "automatic_answer.address", "announcement.key", "audit_entry.key"),
    }
)
"""Words that are a copy's own: its number stands behind them, so that no two rows have the same."""

NAME = "CASE WHEN {here} = '' THEN '' ELSE {here} || '-' || n || '.' || k END"
LATER = "coalesce(t.{ended}, t.{begun} + interval '1 hour')"
OVER: dict[str, dict[str, str]] = {
    "case": {
        "closed_at": LATER.format(ended="closed_at", begun="opened_at"),
        "status": "'closed'",
        "next_kind": "''",
        **dict.fromkeys(
            ("next_started_at", "next_warn_at", "next_urgent_at", "next_due_at", "next_step_at", "waiting_since"),
            "NULL::timestamptz",
        ),
    },
    "call": {
        "settled_at": LATER.format(ended="settled_at", begun="arrived_at"),
        "ended_at": LATER.format(ended="ended_at", begun="arrived_at"),
        "next_due_at": "NULL::timestamptz",
        "waits_again_at": "NULL::timestamptz",
    },
    "written_request": {
        "settled_at": LATER.format(ended="settled_at", begun="received_at"),
        "next_due_at": "NULL::timestamptz",
    },
    "clock": {
        "ended_at": "coalesce(t.ended_at, t.due_at, t.started_at)",
        "outcome": "CASE WHEN t.ended_at IS NULL THEN 'kept' ELSE t.outcome END",
    },
    "carrier_ticket": {"state": "'closed'", "unread_since": "NULL::timestamptz"},
    "group_hold": {"until": LATER.format(ended="until", begun="since")},
    "wait": {
        "ended_at": LATER.format(ended="ended_at", begun="started_at"),
        "ruled_at": LATER.format(ended="ruled_at", begun="contested_at"),
    },
    "message": {"state": "CASE WHEN t.state IN ('new', 'waiting') THEN 'done' ELSE t.state END"},
    "outage": {"ended_at": LATER.format(ended="ended_at", begun="started_at"), "state": "'ended'"},
    "planned_work": {"ended_at": "coalesce(t.ended_at, t.ends_at)", "state": "'ended'"},
    "escalation": {"ended_at": LATER.format(ended="ended_at", begun="began_at")},
    "call_task": {"settled_at": LATER.format(ended="settled_at", begun="owed_at")},
    "visit": {"ended_at": LATER.format(ended="ended_at", begun="decided_at")},
    "alert": {"state": "'resolved'", "acts_at": "NULL::timestamptz"},
    "field_act": {"settled_at": LATER.format(ended="settled_at", begun="received_at")},
    "contact_change": {"settled_at": LATER.format(ended="settled_at", begun="at")},
    "notice": {"state": "CASE WHEN t.state IN ('owed', 'packed') THEN 'sent' ELSE t.state END", "moved_on": "true"},
    "delivery": {"state": "CASE WHEN t.state IN ('waiting', 'sending') THEN 'accepted' ELSE t.state END"},
    "probe": {"state": "CASE WHEN t.state IN ('asked', 'running') THEN 'done' ELSE t.state END"},
    "shift": {"ended_at": LATER.format(ended="ended_at", begun="started_at")},
    "exchange_gap": {"back_at": LATER.format(ended="back_at", begun="lost_at")},
    "address_mark": {"cleared_at": LATER.format(ended="cleared_at", begun="marked_at")},
    "company_session": {"ended_at": LATER.format(ended="ended_at", begun="opened_at")},
}
"""How what is still open is over in a copy of the past."""


TODAY = 20
"""So many copies are of today."""


@dataclass(frozen=True)
class Growth:
    """The copies from number ``first`` to ``last`` of all tables but those ``without``.

    ``alone``: foreign keys, as ``table.column``, that lead to the original still. ``own``: further columns of a copy's
    own. ``later``: SQL of ``n``, by how much its hours differ. ``past``: SQL of ``n``, true where all is over;
    ``over``: tables of which nothing new is open. ``dense``: whether copies hold more of what is rare.
    """

    first: int
    last: int
    without: frozenset[str]
    alone: frozenset[str] = frozenset()
    own: Mapping[str, str] = field(default_factory=dict)
    later: str = "interval '0'"
    past: str = "false"
    over: frozenset[str] = frozenset()
    dense: bool = False


def deeper(first: int, last: int) -> Growth:
    """Each company has more of everything, and so has the operator."""
    to_the_same = {"visit.crew_id", "site.city_id", "handover_line.handover_id", "company_session.contact_id"}
    return Growth(first, last, STANDS | {"customer"}, alone=frozenset(to_the_same))


ONE = frozenset(
    {
        *("customer", "case", "call", "crew", "city", "exchange", "alert_source", "outage", "planned_work", "alert"),
        *("message", "handover", "handover_line", "element", "message_original", "case_link", "case_follower"),
        *("presence", "element_link", "case_watcher", "carrier_mail", "buyer_ticket"),
    }
)


def closer(first: int, last: int) -> Growth:
    """Each single thing that has a page of its own has more of all that stands on it."""
    counted = ("case_event.seq", "clock.ordinal", "escalation.ordinal", "queue_visit.ordinal", "ring_attempt.ordinal")
    counted += ("call_transfer.ordinal", "alert_mapping.position", "message_attachment.part")
    own = {name: f"t.{name.partition('.')[2]} + n * 100" for name in counted}
    own["case_file.sha256"] = "md5(t.sha256 || '-' || n)"
    later = "n * interval '1 microsecond'"
    return Growth(first, last, STANDS | ONE, own=own, later=later, over=frozenset({"group_hold"}))


def broader(first: int, last: int) -> Growth:
    """As many more companies, with all that is theirs."""
    return Growth(first, last, STANDS | OF_THE_HOUSE, over=frozenset({"shift", "exchange_gap"}))


def wider(first: int, last: int) -> Growth:
    """More companies, and a past of two years: some copies are of today, the others each of a week before the last one,
    and in these all is over.
    """
    return Growth(
        first,
        last,
        STANDS | OF_THE_HOUSE,
        later=f"-greatest(n - {first + TODAY}, 0) * interval '7 days' - n * interval '7 s' - k * interval '3 hours'",
        past=f"(n > {first + TODAY} OR k > 0)",
        over=frozenset({"shift", "exchange_gap"}),
        dense=True,
    )


def draw_from_first(owner: psycopg.Connection) -> None:
    """Before anything is written: what is written now has higher ids than the copies will have."""
    for model in tables():
        if model._meta.app_label == "guardia" and model._meta.pk.get_internal_type() == "BigAutoField":
            owner.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [f'"{model._meta.db_table}"', FIRST])


def grow(owner: psycopg.Connection, growth: Growth) -> None:
    """Write these copies, committed, and have the tables counted, as autovacuum does once they have rested."""
    with owner.transaction():
        owner.execute("SET LOCAL session_replication_role = replica")
        for model in tables():
            if model._meta.db_table not in growth.without and model._meta.db_table not in LOG:
                owner.execute(statement(model, growth), {"first": growth.first, "last": growth.last})
    log_all(owner)


LOG = ("history_leaf", "history_tile", "history_checkpoint", "sealed_row")
"""The log of all histories: it has as many leaves as there are events and settled deliveries, and is not copied."""
LOGGED = (
    "INSERT INTO history_leaf SELECT row_number() OVER (ORDER BY id) - 1, id, recorded_at FROM case_event",
    """
    INSERT INTO sealed_row (index, source, row_id, text, salt)
    SELECT held + row_number() OVER (ORDER BY id) - 1, 'delivery', id, '{}', decode(repeat('ab', 16), 'hex')
    FROM delivery CROSS JOIN (SELECT count(*) AS held FROM case_event) AS events WHERE state IN ('accepted', 'failed')
    """,
    "INSERT INTO history_leaf SELECT index, NULL, now() FROM sealed_row",
    """
    INSERT INTO history_tile (level, place, hashes)
    SELECT level, place, decode(repeat('ab', 8192), 'hex') FROM generate_series(0, 3) level
    CROSS JOIN generate_series(0, 2000) place
    """,
    """
    INSERT INTO history_checkpoint (size, note, keys, at)
    SELECT n * leaves.held / 5000, E'log\n1\nq6s=\n\n— log q6s=\n', '', now() + (n - 5000) * interval '5 minutes'
    FROM generate_series(1, 5000) n CROSS JOIN (SELECT count(*) AS held FROM history_leaf) AS leaves
    """,
)


def log_all(owner: psycopg.Connection) -> None:
    """Every event is in a log, of which the hashes do not matter here, and it was signed often."""
    with owner.transaction():
        owner.execute("SET LOCAL session_replication_role = replica")
        owner.execute(f"TRUNCATE {', '.join(LOG)}")
        for words in LOGGED:
            owner.execute(words)
    owner.execute("VACUUM ANALYZE")


def tables() -> Iterator[type[Model]]:
    return (model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy)


def statement(model: type[Model], growth: Growth) -> sql.Composable:
    table = model._meta.db_table
    columns = [column for column in model._meta.concrete_fields if not column.generated]
    dense = DENSE.get(table, 1) if growth.dense else 1
    return sql.SQL(
        "INSERT INTO {table} ({columns}) SELECT {values} FROM {table} t "
        "CROSS JOIN generate_series(%(first)s::bigint, %(last)s::bigint) n "
        "CROSS JOIN generate_series(0::bigint, {dense} - 1) k WHERE t.{key} >= {drawn}"
    ).format(
        table=sql.Identifier(table),
        columns=sql.SQL(", ").join(sql.Identifier(column.column) for column in columns),
        values=sql.SQL(", ").join(sql.SQL(value_of(table, column, growth)) for column in columns),
        dense=sql.Literal(dense),
        key=sql.Identifier(model._meta.pk.column),
        drawn=sql.Literal(FIRST),
    )


def value_of(table: str, column: Field, growth: Growth) -> str:
    """What stands in a column of the copy, as SQL."""
    name, here = f"{table}.{column.column}", f't."{column.column}"'
    if isinstance(column, ForeignKey):
        led = f"{here} - n * {STEP}" if is_moved(table, column, growth) else here
        return f"CASE WHEN k = 0 THEN {led} END" if column.unique and column.null else led
    if column.primary_key:
        return f"{here} - n * {STEP} - k * {SUB}"
    said = growth.own.get(name) or OWN.get(name) or (NAME.format(here=here) if name in NAMED else here)
    if over := OVER.get(table, {}).get(column.column):
        said = over if table in growth.over else f"CASE WHEN {growth.past} THEN {over} ELSE {said} END"
    return f"{said} + ({growth.later})" if column.get_internal_type() == "DateTimeField" else said


def is_moved(table: str, column: ForeignKey, growth: Growth) -> bool:
    """Whether it leads to the copy of what it led to. Whoever did something is the same person in every copy."""
    to = column.remote_field.model._meta.db_table
    if to in OF_THE_HOUSE and table not in OF_THE_HOUSE | {"shift", "exchange_gap"}:
        return False
    return to not in growth.without and f"{table}.{column.column}" not in growth.alone
