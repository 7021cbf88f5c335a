"""An empty installation is set up in the browser: by whoever has its key, step by step, and only once."""

import re
from datetime import date

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from guardia.clocks.calendars import CalendarChange
from guardia.config import countries
from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.cities import City
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.escalation.rota import Rota
from guardia.people import connections, rehearsal
from guardia.people.setting_change import SettingChange
from guardia.people.staff import Role, Staff
from guardia.procedure.template import SAMPLE
from guardia.procedure.version import ProcedureVersion
from guardia.web.first_run import key
from tests.first_run.walk import ANSWERS, HOME, ME, NAME, take, words
from tests.notices.post_office import PostOffice
from tests.procedure import story as stories


@pytest.fixture
def office(settings):
    office = PostOffice()
    office.open()
    settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", office.port
    settings.MAIL_FROM = "casos@example.com"
    settings.FROM_ENVIRONMENT = {"SMTP_HOST", "SMTP_PORT", "MAIL_FROM"}
    connections.forget()
    yield office
    connections.forget()
    office.close()


@pytest.fixture(autouse=True)
def own_state(settings, tmp_path, monkeypatch):
    """What is written down goes into a folder of the test, and the zone of this process is put back afterwards."""
    settings.STATE_DIR = tmp_path
    monkeypatch.delenv("OPERATOR_ZONE", raising=False)
    before = django_settings.TIME_ZONE
    yield
    countries.use_zone(before)


@pytest.fixture
def as_staff(db):
    with behind(DatabaseRole.STAFF):
        yield


def with_key(language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.get(f"{HOME}?clave={key.key()}")
    return client


@pytest.fixture
def client(as_staff) -> Client:
    return with_key()


def test_without_the_key_nothing_is_shown_or_done(as_staff):
    stranger = Client(headers={"accept-language": "en"})
    assert stranger.get(HOME).status_code == 403
    assert stranger.get(f"{HOME}?clave=wrong").status_code == 403
    assert stranger.post(f"{HOME}/publicar", ME).status_code == 403
    assert not Staff.objects.exists()


def test_the_desk_and_the_sign_in_of_an_empty_installation_lead_to_the_first_steps(as_staff):
    page = Client(headers={"accept-language": "en"}).get("/", follow=True)
    assert page.redirect_chain[-1][0] == HOME
    assert "“guardia run” prints" in words(page)


def test_from_nothing_to_a_published_procedure_with_people_cities_levels_and_a_trial_company(client, office):
    colleague = {"p0-name": "Ingeniero 1", "p0-username": "ingeniero1", "p0-role": "engineer"}
    take(client, "correo")
    page = words(client.post(f"{HOME}/correo", {"enviar": "1", "email": "admin@example.com"}))
    assert "The mail server accepted it" in page
    code = re.search(r"\d{6}", office.mails[0].get_body(("plain",)).get_content())[0]
    assert "Ejemplo" in office.mails[0]["From"]
    assert client.post(f"{HOME}/correo", {"comprobar": "1", "code": f"{code[:3]} {code[3:]}"}).status_code == 302
    client.post(f"{HOME}/personas", colleague)
    client.post(f"{HOME}/niveles", {"role1": "A", "role2": "B", "role3": "C", "who1": "ingeniero1"})
    client.post(
        f"{HOME}/empresa",
        {"name": "Prueba", "email": "yo@example.com", "phone": "02 555 0100", "city": "quito", "circuit": "E-1"},
    )
    done = client.post(f"{HOME}/publicar", ME, follow=True)
    page = words(done)
    assert done.redirect_chain[-1][0] == f"{HOME}/listo"
    administrator = Staff.objects.get(username="admin")
    assert (administrator.role, administrator.email) == (Role.ADMINISTRATOR, "admin@example.com")
    link = re.search(r'<td>ingeniero1</td><td><input[^>]+value="[^"]+(/entrar/enlace/[^"]+)"', page)[1]
    engineer = Staff.objects.get(username="ingeniero1")
    assert link not in words(client.get(f"{HOME}/listo")), "shown once"
    own = "una clave que nadie mas conoce"
    Client().post(link, {"password1": own, "password2": own})
    assert Staff.objects.get(pk=engineer.pk).check_password(own)
    assert Client().get(link).status_code == 410, "good once"
    promise = ProcedureVersion.objects.get().procedure
    assert promise.provider.name == NAME
    assert (promise.provider.former_name, promise.offices) == (None, ())
    assert [line.number for line in promise.lines] == ["02 555 0100"]
    assert promise.escalation.night.number == "02 555 0100"
    assert [str(level.role) for level in promise.escalation.levels] == ["A", "B", "C"]
    assert list(Rota.objects.order_by("level").values_list("members", flat=True)) == [
        [engineer.pk],
        [administrator.pk],
        [administrator.pk],
    ]
    assert City.objects.count() == 221
    contact = Contact.objects.get()
    assert (contact.name, contact.email, contact.phones) == ("Administradora", "yo@example.com", ["+59325550100"])
    assert contact.customer.services.get().site.city.name == "Quito"
    assert SettingChange.objects.filter(noun="staff").count() == 2
    assert "Outside its hours the line says" not in words(client.get("/procedimiento?lang=en")), "a desk without a line"
    assert client.get("/").status_code == 200, "whoever set it up is signed in"
    assert client.get(HOME).status_code == 404, "and it is closed for good"


def test_whoever_answers_at_a_level_is_told_before_that_customers_read_it(client):
    take(client, "publicar")
    assert "with telephone and email" in words(client.get(f"{HOME}/niveles"))
    assert "customers read it" in words(client.get(f"{HOME}/publicar"))


def test_the_trial_call_of_the_last_page_rings_and_is_known(client):
    take(client, "publicar")
    page = words(client.post(f"{HOME}/publicar", ME, follow=True))
    fields = dict(re.findall(r'<input type="hidden" name="(from_number|line)" value="([^"]*)"', page))
    assert fields == {"from_number": "+59325550100", "line": "025550100"}
    rings = words(client.post("/llamadas/timbra", fields, follow=True))
    assert "Compañía de prueba" in rings


def test_whoever_comes_from_another_tool_begins_with_a_rehearsal(client):
    take(client, "publicar")
    assert "Do you work with another tool today?" in words(client.get(f"{HOME}/publicar"))
    page = words(client.post(f"{HOME}/publicar", ME | {"ensayo": "1"}, follow=True))
    assert "nothing is sent but to its list" in page
    administrator = Staff.objects.get(username="admin")
    named = rehearsal.state().named
    assert named.people == (administrator.pk,)
    assert named.mailboxes == tuple(filter(None, [administrator.email]))


def test_whoever_comes_from_none_is_live_at_once(client):
    take(client, "publicar")
    client.post(f"{HOME}/publicar", ME, follow=True)
    assert not rehearsal.is_on()


def test_nothing_is_on_record_nor_public_before_the_last_step(client):
    take(client, "publicar")
    assert not ProcedureVersion.objects.exists()
    assert not Staff.objects.exists()
    assert not City.objects.exists()
    assert not Customer.objects.exists()
    for address in ("/procedimiento", "/mi-empresa", "/entrar", "/primeros-pasos"):
        page = Client().get(address, follow=True)
        assert "02 555 0100" not in words(page), address
        assert "Ejemplo" not in words(page), address
    assert client.get("/procedimiento").status_code == 404


def test_steps_are_taken_in_order_and_what_was_typed_is_kept_in_whatever_browser(client):
    assert client.get(f"{HOME}/publicar").url == HOME
    take(client, "oficinas")
    assert client.get(HOME).url == f"{HOME}/oficinas"
    client.post(f"{HOME}/oficinas", {"city1": "Loja", "volver": "1"})
    another = with_key()
    assert another.get(HOME).url == f"{HOME}/oficinas"
    assert 'value="Telecomunicaciones &quot;Ejemplo&quot;"' in words(another.get(f"{HOME}/operador"))
    assert 'value="Loja"' in words(another.get(f"{HOME}/oficinas")), "going back loses nothing, fitting or not"
    another.post(f"{HOME}/oficinas", {"city1": "Loja"})
    assert 'value="Loja"' in words(client.get(f"{HOME}/oficinas")), "nor does a mistake"


def test_what_is_proposed_is_taken_as_far_as_nobody_is_needed(client):
    """One button passes the steps that have an answer already, to the next that needs a person; each may be opened."""
    take(client, "telefonos")
    page = client.post(f"{HOME}/telefonos", {"technical": "02 555 0100", "propuestas": "1"})
    assert page.url == f"{HOME}/correo"
    page = client.post(f"{HOME}/correo", {"despues": "1", "email": "yo@example.com"})
    assert "propuestas" not in words(client.get(f"{HOME}/empresa")), "nothing more to take"
    assert client.post(f"{HOME}/personas", {"propuestas": "1"}).url == f"{HOME}/publicar"
    summary = words(client.get(f"{HOME}/publicar"))
    for said in ("none is published", "08:30–17:30", "221 cities", "you alone", "Shift supervisor", "Test company of"):
        assert said in summary, said
    client.post(f"{HOME}/publicar", ME)
    assert City.objects.count() == 221
    assert Contact.objects.get().email == "yo@example.com"
    assert Rota.objects.count() == 3


def test_a_mistake_is_not_passed_by_what_is_proposed(client):
    take(client, "telefonos")
    assert client.post(f"{HOME}/telefonos", {"technical": "x", "propuestas": "1"}).status_code == 422
    assert client.get(HOME).url == f"{HOME}/telefonos"
    take(client, "oficinas", operador={"country": "PT"}, telefonos={"technical": "21 555 0100"})
    assert client.post(f"{HOME}/oficinas", {"propuestas": "1"}).url == f"{HOME}/ciudades", "no list of that country"
    client.post(f"{HOME}/horario", {"begins": "25:00", "ends": "18:00"})
    client.post(f"{HOME}/ciudades", {"cities": "Lisboa; Lisboa"})
    assert client.post(f"{HOME}/publicar", ME).status_code in {302, 422}
    assert not Staff.objects.exists()


def test_the_progress_is_said(client):
    take(client, "oficinas")
    page = words(client.get(f"{HOME}/oficinas"))
    assert "<b>3 of 10</b>" in page
    assert '<progress max="10" value="3"' in page


def test_wrong_digits_do_not_pass_and_five_are_enough(client, office):
    take(client, "correo")
    client.post(f"{HOME}/correo", {"enviar": "1", "email": "admin@example.com"})
    code = re.search(r"\d{6}", office.mails[0].get_body(("plain",)).get_content())[0]
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _ in range(5):
        page = words(client.post(f"{HOME}/correo", {"code": wrong}))
        assert "not the digits in the last email" in page
    client.post(f"{HOME}/correo", {"code": code})
    assert client.get(HOME).url == f"{HOME}/correo", "another mail is needed"


def test_a_mail_server_that_is_not_there_is_said_with_what_to_look_at(client, settings):
    settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", 1
    settings.FROM_ENVIRONMENT = {"SMTP_HOST", "SMTP_PORT"}
    take(client, "correo")
    page = client.post(f"{HOME}/correo", {"enviar": "1", "email": "admin@example.com"})
    assert page.status_code == 422
    assert "SMTP_HOST" in words(page)


def test_the_mail_server_is_typed_where_the_environment_names_none(client, office, settings):
    """Kept as on its own screen; who writes no user signs in to none, and who writes no sender is the own mailbox."""
    port, settings.FROM_ENVIRONMENT, settings.SMTP_PORT = office.port, set(), 1
    take(client, "correo")
    server = {"host": "127.0.0.1", "tls": "none", "port": str(port), "sign_in": "password"}
    page = client.post(f"{HOME}/correo", {"enviar": "1", "email": "admin@example.com"})
    assert "Write the name of the server" in words(page)
    page = words(client.post(f"{HOME}/correo", {"enviar": "1", "email": "admin@example.com", **server}))
    assert "The mail server accepted it" in page
    assert office.return_paths == ["admin@example.com"]
    assert connections.setting("SMTP_PORT") == port


def test_what_is_wrong_with_a_typed_server_stands_at_it(client, settings):
    """With what can be changed on the screen, and no name of the environment."""
    settings.FROM_ENVIRONMENT = set()
    connections.forget()
    take(client, "correo")
    server = {"host": "127.0.0.1", "tls": "none", "port": "1", "sign_in": "nobody"}
    settings.EGRESS_LOOPBACK = True
    page = client.post(f"{HOME}/correo", {"enviar": "1", "email": "admin@example.com", **server})
    connections.forget()
    assert page.status_code == 422
    assert 'id="smtp_host_error"' in page.content.decode()
    assert "Check server, port and user" in words(page)
    assert "SMTP_HOST" not in words(page)


def test_a_file_with_mistakes_names_their_lines(client):
    file = SimpleUploadedFile("p.yaml", b"code: PC-1\ntitle: nothing\n")
    page = client.post(f"{HOME}/operador", {"name": "X", "country": "EC", "file": file})
    assert page.status_code == 422
    assert "line 2" in words(page)


def test_a_procedure_of_ones_own_answers_its_own_questions(client):
    """It is published as it is, and nothing is asked that it says."""
    text = SAMPLE.read_text(encoding="utf-8").replace("Cirion Ecuador", "Red Propia")
    file = SimpleUploadedFile("p.yaml", text.encode())
    assert client.post(f"{HOME}/operador", {"country": "EC", "file": file}).url == f"{HOME}/horario"
    for step in ("horario", "ciudades", "correo", "personas", "niveles"):
        extra = {"horario": {"begins": "08:30", "ends": "17:30"}, "ciudades": {"which": "listed"}}
        client.post(
            f"{HOME}/{step}", extra.get(step, {}) | {"despues": "1"} if step == "correo" else extra.get(step, {})
        )
    client.post(f"{HOME}/empresa", {"despues": "1"})
    client.post(f"{HOME}/publicar", ME)
    assert ProcedureVersion.objects.get().source == text
    assert not Customer.objects.exists()


MISTAKES = [
    ("operador", {"name": ""}, "Write the name of the operator"),
    ("operador", {"zone": "Mars/Olympus"}, "no time zone “Mars/Olympus”"),
    ("operador", {"country": "RU"}, "several time zones"),
    ("telefonos", {"technical": ""}, "Write the number that customers dial"),
    ("telefonos", {"technical": "call us"}, "“call us” is not a telephone number"),
    ("telefonos", {"night": "x"}, "“x” is not a telephone number"),
    ("oficinas", {"city1": "Loja"}, "The address is missing"),
    ("oficinas", {"address2": "Calle 1"}, "The city is missing"),
    ("horario", {"begins": "25:00"}, "from 00:00 to 23:59"),
    ("horario", {"ends": "08:00"}, "not after the opening time"),
    ("horario", {"holidays": "25/12/2026 Navidad\npronto"}, "Line 2: “pronto” is not a valid date"),
    ("ciudades", {"which": "own", "cities": ""}, "Write at least one city"),
    ("ciudades", {"which": "own", "cities": "Lima"}, "Line 1: enter the city and its region"),
    ("ciudades", {"which": "own", "cities": "Lima; Lima; cerca"}, "“cerca” is not a valid band"),
    ("personas", {"p0-name": "Sin usuario"}, "A person needs a name and a user name"),
    ("personas", {"p0-name": "Ana", "p0-username": "Ñ", "p0-role": "engineer"}, "lowercase letters"),
    ("personas", {"p0-name": "A", "p0-username": "aa", "p1-name": "B", "p1-username": "AA"}, "Two rows have this"),
    ("personas", {"p0-name": "A", "p0-username": "aa", "p0-email": "nobody"}, "not an email address"),
    ("niveles", {"role2": ""}, "Write the function of this level"),
    ("empresa", {"city": "Atlantis"}, "not a city in the list"),
    ("empresa", {"phone": "12"}, "“12” is not a telephone number"),
    ("empresa", {"email": "nobody"}, "not an email address"),
    ("empresa", {"circuit": ""}, "Write its number"),
    ("publicar", {"password": "123"}, "at least 12 characters"),
    ("publicar", {"username": "A B"}, "lowercase letters"),
    ("publicar", {"name": ""}, "Please enter the name"),
    ("publicar", {"mobile": "x"}, "“x” is not a telephone number"),
]


@pytest.mark.parametrize(("step", "wrong", "said"), MISTAKES)
def test_each_mistake_is_said_at_its_field_with_what_to_do(client, step, wrong, said):
    take(client, step)
    page = client.post(f"{HOME}/{step}", {**ANSWERS.get(step, ME), **wrong})
    assert page.status_code == 422
    assert said in words(page)
    assert 'class="errorlist"' in page.content.decode()
    assert not Staff.objects.exists()
    assert not ProcedureVersion.objects.exists()


def test_what_does_not_fit_any_more_is_shown_at_its_step(client):
    """The cities were changed after the company was placed in one of them."""
    take(client, "publicar")
    client.post(f"{HOME}/ciudades", {"which": "own", "cities": "Otra; Región"})
    page = client.post(f"{HOME}/publicar", ME, follow=True)
    assert page.redirect_chain[-1][0] == f"{HOME}/empresa"
    assert "not a city in the list" in words(page)
    assert not Staff.objects.exists()


def test_an_operator_of_another_country_has_its_zone_telephones_holidays_cities_and_language(as_staff):
    client = with_key("pt-BR")
    assert '<option value="BR" selected>' in words(client.get(f"{HOME}/operador"))
    take(client, "horario", operador={"country": "BR"}, telefonos={"technical": "(11) 5555-0100"})
    page = client.get(f"{HOME}/horario").content.decode()
    written = re.search(r'<textarea name="holidays"[^>]*>\s*(.*?)</textarea>', page, re.DOTALL)[1]
    assert re.search(r"25/12/20\d\d Natal", written)
    cities = "São Paulo; SP\nManaus; AM; remota"
    client.post(f"{HOME}/horario", {"begins": "09:00", "ends": "18:00", "holidays": written})
    assert "221" not in words(client.get(f"{HOME}/ciudades"))
    client.post(f"{HOME}/ciudades", {"cities": cities})
    client.post(f"{HOME}/correo", {"despues": "1", "email": "eu@example.com"})
    for step, fields in {"personas": {}, "niveles": {"role1": "A", "role2": "B", "role3": "C"}}.items():
        client.post(f"{HOME}/{step}", fields)
    page = words(client.get(f"{HOME}/empresa"))
    assert 'value="São Paulo, SP"' in page
    company = {"name": "Teste", "phone": "(11) 5555-0100", "city": "Manaus", "circuit": "C-1"}
    client.post(f"{HOME}/empresa", company)
    client.post(f"{HOME}/publicar", {**ME, "mobile": "11 95555-0100"})
    promise = ProcedureVersion.objects.get().procedure
    assert promise.provider.zone == "America/Sao_Paulo"
    assert promise.provider.languages[0] == "pt"
    assert promise.provider.country.pt == "Brasil"
    assert "Equador" not in promise.clause("A3").decisions[1].pt
    assert Contact.objects.get().phones == ["+551155550100"]
    me = Staff.objects.get()
    assert (me.mobile, me.language, me.username) == ("+5511955550100", "pt", "eu")
    assert {(c.name, c.band, c.zone) for c in City.objects.all()} == {
        ("São Paulo", "main", "America/Sao_Paulo"),
        ("Manaus", "remote", "America/Sao_Paulo"),
    }
    assert date(2026, 12, 25) in CalendarChange.objects.values_list("day", flat=True)
    assert django_settings.TIME_ZONE == "America/Sao_Paulo", "this process shows its hours in it at once"
    assert countries.written_zone(django_settings.STATE_DIR) == "America/Sao_Paulo", "the next ones after it"


def test_a_zone_of_the_environment_wins_and_is_said(as_staff, monkeypatch):
    monkeypatch.setenv("OPERATOR_ZONE", "America/Guayaquil")
    client = with_key()
    page = words(client.post(f"{HOME}/operador", {"name": "", "country": "PE", "zone": "America/Lima"}))
    assert "Set by the environment (OPERATOR_ZONE)" in page
    take(client, "publicar", operador={"country": "EC", "zone": "America/Bogota"})
    client.post(f"{HOME}/publicar", ME)
    assert django_settings.TIME_ZONE == "America/Guayaquil"
    assert countries.written_zone(django_settings.STATE_DIR) == ""


def test_the_second_step_is_announced_and_asked_for_at_the_next_sign_in(client, settings):
    settings.MFA_ROLES = ["administrator"]
    take(client, "publicar")
    assert "authenticator app" in words(client.get(f"{HOME}/publicar"))
    page = words(client.post(f"{HOME}/publicar", ME, follow=True))
    assert "at your next sign-in" in page
    assert client.get("/").status_code == 200
    again = Client()
    again.force_login(Staff.objects.get())
    assert again.get("/").url == reverse("mfa_index")


def test_an_installation_with_people_and_a_procedure_has_no_first_run(as_staff):
    stories.Story()
    assert Client().get(f"{HOME}?clave={key.key()}").status_code == 404


def test_the_administrator_made_on_the_server_takes_the_same_steps(as_staff):
    """`guardia people first NAME`: that person signs in, is led to the steps, and is asked for no second account."""
    first = Staff.objects.create(username="primera", name="Primera", role=Role.ADMINISTRATOR, language="en")
    first.set_password("una-frase-larga-42")
    client = Client(headers={"accept-language": "en"})
    client.force_login(first)
    assert client.get("/").url == HOME
    take(client, "publicar")
    assert "You, who administer it" not in words(client.get(f"{HOME}/publicar"))
    assert client.post(f"{HOME}/publicar", {}).url == f"{HOME}/listo"
    assert Staff.objects.get() == first
    assert ProcedureVersion.objects.get().published_by_id == first.pk
    assert client.get("/").status_code == 200
    assert client.get(HOME).status_code == 404
