"""Whatever the desk can send has its operation, or a reason why machines do not do it."""

from guardia.web.api.v2.api import api
from guardia.web.api.v2.case_acts import NAMES
from guardia.web.api.v2.operations import OPERATIONS
from guardia.web.desk.acts import ACTS
from tests.breaking.test_doors import DOORS

__all__ = ["api"]  # with it every operation is read
ACTIVITY = ("activate", "deactivate")


def edited(noun: str, one: str, *verbs: str) -> dict[str, set[str]]:
    """The three addresses of a noun that is edited at the desk."""
    return {
        f"{one}_new": {f"{noun}.create"},
        f"{one}_edit": {f"{noun}.change"},
        f"{one}_step": {f"{noun}.{verb}" for verb in verbs or ACTIVITY},
    }


BULK = ("assign", "hold", "link", "resume", "tell")
CASES = {name for name in OPERATIONS if name.startswith("cases.") and OPERATIONS[name].method == "POST"} - {
    "cases.open"
}
OFFERED: dict[str, set[str]] = {
    "act": CASES,
    "new_case": {"cases.open"},
    **edited("companies", "company"),
    **edited("sites", "site"),
    **edited("services", "service"),
    **edited("contacts", "contact"),
    **edited("targets", "target"),
    **edited("crews", "crew"),
    **edited("crew_members", "crew_member"),
    **edited("elements", "element"),
    **edited("carriers", "carrier"),
    "city_new": {"cities.create"},
    "city_edit": {"cities.change"},
    "company_told": {"companies.set_topics"},
    "customer_change_step": {f"contact_changes.{verb}" for verb in ("acknowledge", "confirm", "decline")},
    "service_move": {"services.move"},
    "provisional_step": {f"services.{verb}" for verb in ("discard", "identify", "keep", "put_on_file", "stay")},
    "call_ring": {"calls.note"},
    "call_step": {f"calls.{verb}" for verb in ("answer", "abandon", "reach", "settle")},
    "call_who": {"calls.identify"},
    "join": {"calls.join"},
    "new_request": {"requests.take"},
    "message_take_in": {"mails.take_in"},
    "message_dismiss": {"mails.dismiss"},
    "message_join": {"mails.join"},
    "message_assign": {"mails.assign"},
    "report_dismiss": {"written_requests.dismiss"},
    "report_join": {"written_requests.join"},
    "outage_new": {"outages.declare"},
    "outage_act": {
        f"outages.{verb}" for verb in ("add", "diagnose", "dismiss", "end", "leave", "relapse", "restore", "tell")
    },
    "work_new": {"planned_works.plan"},
    "work_edit": {"planned_works.change"},
    "work_act": {f"planned_works.{verb}" for verb in ("announce", "cancel", "end", "move", "reply", "take_out")},
    "rule": {"contests.rule"},
    "bulk_act": {f"bulk_acts.{before}{verb}" for before in ("", "preview_") for verb in BULK},
    "bulk_step": {"bulk_acts.go_on", "bulk_acts.undo"},
    "monthly_send": {"reports.send_month"},
    "drill_start": {"who_answers.drill"},
    "number_tried": {"who_answers.dialled"},
    "case_files": {"cases.add_files"},
    "case_file_show": {"cases.show_file"},
    "case_file_withdraw": {"cases.withdraw_file"},
    "notice_step": {"cases.send_notice_again", "cases.take_notice_back"},
}
"""By address of the desk, the operations that do what it does."""

READS = "it only answers questions"
PERSON = "it is about the person at the screen"
SETTING = "a setting of the installation, which its administrators decide at the screen"
DRAFT = "it prepares what another address does"
DEMO = "it belongs to the demonstration"
READERS = {
    *("alert", "alerts", "articles_of_case", "articles_of_report", "band_changes", "bench", "bench_export", "beside"),
    *("bulk_course", "call", "call_history", "calls", "case", "case_file", "case_file_content", "case_file_thumbnail"),
    *("case_live", "case_opened", "cities", "cities_csv", "city_list", "companies", "companies_sample", "company"),
    *("carrier", "carriers", "company_sites", "contact_dial", "crew", "crews", "dispatch", "dispatch_map"),
    *("element", "elements"),
    *("escalations", "handover_sheet", "handovers", "mail_tray", "message", "message_file", "message_html"),
    *("message_original", "objections", "office_receipt", "panorama_trial", "phone_live", "preview_act"),
    *("reception_report", "reception_workbook", "report_page", "report_workbook", "reports", "request_beside"),
    *("request_taken", "scan", "search", "shift_live", "shift_plan", "similar_to_case", "similar_to_report", "staff"),
    *("suggestions", "wall", "who_answers", "article_preview"),
}
NOT_OFFERED: dict[str, str] = {
    **dict.fromkeys(READERS, READS),
    **dict.fromkeys(("shift_enter", "shift_here", "shift_leave", "handover", "alarm_seen_to"), PERSON),
    **dict.fromkeys(("handover_draft", "handover_withdraw", "draft", "request_carry"), DRAFT),
    **dict.fromkeys(("views", "view_step", "case_watch", "mention_seen", "mentions_seen", "take"), PERSON),
    **dict.fromkeys(("member_access", "member_access_step", "member_edit", "member_new", "member_step"), SETTING),
    **dict.fromkeys(("company_sign_in", "company_sign_in_step", "city_step"), SETTING),
    **dict.fromkeys(("companies_import", "companies_import_now"), "a list is looked through before it is taken in"),
    **dict.fromkeys(("mail", "mail_answer", "mail_html", "mail_report", "mailbox"), DEMO),
    **dict.fromkeys(("ring_demo", "step_demo"), DEMO),
    **dict.fromkeys(("field", "field_act_settle", "field_photo", "field_send"), "the technician's telephone sends it"),
    **dict.fromkeys(
        ("article_back", "article_edit", "article_in_case", "article_new", "article_turn"), "people write it"
    ),
    **dict.fromkeys(("carrier_interface", "carrier_interface_act"), SETTING),
    "carrier_ticket_step": "whoever has verified the service, or has called, says so at the screen",
    **dict.fromkeys(("alert_close", "alert_lead"), "monitoring opens and ends alerts at its own address"),
    **dict.fromkeys(("band_told", "band_undo"), "whoever has told the company by telephone notes it"),
    "escalation_received": "whoever was rung answers for it, and a machine answers for nothing (E1, ADR 76)",
    "office_receive": "somebody took it down on paper",
    "outage_call": "whoever is on the telephone notes it",
    "late_unexplained": "cases.explain_delay does it case by case",
    "mark_clear": "somebody has looked why a mailbox refuses",
    "new_case_provisional": "somebody on the telephone describes a service that nobody has on file",
    "probe_now": "the probes test by themselves, and cases.add_test takes what others measured",
}
"""By address of the desk, why there is no operation for it."""


ANSWERS = "whoever does it answers for the escalation, and a machine answers for nothing (E, ADR 76)"
ACTS_OF_PEOPLE = {"respondo": ANSWERS, "mando": ANSWERS}
"""By act of a case, why no operation does it."""


def test_each_act_on_a_case_has_its_operation_or_a_reason():
    assert sorted(set(ACTS) - set(NAMES)) == sorted(ACTS_OF_PEOPLE)
    assert set(NAMES) <= set(ACTS)
    assert len(set(NAMES.values())) == len(NAMES)


def sent_to() -> set[str]:
    """The addresses of the desk that somebody may send something to; of the settings, none (``SETTING``)."""
    settings = ("settings", "privacy_", "history_")
    return {
        name
        for name, door in DOORS.items()
        if door.sends and not (door.public or door.own or name.startswith(settings))
    }


def test_each_address_of_the_desk_has_its_operations_or_a_reason():
    assert sorted(sent_to() - set(OFFERED) - set(NOT_OFFERED)) == []
    assert sorted(set(OFFERED) & set(NOT_OFFERED)) == []
    assert sorted((set(OFFERED) | set(NOT_OFFERED)) - set(DOORS)) == []


def test_the_operations_that_do_it_are_there():
    named = {name for names in OFFERED.values() for name in names}
    assert sorted(named - set(OPERATIONS)) == []


def test_each_operation_that_changes_something_does_what_an_address_of_the_desk_does():
    named = {name for names in OFFERED.values() for name in names}
    changing = {name for name, one in OPERATIONS.items() if one.method != "GET"}
    assert sorted(changing - named) == []
