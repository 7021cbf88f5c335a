"""A channel of a team (Slack, Teams, Mattermost, Telegram, WhatsApp): where it is, and which news goes there."""

from collections.abc import Iterable
from datetime import time

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guardia.events.kinds import TeamNews
from guardia.notices.team_address import KINDS, address_of
from guardia.people.sealing import SealedList

NOUN = "team_channel"
"""Under which the changes of channels are on record, by their id."""

TROUBLE = "team channel"
"""Of which kind its trouble is on record, by its name."""

NEWS_NAMES = {
    TeamNews.OPENED: _("Case opened"),
    TeamNews.STAGE: _("Stage reached"),
    TeamNews.HOLD: pgettext_lazy("news", "On hold"),
    TeamNews.GROUP: _("Passed to a resolver group"),
    TeamNews.AT_RISK: _("Promise at risk"),
    TeamNews.BREACHED: _("Promise broken"),
    TeamNews.ESCALATED: pgettext_lazy("news", "Escalation"),
    TeamNews.RELAPSED: _("Relapse"),
    TeamNews.CLOSED: _("Case closed"),
    TeamNews.OUTAGE: _("Mass outage declared, restored, ended"),
    TeamNews.WORK: _("Planned work"),
}
"""The families of news, in the order in which a form offers them."""


class TeamChannel(models.Model):
    """``news``, and of a case its ``impacts``, ``desks``, ``groups`` and ``companies``: an empty list is all of them.

    Between ``quiet_from`` and ``quiet_until``, hours of the operator's zone, only news of ``quiet_impacts`` goes there.
    """

    name = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=12)
    place = models.JSONField(default=dict, help_text="what is no secret of its address, by field")
    secret = SealedList(default=list, what_for="guardia.notices.team_channel")
    language = models.CharField(max_length=5)
    news = models.JSONField(default=list, help_text="of TeamNews; empty: none")
    impacts = models.JSONField(default=list, help_text="of Impact; empty: any")
    desks = models.JSONField(default=list, help_text="keys of desks; empty: any")
    groups = models.JSONField(default=list, help_text="ids of resolver groups; empty: any")
    companies = models.JSONField(default=list, help_text="ids of companies; empty: any")
    quiet_from = models.TimeField(null=True, help_text="in the operator's zone; null: no quiet hours")
    quiet_until = models.TimeField(null=True)
    quiet_impacts = models.JSONField(default=list, help_text="what is sent in quiet hours all the same")
    with_company = models.BooleanField(default=False, help_text="its messages name the company and the circuit")
    active = models.BooleanField(default=True)
    minute_began_at = models.DateTimeField(null=True, help_text="of the minute in which messages are counted")
    minute_count = models.SmallIntegerField(default=0)

    class Meta:
        app_label = "guardia"
        db_table = "team_channel"
        constraints = [models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="team_channel_kind_known")]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """The whole Apprise address; empty where SECRET_KEY no longer opens its secret."""
        return address_of(self.kind, self.place, self.secret[0]) if self.secret else ""

    def is_quiet(self, at: time, impact: str) -> bool:
        """Whether news of this impact waits for nobody at this hour of the operator's zone: it is not sent."""
        if self.quiet_from is None or self.quiet_until is None or impact in self.quiet_impacts:
            return False
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= at < self.quiet_until
        return at >= self.quiet_from or at < self.quiet_until


def all_channels() -> QuerySet[TeamChannel]:
    """Every channel, those in use first."""
    return TeamChannel.objects.order_by("-active", "name")


def channel_of_id(pk: int) -> TeamChannel | None:
    return TeamChannel.objects.filter(pk=pk).first()


def channels_for(news: TeamNews) -> list[TeamChannel]:
    """The channels in use that are sent this family."""
    return list(TeamChannel.objects.filter(active=True, news__contains=[news.value]).order_by("pk"))


def names_by_delivery(delivery_id: int) -> list[str]:
    """The name of the channel that this message goes to."""
    found = TeamChannel.objects.filter(notices__deliveries=delivery_id)
    return list(found.values_list("name", flat=True).distinct())


def names_of_news(news: Iterable[str]) -> list[str]:
    """In words, in the order of the form."""
    chosen = set(news)
    return [str(words) for one, words in NEWS_NAMES.items() if one.value in chosen]
