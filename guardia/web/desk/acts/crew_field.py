"""The choice of a crew: those that can do what is asked for first, of these the free ones, of these the near ones."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.cases.case import Case
from guardia.field.crew import Crew
from guardia.field.visit import Visit
from guardia.web.desk.dispatch.steps import fits, foremost, place_of, specialty_words
from guardia.web.shared.about import city


class CrewField(forms.ModelChoiceField):
    """One of the crews that are offered; what each is doing now stands beside its name."""

    def __init__(self, *, required: bool = False, **more: Any) -> None:
        more.setdefault("label", gettext_lazy("Crew"))
        more.setdefault("empty_label", gettext_lazy("to be named later"))
        super().__init__(Crew.objects.filter(active=True), required=required, **more)

    def offer(self, case: Case, specialty: str, keep: int | None = None) -> None:
        """What is offered for this case; ``keep``: the crew that has it already, though it take nothing new."""
        self.queryset = Crew.objects.filter(Q(active=True) | Q(pk=keep or 0)).order_by("name")
        out: dict[int, list[Visit]] = {}
        for visit in Visit.objects.filter(ended_at=None, crew__isnull=False).order_by("pk")[:200]:
            out.setdefault(visit.crew_id or 0, []).append(visit)
        crews = list(self.queryset[:200])
        first = "" if self.required or self.empty_label is None else str(self.empty_label)
        self.widget.choices = [("", first), *grouped(crews, out, case, specialty)]


def grouped(crews: Iterable[Crew], out: dict[int, list[Visit]], case: Case, specialty: str) -> list[Any]:
    """Free ones that fit, busy ones that fit, the others; where nothing special is asked for all of them fit."""
    here = city(case)
    groups: dict[str, list[tuple[str, str]]] = {_("Free"): [], _("On another visit"): [], _("Cannot do it"): []}
    free, busy, unfit = groups
    for crew in sorted(crews, key=lambda crew: (crew.base != here, crew.name)):
        mine = [visit for visit in out.get(crew.pk, ()) if visit.case_id != case.pk]
        key = unfit if not fits(crew, specialty) else busy if mine else free
        groups[key].append((str(crew.pk), crew_words(crew, foremost(mine))))
    return [(name, choices) for name, choices in groups.items() if choices]


def crew_words(crew: Crew, visit: Visit | None) -> str:
    """``Cuadrilla 2 (contractor) · Guayaquil · optical fibre · on the way``."""
    name = _("%(crew)s (contractor)") % {"crew": crew.name} if crew.contractor else crew.name
    does = specialty_words(crew.specialties) if crew.specialties else ""
    return " · ".join(filter(None, (name, crew.base, does, place_of(visit).words if visit else "")))
