"""Every address of the site map, opened by nobody and by each role, with each method. A new one joins the table."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.urls import URLResolver, get_resolver, reverse

from guardia.cli.policy import DOCUMENT
from guardia.cli.policy_table import ANYBODY, WHOEVER_SIGNED_IN, document, is_operation, lines
from guardia.config import meters
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.requests import WITH_APIS
from guardia.people.policy import RIGHTS, Right
from guardia.people.staff import Role
from tests.breaking.browser import Browser, changed, on_record, pages_are_undrawn, taken_back
from tests.procedure.story import Story, staff

ALL = frozenset(Role)
DESK, HANDLES = RIGHTS[Right.SEE_DESK], RIGHTS[Right.HANDLE_CASES]
EDITORS, MANAGERS = RIGHTS[Right.EDIT_CUSTOMERS], RIGHTS[Right.MANAGE_STAFF]
SUPERVISORS = RIGHTS[Right.SUPERVISE]
DRAFTERS = RIGHTS[Right.DRAFT_PROCEDURE]
PROTECTORS = RIGHTS[Right.PROTECT_DATA]
BRINGERS = RIGHTS[Right.BRING_HISTORY]
TAKERS = RIGHTS[Right.TAKE_REQUESTS]
READ_SETTINGS = (
    *("", "_levels", "_rotas", "_matrix", "_hours"),
    *("_calendar", "_calendar_progress", "_people", "_record"),
)
SIGN_IN = (
    *("sign_in", "account_login", "sign_out", "account_logout", "forgotten"),
    *("mfa_login_webauthn", "mfa_authenticate"),
)
OUT = {"sign_out", "account_logout"}
SETTING_ACTS = ("rota_end", "rota_again", "cover_withdraw", "cover_restore")


@dataclass(frozen=True)
class Door:
    """Who may look, who may send something; ``words`` of the address, filled in by the name of what they are of.

    One of the ``api`` refuses in a machine's words (401) where a page leads to the sign-in. An ``own`` one is of the
    account of whoever has signed in.
    """

    looks: frozenset[Role]
    sends: frozenset[Role]
    words: tuple[str, ...] = ()
    public: bool = False
    api: bool = False
    own: bool = False


def editing(noun: str, who: frozenset[Role], *of: str) -> dict[str, Door]:
    return {
        f"{noun}_new": Door(who, who, of),
        f"{noun}_edit": Door(who, who, (*of, noun)),
        f"{noun}_step": Door(who, who, (*of, noun, "desactivar")),
    }


DOORS: dict[str, Door] = {
    "health": Door(ALL, ALL, public=True),
    **dict.fromkeys(("health_live", "health_ready", "metrics"), Door(ALL, frozenset(), public=True)),
    "procedure_document": Door(ALL, frozenset(), public=True),
    **dict.fromkeys(("status", "status_feed", "company_works"), Door(ALL, frozenset(), public=True)),
    **dict.fromkeys(
        ("log_of_histories", "log_checkpoint", "log_time_stamp", "verifier_page", "verifier_program"),
        Door(ALL, frozenset(), public=True),
    ),
    "log_tile": Door(ALL, frozenset(), ("0", "000"), public=True),
    "log_part_of_tile": Door(ALL, frozenset(), ("0", "000", "1"), public=True),
    "customer_work": Door(ALL, frozenset(), ("token",), public=True),
    "customer_work_act": Door(ALL, ALL, ("token", "de-acuerdo"), public=True),
    "company_work_answer": Door(ALL, ALL, ("1", "de-acuerdo"), public=True),
    "articles": Door(DESK, frozenset()),
    "article": Door(DESK, frozenset(), ("1",)),
    **dict.fromkeys(("article_new", "article_preview"), Door(HANDLES, HANDLES)),
    **dict.fromkeys(("article_edit", "article_back"), Door(HANDLES, HANDLES, ("1",))),
    "article_turn": Door(SUPERVISORS, SUPERVISORS, ("1", "publicar")),
    "articles_of_report": Door(DESK, HANDLES),
    "articles_of_case": Door(DESK, HANDLES, ("case",)),
    "article_in_case": Door(DESK, HANDLES, ("case", "1")),
    **dict.fromkeys(("company_articles", "company_articles_near"), Door(ALL, frozenset(), public=True)),
    "company_article": Door(ALL, frozenset(), ("1",), public=True),
    "company_article_says": Door(ALL, ALL, ("1", "sirvio"), public=True),
    "works": Door(DESK, frozenset()),
    "work_new": Door(DESK, HANDLES),
    "work": Door(DESK, frozenset(), ("TP-0001",)),
    "work_told": Door(DESK, frozenset(), ("TP-0001",)),
    "work_edit": Door(DESK, HANDLES, ("TP-0001",)),
    "work_act": Door(DESK, HANDLES, ("TP-0001", "anunciar")),
    "outages": Door(DESK, frozenset()),
    "outage_new": Door(DESK, HANDLES),
    "outage_beside": Door(DESK, frozenset()),
    "outage": Door(DESK, frozenset(), ("1",)),
    "outage_act": Door(DESK, HANDLES, ("1", "novedad")),
    "outage_call": Door(DESK, HANDLES, ("1", "call")),
    "elements": Door(DESK, DESK),
    "element": Door(DESK, DESK, ("1",)),
    **editing("element", EDITORS),
    "answer_page": Door(ALL, ALL, ("token",), public=True),
    "escalate_page": Door(ALL, ALL, ("token",), public=True),
    "deny_page": Door(ALL, ALL, ("token",), public=True),
    "who_answers_customer": Door(ALL, frozenset(), ("token",), public=True),
    "customer_case": Door(ALL, frozenset(), ("token",), public=True),
    "customer_case_act": Door(ALL, ALL, ("token", "escribir"), public=True),
    **dict.fromkeys(
        (
            f"company_{page}"
            for page in ("home", "history", "evidence", "spreadsheet", "services", "months", "contacts")
        ),
        Door(ALL, frozenset(), public=True),
    ),
    **dict.fromkeys(
        (f"company_{page}" for page in ("enter", "choose", "leave", "ask", "contact_new")), Door(ALL, ALL, public=True)
    ),
    "company_own": Door(ALL, ALL, ("token",), public=True),
    "company_own_back": Door(ALL, frozenset(), public=True),
    "company_sessions": Door(ALL, ALL, public=True),
    "company_sign_in": Door(MANAGERS, MANAGERS, ("company",)),
    "company_sign_in_step": Door(MANAGERS, MANAGERS, ("company", "sesiones")),
    **dict.fromkeys(
        ("saml_login", "saml_acs", "saml_finish_acs", "saml_sls", "saml_metadata"),
        Door(ALL, ALL, ("directorio",), public=True),
    ),
    "customer_case_file": Door(ALL, frozenset(), ("token", "1"), public=True),
    "company_month_file": Door(ALL, frozenset(), ("2026-10", "pdf"), public=True),
    "company_event_log": Door(ALL, frozenset(), ("csv",), public=True),
    "company_case_file": Door(ALL, frozenset(), ("case", "1"), public=True),
    "company_code": Door(ALL, ALL, ("token",), public=True),
    "company_case": Door(ALL, frozenset(), ("case",), public=True),
    "company_case_act": Door(ALL, ALL, ("case", "escribir"), public=True),
    "company_contact": Door(ALL, ALL, ("1",), public=True),
    "company_contact_step": Door(ALL, ALL, ("1", "desactivar"), public=True),
    "company_number": Door(ALL, ALL, ("1", "1"), public=True),
    "company_confirm": Door(ALL, ALL, ("x",), public=True),
    "company_colleague": Door(ALL, ALL, ("1", "si"), public=True),
    "customer_changes": Door(DESK, frozenset()),
    "service_move": Door(EDITORS, EDITORS, ("company", "1")),
    "provisionals": Door(DESK, frozenset()),
    "provisional": Door(DESK, frozenset(), ("1",)),
    "provisional_step": Door(EDITORS, EDITORS, ("1", "nuevo")),
    "customer_change_step": Door(EDITORS, EDITORS, ("1", "visto")),
    "customer_report_page": Door(ALL, frozenset(), ("token",), public=True),
    "customer_report": Door(ALL, frozenset(), ("token", "pdf"), public=True),
    "cti": Door(ALL, ALL, ("token",), public=True),
    "cti_as_zammad": Door(ALL, ALL, ("token",), public=True),
    "api_test": Door(ALL, ALL, ("token",), public=True),
    "api_token": Door(ALL, ALL, public=True),
    "company_keys": Door(ALL, frozenset(), public=True),
    "company_key_new": Door(ALL, ALL, public=True),
    "company_key": Door(ALL, ALL, ("1",), public=True),
    "company_key_end": Door(ALL, ALL, ("1",), public=True),
    **dict.fromkeys(("settings_keys", "settings_key_new"), Door(RIGHTS[Right.CONNECT], RIGHTS[Right.CONNECT])),
    **dict.fromkeys(
        ("settings_key", "settings_key_rotate", "settings_key_end"),
        Door(RIGHTS[Right.CONNECT], RIGHTS[Right.CONNECT], ("1",)),
    ),
    **dict.fromkeys(("alerts_in", "alerts_in_with_slash"), Door(ALL, ALL, ("token",), public=True)),
    "alerts_in_by_header": Door(ALL, ALL, public=True),
    **dict.fromkeys(
        (
            *("tmf_alarms", "tmf_clear_alarms", "tmf_acknowledge_alarms", "tmf_alarms_missing"),
            *("tmf_service_problems", "tmf_service_problems_missing"),
        ),
        Door(ALL, ALL, public=True),
    ),
    **dict.fromkeys(("tmf_alarm", "tmf_service_problem"), Door(ALL, ALL, ("1",), public=True)),
    "tmf_alarm_listener": Door(ALL, ALL, ("alarmCreateEvent",), public=True),
    "alerts_in_as_listener": Door(ALL, ALL, ("token", "alarmCreateEvent"), public=True),
    "alerts": Door(DESK, HANDLES),
    "by_word": Door(DESK, frozenset()),
    "alert": Door(DESK, EDITORS, ("1",)),
    "alert_lead": Door(EDITORS, EDITORS, ("1",)),
    "alert_close": Door(HANDLES, HANDLES, ("1",)),
    "settings_alerts": Door(DESK, SUPERVISORS),
    "settings_alert_source_new": Door(SUPERVISORS, SUPERVISORS),
    "settings_alert_source": Door(DESK, SUPERVISORS, ("1",)),
    **dict.fromkeys(
        (f"settings_alert_source_{act}" for act in ("edit", "rules", "paths", "trial", "address", "off", "on")),
        Door(SUPERVISORS, SUPERVISORS, ("1",)),
    ),
    "field": Door(RIGHTS[Right.SEE_FIELD], RIGHTS[Right.WORK_IN_FIELD]),
    "field_standing": Door(RIGHTS[Right.SEE_FIELD], frozenset(), api=True),
    "field_send": Door(ALL, RIGHTS[Right.WORK_IN_FIELD], api=True),
    "field_photo": Door(ALL, RIGHTS[Right.WORK_IN_FIELD], api=True),
    "field_worker": Door(ALL, frozenset(), public=True),
    "field_part": Door(ALL, frozenset(), ("0123456789ab", "css"), public=True),
    "field_letter": Door(RIGHTS[Right.SEE_FIELD], frozenset(), ("1",)),
    "field_link_letter": Door(ALL, frozenset(), ("token",), public=True),
    "field_link": Door(ALL, ALL, ("token",), public=True),
    "field_link_standing": Door(ALL, frozenset(), ("token",), public=True),
    "field_link_send": Door(ALL, ALL, ("token",), public=True),
    "field_link_photo": Door(ALL, ALL, ("token",), public=True),
    "escalations": Door(DESK, HANDLES),
    "escalation_received": Door(DESK, HANDLES),
    "who_answers": Door(DESK, HANDLES),
    "drill_start": Door(DESK, SUPERVISORS),
    "number_tried": Door(DESK, SUPERVISORS),
    "first_run": Door(ALL, ALL, public=True),
    "first_run_done": Door(RIGHTS[Right.MANAGE_STAFF], frozenset()),
    "first_run_step": Door(ALL, ALL, ("operador",), public=True),
    **dict.fromkeys(SIGN_IN, Door(ALL, ALL, public=True)),
    "access_link": Door(ALL, ALL, ("1-x",), public=True),
    "openid_connect_login": Door(ALL, ALL, ("oidc",), public=True),
    "openid_connect_callback": Door(ALL, ALL, ("oidc",), public=True),
    **dict.fromkeys(sorted(WHOEVER_SIGNED_IN), Door(ALL, ALL, own=True)),
    "mfa_edit_webauthn": Door(ALL, ALL, ("1",), own=True),
    "mfa_remove_webauthn": Door(ALL, ALL, ("1",), own=True),
    "member_access": Door(MANAGERS, MANAGERS, ("member",)),
    "member_access_step": Door(MANAGERS, MANAGERS, ("member", "sesiones")),
    "looks": Door(ALL, ALL, public=True),
    "hour_typed": Door(ALL, frozenset(), public=True),
    "companies": Door(DESK, DESK),
    "company": Door(DESK, DESK, ("company",)),
    "companies_import": Door(EDITORS, EDITORS),
    "companies_sample": Door(EDITORS, EDITORS, ("contacts",)),
    "companies_import_now": Door(EDITORS, EDITORS, ("contacts", "1")),
    "company_told": Door(EDITORS, EDITORS, ("company",)),
    "service_availability": Door(DESK, frozenset(), ("company", "service")),
    "service_availability_workbook": Door(DESK, frozenset(), ("company", "service")),
    "cities": Door(DESK, DESK),
    "crews": Door(DESK, DESK),
    "crew": Door(DESK, DESK, ("crew",)),
    "carriers": Door(DESK, DESK),
    "carrier": Door(DESK, DESK, ("carrier",)),
    "carrier_interface": Door(EDITORS, EDITORS, ("carrier",)),
    "carrier_interface_act": Door(EDITORS, EDITORS, ("carrier", "probar")),
    "carrier_ticket_step": Door(DESK, DESK, ("1", "confirmar")),
    "carrier_listener": Door(ALL, ALL, ("token", "troubleTicketResolvedEvent"), public=True),
    "dispatch": Door(DESK, HANDLES),
    "dispatch_map": Door(DESK, HANDLES),
    **dict.fromkeys(("panorama", "panorama_rows"), Door(RIGHTS[Right.SEE_REPORTS], frozenset())),
    "panorama_file": Door(RIGHTS[Right.SEE_REPORTS], frozenset(), ("edad", "xlsx")),
    "panorama_whole": Door(RIGHTS[Right.SEE_REPORTS], frozenset(), ("xlsx",)),
    "panorama_trial": Door(SUPERVISORS, SUPERVISORS),
    "field_act_settle": Door(DESK, HANDLES, ("case", "1")),
    "staff": Door(MANAGERS, MANAGERS),
    **editing("company", EDITORS),
    **editing("contact", EDITORS, "company"),
    **editing("site", EDITORS, "company"),
    **editing("service", EDITORS, "company"),
    **editing("target", EDITORS, "company"),
    **editing("city", RIGHTS[Right.SUPERVISE]),
    "city_list": Door(DESK, SUPERVISORS),
    "company_sites": Door(DESK, DESK, ("company",)),
    "cities_csv": Door(DESK, DESK),
    "band_changes": Door(DESK, DESK),
    "band_told": Door(EDITORS, EDITORS, ("1",)),
    "band_undo": Door(SUPERVISORS, SUPERVISORS, ("1",)),
    **editing("crew", HANDLES),
    **editing("carrier", EDITORS),
    **editing("crew_member", HANDLES, "crew"),
    **editing("member", MANAGERS),
    "reports": Door(RIGHTS[Right.SEE_REPORTS], RIGHTS[Right.SEE_REPORTS]),
    "report_workbook": Door(RIGHTS[Right.SEE_REPORTS], RIGHTS[Right.SEE_REPORTS], ("2026-11",)),
    "reception_report": Door(RIGHTS[Right.SEE_REPORTS], RIGHTS[Right.SEE_REPORTS]),
    "reception_workbook": Door(RIGHTS[Right.SEE_REPORTS], RIGHTS[Right.SEE_REPORTS]),
    "monthly_reports": Door(RIGHTS[Right.SEE_REPORTS], frozenset()),
    "monthly_report": Door(RIGHTS[Right.SEE_REPORTS], frozenset(), ("company",)),
    "monthly_workbook": Door(RIGHTS[Right.SEE_REPORTS], frozenset(), ("company", "2026-10")),
    "monthly_paper": Door(RIGHTS[Right.SEE_REPORTS], frozenset(), ("company", "2026-10")),
    "monthly_send": Door(SUPERVISORS, SUPERVISORS, ("company",)),
    "late_unexplained": Door(RIGHTS[Right.SEE_REPORTS], RIGHTS[Right.SUPERVISE]),
    "interruptions": Door(RIGHTS[Right.SEE_REPORTS], frozenset()),
    "interruptions_file": Door(RIGHTS[Right.SEE_REPORTS], frozenset(), ("2026-10", "csv")),
    "event_log": Door(RIGHTS[Right.SEE_REPORTS], frozenset()),
    "event_log_file": Door(RIGHTS[Right.SEE_REPORTS], frozenset(), ("csv",)),
    "call_history": Door(DESK, DESK),
    "settings_telephone": Door(DESK, SUPERVISORS),
    "settings_extension": Door(SUPERVISORS, SUPERVISORS, ("member",)),
    "settings_exchange": Door(DESK, SUPERVISORS, ("1",)),
    "settings_exchange_new": Door(SUPERVISORS, SUPERVISORS),
    **dict.fromkeys(
        (f"settings_exchange_{act}" for act in ("edit", "queues", "name", "address", "off", "on")),
        Door(SUPERVISORS, SUPERVISORS, ("1",)),
    ),
    "settings_first_call": Door(SUPERVISORS, SUPERVISORS, ("1",)),
    "settings_agent_give": Door(SUPERVISORS, SUPERVISORS, ("1",)),
    "settings_agent_end": Door(SUPERVISORS, SUPERVISORS, ("1", "1")),
    "settings_channels": Door(RIGHTS[Right.CONNECT], RIGHTS[Right.CONNECT]),
    "settings_rehearsal": Door(RIGHTS[Right.CONNECT], frozenset()),
    "settings_rehearsal_list": Door(RIGHTS[Right.CONNECT], RIGHTS[Right.CONNECT]),
    "settings_rehearsal_live": Door(RIGHTS[Right.CONNECT], RIGHTS[Right.CONNECT]),
    "settings_rehearsal_message": Door(RIGHTS[Right.CONNECT], frozenset(), ("1",)),
    "settings_rehearsal_open": Door(RIGHTS[Right.CONNECT], frozenset(), ("csv",)),
    "settings_channel": Door(RIGHTS[Right.CONNECT], RIGHTS[Right.CONNECT], ("salida",)),
    "settings_audit": Door(RIGHTS[Right.SEE_AUDIT], RIGHTS[Right.SEE_AUDIT]),
    "settings_audit_csv": Door(RIGHTS[Right.SEE_AUDIT], RIGHTS[Right.SEE_AUDIT]),
    **dict.fromkeys((f"settings{page}" for page in READ_SETTINGS), Door(DESK, SUPERVISORS)),
    "settings_level": Door(SUPERVISORS, SUPERVISORS, ("1",)),
    "settings_seat": Door(SUPERVISORS, SUPERVISORS, ("1", "1")),
    "settings_cover": Door(SUPERVISORS, SUPERVISORS, ("1", "1")),
    **dict.fromkeys((f"settings_{act}" for act in SETTING_ACTS), Door(SUPERVISORS, SUPERVISORS)),
    "settings_matrix_edit": Door(SUPERVISORS, SUPERVISORS),
    "settings_hours_edit": Door(SUPERVISORS, SUPERVISORS, ("office",)),
    "settings_wording": Door(DESK, SUPERVISORS),
    "settings_wording_html": Door(DESK, SUPERVISORS, ("1",)),
    "settings_wording_edit": Door(DESK, SUPERVISORS, ("diagnosed", "es")),
    **dict.fromkeys(
        (f"settings_wording_{page}" for page in ("preview", "test", "back")),
        Door(SUPERVISORS, SUPERVISORS, ("diagnosed", "es")),
    ),
    "mentions": Door(DESK, frozenset()),
    "mentions_seen": Door(DESK, DESK),
    **dict.fromkeys(("mention_seen", "case_watch"), Door(DESK, DESK, ("case",))),
    "settings_team_channels": Door(RIGHTS[Right.CONNECT], RIGHTS[Right.CONNECT]),
    "settings_team_channel_new": Door(RIGHTS[Right.CONNECT], RIGHTS[Right.CONNECT], ("slack",)),
    "settings_team_channel": Door(RIGHTS[Right.CONNECT], RIGHTS[Right.CONNECT], ("1",)),
    "settings_groups": Door(DESK, SUPERVISORS),
    "settings_group_new": Door(SUPERVISORS, SUPERVISORS),
    "settings_group": Door(SUPERVISORS, SUPERVISORS, ("1",)),
    "report_groups": Door(RIGHTS[Right.SEE_REPORTS], frozenset()),
    "settings_quick_answers": Door(DESK, SUPERVISORS),
    "settings_quick_answer": Door(DESK, SUPERVISORS, ("1",)),
    **dict.fromkeys(("settings_quick_answer_new", "settings_quick_answer_preview"), Door(SUPERVISORS, SUPERVISORS)),
    "settings_quick_answer_back": Door(SUPERVISORS, SUPERVISORS, ("1",)),
    "settings_quick_answer_turn": Door(SUPERVISORS, SUPERVISORS, ("1", "usar")),
    "settings_webhooks": Door(RIGHTS[Right.CONNECT], frozenset()),
    "settings_webhook_new": Door(RIGHTS[Right.CONNECT], RIGHTS[Right.CONNECT]),
    "settings_webhook": Door(RIGHTS[Right.CONNECT], frozenset(), ("1",)),
    "settings_webhook_edit": Door(RIGHTS[Right.CONNECT], RIGHTS[Right.CONNECT], ("1",)),
    "settings_webhook_act": Door(RIGHTS[Right.CONNECT], RIGHTS[Right.CONNECT], ("1", "pausar")),
    "settings_webhook_retry": Door(RIGHTS[Right.CONNECT], RIGHTS[Right.CONNECT], ("1", "1")),
    "suggestions": Door(DESK, HANDLES, ("case",)),
    "settings_day": Door(SUPERVISORS, SUPERVISORS),
    "settings_canton": Door(SUPERVISORS, SUPERVISORS),
    "settings_withdraw": Door(SUPERVISORS, SUPERVISORS, ("1",)),
    "settings_delivery": Door(DESK, SUPERVISORS),
    "history_imports": Door(BRINGERS, BRINGERS),
    **dict.fromkeys(
        (f"history_{page}" for page in ("import", "import_progress", "import_troubles")),
        Door(BRINGERS, frozenset(), ("1",)),
    ),
    "history_import_files": Door(BRINGERS, BRINGERS, ("1",)),
    "history_import_act": Door(BRINGERS, BRINGERS, ("1", "parar")),
    "history_mapping": Door(BRINGERS, BRINGERS, ("1",)),
    **dict.fromkeys(("settings_privacy", "privacy_person", "privacy_hold_new"), Door(PROTECTORS, PROTECTORS)),
    **dict.fromkeys(
        (f"privacy_{page}" for page in ("request", "progress", "confirm", "again", "cancel", "copy", "hold_lift")),
        Door(PROTECTORS, PROTECTORS, ("1",)),
    ),
    "privacy_rule": Door(PROTECTORS, PROTECTORS, ("mails",)),
    "settings_limit": Door(SUPERVISORS, SUPERVISORS, ("1",)),
    "settings_limit_new": Door(SUPERVISORS, SUPERVISORS),
    "settings_limit_remove": Door(SUPERVISORS, SUPERVISORS, ("1",)),
    "settings_limit_restore": Door(SUPERVISORS, SUPERVISORS),
    "settings_mark_clear": Door(HANDLES, HANDLES, ("1",)),
    "settings_procedure": Door(DESK, DESK),
    "settings_version": Door(DESK, DESK, ("1",)),
    "settings_version_source": Door(DESK, DESK, ("1",)),
    "settings_draft_document": Door(DESK, frozenset(), ("1",)),
    **dict.fromkeys(("settings_draft", "settings_draft_numbers"), Door(DESK, DRAFTERS, ("1",))),
    "settings_draft_new": Door(DESK, DRAFTERS),
    "settings_draft_step": Door(DESK, DRAFTERS, ("1", "presentar")),
    "settings_letterhead": Door(DESK, SUPERVISORS),
    "settings_letterhead_view": Door(DESK, SUPERVISORS),
    "settings_letterhead_back": Door(SUPERVISORS, SUPERVISORS, ("0",)),
    "draft": Door(DESK, DESK),
    "objections": Door(DESK, RIGHTS[Right.RULE]),
    "rule": Door(DESK, RIGHTS[Right.RULE], ("case",)),
    "api_case_clocks": Door(DESK, frozenset(), ("case",), api=True),
    "api_call_clocks": Door(DESK, frozenset(), ("call",), api=True),
    "api_asyncapi": Door(ALL, frozenset(), public=True),
    "api_missing": Door(ALL, ALL, public=True),
    "bench": Door(DESK, HANDLES),
    "take": Door(DESK, TAKERS),
    "bulk_act": Door(DESK, TAKERS, ("asignar",)),
    "bulk_course": Door(DESK, TAKERS, ("00000000-0000-0000-0000-000000000000",)),
    "bulk_step": Door(DESK, TAKERS, ("00000000-0000-0000-0000-000000000000", "sigue")),
    "views": Door(DESK, DESK),
    "view_step": Door(DESK, DESK, ("1", "borrar")),
    "bench_export": Door(DESK, DESK),
    "wall": Door(DESK, HANDLES),
    "palette": Door(DESK, frozenset()),
    "search": Door(DESK, HANDLES),
    "calls": Door(DESK, HANDLES),
    "call_ring": Door(DESK, TAKERS),
    "contact_dial": Door(DESK, TAKERS, ("contact", "0")),
    "call_step": Door(DESK, HANDLES, ("call", "abandona")),
    "ring_demo": Door(DESK, HANDLES),
    "step_demo": Door(DESK, HANDLES, ("call", "contesta")),
    "phone_live": Door(DESK, HANDLES),
    "call": Door(DESK, HANDLES, ("call",)),
    "call_who": Door(DESK, HANDLES, ("call",)),
    "new_case": Door(DESK, HANDLES),
    "beside": Door(DESK, HANDLES),
    "similar_to_report": Door(DESK, HANDLES),
    "new_case_provisional": Door(DESK, HANDLES),
    "case": Door(DESK, HANDLES, ("case",)),
    "case_live": Door(DESK, HANDLES, ("case",)),
    "similar_to_case": Door(DESK, HANDLES, ("case",)),
    "case_opened": Door(DESK, HANDLES, ("case",)),
    "closing_report": Door(DESK, frozenset(), ("case",)),
    "closing_report_pdf": Door(DESK, frozenset(), ("case",)),
    "closing_report_json": Door(DESK, frozenset(), ("case",)),
    "permit_letter": Door(HANDLES, frozenset(), ("case", "1")),
    "permit_letter_pdf": Door(HANDLES, frozenset(), ("case", "1")),
    "join": Door(DESK, HANDLES, ("case",)),
    "probe_now": Door(DESK, HANDLES, ("case",)),
    "act": Door(HANDLES, HANDLES, ("case", "nota")),
    "preview_act": Door(DESK, HANDLES, ("case", "nota")),
    "handover": Door(DESK, HANDLES),
    "handover_draft": Door(DESK, HANDLES),
    "handover_withdraw": Door(DESK, HANDLES),
    "handovers": Door(DESK, HANDLES),
    "handover_sheet": Door(DESK, HANDLES, ("1",)),
    "shift_plan": Door(RIGHTS[Right.SUPERVISE], RIGHTS[Right.SUPERVISE]),
    "shift_enter": Door(DESK, HANDLES),
    "shift_leave": Door(DESK, HANDLES),
    "shift_here": Door(DESK, HANDLES),
    "shift_live": Door(DESK, HANDLES),
    "alarm_seen_to": Door(DESK, HANDLES),
    "mail_tray": Door(DESK, HANDLES),
    "message": Door(DESK, HANDLES, ("1",)),
    "message_html": Door(DESK, HANDLES, ("1",)),
    "message_original": Door(DESK, HANDLES, ("1",)),
    "message_file": Door(DESK, HANDLES, ("1", "1")),
    "message_join": Door(DESK, TAKERS, ("1",)),
    "message_dismiss": Door(DESK, TAKERS, ("1",)),
    "message_take_in": Door(DESK, TAKERS, ("1",)),
    "message_assign": Door(DESK, TAKERS, ("1",)),
    "report_page": Door(DESK, TAKERS, ("1",)),
    "report_join": Door(DESK, TAKERS, ("1",)),
    "report_dismiss": Door(DESK, TAKERS, ("1",)),
    "new_request": Door(DESK, TAKERS),
    "request_beside": Door(DESK, TAKERS),
    "request_carry": Door(DESK, TAKERS, ("requerimiento",)),
    "request_taken": Door(DESK, TAKERS, ("case",)),
    "office_receive": Door(DESK, TAKERS),
    "office_receipt": Door(DESK, TAKERS, ("1",)),
    "scan": Door(DESK, TAKERS, ("1",)),
    **dict.fromkeys(("permit_letter", "permit_letter_pdf"), Door(HANDLES, frozenset(), ("case", "1"))),
    "case_files": Door(DESK, HANDLES, ("case",)),
    **dict.fromkeys(("case_file", "case_file_content", "case_file_thumbnail"), Door(DESK, HANDLES, ("case", "1"))),
    "case_file_show": Door(DESK, HANDLES, ("case", "1")),
    "case_file_withdraw": Door(DESK, HANDLES, ("case", "1")),
    "notice_step": Door(DESK, HANDLES, ("case", "1", "otra-vez")),
    "mark_clear": Door(DESK, HANDLES, ("case", "1")),
    "mailbox": Door(DESK, HANDLES),
    "mail": Door(DESK, HANDLES, ("1",)),
    "mail_html": Door(DESK, HANDLES, ("1",)),
    "mail_report": Door(DESK, HANDLES),
    "mail_answer": Door(DESK, HANDLES, ("1",)),
}


BY_LINK = {
    *(
        "answer_page",
        "escalate_page",
        "deny_page",
        "customer_case_act",
        "customer_work_act",
        "cti",
        "cti_as_zammad",
        "api_test",
        "api_token",
    ),
    *("alerts_in", "alerts_in_with_slash", "alerts_in_by_header", "alerts_in_as_listener", "carrier_listener"),
    *("tmf_alarms", "tmf_alarm_listener", "tmf_clear_alarms", "tmf_alarms_missing", "tmf_service_problems_missing"),
    *("field_link", "field_link_send", "field_link_photo"),
    *("saml_acs", "saml_sls"),
}
"""Here the signed link is the secret, or what a directory signed: no cookie, and so no token either."""


def names(patterns=None) -> Iterator[str]:
    for entry in patterns or get_resolver(WITH_APIS).url_patterns:
        if isinstance(entry, URLResolver):
            yield from names(entry.url_patterns)
        else:
            yield entry.name or str(entry.pattern)


def is_of_keys(name: str) -> bool:
    """Whether it is an address of the API, which no session opens (tests/api/test_methods.py)."""
    return is_operation(name) or name in {"openapi-json", "api-root", "api_v2_missing", "mef124_missing"}


def test_every_address_is_in_the_table():
    assert sorted(name for name in names() if not is_of_keys(name)) == sorted(DOORS)


def test_the_table_is_the_one_that_is_published():
    """docs/policy.md is what the views ask for; what is tried here is what stands there."""
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "guardia policy --write"
    for line in lines():
        if is_of_keys(line.name):
            continue
        door = DOORS[line.name]
        assert (door.public, door.own) == (line.name in ANYBODY, line.name in WHOEVER_SIGNED_IN), line.name
        if line.looks:
            assert door.looks == RIGHTS[line.looks], line.name
        if line.acts and door.sends:
            assert door.sends <= RIGHTS[line.acts], line.name  # less where a case's desk decides too


def address(name: str, story: Story) -> str:
    ids = {
        "case": story.number,
        "call": story.call.pk,
        "company": story.bank.pk,
        "contact": story.mute.pk,
        "site": story.site.pk,
        "service": story.service.pk,
        "city": story.site.city_id,
        "crew": 1,
        "carrier": 1,
        "element": 1,
        "crew_member": 1,
        "target": 1,
        "member": story.colleague.pk,
    }
    return reverse(name, WITH_APIS, args=[ids.get(word, word) for word in DOORS[name].words])


@pytest.fixture(autouse=True)
def _counted_anew(monkeypatch):
    """The figures of this process tell every address, method and answer so far: a page of them takes seconds here."""
    monkeypatch.setattr(meters, "_meters", None)


@pytest.fixture
def opened(story, settings) -> Story:
    settings.DEMO = True
    story.open_case()
    return story


def test_nobody_sees_a_private_page(opened):
    nobody, before = Browser(), on_record()
    for name, door in DOORS.items():
        for method in ("get", "head", "post", "put", "delete", "patch", "options"):
            answer = getattr(nobody, method)(address(name, opened))
            if door.api:
                assert answer.status_code in {401, 405}, (name, method)
            elif not door.public:
                assert answer.status_code == 302, (name, method)
                assert answer.headers["Location"].startswith("/entrar?next="), (name, method)
            live = getattr(nobody, method)(address(name, opened), headers={"hx-request": "true"})
            assert opened.bank.name.encode() not in answer.content + live.content, (name, method)
            assert door.public or door.api or live.headers["HX-Redirect"] == "/entrar", (name, method)
    assert changed(before) == []


@pytest.mark.parametrize("role", Role)
def test_each_role_opens_what_is_its_own(opened, role, monkeypatch):
    pages_are_undrawn(monkeypatch)
    browser, before = Browser(staff("alguien", role)), on_record()
    for name, door in DOORS.items():
        place = address(name, opened)
        if name in OUT:
            continue
        assert (browser.get(place).status_code == 403) == (role not in door.looks), name
        assert role in door.looks or browser.delete(place).status_code in {403, *({405} if door.api else ())}, name
        with taken_back():
            answer = browser.post(place).status_code
            assert answer in {403, 405} or role in door.sends, (name, answer)
            assert answer != 403 or role not in door.sends, name
    assert changed(before) == []


def without_figures(metrics: bytes) -> bytes:
    """Names and labels: a figure, such as how many bytes were read, may hold the digits of any case."""
    return b"\n".join(line if line.startswith(b"#") else line.rpartition(b" ")[0] for line in metrics.splitlines())


def test_a_technician_sees_nothing_of_the_desk(opened):
    technician = Browser(staff("técnico", Role.TECHNICIAN))
    for name, door in DOORS.items():
        page = technician.get(address(name, opened)).content
        if name == "metrics":
            page = without_figures(page)
        assert opened.bank.name.encode() not in page
        assert str(opened.number).encode() not in page
        is_theirs = door.public or door.api or door.own or Role.TECHNICIAN in door.looks
        assert is_theirs or b"You are not allowed to open this." in page, name


def test_whoever_was_dismissed_is_nobody(opened):
    gone = Browser(opened.engineer)
    assert gone.get("/").status_code == 200
    opened.engineer.is_active = False
    opened.engineer.save()
    assert gone.get("/").status_code == 302
    assert gone.post(f"/casos/{opened.number}/nota", {"text": "x"}).status_code == 302


def test_without_its_token_no_form_does_anything(opened):
    forger = Browser(opened.supervisor, enforce_csrf_checks=True)
    before = on_record()
    for name in DOORS.keys() - BY_LINK:
        answer = forger.post(address(name, opened), {"text": "x", "name": "x"})
        if name in {"sign_in", "account_login"}:  # who is in already is led on; nothing sent is read
            assert (answer.status_code, answer.url) == (302, "/entrar?next=")
            continue
        assert answer.status_code in {403, 405}, name
        assert answer.status_code == 405 or b"This page has been open too long." in answer.content, name
    assert changed(before) == []


def test_whoever_may_everything_breaks_nothing_by_looking(transactional_db, settings):
    """Each request in a transaction of its own: an address without a wall has no rights and would break."""
    settings.DEMO = True
    with behind(DatabaseRole.STAFF):
        story = Story()
        story.open_case()
        browser = Browser(staff("administradora", Role.ADMINISTRATOR))
    before = on_record()
    for name in DOORS:
        browser.get(address(name, story))
        if name not in OUT:
            browser.put(address(name, story))
    assert changed(before) == []
    for nowhere in ("/static/nothing", "/static/", "/c/", "/c/1", "/procedimiento/", "/nada", "/favicon.ico"):
        assert browser.get(nowhere).status_code == 404


def is_uuid(word: str) -> bool:
    return bool(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", word))


def test_an_empty_house_stands(db, settings):
    """No procedure, no company, no case: every page says so."""
    settings.DEMO = True
    with behind(DatabaseRole.STAFF):
        browser = Browser(staff("administradora", Role.ADMINISTRATOR))
        for name, door in DOORS.items():
            place = reverse(
                name, WITH_APIS, args=[word if word.isdigit() or is_uuid(word) else "1" for word in door.words]
            )
            for method in ("get", "post"):
                if name not in {*OUT, "sign_in", "account_login"}:
                    getattr(browser, method)(place)
        assert browser.post("/llamadas/timbra", {"from_number": "02 555 0100"}).status_code == 422


def test_a_cookie_that_no_browser_sends_names_nobody(opened):
    for cookie in ("sessionid", "csrftoken", "messages", "django_language", "theme"):
        for value in ('"a\\000b12345678"', "x" * 9000, '"\\777"', "[[]]", '{"a":1}', '"\\012Set-Cookie: a=b"', "é"):
            for place in ("/", "/entrar", "/nada"):
                Browser().get(place, headers={"cookie": f"{cookie}={value}"})
