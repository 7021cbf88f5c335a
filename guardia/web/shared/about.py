"""Where a case is and what it is about, in words, for every page."""

from django.utils.translation import gettext as _

from guardia.cases import desk_hours
from guardia.cases.case import Case
from guardia.cases.desk_hours import kind_of
from guardia.cases.labels import BAND_NAMES, IMPACT_NAMES
from guardia.procedure.directory import Desk
from guardia.procedure.vocabulary import Band, CaseKind, Impact

# --- case -------------------------------------------------------------------------------------------------------------
# Where a case is and what it is about, in words, for every page: an incident has a site and a service; a request has
# a desk, what that desk asks for (an invoice, a contract), and a service only where the customer named one (A2, A3).
SEPARATOR = " · "


def is_request(case: Case) -> bool:
    return kind_of(case.desk) == CaseKind.REQUEST


def desk_of(case: Case) -> Desk | None:
    """The desk as the case's own version of the procedure has it; None where that version knows no such desk."""
    return desk_hours.desk_of(case.procedure_version_id, case.desk)


def desk_name(case: Case) -> str:
    """In the active language."""
    desk = desk_of(case)
    return str(desk.name) if desk else case.desk


def answered_fields(case: Case) -> list[tuple[str, str]]:
    """What the desk asks for, each by its name with what was answered, in the desk's own order."""
    desk = desk_of(case)
    names = {field.key: str(field.name) for field in desk.fields} if desk else {}
    ordered = [*names, *(key for key in case.fields if key not in names)]
    return [(names.get(key, key), str(case.fields[key])) for key in ordered if case.fields.get(key)]


def city(case: Case) -> str:
    return case.site.city.name if case.site else ""


def place(case: Case) -> str:
    """City and site; of a request without a site, its desk."""
    return f"{case.site.city.name}, {case.site.name}" if case.site else desk_name(case)


def circuit(case: Case) -> str:
    return case.service.circuit if case.service else ""


def subject_matter(case: Case) -> str:
    """What a short line names it by: the circuit, and of a request its first number (an invoice) as well."""
    numbers = [f"{name} {value}" for name, value in answered_fields(case)[:1]] if is_request(case) else []
    return joined(circuit(case), *numbers)


def where(case: Case) -> str:
    """Site, city and circuit in one line, as who is paged or who wrote reads it; of a request its desk instead."""
    if case.site is None:
        return joined(desk_name(case), subject_matter(case))
    return ", ".join(part for part in (case.site.name, case.site.city.name, circuit(case)) if part)


def band(case: Case) -> str:
    """How far the site is; nothing where there is none."""
    return str(BAND_NAMES[Band(case.band)]) if case.band and not is_request(case) else ""


def band_of(case: Case) -> Band | None:
    return Band(case.band) if case.band else None


def impact(case: Case) -> str:
    """How the service is, as a shape knows it; nothing of a request."""
    if is_request(case) or not case.impact:
        return ""
    return "restored" if case.restored_at else case.impact


def impact_word(case: Case) -> str:
    """How the service is; of a request, whose service works, the desk that attends to it."""
    if not impact(case):
        return desk_name(case)
    return _("Restored") if case.restored_at else str(IMPACT_NAMES[Impact(case.impact)])


def joined(*parts: str) -> str:
    return SEPARATOR.join(part for part in parts if part)
