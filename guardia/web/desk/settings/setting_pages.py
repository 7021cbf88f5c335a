"""The pages of the settings by their groups, with what is set on each: for the summary, the palette and the frame."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext

from guardia.customers.values import fold
from guardia.people.policy import Right, may
from guardia.people.staff import Staff


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """A page of the settings. ``tells``: what is set there, in words by which somebody looks for it; ``right``: which
    few may open it; ``in_palette``: what it is called there, where another page has its name.
    """

    name: str
    words: Any
    tells: Any
    right: Right | None = None
    in_palette: Any = ""

    def is_called(self, wanted: Sequence[str]) -> bool:
        """Whether each of these folded words begins one of its own."""
        if not wanted:
            return True
        own = fold(f"{self.words} {self.tells}").replace(",", " ").split()
        return all(any(part.startswith(word) for part in own) for word in wanted)


GROUPS: tuple[tuple[Any, tuple[SettingsPage, ...]], ...] = (
    (
        _("The promise"),
        (
            SettingsPage(
                "settings_procedure",
                _("Procedure"),
                _("Versions, drafts, publishing"),
                in_palette=_("Procedure: versions and drafts"),
            ),
            SettingsPage("settings_matrix", _("Matrix"), _("Telephones and email by level")),
            SettingsPage("settings_hours", _("Weekly hours"), _("When desks and levels work")),
            SettingsPage("settings_calendar", _("Rest days"), _("Holidays, rest days and working days")),
        ),
    ),
    (
        _("Who answers"),
        (
            SettingsPage("settings_levels", _("Levels"), _("Who holds each level now, covers")),
            SettingsPage("settings_rotas", _("Rotas"), _("Who is on call, week by week")),
            SettingsPage("settings_groups", _("Resolver groups"), _("Transport, IP, field, power; members, targets")),
            SettingsPage("settings_people", _("People"), _("Users, roles, sign-in, their channels")),
        ),
    ),
    (
        _("What is sent"),
        (
            SettingsPage("settings_wording", _("Wording"), _("Texts of letters and messages")),
            SettingsPage(
                "settings_quick_answers", _("Quick answers"), _("Texts the desk inserts with /, by stage and cause")
            ),
            SettingsPage("settings_letterhead", _("Letterhead"), _("Logo, colours, signature")),
            SettingsPage("settings_delivery", pgettext("mail", "Delivery"), _("Limits by domain, dead addresses")),
            SettingsPage(
                "settings_channels",
                _("Mail and messages"),
                _("Server, mailbox, SMS, WhatsApp, Telegram; send a test"),
                Right.CONNECT,
            ),
            SettingsPage(
                "settings_team_channels",
                _("Team channels"),
                _("News to Slack, Teams, Mattermost, Telegram, WhatsApp"),
                Right.CONNECT,
            ),
        ),
    ),
    (
        _("Connections"),
        (
            SettingsPage(
                "settings_telephone",
                pgettext("settings", "Telephone"),
                _("Exchanges, queues, extensions"),
            ),
            SettingsPage("settings_alerts", _("Alerts"), _("Zabbix, Prometheus, other monitoring")),
            SettingsPage(
                "settings_keys", pgettext("api", "Keys"), _("API of machines, OAuth, service accounts"), Right.CONNECT
            ),
            SettingsPage(
                "settings_webhooks",
                _("Webhooks"),
                _("Events sent to a CRM, ServiceNow, scripts"),
                Right.CONNECT,
            ),
        ),
    ),
    (
        _("This installation"),
        (
            SettingsPage("settings_rehearsal", _("Rehearsal"), _("Test it without sending anything"), Right.CONNECT),
            SettingsPage(
                "history_imports",
                _("Former tool"),
                _("Import cases: ServiceNow, Jira, CSV"),
                Right.BRING_HISTORY,
            ),
            SettingsPage("settings_record", _("Changes"), _("Who changed what, and when")),
            SettingsPage(
                "settings_privacy",
                _("Privacy"),
                _("Personal data, retention, erasure"),
                Right.PROTECT_DATA,
            ),
            SettingsPage(
                "settings_audit",
                _("Audit"),
                _("Who signed in, what they exported"),
                Right.SEE_AUDIT,
            ),
        ),
    ),
)


OF_FEW = (Right.CONNECT, Right.PROTECT_DATA, Right.SEE_AUDIT, Right.BRING_HISTORY)


def rights_of(staff: Staff) -> set[Right]:
    return {right for right in OF_FEW if may(staff, right)}


def pages_called(words: str, rights: Collection[Right]) -> list[tuple[Any, list[SettingsPage]]]:
    """The groups with the pages that are called so, as far as ``rights`` hold theirs; all of them without words."""
    wanted = fold(words).split()
    found = (
        (group, [each for each in pages if (each.right is None or each.right in rights) and each.is_called(wanted)])
        for group, pages in GROUPS
    )
    return [(group, pages) for group, pages in found if pages]


def neighbours(current: str, rights: Collection[Right]) -> list[dict[str, Any]]:
    """The pages of the same group; none of the summary, which has them all."""
    for _group, pages in pages_called("", rights):
        if any(each.name == current for each in pages):
            return [
                {"href": reverse(each.name), "words": each.words, "is_current": each.name == current} for each in pages
            ]
    return []
