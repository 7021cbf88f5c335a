"""P4 at the desk before the crew is there: which crew, who agrees, what it carries, the letter for the gate."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from guardia.cases.case import Case
from guardia.cases.stages.field_work import Agreement
from guardia.cases.verbs import Event
from guardia.field.crew import Crew, Specialty
from guardia.field.crews import crews_offered, visits_of_crews
from guardia.field.visit import Visit
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import Band, ClockKind, Moment
from guardia.web.desk.acts.case_act import ActForm, CaseAct, hour, prose, words
from guardia.web.desk.acts.offered import open_visit
from guardia.web.desk.acts.repair import HourForm
from guardia.web.desk.case_page.visit import fits, foremost, place_of, specialty_words
from guardia.web.desk.clock import desk_zone
from guardia.web.shared.about import city
from guardia.web.shared.act import Doing

# --- lines that are typed ---------------------------------------------------------------------------------------------
# Lists as they are typed, one line each: parts with how many and from where, people with their documents.
MOST_LINES, LONGEST_LINE = 60, 300
APART = re.compile(r"\s+·\s*|\s*·\s+|\s*;\s*|\s+\|\s+")
MANY = re.compile(r"(?:\s*×\s*|\s+[xX*]\s*)(\d{1,6}(?:[.,]\d{1,3})?)$")
BEFORE = re.compile(r"^(\d{1,6}(?:[.,]\d{1,3})?)\s*[×xX*]\s+")
TIMES_WHAT = re.compile(r"×\s*\S*$")
Row = dict[str, Any]


class LinesField(forms.CharField):
    """A text of several lines, each read by ``line``; a wrong one is named by its number."""

    def __init__(self, *, line: Callable[[str, int], Row], rows: int = 3, **more: Any) -> None:
        super().__init__(required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": rows}), **more)
        self.line = line

    def clean(self, value: Any) -> list[Row]:
        written = [line.strip() for line in super().clean(value).splitlines()]
        if sum(map(bool, written)) > MOST_LINES:
            raise forms.ValidationError(
                gettext("More than %d lines do not fit. Put small things together.") % MOST_LINES
            )
        found, wrong = [], []
        for number, line in enumerate(written, start=1):
            try:
                if line:
                    found.append(self.line(line, number))
            except forms.ValidationError as trouble:
                wrong += trouble.messages
        if wrong:
            raise forms.ValidationError(wrong)
        return found


def part_line(line: str, number: int) -> Row:
    """``ONT GPON ×2 · Bodega central``: one where no number is said, the store may be left out."""
    return _counted(line, number, "store", gettext("ONT GPON ×2 · central store"))


def used_line(line: str, number: int) -> Row:
    """``SFP 10G ×1 · AB-1234``: the serial number may be left out."""
    return _counted(line, number, "serial", gettext("SFP 10G ×1 · AB-1234"))


def person_line(line: str, number: int) -> Row:
    """``Persona 1, 12345678``: the document stands after the last comma, and may be left out."""
    fitting(line, number)
    name, comma, document = line.rpartition(",")
    name, document = (name.strip(), document.strip()) if comma else (line, "")
    if not name:
        raise forms.ValidationError(
            gettext("Line %(line)d: the name is missing. Write it as in “%(example)s”.")
            % {"line": number, "example": gettext("Name Surname, 12345678")}
        )
    return {"name": name, "document": document}


def _counted(line: str, number: int, third: str, example: str) -> Row:
    fitting(line, number)
    what, *rest = APART.split(line)
    if len(rest) > 1:
        raise wrong(
            gettext("Line %(line)d: there is more than one “·”. Write it as in “%(example)s”."), number, example
        )
    name, quantity = what.strip(), "1"
    for pattern in (MANY, BEFORE):
        if found := pattern.search(name):
            quantity, name = found[1].replace(",", "."), (name[: found.start()] + name[found.end() :]).strip()
            break
    else:
        if TIMES_WHAT.search(name):
            raise wrong(
                gettext("Line %(line)d: the quantity is not a number. Write it as in “%(example)s”."), number, example
            )
    if not name:
        raise wrong(
            gettext("Line %(line)d: the description is missing. Write it as in “%(example)s”."), number, example
        )
    if not float(quantity):
        raise wrong(
            gettext("Line %(line)d: the quantity is zero. Enter how many, or delete the line."), number, example
        )
    return {"name": name, "quantity": quantity, third: rest[0].strip() if rest else ""}


def fitting(line: str, number: int) -> None:
    if len(line) > LONGEST_LINE:
        raise forms.ValidationError(
            gettext("Line %(line)d is too long. Keep to the essentials, %(most)d characters at most.")
            % {"line": number, "most": LONGEST_LINE}
        )


def wrong(words: str, number: int, example: str) -> forms.ValidationError:
    return forms.ValidationError(words % {"line": number, "example": example})


def written_parts(parts: Iterable[Mapping[str, Any]], third: str) -> str:
    """Parts as they are typed, so that what is on record can be corrected."""
    return "\n".join(
        f"{part['name']} ×{part['quantity']}" + (f" · {part[third]}" if part.get(third) else "") for part in parts
    )


def written_people(people: Iterable[Mapping[str, Any]]) -> str:
    return "\n".join(", ".join(filter(None, (one["name"], one.get("document", "")))) for one in people)


# --- crew field -------------------------------------------------------------------------------------------------------
# The choice of a crew: those that can do what is asked for first, of these the free ones, of these the near ones.
class CrewField(forms.ModelChoiceField):
    """One of the crews that are offered; what each is doing now stands beside its name."""

    def __init__(self, *, required: bool = False, **more: Any) -> None:
        more.setdefault("label", _("Crew"))
        more.setdefault("empty_label", _("to be named later"))
        super().__init__(crews_offered(), required=required, **more)

    def offer(self, case: Case, specialty: str, keep: int | None = None) -> None:
        """What is offered for this case; ``keep``: the crew that has it already, though it take nothing new."""
        self.queryset = crews_offered(keep)
        out = visits_of_crews()
        crews = list(self.queryset[:200])
        first = "" if self.required or self.empty_label is None else str(self.empty_label)
        self.widget.choices = [("", first), *grouped(crews, out, case, specialty)]


def grouped(crews: Iterable[Crew], out: dict[int, list[Visit]], case: Case, specialty: str) -> list[Any]:
    """Free ones that fit, busy ones that fit, the others; where nothing special is asked for all of them fit."""
    here = city(case)
    groups: dict[str, list[tuple[str, str]]] = {
        gettext("Free"): [],
        gettext("On another visit"): [],
        gettext("Cannot do it"): [],
    }
    free, busy, unfit = groups
    for crew in sorted(crews, key=lambda crew: (crew.base != here, crew.name)):
        mine = [visit for visit in out.get(crew.pk, ()) if visit.case_id != case.pk]
        key = unfit if not fits(crew, specialty) else busy if mine else free
        groups[key].append((str(crew.pk), crew_words(crew, foremost(mine))))
    return [(name, choices) for name, choices in groups.items() if choices]


def crew_words(crew: Crew, visit: Visit | None) -> str:
    """``Cuadrilla 2 (contractor) · Guayaquil · optical fibre · on the way``."""
    name = gettext("%(crew)s (contractor)") % {"crew": crew.name} if crew.contractor else crew.name
    does = specialty_words(crew.specialties) if crew.specialties else ""
    return " · ".join(filter(None, (name, crew.base, does, place_of(visit).words if visit else "")))


# --- dispatch forms ---------------------------------------------------------------------------------------------------
class PlateField(forms.CharField):
    """The plate of a vehicle as it is read aloud: in capitals, on one line."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Plate"),
            required=False,
            max_length=20,
            help_text=_("Empty: that of the crew."),
        )

    def clean(self, value: Any) -> str:
        return " ".join(super().clean(value).upper().split())


class EnteringForm(ActForm):
    """Who enters the site, with what: left empty it is what the crew has on record."""

    people = LinesField(
        label=_("Who enters, one per line"),
        line=person_line,
        help_text=_("Name Surname, 12345678. Empty: the people of the crew."),
    )
    plate = PlateField()
    tools = prose(_("Tools, one per line"), required=False, rows=2, limit=2000)


class AgreementForm(EnteringForm):
    crew = CrewField()
    specialty = forms.ChoiceField(
        label=_("Specialty needed"),
        required=False,
        choices=[("", _("any")), *Specialty.choices],
    )
    operator = words(_("Who agrees for the operator"))
    customer = words(_("Who agrees for the customer"))
    site_contact = words(_("Contact at the site"), limit=200)
    access = words(_("Access hours"), limit=200)
    forecast_from = hour(_("Expected arrival, from"), ahead=True, required=True)
    forecast_to = hour(_("Expected arrival, to"), ahead=True, required=True)
    next_decision_at = hour(_("Next decision at"), ahead=True)
    parts = LinesField(
        label=_("Parts it carries, one per line"),
        line=part_line,
        help_text=_("ONT GPON ×2 · central store"),
    )
    at = hour(_("Agreed at (empty: now)"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visit = open_visit(self.case)
        asked = self["specialty"].value() or ""
        crew = cast("CrewField", self.fields["crew"])
        crew.offer(self.case, asked, visit.crew_id if visit else None)
        if self.case.band != Band.REMOTE:
            del self.fields["next_decision_at"]
        if not self.is_bound:
            self.initial = {**promised_range(self.case, self.now), **self.initial}

    def clean(self) -> dict:
        fields = super().clean() or {}
        begin, end = fields.get("forecast_from"), fields.get("forecast_to")
        if begin and end and end < begin:
            self.add_error("forecast_to", _("The forecast ends before it begins. Write a later time."))
        return fields


class HandOverForm(EnteringForm):
    crew = CrewField(label=_("Crew that continues"), required=True)
    why = prose(_("Why another crew continues"))
    at = hour()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visit = open_visit(self.case)
        field = cast("CrewField", self.fields["crew"])
        field.offer(self.case, visit.specialty if visit else "")
        has_it = visit.crew_id if visit else None
        field.widget.choices = [
            (name, [one for one in choices if one[0] != str(has_it)]) if isinstance(choices, list) else (name, choices)
            for name, choices in field.widget.choices
        ]


def promised_range(case: Case, now: datetime) -> dict[str, str]:
    """The hours within which the band of the site promises the arrival (P4.1, P4.2), rounded down; else nothing."""
    band = Band(case.band) if case.band in set(Band) else None
    rule = versions.of(case.procedure_version_id).clock(ClockKind.TRAVEL)
    if rule is None or band is None:
        return {}
    span, target = rule.range_for(band), rule.target_for(band)
    begin, end = span or (None, target)
    hours = {"forecast_from": begin, "forecast_to": end}
    return {name: typed(now + length) for name, length in hours.items() if length}


def typed(at: datetime) -> str:
    """An hour as it is typed in a form, to the last five minutes before it, with its day where that is not today's."""
    local = at.astimezone(desk_zone())
    return (local - timedelta(minutes=local.minute % 5)).strftime("%d/%m %H:%M")


# --- dispatching ------------------------------------------------------------------------------------------------------
def decide_dispatch(doing: Doing[Case]) -> Event | None:
    return doing.on.decide_dispatch(**doing.when)


def agree(doing: Doing[Case]) -> Event | None:
    return doing.on.agree(agreement_of(doing.fields), **doing.when)


def change(doing: Doing[Case]) -> Event | None:
    return doing.on.change_dispatch(agreement_of(doing.fields), **doing.when)


def agreement_of(fields: dict) -> Agreement:
    facts = {name: fields[name] for name in Agreement.__dataclass_fields__ if name in fields}
    return Agreement(**facts | entering(fields))


def entering(fields: dict) -> dict[str, Any]:
    """What is left empty is the crew's own."""
    return {name: fields[name] or None for name in ("people", "plate", "tools")}


def hand_over(doing: Doing[Case]) -> Event | None:
    return doing.on.hand_over_visit(doing.fields["crew"], doing.fields["why"], **entering(doing.fields), **doing.when)


def send_letter(doing: Doing[Case]) -> Event | None:
    return doing.on.send_permit_letter(**doing.when)


def known_of_the_visit(case: Case, staff: Staff) -> dict:
    contact = case.site_contact or (case.site.contact_on_site if case.site else "")
    access = case.access_hours or (case.site.access_hours if case.site else "")
    return {"operator": staff.name, "customer": case.reporter_name, "site_contact": contact, "access": access}


def known_of_the_agreement(case: Case, staff: Staff) -> dict:
    """What was agreed, to be changed."""
    visit = open_visit(case)
    if visit is None or visit.forecast_from is None or visit.forecast_to is None:
        return known_of_the_visit(case, staff)
    return {
        "crew": visit.crew_id,
        "specialty": visit.specialty,
        "operator": visit.agreed_by_operator,
        "customer": visit.agreed_by_customer,
        "site_contact": visit.site_contact,
        "access": visit.access,
        "forecast_from": exact(visit.forecast_from),
        "forecast_to": exact(visit.forecast_to),
        "next_decision_at": exact(visit.next_decision_at) if visit.next_decision_at else "",
        "parts": written_parts(visit.parts, "store"),
        "people": written_people(visit.people),
        "plate": visit.plate,
        "tools": visit.tools,
    }


def exact(at: datetime) -> str:
    return at.astimezone(desk_zone()).strftime("%d/%m/%Y %H:%M")


AGREEMENT = "desk/acts/_agreement.html"
DISPATCH_ACTS = (
    CaseAct("envio", _("Decide to send a crew"), HourForm, decide_dispatch, tells=Moment.DISPATCH_DECIDED),
    CaseAct(
        "acuerdo",
        _("Agree on the visit"),
        AgreementForm,
        agree,
        template=AGREEMENT,
        asks=_("Travel counts from the time both sides agree on."),
        known=known_of_the_visit,
        tells=Moment.DISPATCH_AGREED,
    ),
    CaseAct(
        "cambio-visita",
        _("Change what was agreed"),
        AgreementForm,
        change,
        template=AGREEMENT,
        asks=_("The customer is told what has changed; travel counts from the first agreement."),
        known=known_of_the_agreement,
        tells=Moment.DISPATCH_CHANGED,
    ),
    CaseAct(
        "relevo-cuadrilla",
        _("Replace the crew"),
        HandOverForm,
        hand_over,
        template="desk/acts/_crew_hand_over.html",
        asks=_("No promise is moved by it."),
        tells=Moment.CREW_CHANGED,
    ),
    CaseAct(
        "carta",
        pgettext_lazy("act", "Send the permit letter"),
        HourForm,
        send_letter,
        asks=_("The guard at the gate reads who enters, with which document, plate and tools."),
        tells=Moment.PERMIT_LETTER_SENT,
    ),
)
