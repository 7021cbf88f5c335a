"""On the bench and in the tray: reports in writing with their clock, and those held back for their sender."""

import pytest

from guardia.people.staff import Role
from tests.desk.conftest import words
from tests.desk.test_mail_screens import house
from tests.mailin.letters import RECEIVER
from tests.procedure.story import staff

__all__ = ["house"]

FORGED = "dmarc=fail header.from=example.com"


@pytest.fixture(autouse=True)
def _our_server_writes_who_sent_it(settings) -> None:
    settings.MAIL_AUTHSERV_ID = RECEIVER


def head(house) -> str:
    return house.story.head.email


def test_a_report_in_writing_stands_on_the_bench_with_its_clock(engineer, house):
    message = house.writes(head(house), subject="Sin enlace", proof="")
    page = words(engineer.get("/"))
    assert f'href="/correo/{message.pk}"' in page
    assert "sender not checked" in page
    assert "Sin enlace" in page
    proven = house.writes(head(house), subject="Otro enlace")
    row = words(engineer.get("/")).partition(f'id="report-{proven.request_id}"')[2].partition("</li>")[0]
    assert "Otro enlace" in row
    assert "sender not checked" not in row


def test_one_key_takes_it_in(engineer, house):
    message = house.writes(head(house), proof=FORGED)
    bench = words(engineer.get("/"))
    assert f'data-take="correo-{message.pk}"' in bench
    assert "a admits it, x files it away" in bench
    assert f'data-take="correo-{message.pk}"' in words(engineer.get("/correo"))
    answer = engineer.post("/tomar", {"case": f"correo-{message.pk}", "step": ""}, headers={"HX-Request": "true"})
    assert answer.headers["HX-Trigger"] == "bench:changed"
    message.refresh_from_db()
    assert (message.state, message.reason) == ("waiting", "report")
    assert f'data-take="correo-{message.pk}"' not in words(engineer.get("/"))


def test_another_files_it_away(engineer, house):
    message = house.writes(head(house), proof=FORGED)
    engineer.post("/tomar", {"case": f"correo-{message.pk}", "step": "apartar"})
    message.refresh_from_db()
    assert (message.state, message.reason) == ("done", "spam")
    assert f'href="/correo/{message.pk}"' not in words(engineer.get("/"))


def test_its_page_has_a_button_for_each(engineer, house):
    case = house.story.open_case()
    message = house.writes(head(house), subject=f"Caso {case.display_number}", proof=FORGED)
    page = words(engineer.get(f"/correo/{message.pk}"))
    assert f"/correo/{message.pk}/admitir" in page
    engineer.post(f"/correo/{message.pk}/admitir")
    message.refresh_from_db()
    assert (message.state, message.case) == ("filed", case)


@pytest.mark.parametrize("given", ["correo-", "correo-x", "correo-99999999999999999999", "correo-0"])
def test_a_key_for_a_mail_that_is_not_there(engineer, house, given):
    assert engineer.post("/tomar", {"case": given}).status_code == 404


def test_who_may_not_decide_takes_nothing_in(house, sign_in):
    message = house.writes(head(house), proof=FORGED)
    auditor = sign_in(staff("auditora", Role.AUDITOR))
    assert auditor.post("/tomar", {"case": f"correo-{message.pk}"}).status_code == 403
    message.refresh_from_db()
    assert message.reason == "sender_failed"


def test_the_mark_stands_in_the_log_and_in_the_closing_report(engineer, house):
    case = house.story.open_case()
    house.writes(head(house), "Sigue caído.", f"Caso {case.display_number}", proof="")
    house.writes(head(house), "Ya probé.", f"Caso {case.display_number}")
    page = words(engineer.get(f"/casos/{case.number}/"))
    assert page.count("sender not checked") == 1
    report = words(engineer.get(f"/casos/{case.number}/informe"))
    assert report.count("sender not checked") == 1
