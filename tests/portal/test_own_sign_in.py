"""A company's own sign-in: its provider says who somebody is; who is a contact, and of whom, the operator says."""

import html
import re

import pytest
from django.core.cache import cache

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers import own_sign_in, sessions
from guardia.customers import provider as trip
from guardia.customers.contact import Contact
from guardia.customers.own_sign_in import OwnSignIn, save, secret_of
from guardia.customers.sign_in import CompanySession, SignInCode
from guardia.notices import leases, outbox
from guardia.people.audit import AuditEntry, AuditKind
from guardia.worker.posting import LINKS
from tests.portal.provider import CLIENT, KEYS, SECRET, Provider, running
from tests.portal.test_company import Visitor

pytestmark = pytest.mark.process

JEFE = {"email": "jefe@example.com", "email_verified": True}


@pytest.fixture(scope="module")
def _server():
    with running() as provider:
        yield provider


@pytest.fixture
def provider(_server) -> Provider:
    Provider.__init__(_server, _server.address)
    _server.claims = dict(JEFE)
    return _server


@pytest.fixture
def fields(settings, provider) -> dict:
    settings.EGRESS_LOOPBACK = True
    return {
        "standing": "required",
        "issuer": provider.address,
        "client_id": CLIENT,
        "secret": SECRET,
        "domains": "example.com",
        "vouches": False,
    }


@pytest.fixture
def own(story, fields) -> OwnSignIn:
    return save(story.bank, fields, by=story.supervisor, at=now())


@pytest.fixture
def door(own) -> str:
    return f"/mi-empresa/con/{own_sign_in.token(own.customer_id)}"


@pytest.fixture
def somebody() -> Visitor:
    return Visitor()


def goes_out(visitor: Visitor, door: str, **fields) -> str:
    page = visitor.send(door, **fields)
    assert page.status_code == 200, page.content
    return html.unescape(re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page.content.decode())[1])


def comes_back(visitor: Visitor, brings: dict[str, str]):
    return visitor.telephone.get("/mi-empresa/vuelta", brings)


def comes_in(visitor: Visitor, door: str, provider: Provider, **fields):
    return comes_back(visitor, provider.signs_in(goes_out(visitor, door, **fields)))


def journal(kind: AuditKind) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(kind=kind).order_by("pk"))


def stays_out(answer, words: str = "") -> None:
    assert answer.status_code == 422
    assert "empresa" not in answer.cookies
    assert words in answer.content.decode()
    assert not CompanySession.objects.exists()
    assert len(journal(AuditKind.CONTACT_FAILED)) == 1


# --- in ---------------------------------------------------------------------------------------------------------------


def test_a_contact_comes_in_by_the_companys_own_sign_in(somebody, door, provider, story):
    answer = comes_in(somebody, door, provider, a="/mi-empresa/historial")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/mi-empresa/historial")
    assert story.case.display_number in somebody.page("/mi-empresa/historial")
    session = CompanySession.objects.get()
    assert (session.contact, session.customer, session.by_own) == (story.head, story.bank, True)
    (entry,) = journal(AuditKind.CONTACT_SIGNED_IN)
    assert (entry.about, entry.key, entry.facts) == ("contact", str(story.head.pk), {"by": "own_sign_in"})
    assert set(provider.asked) >= {"state", "nonce", "code_challenge", "redirect_uri"}
    assert provider.asked["scope"] == "openid email"


def test_it_is_the_same_with_another_makers_provider(somebody, story, fields, settings):
    """One that was not written by whoever wrote this installation."""
    from urllib.request import HTTPRedirectHandler, Request, build_opener

    from oidc_provider_mock import run_server_in_thread

    class Stays(HTTPRedirectHandler):
        def redirect_request(self, *_said):
            return None

    with run_server_in_thread() as server:
        address = f"http://127.0.0.1:{server.server_port}"
        own = save(story.bank, {**fields, "issuer": address}, by=story.supervisor, at=now())
        claims = b'{"email": "jefe@example.com", "email_verified": true}'
        build_opener().open(Request(f"{address}/users/u-1", claims, {"Content-Type": "application/json"}, method="PUT"))
        way = goes_out(somebody, f"/mi-empresa/con/{own_sign_in.token(own.customer_id)}")
        try:
            answer = build_opener(Stays).open(Request(way, b"sub=u-1", method="POST"))
        except Exception as redirected:
            answer = redirected
        back = html.unescape(answer.headers["Location"]).partition("?")[2]
        assert somebody.telephone.get(f"/mi-empresa/vuelta?{back}").status_code == 303
    assert "1 open fault" in somebody.page("/mi-empresa/")


def test_the_mailbox_may_stand_beside_the_token(somebody, door, provider):
    provider.claims = {"email": None}
    provider.says["userinfo_endpoint"] = f"{provider.address}/userinfo"
    provider.userinfo = {"sub": "u-1", **JEFE}
    assert comes_in(somebody, door, provider).status_code == 303


def test_a_browser_that_was_here_knows_the_way(somebody, door, provider):
    comes_in(somebody, door, provider)
    somebody.send("/mi-empresa/salir", "/mi-empresa/")
    assert "Sign in with your account of Banco Austral" in somebody.page("/mi-empresa/entrar")
    assert goes_out(somebody, "/mi-empresa/entrar", correo="otra@example.com").startswith(provider.address)
    assert somebody.asks("alguien@example.org").status_code == 303
    assert "Banco Austral" not in Visitor().page("/mi-empresa/entrar")


# --- nobody else ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"email": "hospital@example.com"}, "nobody"),
        ({"email": "nadie@example.com"}, "nobody"),
        ({"email": "antes@example.com"}, "nobody"),
        ({"email": None}, "no_email"),
        ({"email": ""}, "no_email"),
        ({"email": "jefe"}, "no_email"),
        ({"email_verified": False}, "unchecked"),
        ({"email_verified": None}, "unchecked"),
        ({"email_verified": "false"}, "unchecked"),
        ({"email": "jefe@example.org"}, "domain"),
        ({"email": "jefe@sub.example.com"}, "domain"),
        ({"email": ["jefe@example.com"]}, "nobody"),
    ],
)
def test_whoever_is_no_contact_of_that_company_stays_out(somebody, door, provider, claims, why):
    """A contact of another company is one of them, and so is a mailbox that the provider has not checked."""
    provider.claims |= claims
    stays_out(comes_in(somebody, door, provider))
    (entry,) = journal(AuditKind.CONTACT_FAILED)
    assert (entry.about, entry.facts["why"]) in {("company", why), ("company", "domain")}


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another"},
        {"aud": ["guardia", "another"]},
        {"azp": "another"},
        {"iss": "https://another.example.com"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1},
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"nbf": 2**40},
    ],
)
def test_a_token_that_is_not_for_us_now_and_for_this_way_is_refused(somebody, door, provider, claims):
    provider.claims |= claims
    stays_out(comes_in(somebody, door, provider), "did not answer as it should")
    assert journal(AuditKind.CONTACT_FAILED)[0].facts["why"] == "token"


def test_a_token_that_another_key_signed_is_refused(somebody, door, provider):
    provider.key = KEYS[1]
    stays_out(comes_in(somebody, door, provider))


def test_a_token_that_our_secret_signed_is_refused(somebody, door, provider):
    provider.key, provider.algorithm = SECRET * 3, "HS256"
    stays_out(comes_in(somebody, door, provider))


def test_a_token_that_nobody_signed_is_refused(somebody, door, provider):
    provider.key, provider.algorithm = None, "none"
    stays_out(comes_in(somebody, door, provider))


def test_a_key_that_is_not_the_providers_is_refused(somebody, door, provider):
    provider.kid = "2"
    stays_out(comes_in(somebody, door, provider))


def test_another_persons_word_beside_the_token_is_refused(somebody, door, provider):
    provider.claims = {"email": None}
    provider.says["userinfo_endpoint"] = f"{provider.address}/userinfo"
    provider.userinfo = {"sub": "u-2", **JEFE}
    stays_out(comes_in(somebody, door, provider))


@pytest.mark.parametrize("brings", [{}, {"state": "x", "code": "the-code"}, {"code": "the-code"}, {"state": "é"}])
def test_a_return_that_nobody_of_this_browser_went_out_for_is_refused(somebody, door, provider, brings):
    goes_out(somebody, door)
    stays_out(comes_back(somebody, brings), "not belong to the window in which you began")


def test_anothers_return_opens_nothing_here(somebody, door, provider):
    """Whoever is sent the address of somebody's return is not signed in as that person (login CSRF)."""
    brings = provider.signs_in(goes_out(somebody, door))
    stays_out(comes_back(Visitor(), brings))


def test_a_return_counts_once(somebody, door, provider):
    brings = provider.signs_in(goes_out(somebody, door))
    assert comes_back(somebody, brings).status_code == 303
    assert comes_back(somebody, brings).status_code == 422
    assert CompanySession.objects.count() == 1


def test_a_return_of_another_issuer_is_refused(somebody, door, provider):
    brings = provider.signs_in(goes_out(somebody, door)) | {"iss": "https://another.example.com"}
    stays_out(comes_back(somebody, brings))


def test_after_a_while_a_return_comes_too_late(somebody, door, provider, monkeypatch):
    monkeypatch.setattr(trip, "GOOD_FOR", -1)
    stays_out(comes_in(somebody, door, provider))


def test_the_code_is_good_for_whoever_went_out_alone(somebody, door, provider):
    """PKCE: the code of another way is refused by the provider, since its proof is missing."""
    brings = provider.signs_in(goes_out(somebody, door))
    provider.asked["code_challenge"] = "of-another-way"
    stays_out(comes_back(somebody, brings))


def test_whoever_says_no_at_the_provider_may_begin_again(somebody, door, provider):
    state = provider.signs_in(goes_out(somebody, door))["state"]
    stays_out(comes_back(somebody, {"state": state, "error": "access_denied"}), "You did not finish")


@pytest.mark.parametrize("raw", [b"", b"<html>", b"[]", b"{" * 5000, b"x" * 600_000, b"\xff\xfe"])
@pytest.mark.parametrize("status", [200, 302, 500])
def test_whatever_a_provider_answers_nothing_breaks(somebody, door, provider, raw, status):
    brings = provider.signs_in(goes_out(somebody, door))
    provider.raw, provider.status = raw, status
    stays_out(comes_back(somebody, brings))
    cache.clear()
    assert somebody.send(door).status_code == 422


# --- required: no code opens it ---------------------------------------------------------------------------------------


def mail_now() -> str:
    at = now()
    with behind(DatabaseRole.WORKER):
        (claimed,) = [one for one in outbox.claim(at, leases.seen(at), outbox.LETTERS) if one.code_id]
        mail = outbox.begin(claimed, at, LINKS)
    with behind(DatabaseRole.STAFF):
        return mail.content.decode().replace("=\r\n", "").replace("=\n", "")


def test_nobody_learns_from_the_form_which_company_has_its_own(own, story):
    """The address of the company, of another, of nobody: the same answer, and the rest is in the mail."""
    answers = [Visitor().asks(one) for one in ("jefe@example.com", "hospital@example.com", "nadie@example.com")]
    pages = [Visitor().page(one.headers["Location"]) for one in answers]
    same = {re.sub(r'value="[^"]*"', "", page) for page in pages}
    assert ({one.status_code for one in answers}, len(same)) == ({303}, 1)


def test_the_mail_leads_to_the_provider_in_place_of_a_code(own, somebody, provider, story):
    somebody.asks("jefe@example.com")
    mail = mail_now()
    assert "Your code is" not in mail
    link = re.search(r"/mi-empresa/con/\S+", mail)[0]
    assert comes_in(somebody, link, provider).status_code == 303


def test_digits_open_nothing_of_it(own, somebody):
    from guardia.customers import codes

    address = somebody.asks("jefe@example.com").headers["Location"]
    somebody.send(address, codigo=codes.digits_of(SignInCode.objects.latest("pk")))
    assert not CompanySession.objects.exists()
    assert somebody.telephone.get("/mi-empresa/").status_code == 302


def test_where_it_is_offered_both_roads_are_open(story, fields, somebody, provider):
    own = save(story.bank, {**fields, "standing": "offered"}, by=story.supervisor, at=now())
    somebody.asks("jefe@example.com")
    mail = mail_now()
    assert "Your code is" in mail
    assert "/mi-empresa/con/" in mail
    assert comes_in(Visitor(), f"/mi-empresa/con/{own_sign_in.token(own.customer_id)}", provider).status_code == 303


def test_whoever_came_by_a_code_is_out_once_it_is_required(story, fields, somebody):
    somebody.signs_in("jefe@example.com")
    stranger = Visitor().signs_in("hospital@example.com")
    save(story.bank, fields, by=story.supervisor, at=now())
    assert somebody.telephone.get("/mi-empresa/").status_code == 302
    stranger.page("/mi-empresa/")


@pytest.mark.parametrize("change", [{"standing": "off"}, {"client_id": "another"}, {"domains": "example.org"}])
def test_whoever_it_let_in_is_out_once_what_lets_in_has_changed(somebody, door, provider, story, fields, change):
    comes_in(somebody, door, provider)
    somebody.page("/mi-empresa/")
    save(story.bank, {**fields, **change}, by=story.supervisor, at=now())
    assert somebody.telephone.get("/mi-empresa/").status_code == 302


def test_the_word_of_one_companys_provider_opens_no_other(somebody, door, provider, story):
    """The same mailbox is known at a second company, which has no provider: only a code to the mailbox opens that."""
    Contact.objects.filter(pk=story.stranger.pk).update(email="jefe@example.com")
    comes_in(somebody, door, provider)
    assert "View another company" not in somebody.page("/mi-empresa/")
    assert somebody.send("/mi-empresa/compania", "/mi-empresa/", contacto=story.stranger.pk).status_code == 302
    assert CompanySession.objects.get(ended_at=None).customer == story.bank


def test_a_code_to_a_mailbox_of_two_companies_opens_the_one_that_takes_codes(somebody, own, story):
    Contact.objects.filter(pk=story.stranger.pk).update(email="jefe@example.com")
    somebody.signs_in("jefe@example.com")
    assert CompanySession.objects.get().customer == story.other
    page = somebody.page("/mi-empresa/compania")
    assert "with its own sign-in" in page
    somebody.send("/mi-empresa/compania", contacto=story.head.pk)
    assert {one.customer for one in CompanySession.objects.filter(ended_at=None)} == {story.other}


def test_the_link_of_a_notice_still_opens_its_one_case_and_its_acts(own, portal, story):
    assert story.case.display_number in portal.page()
    assert portal.press("escribir", texto="seguimos sin servicio").status_code == 303


# --- the door ---------------------------------------------------------------------------------------------------------


def test_a_door_that_is_none_or_shut_says_so(story, fields, somebody):
    own = save(story.bank, {**fields, "standing": "off"}, by=story.supervisor, at=now())
    for token in (own_sign_in.token(own.customer_id), own_sign_in.token(story.other.pk), "x", "1.2.3", "½"):
        assert somebody.telephone.get(f"/mi-empresa/con/{token}").status_code == 404


def test_looking_at_the_door_asks_nobody(somebody, door, provider):
    provider.raw, provider.status = b"", 500
    page = somebody.page(door)
    assert "127.0.0.1" in page
    assert "Banco Austral" in page


def test_the_house_is_not_led_inside(somebody, door, settings):
    settings.EGRESS_LOOPBACK = False
    assert somebody.send(door).status_code == 422
    assert not CompanySession.objects.exists()


# --- where one is signed in -------------------------------------------------------------------------------------------


def test_own_sessions_are_listed_and_ended(somebody, door, provider, story):
    other = Visitor()
    comes_in(somebody, door, provider)
    comes_in(other, door, provider)
    page = somebody.page("/mi-empresa/sesiones")
    assert "127.0.0.1" in page
    assert "this one" in page
    [its] = [one for one in sessions.standing(now(), contact=story.head.pk) if f'value="{one.pk}"' in page]
    somebody.send("/mi-empresa/sesiones", sesion=its.pk)
    assert other.telephone.get("/mi-empresa/").status_code == 302
    somebody.page("/mi-empresa/")
    assert journal(AuditKind.SESSION_ENDED)[0].key == str(story.head.pk)


def test_nobody_ends_somebody_elses_session(somebody, story):
    somebody.signs_in("jefe@example.com")
    stranger = Visitor().signs_in("hospital@example.com")
    theirs = CompanySession.objects.get(contact=story.head)
    stranger.send("/mi-empresa/sesiones", sesion=theirs.pk)
    stranger.send("/mi-empresa/sesiones")
    somebody.page("/mi-empresa/")


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_the_secret_is_sealed_and_not_on_record(own):
    from guardia.people.setting_change import SettingChange

    assert SECRET not in own.secret
    assert secret_of(own) == SECRET
    assert SECRET not in str(SettingChange.objects.values_list("before", "after"))


def test_another_provider_is_not_told_the_secret_of_the_first(own, story, fields):
    moved = save(
        story.bank, {**fields, "issuer": "https://login.example.org", "secret": ""}, by=story.supervisor, at=now()
    )
    assert moved.secret == ""


def test_an_empty_secret_leaves_the_old_one(own, story, fields):
    assert secret_of(save(story.bank, {**fields, "secret": ""}, by=story.supervisor, at=now())) == SECRET


@pytest.mark.parametrize("wall", [DatabaseRole.PORTAL, DatabaseRole.WORKER])
def test_neither_the_portal_nor_the_worker_reads_the_secret(own, story, wall):
    from django.db import DatabaseError, transaction

    with pytest.raises(DatabaseError), transaction.atomic(), behind(wall, story.bank.pk):
        list(OwnSignIn.objects.values_list("secret"))
    with behind(DatabaseRole.STAFF):
        pass
