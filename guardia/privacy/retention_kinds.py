"""How long each kind of record is kept, and how what is older goes: data, a rule a line.

A cut is taken in steps of so many rows: ``rows`` picks those that are older than %(up_to)s and are under no hold, so
one that was done is not picked again; ``empty`` is done to their ids. Hours are UTC, days are of 24 hours.
"""

from django.utils.translation import gettext_lazy as _

from guardia.privacy.retention_rules import Cut, Kind, not_held

# How long the operator keeps what is about no case: the journal of the audit, drafts, codes and sessions of sign-in.


NO_LEAST = _("No law asks for it: the shorter, the better.")
OF_THE_HOUSE: tuple[Kind, ...] = (
    Kind(
        "audit",
        _("Audit log"),
        _("Who signed in, from where, what was exported or seen in bulk."),
        1825,
        180,
        _("Brazil, Marco Civil da Internet (Lei 12.965/2014), art. 15: access records for six months."),
        (
            Cut(
                "audit_entry",
                "FROM audit_entry x WHERE x.at < %(up_to)s",
                ("DELETE FROM audit_entry WHERE id = ANY(%(ids)s)",),
            ),
        ),
    ),
    Kind(
        "drafts",
        _("Drafts, and who looked at what"),
        _("What somebody had typed and never sent; who had a case open."),
        30,
        0,
        NO_LEAST,
        (
            Cut(
                "draft",
                "FROM draft x WHERE x.saved_at < %(up_to)s",
                ("DELETE FROM draft WHERE id = ANY(%(ids)s)",),
            ),
            Cut(
                "presence",
                "FROM presence x WHERE x.seen_at < %(up_to)s",
                ("DELETE FROM presence WHERE id = ANY(%(ids)s)",),
            ),
        ),
    ),
    Kind(
        "sign_in",
        _("Sign-in codes and sessions of companies"),
        _("Codes sent by email and expired sessions."),
        30,
        0,
        NO_LEAST,
        (
            Cut(
                "sign_in_code",
                "FROM sign_in_code x WHERE x.asked_at < %(up_to)s",
                (
                    "UPDATE delivery SET code_id = NULL, body = NULL, address = '' WHERE code_id = ANY(%(ids)s)",
                    "DELETE FROM sign_in_code WHERE id = ANY(%(ids)s)",
                ),
            ),
            Cut(
                "address_confirmation",
                "FROM address_confirmation x WHERE x.asked_at < %(up_to)s",
                (
                    "UPDATE delivery SET confirmation_id = NULL, body = NULL, address = ''"
                    " WHERE confirmation_id = ANY(%(ids)s)",
                    "DELETE FROM address_confirmation WHERE id = ANY(%(ids)s)",
                ),
            ),
            Cut(
                "company_session",
                "FROM company_session x WHERE x.expires_at < %(up_to)s",
                ("DELETE FROM company_session WHERE id = ANY(%(ids)s)",),
            ),
        ),
    ),
)


OF_THE_OPERATOR = _("Operator's decision: as long as a customer may still object.")
CLOSED = 'EXISTS (SELECT FROM "case" c WHERE c.id = x.case_id AND c.closed_at < %(up_to)s)'
OF_CASES_ON_HOLD = f"""NOT EXISTS (SELECT FROM delivered_notice l JOIN notice n ON n.id = l.notice_id
    WHERE l.delivery_id = x.id AND NOT {not_held("n.case_id", "n.customer_id")})"""

KINDS: tuple[Kind, ...] = (
    Kind(
        "visit_people",
        _("People who enter a site"),
        _("Names and identity documents of a visit, with the permit letters that contain them."),
        90,
        0,
        NO_LEAST,
        (
            Cut(
                "delivery",
                f"""FROM delivery x WHERE x.body IS NOT NULL AND x.state NOT IN ('waiting', 'sending') AND EXISTS (
                    SELECT FROM delivered_notice l JOIN notice n ON n.id = l.notice_id
                    JOIN visit v ON v.case_id = n.case_id
                    WHERE l.delivery_id = x.id AND n.moment = 'permit_letter_sent' AND v.ended_at < %(up_to)s
                        AND {not_held("n.case_id", "n.customer_id")})""",
                ("UPDATE delivery SET body = NULL WHERE id = ANY(%(ids)s)",),
            ),
            Cut(
                "visit",
                f"FROM visit x WHERE x.ended_at < %(up_to)s AND (x.people <> '[]' OR x.plate <> '') AND {not_held()}",
                ("UPDATE visit SET people = '[]', plate = '' WHERE id = ANY(%(ids)s)",),
            ),
        ),
    ),
    Kind(
        "mails",
        _("Emails received"),
        _(
            "The original byte for byte with its attachments, its text, and who sent it. What the case's log says "
            "stays."
        ),
        1095,
        365,
        OF_THE_OPERATOR,
        (
            Cut(
                "message",
                f"""FROM message x WHERE x.received_at < %(up_to)s AND x.state IN ('filed', 'done') AND (x.text <> ''
                    OR x.from_address <> '' OR EXISTS (SELECT FROM message_original o
                    WHERE o.message_id = x.id AND octet_length(o.content) > 0)) AND {not_held()}""",
                (
                    "UPDATE message_original SET content = '' WHERE message_id = ANY(%(ids)s)",
                    "UPDATE message_attachment SET name = '', sha256 = '' WHERE message_id = ANY(%(ids)s)",
                    "UPDATE message SET text = '', quoted = '', from_address = '', from_name = '', subject = ''"
                    " WHERE id = ANY(%(ids)s)",
                ),
            ),
        ),
    ),
    Kind(
        "notice_bodies",
        _("Notice bodies"),
        _(
            "What was sent, as it was sent, and to which address. The record that it was sent, when, and what "
            "became of it stays."
        ),
        1095,
        365,
        OF_THE_OPERATOR,
        (
            Cut(
                "delivery",
                f"""FROM delivery x WHERE x.created_at < %(up_to)s AND x.state NOT IN ('waiting', 'sending')
                    AND (x.body IS NOT NULL OR x.address <> '') AND {OF_CASES_ON_HOLD}""",
                (
                    "UPDATE sealed_row SET salt = NULL WHERE source = 'delivery' AND row_id = ANY(%(ids)s)",
                    "UPDATE delivery SET body = NULL, address = '', domain = '', answer = '' WHERE id = ANY(%(ids)s)",
                ),
            ),
        ),
    ),
    Kind(
        "call_numbers",
        _("Numbers of calls"),
        _("The number a call came from, and the name announced by the exchange. Times and clocks stay."),
        730,
        180,
        OF_THE_OPERATOR,
        (
            Cut(
                "call",
                f"""FROM call x WHERE x.arrived_at < %(up_to)s AND x.settled_at IS NOT NULL
                    AND (x.from_number <> '' OR x.from_name <> '') AND (x.case_id IS NULL OR {CLOSED})
                    AND {not_held()}""",
                ("UPDATE call SET from_number = '', from_name = '' WHERE id = ANY(%(ids)s)",),
            ),
        ),
    ),
    Kind(
        "files",
        _("Photographs and documents"),
        _("The content of files attached to cases. The record that there was a file, with its hash, stays."),
        1825,
        365,
        OF_THE_OPERATOR,
        (
            Cut(
                "case_file",
                f"FROM case_file x WHERE x.withdrawn_at IS NULL AND {CLOSED} AND {not_held()}",
                (
                    "UPDATE case_file SET withdrawn_at = clock_timestamp(), shown = false, caption = ''"
                    " WHERE id = ANY(%(ids)s)",
                ),
            ),
            Cut(
                "written_request_scan",
                f"""FROM written_request_scan x JOIN written_request r ON r.id = x.request_id
                    WHERE r.settled_at < %(up_to)s AND octet_length(x.content) > 0 AND
                    {not_held("r.case_id")}""",
                ("UPDATE written_request_scan SET content = '', name = '', sha256 = '' WHERE id = ANY(%(ids)s)",),
            ),
        ),
    ),
    Kind(
        "event_texts",
        _("Texts of the log"),
        _("Names and text of cases closed that long ago. Codes, times, hashes and the proof stay."),
        None,
        730,
        OF_THE_OPERATOR,
        (
            Cut(
                "event_text",
                f"""FROM event_text x JOIN case_event e ON e.id = x.event_id JOIN "case" c ON c.id = e.case_id
                    WHERE x.text IS NOT NULL AND c.closed_at < %(up_to)s AND {not_held("c.id", "c.customer_id")}""",
                ("UPDATE event_text SET text = NULL, salt = NULL, erasure_id = %(tomb)s WHERE id = ANY(%(ids)s)",),
            ),
            Cut(
                "buyer_ticket",
                f"""FROM buyer_ticket x LEFT JOIN written_request r ON r.id = x.request_id
                    JOIN "case" c ON c.id = coalesce(x.case_id, r.case_id) WHERE x.sent <> '{{}}'
                    AND c.closed_at < %(up_to)s AND {not_held("c.id", "c.customer_id")}""",
                ("UPDATE buyer_ticket SET sent = '{}' WHERE id = ANY(%(ids)s)",),
            ),
        ),
    ),
    Kind(
        "tests",
        _("Tests from outside"),
        _("What a test said word for word, of cases closed so long ago. Its verdict and hour stay."),
        1095,
        365,
        OF_THE_OPERATOR,
        (
            Cut(
                "test_result",
                f"FROM test_result x WHERE x.result <> '' AND {CLOSED} AND {not_held()}",
                ("UPDATE test_result SET result = '' WHERE id = ANY(%(ids)s)",),
            ),
        ),
    ),
    *OF_THE_HOUSE,
)
BY_KEY = {kind.key: kind for kind in KINDS}
