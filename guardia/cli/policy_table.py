"""Who may open which address: what each view asks for, read from the views themselves and written as docs/policy.md."""

from collections.abc import Iterator
from typing import NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver

from guardia.config.requests import WITH_APIS
from guardia.people.policy import RIGHTS, Right
from guardia.people.staff import Role
from guardia.web.api.mef.operations import OPERATIONS as MEF_OPERATIONS
from guardia.web.api.v2.operations import OPERATIONS as V2_OPERATIONS
from guardia.web.api.v2.operations import Operation

ANYBODY: dict[str, str] = {
    "health": "whether the installation runs",
    "health_live": "whether this process answers",
    "health_ready": "whether its database answers",
    "metrics": "figures; by METRICS_TOKEN, or from this machine where none is set",
    "procedure_document": "the published promise",
    **dict.fromkeys(("status", "status_feed"), "outages and works that were made public, if the operator wants it"),
    **dict.fromkeys(
        ("log_of_histories", "log_checkpoint", "log_time_stamp", "log_part_of_tile", "log_tile"),
        "the signed log of all histories: hashes alone",
    ),
    **dict.fromkeys(("verifier_page", "verifier_program"), "what checks a file of evidence without us"),
    **dict.fromkeys(("customer_work", "customer_work_act"), "by the signed link of a notice"),
    "answer_page": "by the signed link of a page",
    "escalate_page": "by the signed link of a notice",
    "deny_page": "by the signed link of a notice",
    "who_answers_customer": "by the signed link of a notice",
    "customer_report_page": "by the signed link of the closing letter",
    "customer_report": "by the signed link of the closing letter",
    "cti": "by the secret address of an exchange",
    "cti_as_zammad": "by the secret address of an exchange",
    **dict.fromkeys(
        (
            *("alerts_in", "alerts_in_with_slash", "alerts_in_by_header", "alerts_in_as_listener"),
            *("tmf_alarm_listener", "tmf_clear_alarms"),
        ),
        "by the secret token of a source of monitoring",
    ),
    "carrier_listener": "by the secret address of a third party's interface",
    "tmf_alarms": "by a key, to read; by the secret token of a source of monitoring, to send",
    **dict.fromkeys(
        ("tmf_alarm", "tmf_service_problems", "tmf_service_problem"), "by a key, as the operations of /api/v2"
    ),
    **dict.fromkeys(
        ("tmf_acknowledge_alarms", "tmf_alarms_missing", "tmf_service_problems_missing"), "says that there is nothing"
    ),
    "api_test": "signed by an outside system",
    "api_token": "by the client id and secret of a key, for a token",
    "api_asyncapi": "which kinds of events systems may follow",
    **dict.fromkeys(
        ("api_missing", "api_v2_missing", "mef124_missing", "api-root", "tmf621_missing"), "says that there is nothing"
    ),
    "tmf621_kit_tickets": "TM Forum's test kit on this very machine, where TMF621_KIT is set",
    "tmf621_kit_tickets_slash": "the same, as the kit writes the address once",
    "tmf621_kit_ticket": "TM Forum's test kit on this very machine, where TMF621_KIT is set",
    "tmf621_v4_schema": "what trouble tickets of version 4 are extended by",
    "openapi-json": "the document of the API for machines, which holds no row",
    "looks": "theme and density of this browser",
    "hour_typed": "an hour that is typed, in words",
    "sign_in": "the sign-in",
    "account_login": "the sign-in",
    "sign_out": "the way out",
    "account_logout": "the way out",
    "forgotten": "a link to the own mailbox, whosever it is; or whom to ask",
    "access_link": "by a link of one use",
    "mfa_login_webauthn": "the sign-in by a key",
    "mfa_authenticate": "the second step, after the first",
    "openid_connect_login": "the sign-in by the directory",
    "openid_connect_callback": "the way back from the directory",
    **dict.fromkeys(
        ("first_run", "first_run_step"),
        "by the key that the process prints, while nobody is on record; then the first administrator, until a "
        "procedure is published",
    ),
    **dict.fromkeys(("customer_case", "customer_case_act", "customer_case_file"), "by the signed link of a notice"),
    **dict.fromkeys(("company_home", "company_enter", "company_code"), "a contact, by a code that is mailed"),
    "company_own": "by the signed link of a company, on to its own sign-in",
    "company_confirm": "by the signed link that asks the owner of a mailbox",
    "company_own_back": "the way back from a company’s own sign-in",
    "saml_login": "the sign-in by the directory",
    **dict.fromkeys(("saml_acs", "saml_finish_acs"), "the way back from the directory"),
    "saml_metadata": "what a directory must know of this installation",
    "saml_sls": "there is nothing: nobody is signed out from outside",
    **dict.fromkeys(
        (
            *("company_choose", "company_leave", "company_case", "company_case_act", "company_case_file"),
            *("company_history", "company_evidence", "company_spreadsheet", "company_services", "company_ask"),
            *("company_works", "company_work_answer"),
            *("company_sessions", "company_event_log"),
            *("company_months", "company_month_file"),
            *("company_articles", "company_articles_near", "company_article", "company_article_says"),
        ),
        "a contact who came in; of the own company alone",
    ),
    **dict.fromkeys(
        (
            *("company_contacts", "company_contact_new", "company_contact", "company_contact_step"),
            *("company_colleague", "company_number"),
            *("company_keys", "company_key_new", "company_key", "company_key_end"),
        ),
        "a contact who administers the own company",
    ),
    **dict.fromkeys(
        ("field_link", "field_link_letter", "field_link_standing", "field_link_send", "field_link_photo"),
        "by the signed link of a visit",
    ),
    "field_worker": "the program of the technician's page",
    "field_part": "the program of the technician's page",
}
"""By name, addresses that ask for no right, and why."""

WHOEVER_SIGNED_IN = frozenset(
    {
        *("mfa_index", "change_password", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_list_webauthn"),
        *("mfa_add_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn", "mfa_view_recovery_codes"),
        *("mfa_generate_recovery_codes", "sessions_end", "account_reauthenticate", "mfa_reauthenticate"),
        *("mfa_reauthenticate_webauthn",),
    }
)
"""Of one's own account: every role, each for itself."""

TITLE = """# Who may do what

Written by `guardia policy --write`; a test fails while it differs from the code, and another opens every address as
nobody and as each role and compares. The rights stand in `guardia/people/policy.py`.
"""


class Line(NamedTuple):
    """One address: which right it asks for, to look and to send something; or why it asks for none."""

    name: str
    address: str
    looks: Right | None
    acts: Right | None
    otherwise: str


class NoLine(Exception):
    """A view asks for no right, and is in no list of those that need none."""


def lines() -> list[Line]:
    """Every address of the site map, in the order of the addresses. Raises NoLine, which names those that have none."""
    found = [line_of(pattern, address) for pattern, address in patterns()]
    without = [pattern.name for pattern, line in zip((p for p, _a in patterns()), found, strict=True) if line is None]
    if without:
        raise NoLine(", ".join(str(name) for name in without))
    return sorted((line for line in found if line), key=lambda line: (line.address, line.name))


def line_of(pattern: URLPattern, address: str) -> Line | None:
    name = pattern.name or address
    if name in ANYBODY:
        return Line(name, address, None, None, f"anybody: {ANYBODY[name]}")
    if of_machines := operations().get(name.removeprefix("api_")):
        looks = of_machines.right if of_machines.method == "GET" else None
        return Line(name, address, looks, None if looks else of_machines.right, "")
    if name in WHOEVER_SIGNED_IN:
        return Line(name, address, None, None, "whoever has signed in")
    asks = getattr(pattern.callback, "asks", None)
    return Line(name, address, asks[0], asks[1], "") if asks else None


def operations() -> dict[str, Operation]:
    """The operations of `/api/v2` and of MEF 124 by their names, once the site map has read them."""
    return V2_OPERATIONS | MEF_OPERATIONS


def is_operation(name: str) -> bool:
    """Whether an address of this name is an operation of an API; its views answer machines alone."""
    return name.startswith("tmf621_") or name.removeprefix("api_") in operations()


def patterns(of: list | None = None, before: str = "") -> Iterator[tuple[URLPattern, str]]:
    for entry in get_resolver(WITH_APIS).url_patterns if of is None else of:
        if isinstance(entry, URLResolver):
            yield from patterns(entry.url_patterns, before + str(entry.pattern))
        else:
            yield entry, f"/{before}{entry.pattern}"


def document() -> str:
    roles = list(Role)
    head = f"| right | {' | '.join(role.value for role in roles)} |\n| --- |{' :-: |' * len(roles)}"
    rights = "\n".join(
        f"| `{right.value}` | {' | '.join('yes' if role in RIGHTS[right] else '–' for role in roles)} |"
        for right in Right
    )
    addresses = "\n".join(row(line) for line in lines())
    return (
        f"{TITLE}\n## Rights\n{head}\n{rights}\n\n## Addresses\n"
        f"| address | name | looks | sends |\n| --- | --- | --- | --- |\n{addresses}\n"
    )


def row(line: Line) -> str:
    looks = line.otherwise or (f"`{line.looks}`" if line.looks else "–")
    acts = "the same" if line.otherwise else f"`{line.acts}`" if line.acts else "–"
    return f"| `{line.address}` | `{line.name}` | {looks} | {acts} |"
