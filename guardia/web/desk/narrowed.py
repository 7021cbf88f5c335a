"""The bench narrowed: its bar of filters, which one hides everything, and the saved view that it is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from guardia.cases import filters, queries, saved_views
from guardia.cases.saved_view import SavedView
from guardia.cases.words import IMPACT_NAMES
from guardia.people.policy import Right, may
from guardia.people.staff import Staff
from guardia.web.desk.filtering import chosen_words, engineers_of, hiding, stages_of, value_words, without
from guardia.web.desk.looking import Looking, saved_looking
from guardia.web.desk.shown.bench import Chosen


@dataclass(frozen=True, slots=True)
class FilterBar:
    """The form: what is written in it, what it ``carried`` on unseen, and what can be chosen."""

    typed: Mapping[str, str]
    carried: Mapping[str, str]
    company: str
    impacts: Sequence[tuple[str, str]]
    stages: Sequence[tuple[str, str]]
    engineers: Sequence[tuple[str, str]]
    count: int


@dataclass(frozen=True, slots=True)
class Saving:
    """What can be kept under a name: the ``asked`` of this page, and the view it came from, if it is mine to change."""

    asked: Mapping[str, str]
    pk: int = 0
    name: str = ""
    has_changed: bool = False
    may_share: bool = False


def bar_of(looking: Looking, staff: Staff) -> FilterBar:
    company = looking.asked.get(filters.COMPANY, "")
    area = {"area": looking.area} if looking.href(staff).find("area=") >= 0 else {}
    return FilterBar(
        typed=looking.asked,
        carried={**area, **looking.carried},
        company=value_words(filters.COMPANY, company) if company else "",
        impacts=[(impact.value, str(name)) for impact, name in IMPACT_NAMES.items()],
        stages=stages_of(looking.desk),
        engineers=engineers_of(looking.desk),
        count=len(looking.asked),
    )


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


def saving_of(looking: Looking, saved: SavedView | None, staff: Staff, at: datetime) -> Saving:
    mine = saved if saved and saved_views.may_edit(saved, staff) else None
    return Saving(
        asked=saved_views.kept(looking.kept),
        pk=mine.pk if mine else 0,
        name=mine.name if mine else "",
        has_changed=mine is not None and saved_looking(mine, staff, at).kept != looking.kept,
        may_share=may(staff, Right.SUPERVISE),
    )
