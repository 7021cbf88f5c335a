"""The tray of the mail that came in, one message, and what is decided about it."""

import pytest

from guardia.calls.call import WrittenRequest
from guardia.cases.case import Case
from guardia.mail.message import Mailbox, Message, MessageKind, MessageState
from tests.desk.conftest import words
from tests.mailin.house import House

STRANGER = "desconocida@elsewhere.example.com"


@pytest.fixture
def house(story, settings) -> House:
    settings.MAIL_IN = True
    return House(story)


def of_a_contact(house, **more) -> Message:
    return house.writes(house.story.head.email, **more)


def test_an_empty_tray_says_what_comes_in_here(engineer, house):
    assert "No mail is waiting for a decision" in words(engineer.get("/correo"))


def test_the_tray_shows_first_what_breaks_first(engineer, house):
    house.writes(STRANGER, subject="Una pregunta")
    of_a_contact(house, subject="Sin servicio")
    page = words(engineer.get("/correo"))
    assert page.index("Sin servicio") < page.index("Una pregunta")
    assert "nobody we know of" in page


@pytest.mark.parametrize(("tab", "holds"), [("reportes", "Sin servicio"), ("desconocidos", "Una pregunta")])
def test_a_tab_holds_its_own(engineer, house, tab, holds):
    house.writes(STRANGER, subject="Una pregunta")
    of_a_contact(house, subject="Sin servicio")
    page = words(engineer.get("/correo", {"ver": tab}))
    assert holds in page
    assert page.count('class="mail-row"') == 1


def test_what_cannot_be_read_is_set_aside(engineer, house):
    house.comes(b"no mail at all")
    assert "uarantined" in words(engineer.get("/correo?ver=apartados"))


def test_a_mailbox_in_trouble_is_named_with_the_remedy(engineer, house):
    Mailbox.objects.create(name="casos@mail.example.com/INBOX", trouble="the server refuses the password")
    page = words(engineer.get("/correo"))
    assert "casos@mail.example.com/INBOX" in page
    assert "IMAP_HOST" in page


def test_strange_addresses_of_the_tray_are_read_as_the_tray(engineer, house):
    for query in ({"ver": "x"}, {"desde": "-1"}, {"desde": "9" * 40}, {"ver": "\0"}):
        assert engineer.get("/correo", query).status_code == 200


def test_a_message_is_shown_with_its_history_folded_and_its_files(engineer, house):
    message = of_a_contact(house, text="Sigue caído.\n\n> lo que dijimos\n", subject="<b>Hola</b>")
    page = words(engineer.get(f"/correo/{message.pk}"))
    assert "Sigue caído." in page
    assert "&lt;b&gt;Hola&lt;/b&gt;" in page


def test_the_original_is_a_download_and_nothing_else(engineer, house):
    message = of_a_contact(house)
    answer = engineer.get(f"/correo/{message.pk}/original")
    assert answer.content == bytes(message.original.content)
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]


MIXED = b"""From: %s\r
To: casos@example.com\r
Subject: Con archivos\r
Message-ID: <files@mail.example.com>\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary="b"\r
\r
--b\r
Content-Type: text/html\r
\r
<p>Hola<script>alert(1)</script></p>\r
--b\r
Content-Type: text/plain; name="nota.txt"\r
Content-Disposition: attachment; filename="nota.txt"\r
\r
una nota\r
--b\r
Content-Type: application/octet-stream\r
Content-Disposition: attachment; filename="factura.exe"\r
\r
MZ not really\r
--b--\r
"""


@pytest.fixture
def with_files(house) -> Message:
    return house.comes(MIXED.replace(b"%s", house.story.head.email.encode()))


def test_its_html_is_shut_in_a_frame_that_runs_nothing(engineer, with_files):
    answer = engineer.get(f"/correo/{with_files.pk}/html")
    assert answer.status_code == 200
    assert b"script" not in answer.content
    assert "sandbox" in answer["Content-Security-Policy"]
    assert 'sandbox=""' in words(engineer.get(f"/correo/{with_files.pk}"))


def test_a_file_is_given_out_and_a_program_is_not(engineer, with_files):
    page = words(engineer.get(f"/correo/{with_files.pk}"))
    assert "it is a program" in page
    answer = engineer.get(f"/correo/{with_files.pk}/archivos/1")
    assert b"una nota" in answer.content
    assert answer["Content-Disposition"].startswith("attachment")
    assert engineer.get(f"/correo/{with_files.pk}/archivos/2").status_code == 404
    assert engineer.get(f"/correo/{with_files.pk}/archivos/99999999999999").status_code == 404


@pytest.mark.parametrize("ending", ["", "/html", "/original", "/archivos/1"])
def test_a_message_that_is_not_there(engineer, house, ending):
    for pk in (987654, 10**30):
        assert engineer.get(f"/correo/{pk}{ending}").status_code == 404


@pytest.mark.parametrize("act", ["unir", "descartar", "quien"])
def test_no_act_on_a_message_that_is_not_there(engineer, house, act):
    assert engineer.post(f"/correo/987654/{act}", {}).status_code == 404
    assert engineer.get(f"/correo/987654/{act}").status_code == 405


# --- what is decided ---
def test_a_case_registered_from_it_takes_its_clock_over(engineer, house):
    message = of_a_contact(house)
    page = words(engineer.get(f"/correo/{message.pk}"))
    where = f"/casos/nuevo?reporte={message.request_id}"
    assert where in page
    form = words(engineer.get(where))
    assert "No tenemos servicio en la agencia." in form
    sent = {"service": house.story.service.pk, "symptoms": "Sin servicio", "impact": "down"}
    answer = engineer.post(f"{where}&compania={message.customer_id}", sent)
    case = Case.objects.get()
    assert answer.url.endswith(f"/casos/{case.number}/abierto")
    assert WrittenRequest.objects.get().case_id == case.pk
    assert case.source == "mail"
    again = engineer.get(where)
    assert again.url.endswith(f"/casos/{case.number}/abierto")


def test_a_report_is_joined_to_an_open_case(engineer, house):
    case = house.story.open_case()
    message = of_a_contact(house, subject="Otra vez")
    assert engineer.post(f"/correo/{message.pk}/unir", {"case": case.display_number}).url == "/correo"
    assert house.message(message).case_id == case.pk
    assert "Otra vez" in words(engineer.get(f"/casos/{case.number}/"))


@pytest.mark.parametrize("typed", ["", "nada", "17", "\0", "9" * 60])
def test_a_number_that_is_none_comes_back_at_its_field(engineer, house, typed):
    message = of_a_contact(house)
    answer = engineer.post(f"/correo/{message.pk}/unir", {"case": typed})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in words(answer)


def test_dismissing_wants_a_reason(engineer, house):
    message = of_a_contact(house)
    assert engineer.post(f"/correo/{message.pk}/descartar", {}).status_code == 422
    assert engineer.post(f"/correo/{message.pk}/descartar", {"reason": "twice"}).status_code == 302
    assert house.message(message).state == MessageState.DONE


def test_what_another_has_settled_is_refused(engineer, colleague, house):
    case = house.story.open_case()
    message = of_a_contact(house)
    colleague.post(f"/correo/{message.pk}/descartar", {"reason": "spam"})
    answer = engineer.post(f"/correo/{message.pk}/unir", {"case": case.display_number})
    assert answer.status_code == 409
    assert "already settled" in words(answer)


def test_a_stranger_becomes_a_known_contact(engineer, house):
    message = house.writes(STRANGER)
    engineer.post(f"/correo/{message.pk}/quien", {"contact": house.story.head.pk})
    message.refresh_from_db()
    assert (message.kind, message.contact_id) == (MessageKind.REPORT, house.story.head.pk)


def test_a_stranger_becomes_a_new_contact_of_the_company(engineer, house):
    message = house.writes(STRANGER)
    page = words(engineer.get(f"/correo/{message.pk}", {"compania": house.story.bank.pk}))
    assert house.story.head.name in page
    nameless = engineer.post(f"/correo/{message.pk}/quien", {"company": house.story.bank.pk, "name": ""})
    assert nameless.status_code == 422
    engineer.post(f"/correo/{message.pk}/quien", {"company": house.story.bank.pk, "name": "Ana Torres"})
    message.refresh_from_db()
    assert message.contact.name == "Ana Torres"


@pytest.mark.parametrize("sent", [{}, {"contact": "x"}, {"contact": "987654"}, {"company": "9" * 30}])
def test_nobody_chosen_comes_back(engineer, house, sent):
    message = house.writes(STRANGER)
    assert engineer.post(f"/correo/{message.pk}/quien", sent).status_code == 422
