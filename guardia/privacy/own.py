"""The rows that are a person's own, by who they are and not by what they say; and what stands there afterwards.

Each line: the table, which rows, and how they are emptied. The statements share the parameters of ``Person.own``, with
``token`` (what stands for a name), ``tomb`` (the erasure) and ``called`` (how a person of the house is called now).
"""

from dataclasses import dataclass

OF_CONTACT = "contact_id = ANY(%(contacts)s)"
OF_SENDER = f"({OF_CONTACT} OR lower(from_address) = ANY(%(addresses)s))"
MAILS = f"(SELECT id FROM message WHERE {OF_SENDER})"
REQUESTS = f"(SELECT id FROM written_request WHERE {OF_CONTACT})"
DELIVERIES = """(id IN (
    SELECT l.delivery_id FROM delivered_notice l JOIN notice n ON n.id = l.notice_id
    WHERE n.contact_id = ANY(%(contacts)s) OR n.staff_id = %(staff)s) OR lower(address) = ANY(%(addresses)s))"""
CODES = "(SELECT id FROM sign_in_code WHERE lower(mailbox) = ANY(%(addresses)s))"
CONFIRMATIONS = f"(SELECT id FROM address_confirmation WHERE {OF_CONTACT} OR lower(address) = ANY(%(addresses)s))"
SESSIONS = "(SELECT session_key FROM usersessions_usersession WHERE user_id = %(staff)s)"


@dataclass(frozen=True)
class Own:
    """``empty``: what is written over the rows; None: they are deleted; "": they stay as they are (ids and hours)."""

    table: str
    where: str
    empty: str | None = ""


OWN = (
    Own("delivery", f"code_id IN {CODES}", "code_id = NULL, body = NULL, address = ''"),
    Own("sign_in_code", f"id IN {CODES}", None),
    Own("delivery", f"confirmation_id IN {CONFIRMATIONS}", "confirmation_id = NULL, body = NULL, address = ''"),
    Own("address_confirmation", f"id IN {CONFIRMATIONS}", None),
    Own("company_session", f"({OF_CONTACT} OR lower(mailbox) = ANY(%(addresses)s))", None),
    Own("delivery", DELIVERIES, "address = '', domain = '', body = NULL, answer = ''"),
    Own("notice", f"({OF_CONTACT} OR staff_id = %(staff)s)"),
    Own("address_mark", "lower(address) = ANY(%(addresses)s)", None),
    Own("automatic_answer", "lower(address) = ANY(%(addresses)s)", None),
    Own("message_original", f"message_id IN {MAILS}", "content = ''"),
    Own("message_attachment", f"message_id IN {MAILS}", "name = %(token)s, sha256 = ''"),
    Own(
        "message",
        OF_SENDER,
        "from_name = %(token)s, subject = %(token)s, text = '', quoted = '', message_id = '', from_address = ''",
    ),
    Own(
        "written_request_scan",
        f"request_id IN {REQUESTS}",
        "content = '', name = %(token)s, sha256 = ''",
    ),
    Own("written_request", OF_CONTACT, "subject = %(token)s, text = ''"),
    Own("call", OF_CONTACT, "from_number = '', from_name = ''"),
    Own("call_task", OF_CONTACT, "number = '', number_name = '', answered_by = ''"),
    Own("case", "reporter_id = ANY(%(contacts)s)", "reporter_name = %(token)s, call_back_number = ''"),
    Own(
        "event_text",
        "event_id IN (SELECT id FROM case_event WHERE actor_kind = 'contact' AND actor_id = ANY(%(contacts)s))",
        "text = NULL, salt = NULL, erasure_id = %(tomb)s",
    ),
    Own("customer_act", OF_CONTACT),
    Own("case_follower", OF_CONTACT, None),
    Own("contact_change", "(about_id = ANY(%(contacts)s) OR by_id = ANY(%(contacts)s))", "fields = '{}'"),
    Own("contact_way", OF_CONTACT, None),
    Own(
        "contact",
        "id = ANY(%(contacts)s)",
        "title = '', name = %(token)s, position = '', email = '', phones = '[]', external_id = NULL,"
        " told = '[]', kinds = '[]', administers = false, active = false",
    ),
    Own("default_view", "staff_id = %(staff)s", None),
    Own(
        "default_view",
        "view_id IN (SELECT id FROM saved_view WHERE owner_id = %(staff)s AND NOT shared)",
        None,
    ),
    Own("saved_view", "owner_id = %(staff)s AND NOT shared", None),
    Own("draft", "staff_id = %(staff)s", None),
    Own("presence", "staff_id = %(staff)s", None),
    Own("django_session", f"session_key IN {SESSIONS}", None),
    Own("usersessions_usersession", "user_id = %(staff)s", None),
    Own("staff_password", "staff_id = %(staff)s", None),
    Own("mfa_authenticator", "user_id = %(staff)s", None),
    Own(
        "account_emailconfirmation",
        "email_address_id IN (SELECT id FROM account_emailaddress WHERE user_id = %(staff)s)",
        None,
    ),
    Own("account_emailaddress", "user_id = %(staff)s", None),
    Own(
        "socialaccount_socialtoken",
        "account_id IN (SELECT id FROM socialaccount_socialaccount WHERE user_id = %(staff)s)",
        None,
    ),
    Own("socialaccount_socialaccount", "user_id = %(staff)s", None),
    Own("crew_member", "staff_id = %(staff)s", "name = %(called)s, document = '', phone = ''"),
    Own("field_act", "staff_id = %(staff)s", "by_name = %(called)s"),
    Own("case_file", "added_by_id = %(staff)s", "added_by_name = %(called)s"),
    Own("audit_entry", "staff_id = %(staff)s"),
    Own("shift", "staff_id = %(staff)s"),
    Own(
        "staff",
        "id = %(staff)s",
        "name = %(called)s, username = %(username)s, email = '', position = '', mobile = '', desk_phone = '',"
        " extension = '', channels = '[]', password_mark = '', is_active = false",
    ),
)
