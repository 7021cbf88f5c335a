"""Carriers on the screens of the desk, by role; and what no customer's login ever sees of them."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from guardia.carriers.carrier import Carrier
from guardia.carriers.ticket import CarrierTicket
from guardia.cases.counting import in_rooms
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.sql_rows import rows_of
from guardia.people.setting_change import SettingChange
from guardia.people.staff import Role, Staff
from tests.carriers.conftest import NOC, Desk, a_carrier
from tests.mailin.house import House

FIELDS = {"name": "Transporte Norte", "mailbox": NOC, "language": "es", "answer_minutes": "30"}


@pytest.fixture
def desk(tonight) -> Desk:
    return Desk(tonight, a_carrier(tonight.now))


@pytest.fixture
def house(tonight) -> House:
    return House(tonight)


def page(client, name: str, *args, query: str = "") -> str:
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_an_empty_list_teaches_and_leads_on(tonight, sign_in):
    shown = page(sign_in(tonight.engineer), "carriers")
    assert reverse("carrier_new") in shown
    assert 'class="empty"' in shown


def test_who_may_edit_companies_may_write_one_and_it_is_on_record(tonight, sign_in):
    client = sign_in(tonight.engineer)
    answer = client.post(reverse("carrier_new"), FIELDS)
    saved = Carrier.objects.get()
    assert answer.headers["Location"] == reverse("carrier", args=[saved.pk])
    assert (saved.mailbox, saved.answer_minutes, saved.restore_minutes) == (NOC, 30, None)
    assert SettingChange.objects.filter(noun="carrier", key=str(saved.pk)).count() == 1
    assert client.post(reverse("carrier_new"), FIELDS).status_code == 422
    seller = Staff.objects.create(username="ventas", name="Ventas", role=Role.SALES)
    assert sign_in(seller).post(reverse("carrier_new"), FIELDS).status_code == 403
    assert NOC in page(sign_in(seller), "carrier", saved.pk)


def test_a_ticket_is_opened_and_taken_down_from_the_page_of_the_case(tonight, desk, sign_in):
    client, number = sign_in(tonight.engineer), tonight.number
    assert reverse("act", args=[number, "tercero"]) in page(client, "case", number)
    assert "tercero-dice" not in page(client, "case", number)
    assert "Escribe al tercero" in page(client, "act", number, "tercero")
    fields = {"carrier": desk.carrier.pk, "symptoms": "sin luz", "clock": "waits", "again_at": "+30m"}
    client.post(reverse("act", args=[number, "tercero"]), fields)
    assert not CarrierTicket.objects.exists(), "W1: the customer is told why the clock waits"
    client.post(reverse("act", args=[number, "tercero"]), {**fields, "reason": "corte en su red", "proof": "correo"})
    ticket = CarrierTicket.objects.get()
    assert ticket.wait.party == "Transporte Norte"
    shown = page(client, "case", number)
    assert f'id="ticket-{ticket.pk}"' in shown
    assert ticket.reference in shown
    said = {"ticket": ticket.pk, "state": "inProgress", "number": "INC-9", "promise_at": "+1h"}
    client.post(reverse("act", args=[number, "tercero-dice"]), said)
    ticket.refresh_from_db()
    assert (ticket.number, ticket.promise_at) == ("INC-9", tonight.case.waits.get().party_promise_at)
    client.post(reverse("act", args=[number, "tercero-novedades"]), {"ticket": ticket.pk})
    assert ticket.mails.count() == 2


def test_an_answer_is_seen_until_somebody_has_taken_it_down(tonight, desk, house, sign_in):
    ticket = desk.opens()
    delivery = ticket.mails.get().delivery
    house.writes(NOC, "en camino", "Re: fault", answers=delivery.message_id)
    client = sign_in(tonight.engineer)
    assert in_rooms().answered == 1
    assert f"#ticket-{ticket.pk}" in page(client, "carriers")
    shown = page(client, "case", tonight.number)
    assert "Re: fault" in shown
    assert f"tercero-dice?ticket={ticket.pk}" in shown
    desk.takes_down(ticket, promise_at=tonight.now + timedelta(hours=1))
    assert in_rooms().answered == 0
    assert "Re: fault" not in page(client, "carriers")


def test_a_ticket_of_another_case_is_not_taken_down_here(tonight, desk, sign_in):
    ticket, number = desk.opens(), tonight.number
    tonight.call = None
    tonight.case_is_registered("otra sede")
    assert tonight.number != number
    said = {"ticket": ticket.pk, "state": "held"}
    answer = sign_in(tonight.engineer).post(reverse("act", args=[tonight.number, "tercero-dice"]), said)
    assert answer.status_code == 422
    ticket.refresh_from_db()
    assert ticket.state == "acknowledged"


@pytest.mark.parametrize(
    "table",
    [
        *("carrier", "carrier_ticket", "carrier_mail"),
        *("carrier_connection", "carrier_message", "carrier_mirror"),
    ],
)
@pytest.mark.parametrize("role", [DatabaseRole.PORTAL, DatabaseRole.PORTAL_ACTS])
def test_no_customers_login_reads_a_row(tonight, desk, table, role):
    desk.opens()
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():  # noqa: SIM117
        with behind(role, tonight.bank.pk):
            rows_of(f"SELECT count(*) FROM {table}", [])
