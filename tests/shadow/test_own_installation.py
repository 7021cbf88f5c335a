"""What a replay copies of the operator's own installation: the procedure in force and the announced days."""

from datetime import UTC, date, datetime

from django.db import transaction

from guardia.clocks.calendars import CalendarChange
from guardia.customers.customer import Service, Site
from guardia.network.element import Element, ElementLink, ServiceElement
from guardia.procedure.version import ProcedureVersion
from guardia.shadow.own_installation import announced_days, own_installation, own_network
from tests.procedure.story import Story
from tests.shadow.logs import LOG, MEANS, NOON, NOW, log, replayed

LATE = {0: "open", 21: "found", 60: "back", 65: "yes", 120: "stable", 140: "done"}


def test_without_a_procedure_there_is_nothing_to_copy(as_staff):
    assert own_installation(NOW) is None


def test_the_procedure_in_force_and_the_days_without_who_announced_them(as_staff):
    story = Story()
    made = CalendarChange.objects.create(kind="rest", day=date(2026, 11, 24), by=story.supervisor, at=story.now)
    own = own_installation(NOW)
    assert own.procedure == ProcedureVersion.objects.get().document
    assert own.calendar == (
        {
            "pk": made.pk,
            "kind": "rest",
            "day": "2026-11-24",
            "canton": "",
            "feast": "",
            "withdraws_id": None,
            "at": story.now.isoformat(),
        },
    )


def test_the_network_of_what_shares_an_element_or_a_site(as_staff):
    """ENL-0042 hangs on a node below the core; a circuit that shares nothing is left out."""
    story = Story()
    node, core = (
        Element.objects.create(code=code, folded_code=code, name=code, kind="node") for code in ("node", "core")
    )
    ElementLink.objects.create(upper=core, lower=node)
    ServiceElement.objects.create(customer=story.bank, service=story.service, element=node)
    alone = Site.objects.create(customer=story.bank, name="sola", city=story.site.city)
    Service.objects.create(customer=story.bank, site=alone, circuit="ENL-1", folded_circuit="enl-1")
    assert own_network() == {"enl-0042": ["agencia matriz", "node", "core"]}


def test_e5_an_announced_rest_day_is_night_at_noon_too(as_staff, tmp_path):
    at = datetime(2026, 11, 16, 15, tzinfo=UTC)
    with transaction.atomic():
        CalendarChange.objects.create(kind="rest", day=date(2026, 11, 24), at=at)
        calendar = tuple(announced_days())
        transaction.set_rollback(True)
    text = log(A=(NOON, LATE))
    assert replayed(tmp_path, text, LOG, means=MEANS, calendar=calendar).findings.calls == 1
