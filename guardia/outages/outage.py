"""A mass outage: one cause, the services behind it, what was said of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guardia.cases.refusals import Refused
from guardia.network.element import Element
from guardia.procedure.vocabulary import Impact

if TYPE_CHECKING:
    from guardia.customers.customer import Site
    from guardia.network.element import Element
    from guardia.outages.planned_work import PlannedWork


# What cannot be done with a mass outage now. Each refusal bears its sentence with the remedy.


class NothingBehind(Refused):
    clause = "P"
    field = "element"
    template = _("No service is behind it. Choose an element or a site, or list the services.")


class OutageIsOver(Refused):
    clause = "P"
    template = _("%(number)s is over: nothing more can be done in it. Declare a new one if it fails again.")


class NotDeclaredYet(Refused):
    clause = "P"
    template = _("%(number)s is only proposed. Declare it first, or dismiss it.")


class OutageIsUnderWay(Refused):
    clause = "P"
    template = _(
        "%(number)s is declared: it cannot be dismissed. Mark it as restored, or remove what is not part of it."
    )


class AnotherIsOpen(Refused):
    clause = "P"
    field = "element"
    template = _("%(number)s is already open for the same cause. Continue in that one.")


class PartOfAnother(Refused):
    clause = "P"
    field = "cases"
    template = _("%(case)s is part of %(number)s. Remove it there first.")


class CasesAreOpen(Refused):
    clause = "P"
    template = _("It has %(count)d open cases. Close them or separate them; it then ends automatically.")


class NoSuchService(Refused):
    clause = "P"
    field = "services"
    template = _("A service that you named does not exist or is no longer in use. Choose services that are in use.")


class OutageState(models.TextChoices):
    PROPOSED = "proposed", _("proposed")
    DECLARED = "declared", _("under way")
    RESTORED = "restored", pgettext_lazy("outage", "restored")
    ENDED = "ended", _("ended")
    DISMISSED = "dismissed", _("it was none")


class Origin(models.TextChoices):
    PERSON = "person", _("declared by a person")
    ALERTS = "alerts", _("from monitoring")
    CASES = "cases", _("from cases that pile up")
    WORK = "work", _("planned work that overran")


ACTIVE = (OutageState.DECLARED, OutageState.RESTORED)


class Outage(models.Model):
    number = models.IntegerField(unique=True, help_text="shown as AM-0042")
    name = models.CharField(max_length=160, help_text="as the desk says it")
    public_name = models.JSONField(default=dict, help_text="as customers read it, by language")
    state = models.CharField(max_length=10, choices=OutageState.choices)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    element = models.ForeignKey("guardia.Element", models.PROTECT, null=True, related_name="outages")
    site = models.ForeignKey("guardia.Site", models.PROTECT, null=True, related_name="+", help_text="of one site alone")
    procedure_version = models.ForeignKey("guardia.ProcedureVersion", models.PROTECT, related_name="+")
    impact = models.CharField(max_length=20)
    signs = models.JSONField(default=dict, help_text="what a proposal stands on: ids of cases and alerts, hours")
    started_at = models.DateTimeField(help_text="since when it is felt")
    proposed_at = models.DateTimeField(null=True)
    declared_at = models.DateTimeField(null=True)
    declared_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    answering = models.ForeignKey(
        "guardia.Staff", models.PROTECT, null=True, related_name="+", help_text="who leads it"
    )
    cause = models.TextField(blank=True)
    plan = models.TextField(blank=True)
    solution = models.TextField(blank=True)
    forecast_at = models.DateTimeField(null=True, help_text="when it is expected back; null: not known")
    restored_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="over, or dismissed")
    why_dismissed = models.CharField(max_length=300, blank=True)
    last_news_at = models.DateTimeField(null=True)
    is_public = models.BooleanField(default=False, db_default=False, help_text="stands on the public status page")
    work = models.ForeignKey("guardia.PlannedWork", models.PROTECT, null=True, related_name="overruns")

    class Meta:
        app_label = "guardia"
        db_table = "outage"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=OutageState.values), name="outage_state_known"),
            models.CheckConstraint(condition=Q(origin__in=Origin.values), name="outage_origin_known"),
            models.UniqueConstraint(
                fields=["element"],
                condition=Q(state__in=["proposed", "declared", "restored"], element__isnull=False),
                name="outage_once_per_element",
            ),
            models.UniqueConstraint(
                fields=["site"],
                condition=Q(state__in=["proposed", "declared", "restored"], site__isnull=False),
                name="outage_once_per_site",
            ),
        ]
        indexes = [
            models.Index(fields=["-started_at"], name="outage_open", condition=Q(ended_at=None)),
            models.Index(fields=["-ended_at"], name="outage_last", condition=Q(ended_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.display_number

    @property
    def display_number(self) -> str:
        return f"AM-{self.number:04d}"


class Membership(models.TextChoices):
    BEHIND = "behind", _("affected, without a case in it")
    JOINED = "joined", _("its case is part of it")
    LEFT = "left", _("its case continues separately")


class OutageService(models.Model):
    """A service behind the cause, and the case that speaks for it."""

    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+")
    outage = models.ForeignKey(Outage, models.PROTECT, related_name="services")
    service = models.ForeignKey("guardia.Service", models.PROTECT, related_name="outages")
    case = models.ForeignKey("guardia.Case", models.PROTECT, null=True, related_name="memberships")
    state = models.CharField(max_length=10, choices=Membership.choices, default=Membership.BEHIND)
    joined_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    why_left = models.CharField(max_length=300, blank=True)

    class Meta:
        app_label = "guardia"
        db_table = "outage_service"
        constraints = [
            models.UniqueConstraint(fields=["outage", "service"], name="outage_service_once"),
            models.CheckConstraint(condition=Q(state__in=Membership.values), name="outage_service_state_known"),
        ]
        indexes = [
            models.Index(fields=["service"], name="outage_of_service", condition=~Q(state="left")),
            models.Index(fields=["outage", "state", "id"], name="outage_service_by_state"),
            models.Index(fields=["customer", "outage"], name="outage_of_company"),
        ]


class OutageNews(models.Model):
    """What was said of it, once, to all. Never changed."""

    outage = models.ForeignKey(Outage, models.PROTECT, related_name="news")
    at = models.DateTimeField()
    by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+", help_text="null: itself")
    moment = models.CharField(max_length=20, help_text="declared, news, diagnosed, restored, relapsed, ended")
    words = models.JSONField(help_text="by language; es at least")
    forecast_at = models.DateTimeField(null=True)
    told = models.IntegerField(default=0, help_text="how many cases it was written to")

    class Meta:
        app_label = "guardia"
        db_table = "outage_news"
        indexes = [models.Index(fields=["outage", "-at"], name="outage_news_latest")]


def open_at(elements: Collection[Element]) -> dict[int, Outage]:
    """The outage that is open at each of these elements, by the element's id."""
    return {one.element_id: one for one in Outage.objects.filter(ended_at=None, element__in=elements) if one.element_id}


def open_outage_of(element: Element) -> Outage | None:
    """The outage that is open at this element; None where there is none."""
    return Outage.objects.filter(element=element, ended_at=None).first()


def outages_of(element: Element) -> QuerySet[Outage]:
    """Every outage of this element, the latest first."""
    return Outage.objects.filter(element=element).order_by("-started_at")


# What the verbs of an outage are given, and what they answer with: plain values, hours in UTC.


BEHIND, SAME_SITE, CUSTOMER_HAS_ONE = "behind", "same_site", "customer_has_one"


@dataclass(frozen=True)
class Declared:
    """What whoever declares says of it; what is empty is taken from the proposal, where there is one.

    ``services`` are the ids of those that are behind it beside those of ``element`` and ``site``; ``public_name`` by
    language, ``es`` at least where it is given; ``started_at`` since when it is felt (None: since the declaration).
    """

    name: str = ""
    element: "Element | None" = None
    site: "Site | None" = None
    services: tuple[int, ...] = ()
    public_name: Mapping[str, str] = field(default_factory=dict)
    impact: Impact | None = None
    started_at: datetime | None = None
    forecast_at: datetime | None = None
    cause: str = ""
    is_public: bool = False
    origin: Origin = Origin.PERSON
    work: "PlannedWork | None" = None


@dataclass(frozen=True)
class Known:
    """Why a service may be without service: an outage, or planned work, and which of the services asked about it is of.

    ``why``: ``behind``, the service stands behind it; ``same_site``, another service of its site does;
    ``customer_has_one``, another service of the company does. ``cases`` are the open cases of those services in it.
    """

    outage: Outage | None
    work: "PlannedWork | None"
    services: tuple[int, ...]
    why: str
    cases: tuple[int, ...] = ()
