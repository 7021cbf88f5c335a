"""Which companies have still to be told that the band of a site was changed, and who has told them (P4 D).

A change is told by the notice of an open case, or by somebody of the desk, who says so here. While nobody was told it
may be taken back; afterwards it is changed again, and that is told too.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet
from django.db.models.functions import Cast
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.cases.band_change import NOUN
from guardia.cases.refusals import Refused
from guardia.customers.cities import City
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer, Site
from guardia.notices.wording.banding import arrival, reason_text
from guardia.people.setting_change import SettingChange, put_on_record, take_turn
from guardia.people.staff import Staff
from guardia.procedure.schema import Procedure

TOLD = "band_told"
"""Under which name it is on record that a company was told, by the id of the change."""
WAYS = ("mail", "phone", "person")
SHOWN = 100


class AlreadyNotified(Refused):
    """Somebody has been told of the change: it is changed again, not taken back."""

    template = gettext_lazy(
        "Somebody has already been notified of this change. Change the band again instead: that is notified too."
    )


class ChangedSince(Refused):
    """The band is no longer what this change made of it."""

    template = gettext_lazy("The band was changed again since then. Undo the newer change first.")


@dataclass(frozen=True)
class BandChange:
    """A change for one company. ``told`` is the record that it was told by hand or taken back; ``mail``: mailboxes.

    ``may_take_back``: no company that the same step concerned has heard of it.
    """

    pk: int
    customer: Customer
    was: str
    now: str
    reason: str
    sites: tuple[Site, ...]
    cases: tuple[int, ...]
    at: datetime
    by: Staff | None
    undo: Mapping[str, Any]
    told: SettingChange | None
    mail: tuple[str, ...]
    may_take_back: bool

    @property
    def is_told(self) -> bool:
        return bool(self.cases or self.told)

    @property
    def is_undone(self) -> bool:
        return bool(self.told and (self.told.after or {}).get("undone"))

    @property
    def how(self) -> str:
        return str((self.told.after or {}).get("how", "")) if self.told else ""


def still_to_tell(customer: Customer | None = None) -> QuerySet[SettingChange]:
    """The changes of which a company has heard nothing yet; of one company or of all."""
    marked = SettingChange.objects.filter(noun=TOLD, key=Cast(OuterRef("pk"), CharField()))
    found = SettingChange.objects.filter(noun=NOUN, after__cases=[]).exclude(Exists(marked))
    return found.filter(key=str(customer.pk)) if customer else found


def to_tell() -> list[BandChange]:
    """Those that have still to be told, the oldest first."""
    return with_subjects(still_to_tell().select_related("by").order_by("pk")[:SHOWN])


def settled() -> list[BandChange]:
    """Those that were told or taken back, the latest first."""
    open_ones = still_to_tell().values("pk")
    return with_subjects(
        SettingChange.objects.filter(noun=NOUN)
        .exclude(pk__in=open_ones)
        .select_related("by")
        .order_by("-at", "-pk")[:SHOWN]
    )


def change_of(pk: int) -> BandChange | None:
    rows = with_subjects(SettingChange.objects.filter(noun=NOUN, pk=pk).select_related("by"))
    return rows[0] if rows else None


def with_subjects(rows: Iterable[SettingChange]) -> list[BandChange]:
    """The changes with what they are about; one question for each kind of thing, however many there are."""
    rows = list(rows)
    step = SettingChange.objects.filter(noun=NOUN, at__in={row.at for row in rows})
    together = list(step.values_list("pk", "at", "after__cases"))
    marks = SettingChange.objects.filter(noun=TOLD, key__in=[str(pk) for pk, *_rest in together]).select_related("by")
    told = {mark.key: mark for mark in marks}
    heard = {at for pk, at, cases in together if cases or str(pk) in told}
    companies = Customer.objects.in_bulk([int(row.key) for row in rows])
    sites = Site.objects.select_related("city").in_bulk([pk for row in rows for pk in (row.after or {})["sites"]])
    mail: dict[int, list[str]] = {}
    for contact in Contact.objects.filter(customer__in=list(companies), active=True).exclude(email="").order_by("pk"):
        mail.setdefault(contact.customer_id, []).append(contact.email)
    return [_change(row, companies[int(row.key)], sites, told.get(str(row.pk)), mail, heard) for row in rows]


def _change(
    row: SettingChange,
    customer: Customer,
    sites: Mapping[int, Site],
    told: SettingChange | None,
    mail: Mapping[int, list[str]],
    heard: Collection[datetime],
) -> BandChange:
    after = row.after or {}
    return BandChange(
        pk=row.pk,
        customer=customer,
        was=(row.before or {})["band"],
        now=after["band"],
        reason=after.get("reason", ""),
        sites=tuple(sites[pk] for pk in after["sites"] if pk in sites),
        cases=tuple(after["cases"]),
        at=row.at,
        by=row.by,
        undo=after.get("undo") or {},
        told=told,
        mail=tuple(dict.fromkeys(mail.get(customer.pk, ()))),
        may_take_back=bool(after.get("undo")) and row.at not in heard,
    )


def mark_notified(change: BandChange, how: str, *, by: Staff, at: datetime) -> None:
    """Somebody has told the company, by mail, by telephone or in person. Twice is once. ``at`` is UTC."""
    with transaction.atomic():
        take_turn(TOLD, change.pk)
        if not SettingChange.objects.filter(noun=TOLD, key=str(change.pk)).exists():
            put_on_record(TOLD, change.pk, None, {"how": how, "customer": change.customer.pk}, by=by, at=at)


def take_back(change: BandChange, *, by: Staff, at: datetime) -> None:
    """The band is again what it was, and nobody need be told. ``at`` is UTC.

    All companies that the same step concerned are asked. Raises ToldAlready, ChangedSince.
    """
    with transaction.atomic():
        take_turn(NOUN, "undo")
        together = with_subjects(SettingChange.objects.filter(noun=NOUN, after__undo=dict(change.undo), at=change.at))
        if not together or not all(one.may_take_back for one in together):
            raise AlreadyNotified()
        if _changed_again(change):
            raise ChangedSince()
        _restore(change)
        for one in together:
            put_on_record(TOLD, one.pk, None, {"undone": True, "customer": one.customer.pk}, by=by, at=at)


def _changed_again(change: BandChange) -> bool:
    """Whether a newer step on the same city or site stands, also one that made the same band of it again."""
    of = "site" if "site" in change.undo else "city"
    newer = SettingChange.objects.filter(noun=NOUN, pk__gt=change.pk, after__undo__contains={of: change.undo[of]})
    if of == "city":
        newer = newer.exclude(after__undo__has_key="site")
    return any(not one.is_undone for one in with_subjects(newer.exclude(at=change.at).select_related("by")))


def _restore(change: BandChange) -> None:
    undo = dict(change.undo)
    if "site" in undo:
        kept = Site.objects.select_for_update(of=("self",)).select_related("city").get(pk=undo.pop("site"))
        if kept.band != change.now:
            raise ChangedSince()
        Site.objects.filter(pk=kept.pk).update(**undo)
        return
    city = City.objects.select_for_update().get(pk=undo.pop("city"))
    if city.band != change.now:
        raise ChangedSince()
    City.objects.filter(pk=city.pk).update(**undo)


# The text to tell a company with that has no open case: what was promised for its sites, what is now, since when.


def letter(change: BandChange, procedure: Procedure) -> tuple[str, str]:
    """Subject and text to tell the company with, in its language: ready to be sent or read out."""
    with translation.override(change.customer.language):
        names = ", ".join(site.name for site in change.sites)
        local = change.at.astimezone(ZoneInfo(settings.TIME_ZONE))
        hour = f"{date_format(local, 'DATE_FORMAT')}, {local:%H:%M}"
        lines = [
            _("The time in which our crews reach %(site)s is changing.") % {"site": names},
            _("Arrival of a crew, now") + ": " + arrival(procedure, change.now),
            _("Arrival of a crew, until now") + ": " + arrival(procedure, change.was),
            reason_text(change.reason),
            _("In force since %(date)s, for every case that is opened.") % {"date": hour},
            procedure.provider.name,
        ]
        subject = _("%(company)s: the time to reach your site changes") % {"company": change.customer.name}
        return subject, "\n\n".join(line for line in lines if line)
