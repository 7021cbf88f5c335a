"""The archive of an installation or of one company: which tables are in it, which are not and why.

An archive is a ZIP of JSON lines that can be read without Guardia, and brought into an empty installation
(``archive_writing``, ``archive_importing``). docs/archive.md describes the file. ``tests/history/test_archive.py``
fails for a table that is named nowhere here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from zipfile import BadZipFile, ZipFile, is_zipfile

FORMAT = "guardia-archive/1"
MANIFEST = "archive.json"
READ_ME = "README.txt"
TABLES = "tables/"
FILES = "files/"
FILES_LIST = "files.jsonl"
SEQUENCES = ("case_number", "outage_number", "planned_work_number")
"""What is counted by itself and never begins anew (issue *Numbers*); ids go on from the highest of their table."""


class Share(Enum):
    """Which rows of a table are in the archive of one company."""

    WHOLE = "all of them"
    OWN = "those of the company"
    NAMED = "those that a row of the company names"
    WITH_PARENTS = "those whose every required reference is in the archive"
    NONE = "none"


@dataclass(frozen=True, eq=False)
class Archived:
    """One table. ``without``: columns that are left out, each with what SQL puts there when it is brought in.

    ``only``: an SQL condition that a row must meet. ``of_company``: what SQL puts in place of a column in the archive
    of one company.
    """

    model: str
    share: Share
    without: Mapping[str, str] = field(default_factory=dict)
    only: str = ""
    of_company: Mapping[str, str] = field(default_factory=dict)


FRESH_MARK = "replace(gen_random_uuid()::text, '-', '')"
NOT_A_SECRET = "code_id IS NULL AND reset_id IS NULL AND confirmation_id IS NULL"
"""A mail that lets somebody in is good for minutes, and is nobody's history."""
ROLE_ALONE = "role || '-' || id"

ARCHIVED = (
    Archived("ProcedureVersion", Share.WHOLE),
    Archived("CalendarChange", Share.WHOLE),
    Archived("City", Share.WHOLE),
    Archived(
        "Staff",
        Share.WHOLE,
        without={"password_mark": FRESH_MARK, "last_login": "NULL", "channels": "'[]'::jsonb"},
        of_company={
            **dict.fromkeys(("username", "name"), ROLE_ALONE),
            **dict.fromkeys(("email", "position", "mobile", "desk_phone", "extension"), "''"),
            "is_active": "false",
        },
    ),
    Archived("Rehearsal", Share.NONE),
    Archived("Customer", Share.OWN),
    Archived("Site", Share.OWN),
    Archived("Service", Share.OWN),
    Archived("Contact", Share.OWN),
    Archived("ContactWay", Share.OWN),
    Archived("SettingChange", Share.NONE),
    Archived("Element", Share.NAMED),
    Archived("ElementLink", Share.WITH_PARENTS),
    Archived("ServiceElement", Share.OWN),
    Archived("ServiceTarget", Share.OWN),
    Archived("Crew", Share.NAMED),
    Archived("CrewMember", Share.NONE),
    Archived("Exchange", Share.NONE, without={"token_digest": "''"}),
    Archived("ExchangeGap", Share.NONE),
    Archived("ExchangeAgent", Share.NONE),
    Archived("ExchangeMember", Share.NONE),
    Archived("Level", Share.NONE),
    Archived("Rota", Share.NONE),
    Archived("Cover", Share.NONE),
    Archived("ShiftPlan", Share.NONE),
    Archived("Shift", Share.NONE),
    Archived("Letterhead", Share.WHOLE),
    Archived("OwnWording", Share.WHOLE),
    Archived("DomainLimit", Share.NONE),
    Archived("RetentionRule", Share.NONE),
    Archived("ProcedureDraft", Share.NONE),
    Archived("PlannedWork", Share.NAMED),
    Archived("PlannedWorkService", Share.OWN),
    Archived("PlannedWorkTurn", Share.WITH_PARENTS),
    Archived("Outage", Share.NAMED),
    Archived("OutageNews", Share.WITH_PARENTS),
    Archived("PrivacyRequest", Share.NONE),
    Archived("RetentionRun", Share.NONE),
    Archived("Erasure", Share.NAMED),
    Archived("Case", Share.OWN),
    Archived("CaseEvent", Share.OWN),
    Archived("EventText", Share.OWN),
    Archived("CaseLink", Share.OWN),
    Archived("Follower", Share.OWN),
    Archived("CustomerAct", Share.OWN),
    Archived("OutageService", Share.OWN),
    Archived("Call", Share.OWN),
    Archived("QueueVisit", Share.WITH_PARENTS),
    Archived("RingAttempt", Share.WITH_PARENTS),
    Archived("CallTransfer", Share.WITH_PARENTS),
    Archived("WrittenRequest", Share.OWN),
    Archived("Scan", Share.OWN),
    Archived("BuyerTicket", Share.OWN),
    Archived("Clock", Share.OWN),
    Archived("Wait", Share.OWN),
    Archived(
        "Carrier",
        Share.NAMED,
        of_company={
            **dict.fromkeys(("mailbox", "hours", "notes"), "''"),
            **dict.fromkeys(("phones", "contacts"), "'[]'::jsonb"),
        },
    ),
    Archived("CarrierTicket", Share.OWN),
    Archived("Alarm", Share.NONE),
    Archived("Escalation", Share.OWN),
    Archived("CallTask", Share.OWN),
    Archived("Proof", Share.NONE),
    Archived("Visit", Share.OWN),
    Archived("CaseFile", Share.OWN),
    Archived("FieldAct", Share.OWN),
    Archived("TestResult", Share.OWN),
    Archived("Probe", Share.OWN),
    Archived("Message", Share.OWN),
    Archived("Original", Share.OWN),
    Archived("Attachment", Share.OWN),
    Archived("AutomaticAnswer", Share.NONE),
    Archived("Announcement", Share.NAMED),
    Archived(
        "TeamChannel",
        Share.NAMED,
        without={"secret": "'[]'::jsonb", "active": "false"},
        of_company={
            "name": "'channel-' || id",
            "place": "'{}'::jsonb",
            **dict.fromkeys(("groups", "companies"), "'[]'::jsonb"),
        },
    ),
    Archived("Notice", Share.OWN),
    Archived("Delivery", Share.OWN, only=NOT_A_SECRET),
    Archived("DeliveredNotice", Share.OWN),
    Archived("CarrierMail", Share.NONE),
    Archived("AddressMark", Share.OWN),
    Archived("ContactChange", Share.OWN),
    Archived("LegalHold", Share.OWN),
    Archived("AlertSource", Share.NONE, without={"token_digest": "''"}),
    Archived("AlertMapping", Share.NONE),
    Archived("Alert", Share.NONE),
    Archived("AlertTurn", Share.NONE),
    Archived("Handover", Share.NONE),
    Archived("HandoverLine", Share.NONE),
    Archived("Article", Share.NONE),
    Archived("ArticleEdition", Share.NONE),
    Archived("ArticleEdition_elements", Share.NONE),
    Archived("ArticleUse", Share.NONE),
    Archived("ArticleOpinion", Share.NONE),
    Archived("Mention", Share.NONE),
    Archived("CaseWatcher", Share.NONE),
    Archived("ResolverGroup", Share.NONE),
    Archived("ResolverGroup_members", Share.NONE),
    Archived("GroupHold", Share.NONE),
    Archived("QuickAnswer", Share.NONE),
    Archived("QuickAnswerEdition", Share.NONE),
    Archived("QuickAnswerUse", Share.NONE),
    Archived("SavedView", Share.NONE),
    Archived("DefaultView", Share.NONE),
    Archived("HistoryLeaf", Share.NONE),
    Archived("HistoryTile", Share.NONE),
    Archived("HistoryCheckpoint", Share.NONE),
    Archived("SealedRow", Share.NONE),
)
"""In an order in which each row comes after those it must name."""

OPENS_A_DOOR = "it lets somebody in, or follows from a secret: everybody is let in anew (guardia people rescue)"
OF_THE_MOMENT = "it is of the running processes, which write it anew"
OF_AN_INTERFACE = "a ticket is followed at an interface by one installation: what was said stands in the case"
OF_THE_MACHINE = "it is entered anew on the other installation, whose addresses and secrets are others"
OF_THE_FRAMEWORK = "the migrations write it, and nothing here uses it"
OF_A_FORMER_TOOL = "its files stay for two weeks: what was brought in from them stands in the cases"
OF_THE_AUDIT = "the journal is that of one installation, whose chain the database alone writes; a backup has it"

LEFT_OUT: Mapping[str, str] = {
    **dict.fromkeys(
        (
            *("guardia.StaffPassword", "guardia.PasswordReset", "guardia.SignInCode", "guardia.CompanySession"),
            *("guardia.OwnSignIn", "guardia.AddressConfirmation", "guardia.ApiKey"),
            *("sessions.Session", "account.EmailAddress"),
            *("account.EmailConfirmation", "mfa.Authenticator", "usersessions.UserSession"),
            *("socialaccount.SocialApp", "socialaccount.SocialAccount", "socialaccount.SocialToken"),
        ),
        OPENS_A_DOOR,
    ),
    **dict.fromkeys(("guardia.AuditEntry", "guardia.AuditLane", "guardia.AuditLink"), OF_THE_AUDIT),
    **dict.fromkeys(("guardia.Watch", "guardia.Trouble", "guardia.Sender", "guardia.Presence"), OF_THE_MOMENT),
    **dict.fromkeys(
        ("guardia.Connection", "guardia.Mailbox", "guardia.WebhookSubscription", "guardia.CarrierConnection"),
        OF_THE_MACHINE,
    ),
    **dict.fromkeys(("guardia.CarrierMessage", "guardia.CarrierMirror"), OF_AN_INTERFACE),
    **dict.fromkeys(
        ("guardia.HistoryImport", "guardia.HistoryImportFile", "guardia.HistoryImportPiece"), OF_A_FORMER_TOOL
    ),
    **dict.fromkeys(
        ("guardia.BulkAct", "guardia.BulkLine"), "it is forgotten after a month: what was done stands in the cases"
    ),
    "guardia.ApiAnswer": "it is kept for two days, for a machine that sends the same again",
    "guardia.WebhookDelivery": "it is forgotten after a month: each event stands in its case",
    "guardia.Draft": "it is not sent yet, and whoever writes it has it before them",
    "guardia.ExchangeEvent": "it is raw, and erased after days: what followed from it is in the calls",
    **dict.fromkeys(
        ("auth.Permission", "auth.Group", "auth.Group_permissions", "contenttypes.ContentType"), OF_THE_FRAMEWORK
    ),
}
"""Each table that is in no archive, with the reason."""


def is_archive(path: Path) -> bool:
    """Whether a file is a ZIP with the manifest of an archive; a workbook is a ZIP too."""
    try:
        if not is_zipfile(path):
            return False
        with ZipFile(path) as opened:
            return MANIFEST in opened.namelist()
    except (BadZipFile, OSError):
        return False
