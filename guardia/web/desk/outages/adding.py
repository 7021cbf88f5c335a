"""Circuits and numbers of cases are added to an outage, in one go."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from guardia.cases.case import Case
from guardia.cases.refusals import Refused
from guardia.outages import members
from guardia.web.desk.outages import reading

if TYPE_CHECKING:
    from guardia.web.desk.outages.acts import Doing


class NothingCalledSo(Refused):
    field = "services"
    template = _("No service and no open case is called so: %(words)s. Correct it, or leave it out.")


def add(doing: "Doing", written: str) -> str:
    """Services by circuit, open cases by number; all of them or none. Raises NothingCalledSo and what the verbs do."""
    services, others = reading.services_named(written)
    cases, lost = reading.cases_named(" ".join(others))
    if lost:
        raise NothingCalledSo(words=", ".join(lost[:10]))
    locked: list[Case] = list(cases.select_for_update(no_key=True).order_by("pk"))
    joined = members.join(doing.outage, locked, variant="caller", **doing.when({})) if locked else []
    added = members.add_services(doing.outage, [s.pk for s in services], **doing.when({})) if services else []
    count = len(joined) + len(added)
    return ngettext("%(n)d added.", "%(n)d added.", count) % {"n": count}
