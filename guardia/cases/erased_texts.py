"""That prose was taken out of events is an event of its own: whoever checks a history can tell what was erased from
what somebody left out.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps

from guardia.cases import ledger
from guardia.cases.case import Case
from guardia.cases.event import CaseEvent, EventText
from guardia.cases.queries import with_names
from guardia.people.staff import SYSTEM
from guardia.procedure.vocabulary import Moment

if TYPE_CHECKING:
    from guardia.cases.chain import Stored


def put_on_record(tombstone: int, text_ids: Sequence[int], at: datetime) -> None:
    """Each case says which texts of its events are about to be erased under this tombstone; what it has said already is
    not said again. ``at`` is UTC, now. Within the worker's transaction, before the texts go: one that is killed in
    between has announced what the next run erases.
    """
    wanted: dict[int, set[tuple[int, str]]] = {}
    rows = EventText.objects.filter(pk__in=text_ids).values_list("event__case_id", "event__seq", "name")
    for case_id, seq, name in rows:
        wanted.setdefault(case_id, set()).add((seq, name))
    for event in CaseEvent.objects.filter(case__in=list(wanted), moment=Moment.TEXTS_ERASED):
        wanted[event.case_id] -= erased_by(event.data)
    found = with_names(Case.objects.filter(pk__in=[pk for pk, texts in wanted.items() if texts]))
    cases = found.select_for_update(of=("self",), no_key=True).order_by("pk")
    entries = [
        ledger.Entry(
            case, Moment.TEXTS_ERASED, SYSTEM, at, data={"erasure": tombstone, "texts": sorted(wanted[case.pk])}
        )
        for case in cases
    ]
    if entries:
        ledger.record(entries, at)


def erased_by(data: dict) -> set[tuple[int, str]]:
    """The texts that such an event names: the event's number in its case, and the name of the text."""
    return {(seq, name) for seq, name in data["texts"]}


def is_about_erasure(data: Any, erasure: int | None) -> bool:
    """Whether an event with these facts is about this erasure; false where its facts make no sense."""
    return isinstance(data, dict) and erasure is not None and data.get("erasure") == erasure


def without_erasure(events: Iterable["Stored"]) -> list["Stored"]:
    """Those of these events that say that texts were erased, while no such erasure is on record, or only a later one.

    One question where there are any.
    """
    tombstones = [event for event in events if event.moment == Moment.TEXTS_ERASED]
    if not tombstones:
        return []
    begun = dict(apps.get_model("guardia", "Erasure").objects.values_list("pk", "at"))
    return [
        event
        for event in tombstones
        if not any(is_about_erasure(event.data, pk) and at <= event.recorded_at for pk, at in begun.items())
    ]
