"""Sign-in by a SAML directory: answers that a key of the test signs, torn in every way that matters."""

import html
import os
import re
import subprocess
import sys
import zlib
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from guardia.config.saml import saml_provider
from guardia.people.audit import AuditKind
from tests.walls.conftest import journal

pytestmark = pytest.mark.process

pytest.importorskip("onelogin.saml2.utils", reason="without the extra saml")

DIRECTORY, SSO = "https://directorio.example.com/saml", "https://directorio.example.com/saml/entrar"
HERE = "/entrar/saml/directorio"
HOUSE = "http://testserver"
MAIL = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"


def key_and_certificate() -> tuple[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "directorio.example.com")])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    at = datetime.now(UTC)
    made = made.not_valid_before(at - timedelta(days=1)).not_valid_after(at + timedelta(days=1))
    certificate = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private.decode(), certificate.decode()


@pytest.fixture(scope="module")
def pair() -> tuple[str, str]:
    return key_and_certificate()


@pytest.fixture
def directory(settings, pair):
    from allauth.socialaccount.providers import registry
    from allauth.socialaccount.providers.saml.provider import SAMLProvider

    registry.register(SAMLProvider)
    settings.SAML_ENTITY_ID, settings.SAML_NAME = DIRECTORY, "Directorio"
    settings.SOCIALACCOUNT_PROVIDERS = {"saml": saml_provider(DIRECTORY, SSO, pair[1], "Directorio", "", "usuario")}
    yield
    registry.provider_map.pop("saml", None)


def goes_out(browser) -> str:
    """The id of what was asked of the directory."""
    page = browser.post(HERE)
    assert page.status_code == 200
    address = html.unescape(re.search(r'content="0;url=([^"]+)"', page.content.decode())[1])
    assert address.startswith(SSO)
    asked = zlib.decompress(b64decode(parse_qs(urlsplit(address).query)["SAMLRequest"][0]), -15).decode()
    assert f"{HOUSE}{HERE}/vuelta" in asked
    return re.search(r' ID="([^"]+)"', asked)[1]


def answer(pair, asked: str, **more) -> str:
    """What the directory posts, signed by ``pair``; ``more`` tears it."""
    from onelogin.saml2.utils import OneLogin_Saml2_Utils as Utils

    at = datetime.now(UTC)
    said = {
        "issuer": DIRECTORY,
        "audience": f"{HOUSE}{HERE}/datos",
        "recipient": f"{HOUSE}{HERE}/vuelta",
        "to": asked,
        "until": at + timedelta(minutes=5),
        "name": "u-1",
        "mail": "ana@example.com",
        "user": "ana",
        **more,
    }
    hours = {name: f"{hour:%Y-%m-%dT%H:%M:%SZ}" for name, hour in (("at", at), ("until", said["until"]))}
    attributes = "".join(
        f'<saml:Attribute Name="{name}"><saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute>'
        for name, value in ((MAIL, said["mail"]), ("usuario", said["user"]))
        if value
    )
    assertion = (
        f'<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a1" Version="2.0" '
        f'IssueInstant="{hours["at"]}"><saml:Issuer>{said["issuer"]}</saml:Issuer><saml:Subject>'
        f'<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">{said["name"]}</saml:NameID>'
        f'<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData '
        f'InResponseTo="{said["to"]}" NotOnOrAfter="{hours["until"]}" Recipient="{said["recipient"]}"/>'
        f'</saml:SubjectConfirmation></saml:Subject><saml:Conditions NotOnOrAfter="{hours["until"]}">'
        f"<saml:AudienceRestriction><saml:Audience>{said['audience']}</saml:Audience></saml:AudienceRestriction>"
        f'</saml:Conditions><saml:AuthnStatement AuthnInstant="{hours["at"]}" SessionIndex="_s1"><saml:AuthnContext>'
        f"<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>"
        f"</saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>{attributes}</saml:AttributeStatement>"
        f"</saml:Assertion>"
    )
    if said.get("signed", True):
        assertion = Utils.add_sign(
            assertion,
            *pair,
            sign_algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            digest_algorithm="http://www.w3.org/2001/04/xmlenc#sha256",
        ).decode()
        assertion = assertion.partition("?>")[2] or assertion if assertion.startswith("<?xml") else assertion
    assertion = said.get("torn", lambda text: text)(assertion)
    whole = (
        f'<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r1" Version="2.0" '
        f'IssueInstant="{hours["at"]}" Destination="{said["recipient"]}" InResponseTo="{said["to"]}">'
        f'<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">{said["issuer"]}</saml:Issuer>'
        f'<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>'
        f"{assertion}</samlp:Response>"
    )
    return b64encode(whole.encode()).decode()


def comes_back(browser, said: str):
    """The directory's page posts its answer, without a cookie of ours; the next step has them."""
    posted = browser.post(f"{HERE}/vuelta", {"SAMLResponse": said})
    assert posted.status_code == 302
    assert posted["Location"] == f"{HERE}/fin"
    return browser.get(f"{HERE}/fin")


def test_whoever_the_directory_names_by_a_known_address_comes_in(hire, browser, directory, pair):
    ana = hire(email="ana@example.com")
    assert b"Sign in with Directorio" in browser.get("/entrar").content
    assert comes_back(browser, answer(pair, goes_out(browser)))["Location"] == "/"
    assert browser.get("/").status_code == 200
    (entry,) = journal(AuditKind.SIGNED_IN)
    assert (entry.staff, entry.facts) == (ana, {"by": ["socialaccount"]})


def test_behind_tls_too(hire, directory, pair, settings):
    from django.test import Client

    hire(email="ana@example.com")
    browser, secure = Client(), HOUSE.replace("http:", "https:")
    address = browser.post(HERE, secure=True).content.decode()
    asked = parse_qs(urlsplit(html.unescape(re.search(r'content="0;url=([^"]+)"', address)[1])).query)["SAMLRequest"][0]
    to = re.search(r' ID="([^"]+)"', zlib.decompress(b64decode(asked), -15).decode())[1]
    said = answer(pair, to, audience=f"{secure}{HERE}/datos", recipient=f"{secure}{HERE}/vuelta")
    browser.post(f"{HERE}/vuelta", {"SAMLResponse": said}, secure=True)
    assert browser.get(f"{HERE}/fin", secure=True)["Location"] == "/"


def test_it_is_the_same_person_after_the_address_has_changed(hire, browser, directory, pair):
    ana = hire(email="ana@example.com")
    comes_back(browser, answer(pair, goes_out(browser)))
    browser.post("/salir")
    ana.email = "otra@example.com"
    ana.save()
    assert comes_back(browser, answer(pair, goes_out(browser)))["Location"] == "/"


def test_by_name_where_the_house_says_so(hire, browser, directory, pair, settings):
    settings.SAML_MATCH = "username"
    hire()
    assert comes_back(browser, answer(pair, goes_out(browser), user="ANA", mail=""))["Location"] == "/"


@pytest.mark.parametrize(
    "more",
    [
        {"mail": "nadie@example.com"},
        {"mail": ""},
        {"signed": False},
        {"torn": lambda text: text.replace("ana@example.com", "jefa@example.com")},
        {"torn": lambda text: text.replace("u-1", "u-2")},
        {"issuer": "https://otro.example.com/saml"},
        {"audience": "https://otra.example.com/"},
        {"recipient": "https://otra.example.com/vuelta"},
        {"until": datetime(2020, 1, 1, tzinfo=UTC)},
        {"to": "ONELOGIN_of_nobody"},
        {"torn": lambda text: text + text.replace("ana@", "jefa@")},
    ],
    ids=lambda more: str(next(iter(more))),
)
def test_nobody_else_does_and_it_is_on_record(hire, browser, directory, pair, more):
    hire(email="ana@example.com")
    hire("jefa", email="jefa@example.com")
    assert comes_back(browser, answer(pair, **({"asked": goes_out(browser)} | more)))["Location"] == "/entrar"
    assert browser.get("/")["Location"].startswith("/entrar")
    assert [entry.kind for entry in journal()] == [AuditKind.SIGN_IN_FAILED]


def test_what_another_key_signed_is_refused(hire, browser, directory):
    hire(email="ana@example.com")
    assert comes_back(browser, answer(key_and_certificate(), goes_out(browser)))["Location"] == "/entrar"
    assert browser.get("/").status_code == 302


def test_an_answer_counts_once(hire, browser, directory, pair):
    hire(email="ana@example.com")
    said = answer(pair, goes_out(browser))
    comes_back(browser, said)
    browser.post("/salir")
    assert comes_back(browser, said)["Location"] == "/entrar"
    assert browser.get("/").status_code == 302


def test_an_answer_that_nobody_asked_for_is_refused(hire, browser, directory, pair):
    """Whoever is led to post somebody's answer is not signed in as that person."""
    from django.test import Client

    hire(email="ana@example.com")
    said = answer(pair, goes_out(Client()))
    assert comes_back(browser, said)["Location"] == "/entrar"
    assert browser.get("/").status_code == 302


@pytest.mark.parametrize("trusts", [True, False])
def test_the_second_step_is_asked_unless_the_directory_is_trusted_to_have_asked(
    hire, browser, directory, pair, settings, trusts
):
    settings.MFA_ROLES, settings.SAML_HAS_SECOND_STEP = ["engineer"], trusts
    hire(email="ana@example.com")
    comes_back(browser, answer(pair, goes_out(browser)))
    assert browser.get("/").status_code == (200 if trusts else 302)


@pytest.mark.parametrize("said", ["", "x", "%%%", "PHg+", "é" * 10, b64encode(b"<a>" * 3000).decode(), "\0"])
def test_whatever_is_posted_nothing_breaks(as_staff, browser, directory, said):
    posted = browser.post(f"{HERE}/vuelta", {"SAMLResponse": said})
    assert posted.status_code in {302, 404}
    assert browser.get(f"{HERE}/fin")["Location"] == "/entrar"


def test_a_return_without_an_answer_is_refused(as_staff, browser, directory):
    assert browser.get(f"{HERE}/fin")["Location"] == "/entrar"
    assert browser.get(f"{HERE}/vuelta").status_code == 405
    assert browser.get(HERE).status_code == 405


def test_what_the_directory_must_know_is_there_to_be_fetched(as_staff, browser, directory):
    page = browser.get(f"{HERE}/datos")
    assert page["Content-Type"].startswith("application/samlmetadata+xml")
    assert f'Location="{HOUSE}{HERE}/vuelta"'.encode() in page.content
    assert b"SingleLogout" not in page.content


def test_without_a_directory_there_is_none(browser, as_staff):
    for place in ("", "/vuelta", "/fin", "/salida", "/datos"):
        for method in ("get", "post"):
            assert getattr(browser, method)(HERE + place).status_code in {404, 405}


SAY = "from guardia.config import settings; print(settings.SAML_NAME)"
WITHOUT = "import sys; sys.modules['onelogin'] = None; import importlib.util as u; u.find_spec = lambda name: None; "


@pytest.mark.parametrize(
    ("more", "before", "words"),
    [
        ({"SAML_SSO_URL": "", "SAML_CERTIFICATE": "x"}, "", "SAML_SSO_URL must be the https:// address"),
        ({"SAML_SSO_URL": SSO, "SAML_CERTIFICATE": ""}, "", "SAML_CERTIFICATE_FILE"),
        ({"SAML_SSO_URL": SSO, "SAML_CERTIFICATE": "x"}, WITHOUT, "uv sync --extra saml"),
        ({"SAML_MATCH": "x"}, "", "write email or username"),
    ],
)
def test_what_is_missing_is_said_at_the_start(more, before, words):
    environment = {**os.environ, "SAML_ENTITY_ID": DIRECTORY, **more}
    asked = [sys.executable, "-c", before + SAY]
    said = subprocess.run(asked, env=environment, capture_output=True, text=True, check=False)
    assert said.returncode
    assert words in said.stderr


def test_without_the_extra_and_without_the_setting_nothing_changes():
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SAML_")}
    said = subprocess.run([sys.executable, "-c", WITHOUT + SAY], env=environment, capture_output=True, text=True)
    assert (said.returncode, said.stdout.strip()) == (0, "SAML")
