"""What the verbs of an outage are given, and what they answer with: plain values, hours in UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from guardia.outages.outage import Origin, Outage
from guardia.procedure.vocabulary import Impact

if TYPE_CHECKING:
    from guardia.customers.site import Site
    from guardia.network.element import Element
    from guardia.outages.planned_work import PlannedWork

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
