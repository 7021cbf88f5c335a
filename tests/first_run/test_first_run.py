"""An empty house is set up in the browser: by whoever has its key, with a mail that arrived, and only once."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guardia.config.walls import Wall, behind
from guardia.doors.first_run import key
from guardia.people.staff import Role, Staff
from guardia.procedure.version import ProcedureVersion
from tests.notices.post_office import PostOffice

HOME = "/primeros-pasos"
ME = {"name": "Administradora", "username": "admin", "password": "una-frase-larga-42", "again": "una-frase-larga-42"}


@pytest.fixture
def office(settings):
    office = PostOffice()
    office.open()
    settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", office.port
    settings.MAIL_FROM = "casos@example.com"
    yield office
    office.close()


@pytest.fixture
def as_staff(db):
    with behind(Wall.STAFF):
        yield


@pytest.fixture
def client(as_staff) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.get(f"{HOME}?clave={key.key()}")
    return client


def words(response) -> str:
    return " ".join(response.content.decode().split())


def through_the_operator(client: Client) -> None:
    client.post(f"{HOME}/operador", {"name": 'Red "Andina"', "zone": "America/Guayaquil"})


def through_the_mail(client: Client) -> None:
    through_the_operator(client)
    client.post(f"{HOME}/correo", {"despues": "1"})


def through_the_procedure(client: Client) -> None:
    through_the_mail(client)
    client.post(f"{HOME}/procedimiento", {})


def test_without_the_key_nothing_is_shown_or_done(as_staff):
    stranger = Client(headers={"accept-language": "en"})
    assert stranger.get(HOME).status_code == 403
    assert stranger.get(f"{HOME}?clave=wrong").status_code == 403
    assert stranger.post(f"{HOME}/personas", ME).status_code == 403
    assert not Staff.objects.exists()


def test_from_nothing_to_a_house_with_a_procedure_and_people(client, office):
    through_the_operator(client)
    page = words(client.post(f"{HOME}/correo", {"enviar": "1", "email": "admin@example.com"}))
    assert "The mail server took it" in page
    code = re.search(r"\d{6}", office.mails[0].get_body(("plain",)).get_content())[0]
    assert client.post(f"{HOME}/correo", {"comprobar": "1", "code": f"{code[:3]} {code[3:]}"}).status_code == 302
    client.post(f"{HOME}/procedimiento", {})
    more = {"p0-name": "Ingeniero 1", "p0-username": "ingeniero1", "p0-role": "engineer"}
    page = words(client.post(f"{HOME}/personas", {**ME, **more}))
    assert "The house is open" in page
    administrator = Staff.objects.get(username="admin")
    assert (administrator.role, administrator.email) == (Role.ADMINISTRATOR, "admin@example.com")
    password = re.search(r"<td>ingeniero1</td><td><code>([^<]+)</code>", page)[1]
    assert Staff.objects.get(username="ingeniero1").check_password(password)
    promise = ProcedureVersion.objects.get().procedure
    assert promise.provider.name == 'Red "Andina"'
    assert promise.provider.former_name is None
    assert client.get("/").status_code == 200, "whoever set it up is signed in"
    assert client.get(HOME).status_code == 404, "and it is closed for good"


def test_steps_are_taken_in_order_and_may_be_taken_again(client):
    assert client.get(f"{HOME}/personas").url == HOME
    through_the_operator(client)
    assert client.get(HOME).url == f"{HOME}/correo"
    assert 'value="Red &quot;Andina&quot;"' in words(client.get(f"{HOME}/operador"))


def test_wrong_digits_do_not_pass_and_five_are_enough(client, office):
    through_the_operator(client)
    client.post(f"{HOME}/correo", {"enviar": "1", "email": "admin@example.com"})
    code = re.search(r"\d{6}", office.mails[0].get_body(("plain",)).get_content())[0]
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _ in range(5):
        page = words(client.post(f"{HOME}/correo", {"code": wrong}, follow=True))
        assert "not the digits of the last mail" in page
    client.post(f"{HOME}/correo", {"code": code})
    assert client.get(HOME).url == f"{HOME}/correo", "another mail is needed"


def test_a_mail_server_that_is_not_there_is_said_with_what_to_look_at(client, settings):
    settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", 1
    through_the_operator(client)
    page = client.post(f"{HOME}/correo", {"enviar": "1", "email": "admin@example.com"})
    assert page.status_code == 422
    assert "SMTP_HOST" in words(page)


def test_a_file_with_mistakes_names_their_lines(client):
    through_the_mail(client)
    file = SimpleUploadedFile("p.yaml", b"code: PC-1\ntitle: nothing\n")
    page = client.post(f"{HOME}/procedimiento", {"file": file})
    assert page.status_code == 422
    assert "line 2" in words(page)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"password": "123", "again": "123"}, "password"),
        ({"again": "another-phrase-42"}, "not the same"),
        ({"username": "A B"}, "username"),
        ({"name": ""}, "required"),
        ({"p0-name": "Sin usuario"}, "user name"),
        ({"p0-name": "Otra", "p0-username": "admin", "p0-role": "engineer"}, "admin"),
    ],
)
def test_what_cannot_be_kept_is_said_and_nobody_is_made(client, wrong, said):
    through_the_procedure(client)
    page = client.post(f"{HOME}/personas", {**ME, **wrong})
    assert page.status_code == 422
    assert said in words(page)
    assert not Staff.objects.exists()
    assert not ProcedureVersion.objects.exists()


def test_a_house_with_people_has_no_first_run(client):
    Staff.objects.create(username="x", name="X", role=Role.ENGINEER, password="!")
    assert client.get(f"{HOME}?clave={key.key()}").status_code == 404
