"""An hour at the desk: written and read in the operator's zone, whatever the zone of the site."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.forms import ValidationError

from guardia.cases.case import Case
from guardia.cases.refusals import TimeBeforeTheCase
from guardia.procedure.vocabulary import Moment
from guardia.web.desk.acts.dispatch import AgreementForm
from guardia.web.desk.acts.repair import HourForm
from guardia.web.desk.clock import hour
from guardia.web.desk.registration_form import RegistrationForm
from guardia.web.shared.hour_fields import as_hour
from tests.desk.conftest import words

ECUADOR = ZoneInfo("America/Guayaquil")
AFTER_MIDNIGHT = datetime(2026, 11, 25, 5, 30, tzinfo=UTC)  # 00:30 in Ecuador, 23:30 of the day before in Galápagos


@pytest.fixture
def islands(story):
    """The site stands an hour west of the desk."""
    story.site.own_zone = "Pacific/Galapagos"
    story.site.save()
    return story


def registration(story, fields: dict, now: datetime) -> RegistrationForm:
    known = {"service": story.service.pk, "symptoms": "No hay servicio", "impact": "down"}
    form = RegistrationForm({**known, **fields}, company=story.bank, service=story.service, call=None, now=now)
    assert form.is_valid(), form.errors
    return form


def act(form: type, case: Case, fields: dict, now: datetime):
    filled = form(fields, case=case, now=now)
    filled.is_valid()
    return filled


def test_the_form_of_a_new_case_and_those_of_the_acts_read_the_hour_the_screen_prints(islands):
    case = islands.open_case()
    shown = hour(AFTER_MIDNIGHT - timedelta(minutes=10), AFTER_MIDNIGHT)
    assert shown == "00:20"
    meant = datetime(2026, 11, 25, 5, 20, tzinfo=UTC)
    assert registration(islands, {"since": shown}, AFTER_MIDNIGHT).report().affected_since == meant
    assert act(HourForm, case, {"at": shown}, AFTER_MIDNIGHT).cleaned_data["at"] == meant


def test_what_is_written_ahead_is_the_operators_hour_too(islands):
    form = act(AgreementForm, islands.open_case(), {"forecast_from": "02:00", "forecast_to": "03:30"}, AFTER_MIDNIGHT)
    assert form.cleaned_data["forecast_from"] == datetime(2026, 11, 25, 7, 0, tzinfo=UTC)
    assert form.cleaned_data["forecast_to"] == datetime(2026, 11, 25, 8, 30, tzinfo=UTC)


def test_every_hour_says_whose_it_is(islands, engineer):
    case = islands.open_case()
    assert "Ecuador time</span>" in words(engineer.get(f"/casos/{case.number}/envio"))
    page = words(engineer.get(f"/casos/nuevo?compania={islands.bank.pk}"))
    assert "From what time, Ecuador time" in page
    assert "Arrived at (empty: now), Ecuador time" in page


def test_a_refused_hour_is_named_as_the_desk_writes_it_and_the_case_keeps_its_zone(islands):
    case = islands.open_case()
    registered = case.latest(Moment.REGISTERED).occurred_at
    said = registered.astimezone(ECUADOR).strftime("%H:%M:%S")
    with pytest.raises(TimeBeforeTheCase, match=said):
        case.must_not_precede(registered - timedelta(hours=1), registered)
    assert case.zone == "Pacific/Galapagos"


@pytest.mark.parametrize(
    ("said", "now", "ahead", "meant"),
    [
        ("31/12 23:50", (2027, 1, 1, 0, 10), False, (2026, 12, 31, 23, 50)),
        ("31/12 23:50", (2026, 12, 31, 23, 55), False, (2026, 12, 31, 23, 50)),
        ("01/01 00:10", (2026, 12, 31, 23, 50), True, (2027, 1, 1, 0, 10)),
        ("31/12 23:50", (2027, 3, 20, 9, 0), True, (2027, 12, 31, 23, 50)),
        ("31/12 23:50", (2027, 8, 1, 9, 0), False, (2026, 12, 31, 23, 50)),
        ("29/02 10:00", (2028, 3, 1, 9, 0), False, (2028, 2, 29, 10, 0)),
        ("23:50", (2027, 1, 1, 0, 10), False, (2026, 12, 31, 23, 50)),
        ("00:10", (2026, 12, 31, 23, 50), True, (2027, 1, 1, 0, 10)),
        # The neighbouring day on the wrong side is a slip to be refused, or a forecast written down afterwards.
        ("25/11 10:00", (2026, 11, 24, 9, 0), False, (2026, 11, 25, 10, 0)),
        ("24/11 08:00", (2026, 11, 24, 9, 0), True, (2026, 11, 24, 8, 0)),
    ],
)
def test_a_day_without_its_year_is_the_nearest_in_the_asked_direction(said, now, ahead, meant):
    at = as_hour(said, ECUADOR, datetime(*now, tzinfo=ECUADOR), ahead)
    assert at == datetime(*meant, tzinfo=ECUADOR)


@pytest.mark.parametrize("said", ["las dos", "29/02 10:00", "31/11 10:00", "24/11/2024 10:00"])
def test_a_day_that_there_is_not_is_refused_with_an_example(said):
    with pytest.raises(ValidationError, match=r"such as (14:05|24/11)"):
        as_hour(said, ECUADOR, datetime(2026, 6, 1, 9, 0, tzinfo=ECUADOR), ahead=False)
