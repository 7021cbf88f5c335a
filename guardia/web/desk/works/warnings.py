"""What to think of before a planned work is announced: VIP, whom no mail reaches, collisions, days of rest."""

from collections.abc import Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.outages.planned_work import PlannedWork
from guardia.outages.work_affected import Affected, Company
from guardia.web.desk.works.words import dated


def warnings_of(work: PlannedWork, found: Affected) -> list[str]:
    """What to think of before anybody is told."""
    if work.ended_at:
        return []
    said = []
    if vip := found.vip:
        said.append(_("VIP: %(names)s.") % {"names": names_of(vip)})
    if mute := found.unreachable:
        said.append(_("No mail reaches anybody of: %(names)s. Call them.") % {"names": names_of(mute)})
    for other in found.colliding:
        words = _("At the same time on the same services: %(number)s %(name)s, %(when)s.")
        when = dated(other.starts_at, other.ends_at)
        said.append(words % {"number": other.display_number, "name": other.name, "when": when})
    for rest in found.resting:
        words = _("%(day)s is a day of rest: %(name)s.") if rest.name else _("%(day)s is a day of rest.")
        said.append(words % {"day": date_format(rest.day, "l j F"), "name": rest.name})
    if found.missing:
        words = ngettext(
            "%(n)d service has come behind the element since. Save the draft again to have it in.",
            "%(n)d services have come behind the element since. Save the draft again to have them in.",
            found.missing,
        )
        said.append(words % {"n": found.missing})
    return said


def names_of(companies: Sequence[Company]) -> str:
    return ", ".join(each.customer.name for each in companies)
