"""Every page that lists something: how it is asked for, by whom, and by what its rows are counted."""

from dataclasses import dataclass

ADMINISTRATOR, ENGINEER, QUALITY, TECHNICIAN = "administrador", "ingeniero1", "calidad", "tecnico1"
COMPANY, NOBODY = "company", ""


@dataclass(frozen=True)
class Page:
    """``rows``: the tag and class by which a row is known in its HTML, as ``li.row``; of a file its lines are counted.

    ``of``: what stands in the blanks of its address, by the words of ``House.words``. ``by``: who looks.
    ``full``: it shows no more than it shows in a small house already. ``more``: so many statements write down that many
    persons were seen at once, as they are in the larger house.
    """

    name: str
    rows: str = ""
    of: tuple[str, ...] = ()
    asked: str = ""
    by: str = ADMINISTRATOR
    full: bool = False
    more: int = 0

    def __str__(self) -> str:
        return self.name + (f"?{self.asked}" if self.asked else "")


PAGES = (
    # --- the bench, and what stands beside it ---
    Page("bench", "a.row-link"),
    Page("bench", "a.row-link", asked="vista=sin-asignar"),
    Page("bench", "a.row-link", asked="vista=mios", by=ENGINEER),
    Page("bench", "a.row-link", asked="vista=en-espera"),
    Page("bench", "a.row-link", asked="vista=en-seguimiento"),
    Page("bench", "a.row-link", asked="area=todas"),
    Page("bench", "a.row-link", asked="orden=impacto"),
    Page("bench", "a.row-link", asked="vip=1"),
    Page("bench", "a.row-link", asked="desde=2"),
    Page("wall", "b.wall-who", full=True),
    Page("views", "label.unseen"),
    Page("search", "a.number", asked="q=enlace"),
    Page("palette", "a.", asked="q=austral"),
    Page("calls", "td."),
    Page("phone_live", "span.number"),
    Page("call_history", "td.", asked="compania={company}", more=2),
    Page("mail_tray", "li.mail-row"),
    Page("mail_tray", "li.mail-row", asked="ver=recibidos"),
    Page("dispatch", "li.row visit-row"),
    Page("dispatch_map", "tr.map-row"),
    Page("outages", "li.row outage-row"),
    Page("works", "a.strong"),
    Page("alerts", "li.row alert-row"),
    Page("escalations", "li.escalation-row"),
    Page("objections", "div.side", by=QUALITY),
    Page("handover", "span.state"),
    Page("handovers", "a.strong"),
    Page("shift_live", "li."),
    Page("mailbox", "span.oneline"),
    Page("articles", "a.strong", full=True),
    Page("mentions", "li.change", full=True),
    Page("settings_groups", "a.strong", full=True),
    Page("report_groups", "a.strong", full=True),
    Page("settings_quick_answers", "a.strong", full=True),
    Page("settings_webhooks", "a.strong", full=True),
    Page("articles", "a.strong", asked="q=fibra", full=True),
    # --- companies, and the operator ---
    Page("companies", "a.strong"),
    Page("companies", "a.strong", asked="q=austral"),
    Page("companies", "a.strong", asked="ver=sin-contacto"),
    Page("customer_changes", "section.part"),
    Page("cities", "td.number"),
    Page("cities_csv"),
    Page("band_changes", "article.to-tell"),
    Page("crews", "a.strong"),
    Page("elements", "a.strong"),
    Page("carriers", "a.strong", full=True),
    # --- reports ---
    Page("reports", "tr."),
    Page("panorama", "section.picture", full=True),
    Page("panorama_rows", "tr.behind-row", asked="que=carga&ingeniero=0"),
    Page("reception_report", "tr."),
    Page("reception_workbook", full=True),
    Page("monthly_reports", "a.strong"),
    Page("interruptions", "a.number"),
    Page("by_word", "a.number", full=True),
    Page("late_unexplained", "a.number"),
    # --- the supervisor's rooms ---
    Page("settings_people", "a.strong"),
    Page("settings_telephone", "form.inline-field"),
    Page("settings_alerts", "a.strong"),
    Page("settings_delivery", "td.n"),
    Page("settings_privacy", "b.strong", full=True),
    Page("settings_record", "div.change", full=True),
    Page("settings_record", "div.change", asked="que=staff"),
    Page("settings_audit", "div.change", full=True),
    Page("settings_audit", "div.change", asked="que=signed_in"),
    Page("settings_audit", "div.change", asked="ip=192.0.2.7"),
    Page("settings_audit_csv"),
    # --- one thing, with what belongs to it ---
    Page("case", "li.log-line", ("case",)),
    Page("case_live", "li.log-line", ("case",)),
    Page("similar_to_case", "p.why", ("case",), full=True),
    Page("similar_to_report", "p.why", asked="service={service}&symptoms=enlace+fibra+cortada", full=True),
    Page("articles_of_case", "li.fitting-row", ("case",), full=True),
    Page("articles_of_report", "li.fitting-row", asked="service={service}&symptoms=enlace+fibra+cortada", full=True),
    Page("suggestions", "li.", ("case",), asked="signo=/&audience=public", full=True),
    Page("closing_report", "tr.", ("case",)),
    Page("company", "tr.", ("company",)),
    Page("company_sites", "b.strong", ("company",)),
    Page("company_sign_in", "li.", ("company",)),
    Page("service_availability", "tr.", ("company", "service"), full=True),
    Page("monthly_report", "tr.", ("company",)),
    Page("new_case", "b.number", asked="compania={company}"),
    Page("crew", "tr.", ("crew",)),
    Page("element", "td.number", ("element",)),
    Page("carrier", "tr.", ("carrier",), full=True),
    Page("outage", "td.", ("outage",)),
    Page("work", "li.", ("work",)),
    Page("alert", "li.", ("alert",)),
    Page("settings_alert_source", "li.", ("source",)),
    Page("settings_exchange", "details.kind", ("exchange",)),
    Page("call", "li.", ("call",)),
    Page("message", "small.faint", ("message",)),
    Page("handover_sheet", "td.", ("handover",)),
    # --- what a company sees, what everybody sees, what a technician sees ---
    Page("company_home", "article.case-card", by=COMPANY),
    Page("company_history", "span.number", by=COMPANY),
    Page("company_history", "span.number", asked="q=enlace", by=COMPANY),
    Page("company_spreadsheet", by=COMPANY),
    Page("company_evidence", by=COMPANY),
    Page("company_services", "li.service", by=COMPANY),
    Page("company_works", "article.case-card", by=COMPANY),
    Page("company_contacts", "li.", by=COMPANY),
    Page("company_sessions", "li.", by=COMPANY),
    Page("company_articles", "li.", by=COMPANY, full=True),
    Page("company_articles", "li.", asked="q=router", by=COMPANY, full=True),
    Page("company_ask", "option.", by=COMPANY),
    Page("company_case", "span.log-hour", ("case",), by=COMPANY),
    Page("status", "li.", by=NOBODY),
    Page("status_feed", "entry.", by=NOBODY),
    Page("field", "summary.button", by=TECHNICIAN),
    Page("field_standing", by=TECHNICIAN, full=True),
)

NO_LISTS = {
    "it takes what is sent": (
        *(
            "alerts_in_by_header",
            "bench_export",
            "take",
            "call_ring",
            "contact_dial",
            "ring_demo",
            "mail_report",
            "panorama_trial",
            "draft",
            "looks",
        ),
        *(
            "handover_draft",
            "handover_withdraw",
            "shift_enter",
            "shift_leave",
            "shift_here",
            "alarm_seen_to",
            "field_send",
        ),
        *("field_photo", "drill_start", "number_tried", "settings_rota_again", "settings_rota_end", "sessions_end"),
        *("mentions_seen",),
        *("settings_cover_withdraw", "settings_cover_restore", "settings_limit_restore", "settings_draft_new"),
    ),
    "a form": (
        *(
            "companies_import",
            "company_new",
            "city_new",
            "city_list",
            "element_new",
            "crew_new",
            "carrier_new",
            "member_new",
            "outage_new",
        ),
        *("work_new", "escalation_received", "new_request", "office_receive", "settings_matrix_edit", "settings_day"),
        *("settings_canton", "settings_limit_new", "settings_exchange_new", "settings_alert_source_new", "shift_plan"),
        *("privacy_person", "privacy_hold_new", "company_contact_new", "first_run", "first_run_done", "event_log"),
        *("settings_rehearsal_list", "article_new", "settings_quick_answer_new", "settings_group_new"),
        *("settings_key_new", "company_key_new"),
        *("settings_team_channel_new",),
        "settings_webhook_new",
    ),
    "beside a form, of what is typed there": (
        *("outage_beside", "request_beside", "beside", "new_case_provisional", "article_preview"),
        *("company_articles_near", "hour_typed"),
        *("settings_quick_answer_preview",),
    ),
    "what the procedure says, and who holds its levels": (
        *("procedure_document", "who_answers", "settings_procedure", "settings_levels", "settings_rotas"),
        *("settings_matrix", "settings_hours", "settings_calendar", "settings_calendar_progress", "settings_wording"),
        *("settings_letterhead", "settings_letterhead_view", "settings_channels"),
        *("settings_team_channels", "settings_team_channel"),
    ),
    "what a rehearsal holds, counted up to a bound": ("settings_rehearsal", "settings_rehearsal_live"),
    "the log of all histories: its newest checkpoint alone": ("log_of_histories", "log_checkpoint", "log_time_stamp"),
    "keys of machines, some hundreds at most": ("settings_keys", "company_keys"),
    "a file that is the same for everybody": ("verifier_page", "verifier_program"),
    "what waits to be tidied, two hundred at most": ("provisionals",),
    "files of a former tool, which are there for two weeks": ("history_imports",),
    "the rooms of the settings at one glance": ("settings",),
    "leads to the one place where people stand": ("staff",),
    "what rings now, three calls at most": ("settings_first_call",),
    "the months of a year": ("company_months",),
    "to come in, or of one's own account": (
        *("sign_in", "account_login", "sign_out", "account_logout", "forgotten", "mfa_login_webauthn"),
        *("mfa_authenticate", "account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
        *("mfa_index", "change_password", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_list_webauthn"),
        *("mfa_add_webauthn", "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "company_enter"),
        *("company_choose", "company_own_back", "company_leave"),
    ),
    "by a key, a hundred at most": ("tmf_alarms", "tmf_service_problems"),
    "of machines": (
        *("health", "health_live", "health_ready", "metrics", "api_missing", "api_token", "api_asyncapi"),
        *("api_v2_missing", "tmf_alarms_missing", "tmf_service_problems_missing", "tmf_clear_alarms"),
        *("tmf_acknowledge_alarms", "mef124_missing", "tmf621_missing", "tmf621_v4_schema", "field_worker"),
    ),
    "trouble tickets, a page of two hundred at most": ("tmf621_v4_tickets", "tmf621_v5_tickets"),
    "listeners, a hundred at most": ("tmf621_v4_hubs", "tmf621_v5_hubs"),
    "of TM Forum's test kit, on a machine to try it out": ("tmf621_kit_tickets", "tmf621_kit_tickets_slash"),
}
"""Addresses without a blank that list nothing that grows, by the reason."""
