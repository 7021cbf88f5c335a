"""How an administrator writes a company's own sign-in, and what the trial of it says."""

import pytest
from django.test import Client

from guardia.config.now import now
from guardia.customers import sessions
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.customers.own_sign_in import OwnSignIn, secret_of
from guardia.people.audit import AuditKind
from guardia.people.setting_change import SettingChange
from guardia.people.staff import Role
from tests.portal.provider import CLIENT, SECRET, Provider, running
from tests.walls.conftest import journal, sign_in

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def _server():
    with running() as provider:
        yield provider


@pytest.fixture
def provider(_server, settings) -> Provider:
    settings.EGRESS_LOOPBACK = True
    Provider.__init__(_server, _server.address)
    return _server


@pytest.fixture
def bank(as_staff) -> Customer:
    return Customer.objects.create(name="Banco Austral", folded_name="banco austral")


@pytest.fixture
def chief(hire) -> Client:
    hire("jefa", Role.ADMINISTRATOR)
    browser = Client(headers={"accept-language": "en"})
    sign_in(browser, "jefa")
    return browser


@pytest.fixture
def here(bank) -> str:
    return f"/companias/{bank.pk}/entrada"


def fields(provider: Provider, **more) -> dict:
    known = {"standing": "required", "issuer": provider.address, "client_id": CLIENT, "secret": SECRET}
    return {**known, "domains": "Example.com, @example.org", **more}


def test_it_is_kept_sealed_on_record_and_never_shown_again(chief, here, bank, provider):
    assert chief.post(here, fields(provider)).status_code == 302
    own = OwnSignIn.objects.get()
    assert (own.customer, own.required, own.active, own.domains) == (bank, True, True, ["example.com", "example.org"])
    assert secret_of(own) == SECRET
    page = chief.get(here).content.decode()
    assert SECRET not in page
    assert own.secret not in page
    assert f"/mi-empresa/con/{bank.pk}." in page
    assert "/mi-empresa/vuelta" in page
    change = SettingChange.objects.get(noun="own_sign_in")
    assert (change.by.username, change.after["secret"]) == ("jefa", "set")
    assert "Sign-in for a company’s people" in chief.get("/ajustes/cambios").content.decode()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("issuer", "login.example.com", "Write the address of the provider"),
        ("issuer", "http://login.example.com", "Write the address of the provider"),
        ("issuer", "javascript:alert(1)", "Write the address of the provider"),
        ("issuer", "https://a:b@login.example.com", "Write the address of the provider"),
        ("issuer", "https://login.example.com/?x=1", "Write the address of the provider"),
        ("issuer", "https://[", "Write the address of the provider"),
        ("issuer", "https://x:99999999/", "Write the address of the provider"),
        ("issuer", "", "Write the address of the provider"),
        ("client_id", "", "Write the client identifier"),
        ("domains", "", "Write what follows the @"),
        ("domains", " , ", "Write from one to 20 domains"),
        ("domains", ",".join(f"d{n}.example.com" for n in range(21)), "Write from one to 20 domains"),
        ("domains", "example", "is not a domain"),
        ("domains", "jefe@example.com", "is not a domain"),
        ("standing", "x", "Choose how its people sign in"),
        ("standing", "", "Choose how its people sign in"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(chief, here, provider, field, value, words):
    answer = chief.post(here, fields(provider, **{field: value}))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not OwnSignIn.objects.exists()


def trial(chief, here, provider, **more) -> str:
    chief.post(here, fields(provider, **more))
    answer = chief.post(f"{here}/probar")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_provider_that_is_well_is_said_to_be_well(chief, here, provider):
    page = trial(chief, here, provider)
    assert "The provider answers as it should." in page
    assert provider.forms[-1]["code"] == "trial"


@pytest.mark.parametrize(
    ("says", "words"),
    [
        ({"issuer": "https://login.example.net"}, "calls itself https://login.example.net"),
        ({"issuer": None}, "calls itself"),
        ({"jwks_uri": None}, "missing or without https: jwks_uri"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "missing or without https: authorization_endpoint"),
        ({"token_endpoint": "http://login.example.net/token"}, "missing or without https: token_endpoint"),
        ({"claims_supported": ["sub"]}, "gives no email address"),
        ({"scopes_supported": ["openid"]}, "gives no email address"),
        ({"claims_supported": ["sub", "email"]}, "does not list email_verified"),
        ({"code_challenge_methods_supported": ["plain"]}, "does not list PKCE"),
    ],
)
def test_the_trial_says_what_is_wrong_and_the_remedy(chief, here, provider, says, words):
    provider.says = says
    assert words in trial(chief, here, provider)


def test_the_trial_says_that_nobody_answers(chief, here, provider):
    page = trial(chief, here, provider, issuer="http://127.0.0.1:9")
    assert "does not answer at its address" in page


@pytest.mark.parametrize(
    ("status", "raw", "words"), [(404, b"{}", "HTTP 404"), (200, b"<html>", "not an OpenID Connect")]
)
def test_the_trial_says_that_something_else_answers(chief, here, provider, status, raw, words):
    provider.status, provider.raw = status, raw
    assert words in trial(chief, here, provider)


def test_the_trial_says_that_our_secret_is_wrong(chief, here, provider):
    assert "refuses our client identifier or secret (invalid_client)" in trial(chief, here, provider, secret="another")


def test_the_trial_says_that_another_key_sealed_the_secret(chief, here, provider, settings):
    chief.post(here, fields(provider))
    OwnSignIn.objects.update(secret="torn")
    assert "encrypted with another SECRET_KEY" in chief.post(f"{here}/probar").content.decode()


def test_the_trial_leads_nowhere_inside(chief, here, provider, settings):
    chief.post(here, fields(provider))
    settings.EGRESS_LOOPBACK = False
    assert "missing or without https" in chief.post(f"{here}/probar").content.decode()
    assert provider.forms == []


def test_whoever_did_not_come_in_is_told_with_the_remedy(chief, here, bank, provider):
    from guardia.people.audit import write_down

    chief.post(here, fields(provider))
    said = {"about": "company", "key": bank.pk, "by": "own_sign_in", "why": "domain", "detail": "example.net"}
    write_down(AuditKind.CONTACT_FAILED, at=now(), address="192.0.2.1", **said)
    assert "another domain (example.net)" in chief.get(here).content.decode()


def test_its_people_are_seen_and_signed_out(chief, here, bank):
    ana = Contact.objects.create(customer=bank, name="Ana", email="ana@example.com")
    tokens = [sessions.begin(ana, "ana@example.com", now())[1] for _ in range(3)]
    page = chief.get(here).content.decode()
    assert page.count("<b>Ana</b>") == 3
    chief.post(f"{here}/sesiones", {"sesion": sessions.of(tokens[0], now()).pk})
    assert [bool(sessions.of(one, now())) for one in tokens] == [False, True, True]
    chief.post(f"{here}/sesiones")
    assert not any(sessions.of(one, now()) for one in tokens)
    assert [one.facts for one in journal(AuditKind.SESSION_ENDED)] == [{"sessions": 1}, {"sessions": 2}]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_an_administrator_sees_it(hire, here, bank, role):
    hire("otra", role)
    browser = Client()
    sign_in(browser, "otra")
    assert browser.get(here).status_code == 403
    assert browser.post(f"{here}/probar").status_code == 403
    if role != Role.TECHNICIAN:
        assert here not in browser.get(f"/companias/{bank.pk}/").content.decode()


def test_two_who_edit_at_once_are_told(chief, here, provider):
    chief.post(here, fields(provider))
    seen = SettingChange.objects.latest("pk").pk
    chief.post(here, fields(provider, client_id="otro"))
    assert chief.post(here, fields(provider, client_id="tercero", seen=seen)).status_code == 409
    assert OwnSignIn.objects.get().client_id == "otro"
