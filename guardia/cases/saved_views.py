"""Views of the bench with a name: one's own, and those that a supervisor shares with the desk."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from guardia.cases import finding
from guardia.cases.refusals import Missing, Refused, TooLong
from guardia.people.policy import Right, may
from guardia.people.setting_change import put_on_record
from guardia.people.staff import Staff

# A view of the bench that somebody gave a name: its filters, for one person or for everybody at the desk.


class SavedView(models.Model):
    """``asked`` is what the address of the bench says, as text; whoever reads it drops what no longer exists."""

    owner = models.ForeignKey("guardia.Staff", models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    asked = models.JSONField(default=dict)
    shared = models.BooleanField(default=False, help_text="everybody at the desk sees it")
    place = models.IntegerField(default=0, help_text="order, among those of its owner or the shared ones")
    deleted_at = models.DateTimeField(null=True, help_text="kept, so that it can be taken back")

    class Meta:
        app_label = "guardia"
        db_table = "saved_view"
        indexes = [models.Index(fields=["owner"], name="saved_view_mine", condition=models.Q(deleted_at=None))]

    def __str__(self) -> str:
        return self.name


class DefaultView(models.Model):
    """With which view a person's day begins."""

    staff = models.OneToOneField("guardia.Staff", models.CASCADE, related_name="default_view")
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="+")

    class Meta:
        app_label = "guardia"
        db_table = "default_view"


KEPT = ("area", "vista", "orden", *finding.NAMES)
"""What a view keeps of the address of the bench."""
MOST = 20
LONGEST_NAME = 60
LONGEST_VALUE = 80
NOUN = "saved_view"


class TooManyViews(Refused):
    field = "name"
    template = _("You have %(most)d views already. Delete one that you no longer use.")


class NotYours(Refused):
    template = _("This view is somebody else's. Save one of your own.")


class OnlySupervisorsShare(Refused):
    template = _("Only a supervisor can share a view with everybody.")


def visible_to(staff: Staff) -> QuerySet[SavedView]:
    """One's own in their order, then the shared ones in theirs."""
    seen = SavedView.objects.filter(Q(owner=staff, shared=False) | Q(shared=True), deleted_at=None)
    return seen.order_by("shared", "place", "pk")


def seen_by_all_pages(staff: Staff) -> list[SavedView]:
    """The same, so many as a person may have of each kind; every page of the desk shows them. ``is_default`` on each
    says whether the bench of this person begins with it.
    """
    default = DefaultView.objects.filter(staff=staff, view=OuterRef("pk"))
    return list(visible_to(staff).annotate(is_default=Exists(default))[: 2 * MOST])


def default_among(seen: Sequence[SavedView]) -> SavedView | None:
    """Return the view that the person's bench begins with, of those of ``seen_by_all_pages``."""
    return next((view for view in seen if view.is_default), None)  # type: ignore[attr-defined]


def default_of(staff: Staff) -> SavedView | None:
    """Return the view that the bench of this person begins with; None where it is gone or no longer shared."""
    found = DefaultView.objects.filter(staff=staff, view__deleted_at=None).select_related("view").first()
    view = found.view if found else None
    return view if view and (view.shared or view.owner_id == staff.pk) else None


def may_edit(view: SavedView, staff: Staff) -> bool:
    """One's own; a shared one, whoever supervises."""
    return may(staff, Right.SUPERVISE) if view.shared else view.owner_id == staff.pk


def save(asked: Mapping[str, str], name: str, *, by: Staff, at: datetime, shared: bool = False) -> SavedView:
    """A new view, the last of its list. Raises Missing, TooLong, TooManyViews, OnlySupervisorsShare."""
    name = named(name)
    if shared and not may(by, Right.SUPERVISE):
        raise OnlySupervisorsShare()
    group = SavedView.objects.filter(deleted_at=None, shared=shared)
    if group.filter(**({} if shared else {"owner": by})).count() >= MOST:
        raise TooManyViews(most=MOST)
    last = group.order_by("-place").values_list("place", flat=True).first() or 0
    view = SavedView.objects.create(owner=by, name=name, asked=filters_to_store(asked), shared=shared, place=last + 1)
    if shared:  # what the whole desk sees is a setting of the operator; one's own view is nobody else's business
        put_on_record(NOUN, view.pk, None, recorded_values(view), by=by, at=at)
    return view


def filters_to_store(asked: Mapping[str, str]) -> dict[str, str]:
    return {key: str(asked[key]).replace("\0", "")[:LONGEST_VALUE] for key in KEPT if asked.get(key)}


def rename(view: SavedView, name: str, *, by: Staff, at: datetime) -> None:
    """Raises NotYours, Missing, TooLong."""
    _change(view, by, at, name=named(name))


def keep_as(view: SavedView, asked: Mapping[str, str], *, by: Staff, at: datetime) -> None:
    """The view shows from now on what is asked. Raises NotYours."""
    _change(view, by, at, asked=filters_to_store(asked))


def share(view: SavedView, shared: bool, *, by: Staff, at: datetime) -> None:
    """With the desk, or no longer: then it is its owner's alone. Raises NotYours, OnlySupervisorsShare."""
    if not may(by, Right.SUPERVISE):
        raise OnlySupervisorsShare()
    _change(view, by, at, shared=shared)


def move(view: SavedView, by_places: int, *, by: Staff) -> None:
    """Up (-1) or down (1) among its own. Raises NotYours."""
    _must_edit(view, by)
    with transaction.atomic():
        group = list(visible_to(by).filter(shared=view.shared).select_for_update(of=("self",)))
        place = next((n for n, one in enumerate(group) if one.pk == view.pk), None)
        if place is None or not 0 <= place + by_places < len(group):
            return
        group.insert(place + by_places, group.pop(place))
        for number, one in enumerate(group):
            one.place = number
        SavedView.objects.bulk_update(group, ["place"])


def delete(view: SavedView, *, by: Staff, at: datetime) -> None:
    """It is kept so that it can be taken back. Raises NotYours."""
    _change(view, by, at, deleted_at=at)


def restore(view: SavedView, *, by: Staff, at: datetime) -> None:
    _change(view, by, at, deleted_at=None)


def begin_with(view: SavedView | None, *, by: Staff) -> None:
    """The day begins with this view; with none: as the bench comes. Raises NotYours."""
    if view is None:
        DefaultView.objects.filter(staff=by).delete()
        return
    if not (view.shared or view.owner_id == by.pk):
        raise NotYours()
    DefaultView.objects.update_or_create(staff=by, defaults={"view": view})


def named(name: str) -> str:
    name = " ".join(name.replace("\0", "").split())
    if not name:
        raise Missing("", "name", _("the name of the view"))
    if len(name) > LONGEST_NAME:
        raise TooLong("", "name", _("the name of the view"), LONGEST_NAME)
    return name


def recorded_values(view: SavedView) -> dict[str, object]:
    return {"name": view.name, "withdrawn": view.deleted_at is not None or not view.shared}


def _must_edit(view: SavedView, by: Staff) -> None:
    if not may_edit(view, by):
        raise NotYours()


def _change(view: SavedView, by: Staff, at: datetime, **fields: object) -> None:
    _must_edit(view, by)
    was_shared, before = view.shared, recorded_values(view)
    for name, value in fields.items():
        setattr(view, name, value)
    view.save(update_fields=list(fields))
    if was_shared or view.shared:
        put_on_record(NOUN, view.pk, before, recorded_values(view), by=by, at=at)


def seen_by(pk: int, staff: Staff) -> SavedView | None:
    """The view of this id, if this person may see it; one's own also after it was deleted."""
    theirs = Q(owner=staff) | Q(shared=True)
    return SavedView.objects.filter(theirs, pk=pk).first()


def filters_of(view: SavedView) -> dict[str, str]:
    """What it asks for, as far as it is still understood: whatever stands in the row, the page opens."""
    asked = view.asked if isinstance(view.asked, dict) else {}
    usual = {key: str(asked[key])[:LONGEST_VALUE] for key in KEPT[:3] if isinstance(asked.get(key), str)}
    return {**{key: value for key, value in usual.items() if value}, **finding.understood(asked)}


def with_owners(staff: Staff) -> list[SavedView]:
    """Return the views that this person sees, with whose each is."""
    return list(visible_to(staff).select_related("owner"))
