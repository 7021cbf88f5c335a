"""What the pages of the webhooks call families of events, impacts and states; the log of changes says it likewise."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from guardia.cases.labels import IMPACT_NAMES, STAGE_NAMES
from guardia.events.families import Family
from guardia.events.kinds import KINDS
from guardia.procedure.vocabulary import Impact, Moment, Stage
from guardia.webhooks.formats import FORMATS
from guardia.webhooks.subscription import SubscriptionState

FAMILY_NAMES: dict[str, Promise] = {
    **{Family(f"{stage}.*"): STAGE_NAMES[stage] for stage in Stage},
    Family.WAITS: gettext_lazy("Waits"),
    Family.ESCALATION: gettext_lazy("Escalation"),
    Family.REQUESTS: gettext_lazy("Requests"),
    Family.OTHER: pgettext_lazy("events", "Others"),
}
IMPACT_CHOICES: list[tuple[int, Promise]] = [
    (0, gettext_lazy("any, requests too")),
    (1, IMPACT_NAMES[Impact.INTERMITTENT]),
    (2, IMPACT_NAMES[Impact.DEGRADED]),
    (3, IMPACT_NAMES[Impact.DOWN]),
]
FORMAT_CHOICES: list[tuple[str, str]] = [(code, one.name) for code, one in FORMATS.items()]
STATE_NAMES: dict[str, Promise] = {
    SubscriptionState.ACTIVE: pgettext_lazy("webhook", "active"),
    SubscriptionState.PAUSED: pgettext_lazy("webhook", "paused"),
    SubscriptionState.GONE: gettext_lazy("ended: the receiver answered 410"),
}


def kind_name(kind: str) -> str:
    """A family by its name, a kind by its own; what is neither any more is given back."""
    if kind in FAMILY_NAMES:
        return str(FAMILY_NAMES[kind])
    return str(KINDS[Moment(kind)].name) if kind in set(Moment) else kind


def kinds_in_words(kinds: Iterable[str]) -> str:
    return ", ".join(map(kind_name, kinds)) or _("all events")
