"""What is looked at on the bench: the address says it all; its filters as a form."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from guardia.cases import finding, queries, saved_views
from guardia.cases.case import Case
from guardia.cases.labels import IMPACT_NAMES, REQUEST_STAGE_NAMES, STAGE_NAMES, name_of_stage
from guardia.cases.resolver_group import group_of_id
from guardia.cases.saved_views import SavedView, filters_of
from guardia.customers.lookup import company_name
from guardia.people.lookup import engineers_of, name_of_staff
from guardia.people.policy import Right, may
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Impact
from guardia.web.desk import areas
from guardia.web.desk.page import EVERY_DESK


@dataclass(frozen=True, slots=True)
class Chosen:
    """A filter that is on, and the address without it."""

    words: str
    without: str


SAVED = "guardada"
"""How the address says which saved view it came from."""
FIRST_VIEW, FIRST_ORDER = "proximo", "plazo"
LAST_START = 10_000
FEW, MANY = 50, 200
"""How many rows a page shows: as usual, and for whoever acts on many cases at once."""


@dataclass(frozen=True, slots=True)
class Looking:
    """The desk (``areas``), its view, in which order, from which row on, narrowed by which filters."""

    area: str
    view: str
    order: str = FIRST_ORDER
    start: int = 0
    asked: Mapping[str, str] = field(default_factory=dict)
    saved: str = ""
    rows: int = FEW

    @property
    def desk(self) -> str:
        return areas.desk_of(self.area)

    def href(self, staff: Staff, **other: str | int) -> str:
        asked: dict[str, str | int] = {"vista": self.view, "orden": self.order, "desde": self.start, "filas": self.rows}
        asked |= {**self.asked, SAVED: self.saved, **other}
        usual: dict[str, str | int] = {"vista": FIRST_VIEW, "orden": FIRST_ORDER, "desde": 0, "filas": FEW}
        return areas.bench_href(staff, self.area, **{k: v for k, v in asked.items() if v != usual.get(k, "")})

    def narrowed_to(self, asked: Mapping[str, str]) -> "Looking":
        return Looking(self.area, self.view, self.order, 0, asked, self.saved, self.rows)

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
        return finding.narrowed(queries.in_view(cases, self.view, staff), self.asked, at)


def looking_at(query: Mapping[str, str], staff: Staff, at: datetime) -> Looking:
    """What the address asks for, as far as it is understood."""
    area, view, order = areas.area_of(query, staff, at), query.get("vista", ""), query.get("orden", "")
    start, saved = query.get("desde", ""), query.get(SAVED, "")
    return Looking(
        area=area,
        view=view if view in queries.views_of(areas.desk_of(area)) else FIRST_VIEW,
        order=order if order in queries.ORDERS else FIRST_ORDER,
        start=min(int(start), LAST_START) if start.isascii() and start.isdigit() and len(start) < 7 else 0,
        asked=finding.understood(query),
        saved=saved if finding.is_id(saved) else "",
        rows=MANY if query.get("filas") == str(MANY) else FEW,
    )


def saved_looking(view: SavedView, staff: Staff, at: datetime) -> Looking:
    """What a saved view shows to this person; of what no longer exists, what comes closest."""
    return looking_at({**filters_of(view), SAVED: str(view.pk)}, staff, at)


# --- filtering --------------------------------------------------------------------------------------------------------
# The filters of the bench as its page shows them: a form that collapses, what is chosen, and which one hides all.
def names() -> dict[str, str]:
    return {
        finding.COMPANY: _("Company"),
        finding.PLACE: _("City or province"),
        finding.IMPACT: _("Impact"),
        finding.STAGE: _("Stage"),
        finding.ENGINEER: _("Engineer"),
        finding.GROUP: _("Group"),
        finding.VIP: "VIP",
        finding.OVERDUE: _("Overdue only"),
    }


def value_words(name: str, value: str) -> str:
    """The value as it is read; of an id whose row is gone, the id."""
    if name == finding.COMPANY and finding.is_id(value):
        return company_name(int(value)) or value
    if name == finding.GROUP:
        group = group_of_id(int(value))
        return group.name if group else value
    if name == finding.ENGINEER:
        return name_of_staff(int(value)) or value
    if name == finding.IMPACT:
        return str(IMPACT_NAMES[Impact(value)])
    return name_of_stage(value) if name == finding.STAGE else value


def chosen_words(asked: Mapping[str, str]) -> dict[str, str]:
    """Each filter that is on, in words: ``Company: Banco Austral``."""
    called, switches = names(), {finding.VIP, finding.OVERDUE}
    return {
        name: called[name] if name in switches else f"{called[name]}: {value_words(name, value)}"
        for name, value in asked.items()
    }


def stages_of(desk: str) -> list[tuple[str, str]]:
    """Those that a case of this desk can be in."""
    incident = [(stage.value, str(name)) for stage, name in STAGE_NAMES.items()][2:]
    request = [(stage.value, str(name)) for stage, name in REQUEST_STAGE_NAMES.items()]
    return [*incident, *request] if not desk else incident if desk == TECHNICAL else request


def without(asked: Mapping[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in asked.items() if key != name}


def hiding(cases: QuerySet[Case], asked: Mapping[str, str], at: datetime) -> list[str]:
    """The filters without which something would be shown: one short question for each that is on."""
    return [name for name in asked if finding.narrowed(cases, without(asked, name), at).order_by().exists()]


# --- the narrowed bench -----------------------------------------------------------------------------------------------
# The bench narrowed: its bar of filters, which one hides everything, and the saved view that it is.


def bar_of(looking: Looking, staff: Staff) -> dict[str, Any]:
    """The form: what is written in it, what it ``carried`` on unseen, and what can be chosen."""
    company = looking.asked.get(finding.COMPANY, "")
    group = {name: value for name, value in looking.asked.items() if name == finding.GROUP}
    area = {"area": looking.area} if looking.href(staff).find("area=") >= 0 else {}
    return {
        "typed": looking.asked,
        "carried": {**area, **looking.carried, **group},
        "company": value_words(finding.COMPANY, company) if company else "",
        "impacts": [(impact.value, str(name)) for impact, name in IMPACT_NAMES.items()],
        "stages": stages_of(looking.desk),
        "engineers": EVERY_DESK.of(("engineers", looking.desk), lambda: engineers_of(looking.desk)),
        "count": len(looking.asked),
    }


def chosen_of(looking: Looking, asked: Iterable[str], staff: Staff) -> tuple[Chosen, ...]:
    """The filters of these names, each with the address without it."""
    words = chosen_words(looking.asked)
    return tuple(Chosen(words[name], looking.narrowed_to(without(looking.asked, name)).href(staff)) for name in asked)


def hiding_of(looking: Looking, staff: Staff, at: datetime) -> tuple[Chosen, ...]:
    cases = queries.in_view(queries.open_cases(looking.desk), looking.view, staff)
    return chosen_of(looking, hiding(cases, looking.asked, at), staff)


def saved_view_of(looking: Looking, staff: Staff) -> SavedView | None:
    """The saved view that the address names, if this person may see it and it is still there."""
    view = saved_views.seen_by(int(looking.saved), staff) if looking.saved else None
    return view if view and view.deleted_at is None else None


def saving_of(looking: Looking, saved: SavedView | None, staff: Staff, at: datetime) -> dict[str, Any]:
    """What can be kept under a name: the ``asked`` of this page, and the view it came from, if it is mine to
    change.
    """
    mine = saved if saved and saved_views.may_edit(saved, staff) else None
    return {
        "asked": saved_views.filters_to_store(looking.kept),
        "pk": mine.pk if mine else 0,
        "name": mine.name if mine else "",
        "has_changed": mine is not None and saved_looking(mine, staff, at).kept != looking.kept,
        "may_share": may(staff, Right.SUPERVISE),
    }
