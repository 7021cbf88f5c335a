"""What is looked at on the bench: the address says it all, and is all that a saved view keeps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from guardia.cases import filters, queries
from guardia.cases.case import Case
from guardia.cases.saved_view import SavedView
from guardia.cases.saved_views import asked_of
from guardia.people.staff import Staff
from guardia.web.desk import areas

SAVED = "guardada"
"""How the address says which saved view it came from."""
FIRST_VIEW, FIRST_ORDER = "proximo", "plazo"
ORDERS = (FIRST_ORDER, "impacto")
LAST_START = 10_000


@dataclass(frozen=True, slots=True)
class Looking:
    """The desk (``areas``), its view, in which order, from which row on, narrowed by which filters."""

    area: str
    view: str
    order: str = FIRST_ORDER
    start: int = 0
    asked: Mapping[str, str] = field(default_factory=dict)
    saved: str = ""

    @property
    def desk(self) -> str:
        return areas.desk_of(self.area)

    def href(self, staff: Staff, **other: str | int) -> str:
        asked: dict[str, str | int] = {"vista": self.view, "orden": self.order, "desde": self.start}
        asked |= {**self.asked, SAVED: self.saved, **other}
        usual: dict[str, str | int] = {"vista": FIRST_VIEW, "orden": FIRST_ORDER, "desde": 0}
        return areas.bench_href(staff, self.area, **{k: v for k, v in asked.items() if v != usual.get(k, "")})

    def narrowed_to(self, asked: Mapping[str, str]) -> "Looking":
        return Looking(self.area, self.view, self.order, 0, asked, self.saved)

    @property
    def carried(self) -> dict[str, str]:
        """What a form of filters leaves as it is."""
        usual = {"vista": FIRST_VIEW, "orden": FIRST_ORDER}
        said = {"vista": self.view, "orden": self.order, SAVED: self.saved}
        return {key: value for key, value in said.items() if value != usual.get(key, "")}

    @property
    def kept(self) -> dict[str, str]:
        """What a saved view keeps of it."""
        return {"area": self.area, "vista": self.view, "orden": self.order, **self.asked}

    def of(self, cases: QuerySet[Case], staff: Staff, at: datetime) -> QuerySet[Case]:
        """Those of the view, narrowed."""
        return filters.narrowed(queries.in_view(cases, self.view, staff), self.asked, at)


def looking_at(query: Mapping[str, str], staff: Staff, at: datetime) -> Looking:
    """What the address asks for, as far as it is understood."""
    area, view, order = areas.asked(query, staff, at), query.get("vista", ""), query.get("orden", "")
    start, saved = query.get("desde", ""), query.get(SAVED, "")
    return Looking(
        area=area,
        view=view if view in queries.views_of(areas.desk_of(area)) else FIRST_VIEW,
        order=order if order in ORDERS else FIRST_ORDER,
        start=min(int(start), LAST_START) if start.isascii() and start.isdigit() and len(start) < 7 else 0,
        asked=filters.known(query),
        saved=saved if filters.is_id(saved) else "",
    )


def saved_looking(view: SavedView, staff: Staff, at: datetime) -> Looking:
    """What a saved view shows to this person; of what no longer exists, what comes closest."""
    return looking_at({**asked_of(view), SAVED: str(view.pk)}, staff, at)
