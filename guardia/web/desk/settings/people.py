"""How the operator's people are reached: title, numbers, channels without their secrets, each last proven when."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _

from guardia.config.now import now
from guardia.customers.phones import spoken
from guardia.escalation.proof import Proof
from guardia.escalation.proven import last_proven
from guardia.escalation.seats import levels_held
from guardia.notices.channel import urls_of
from guardia.people.channels import masked
from guardia.people.lookup import active_staff
from guardia.people.policy import Right, may
from guardia.people.staff import Staff
from guardia.web.desk.companies.frame import member
from guardia.web.desk.settings.frame import looks, settings_page
from guardia.web.desk.shell import address


@looks
def people(request: HttpRequest) -> HttpResponse:
    at = now()
    found = list(active_staff())
    held = levels_held(at)
    proofs = last_proven(where for one in found for where, _words in ways_of(one))
    lines = [line(one, sorted(held.get(one.pk, ())), proofs) for one in found]
    context = {
        "lines": sorted(lines, key=lambda one: (not one["levels"], one["levels"], one["staff"].name)),
        "may_manage": may(member(request), Right.MANAGE_STAFF),
        "drill": address("who_answers"),
    }
    return settings_page(request, "people", context, tab="settings_people")


def ways_of(staff: Staff) -> list[tuple[str, str]]:
    """Each way to this person: as it is kept of it in the proofs, and as it is shown."""
    phones = [(number, spoken(number)) for number in (staff.mobile, staff.desk_phone) if number]
    mail = [(staff.email, staff.email)] if staff.email else []
    channels = dict.fromkeys(map(masked, urls_of(staff)))
    return [*phones, *mail, *((channel, channel) for channel in channels)]


def line(staff: Staff, levels: list[int], proofs: dict[str, Proof]) -> dict[str, Any]:
    return {
        "staff": staff,
        "levels": levels,
        "levels_words": ", ".join(_("level %d") % level for level in levels),
        "ways": [(words, proofs.get(where)) for where, words in ways_of(staff)],
        "is_mute": not staff.has_a_way,
    }


urlpatterns = [
    path("personas", people, name="settings_people"),
]
