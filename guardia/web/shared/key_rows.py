"""A key of the API in words: what it may do, since when it is unused, and what somebody should look at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from guardia.people.api_key import COMPANY_SCOPES, ApiKey
from guardia.people.api_key_editing import SOON, UNUSED_FOR
from guardia.web.shared.hour_in_words import short_date

SCOPE_NAMES: dict[str, str | Promise] = {
    "*": gettext_lazy("Everything that the role may"),
    "*.read": gettext_lazy("Read everything"),
    "cases.*": gettext_lazy("Read and work on cases"),
    "cases.read": gettext_lazy("Read cases"),
    "cases.open": pgettext_lazy("scope of a key", "Open cases"),
    "cases.note": gettext_lazy("Write notes in cases"),
    "cases.confirm": gettext_lazy("Confirm that it works"),
    "events.read": gettext_lazy("Read events as they happen"),
    "customers.*": gettext_lazy("Companies, contacts, sites and services"),
    "calls.*": gettext_lazy("Calls"),
    "outages.*": gettext_lazy("Mass outages"),
    "works.*": gettext_lazy("Planned works"),
    "reports.read": gettext_lazy("Read reports"),
    "tmf621.*": gettext_lazy("Trouble tickets (TMF621)"),
    "tmf642.read": gettext_lazy("Read alarms (TMF642)"),
    "tmf656.read": gettext_lazy("Read mass outages (TMF656)"),
}
"""By pattern over the names of operations; what is not here is written as it is."""
DAYS = (30, 90, 180, 365, 730)
OVERLAPS = (0, 1, 24, 72, 168)


def scope_choices(of_a_company: bool = False) -> list[tuple[str, str]]:
    """What is offered to tick, each with its words."""
    return [(one, str(words)) for one, words in SCOPE_NAMES.items() if not of_a_company or one in COMPANY_SCOPES]


def scopes_in_words(scopes: Sequence[str]) -> str:
    return ", ".join(str(SCOPE_NAMES.get(one, one)) for one in scopes)


def day_choices() -> list[tuple[str, str]]:
    return [(str(days), ngettext("%(n)d day", "%(n)d days", days) % {"n": days}) for days in DAYS]


def overlap_choices() -> list[tuple[str, str]]:
    """For how long the former secret stays good."""
    hours = [(str(each), ngettext("%(n)d hour", "%(n)d hours", each) % {"n": each}) for each in OVERLAPS]
    return [("0", _("Not at all: it ends at once")), *hours[1:]]


@dataclass(frozen=True, slots=True)
class KeyRow:
    """``state``: in words; ``is_bad``: somebody should look at it. ``former``: how the former secret stands, or ""."""

    key: ApiKey
    scopes: str
    networks: str
    expires: str
    used: str
    state: str
    is_bad: bool
    former: str
    former_is_used: bool

    @property
    def is_over(self) -> bool:
        return self.key.ended_at is not None


def key_row(key: ApiKey, at: datetime, hour: Callable[[datetime], str] | None = None) -> KeyRow:
    """As it stands at ``at`` (UTC); ``hour`` writes an instant, in the zone of the page where none is given."""
    hour = hour or _hour
    state, is_bad = _state(key, at, hour)
    from_there = f"{hour(key.last_used_at)} · {key.last_used_from}" if key.last_used_at else _("never")
    is_former_good = bool(key.former_good_until and at < key.former_good_until and not key.ended_at)
    former = _("The former secret is good until %s.") % hour(key.former_good_until) if is_former_good else ""  # type: ignore[arg-type]
    return KeyRow(
        key=key,
        scopes=scopes_in_words(key.scopes),
        networks=", ".join(key.networks) or _("from anywhere"),
        expires=hour(key.expires_at),
        used=from_there,
        state=state,
        is_bad=is_bad,
        former=former,
        former_is_used=is_former_good and key.former_used_at is not None,
    )


def _state(key: ApiKey, at: datetime, hour: Callable[[datetime], str]) -> tuple[str, bool]:
    if key.ended_at:
        return _("ended %s") % hour(key.ended_at), False
    if at >= key.expires_at:
        return _("expired"), True
    if key.expires_at - at <= SOON:
        days = (key.expires_at - at).days
        return (ngettext("expires in %(n)d day", "expires in %(n)d days", days) % {"n": days}, True)
    if at - (key.last_used_at or key.created_at) >= UNUSED_FOR:
        return _("not used for 90 days"), True
    return _("in use") if key.last_used_at else _("not used yet"), False


def _hour(at: datetime) -> str:
    return short_date(localtime(at), "j M Y H:i")
