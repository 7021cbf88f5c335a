"""Each act of the portal and the sign-in there, by the logins of an installation that names all of them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DEFAULT_DB_ALIAS, connections

from guardia.calls.call import WrittenRequest
from guardia.cases import case_link
from guardia.cases.customer_act import CustomerAct
from guardia.cases.stages.verification import Confirmer
from guardia.cases.waiting import WaitReason
from guardia.clocks.clock import Wait
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers import codes, confirming, own_sign_in
from guardia.customers.contact import AddressConfirmation, Contact, ContactChange
from guardia.customers.own_sign_in import OwnSignIn
from guardia.customers.sign_in import CompanySession, SignInCode
from guardia.escalation import signed_links
from guardia.intake import colleagues
from guardia.notices.notice import Delivery, Notice
from guardia.outages import work_answers
from guardia.outages.planned_work import PlannedWorkService
from guardia.people import connections as connection_settings
from guardia.people.audit import AuditEntry
from guardia.procedure.vocabulary import Moment, WaitCause
from guardia.reports import report_history
from tests.files import samples
from tests.portal.conftest import Portal, Telephone
from tests.portal.test_company import WHOLE, Visitor
from tests.procedure.story import contact as a_contact
from tests.procedure.story import rota
from tests.walls.test_portal_acts_login import story
from tests.works.nights import Night

__all__ = ["story"]


# --- what is done, by the logins of an installation -------------------------------------------------------------------
@contextmanager
def without_the_desk() -> Iterator[None]:
    """Inside, a statement by the login of the desk is a failure."""

    def refused(execute, sql, params, many, context):
        raise AssertionError(f"asked of the desk's login: {sql}")

    with connections[DEFAULT_DB_ALIAS].execute_wrapper(refused):
        yield


@pytest.fixture
def every_login(story, portal_login, portal_acts_login, sign_in_login) -> None:
    """An installation with all addresses named; what is set on screen is read now, by the desk's login."""
    connection_settings.setting("SMS_URL")


@pytest.fixture
def inside(every_login) -> Visitor:
    return signed_in("jefe@example.com")


def digits_of_the_last() -> str:
    with behind(DatabaseRole.STAFF):
        return codes.digits_of(SignInCode.objects.latest("pk"))


def signed_in(mailbox: str) -> Visitor:
    visitor = Visitor()
    with without_the_desk():
        address = visitor.asks(mailbox).headers["Location"]
    digits = digits_of_the_last()
    with without_the_desk():
        wrong = visitor.send(address, codigo=f"{(int(digits) + 1) % 10**6:06}")
        assert "These are not the digits" in wrong.content.decode()
        assert visitor.send(address, codigo=digits).status_code == 303
    return visitor


def test_signing_in_by_a_code_and_out(inside, story):
    with behind(DatabaseRole.STAFF):
        assert CompanySession.objects.get().customer_id == story.bank.pk
        assert SignInCode.objects.get().attempts == 2
        assert Delivery.objects.filter(code__isnull=False).count() == 1
        kinds = AuditEntry.objects.order_by("pk").values_list("kind", flat=True)
        assert list(kinds) == ["contact_failed", "contact_signed_in"]
    with without_the_desk():
        assert inside.telephone.get("/mi-empresa/").status_code == 200
        assert inside.telephone.get("/mi-empresa/sesiones").status_code == 200
        assert inside.send("/mi-empresa/sesiones").status_code == 303
        assert inside.send("/mi-empresa/salir", "/mi-empresa/").status_code == 303
        assert inside.telephone.get("/mi-empresa/").status_code == 302
    with behind(DatabaseRole.STAFF):
        assert CompanySession.objects.get().ended_at


def test_a_mailbox_that_is_nobodys_is_answered_alike(every_login):
    with without_the_desk():
        assert Visitor().asks("nadie@example.com").status_code == 303
    with behind(DatabaseRole.STAFF):
        assert SignInCode.objects.get().mailbox == ""
        assert not Delivery.objects.filter(code__isnull=False).exists()


def test_a_mailbox_of_two_companies_changes_from_one_to_the_other(every_login, story):
    with behind(DatabaseRole.STAFF):
        second = a_contact(story.other, "Jefe también", "jefe@example.com", "en")
    visitor = Visitor()
    address = visitor.asks("jefe@example.com").headers["Location"]
    digits = digits_of_the_last()
    with without_the_desk():
        assert visitor.send(address, codigo=digits).headers["Location"] == "/mi-empresa/compania"
        page = visitor.page("/mi-empresa/compania")
        assert "Banco Austral" in page
        assert "Hospital Los Arrayanes" in page
        assert visitor.send("/mi-empresa/compania", contacto=second.pk).status_code == 303
        assert "Hospital Los Arrayanes" in visitor.page("/mi-empresa/")
        assert visitor.telephone.get(f"/mi-empresa/casos/{story.number}").status_code == 404


def test_a_link_that_is_none_is_counted(every_login, settings):
    settings.GUESSES_OF_ADDRESS = 2
    with without_the_desk():
        seen = [Telephone().get("/c/caso/made-up").status_code for _ in range(4)]
    assert seen == [404, 404, 429, 429]


BEFORE_A_SOLUTION = {
    "escribir": {"texto": "hay un olor a quemado"},
    "mi-numero": {"referencia": "INC-77"},
    "escalar": {"nivel": 1},
    "colega": {"nombre": "Ana Nueva", "correo": "ana@example.com", "cargo": "Redes"},
    "archivo": {"texto": "la luz roja"},
    "objetar-espera": {"texto": "nadie nos llamó"},
}
AFTER_IT = {
    "funciona": {},
    "no-funciona": {"texto": "sigue sin navegar"},
    "no-puedo-probar": {"texto": "a las 8"},
    "no-estoy-de-acuerdo": {"texto": "la causa es otra"},
}
CLOSED = {"lo-comprobe": {"resultado": "difiere", "texto": "volvió a las 10"}}


@pytest.mark.parametrize("act", BEFORE_A_SOLUTION | AFTER_IT | CLOSED)
def test_each_act_by_the_link_of_a_letter(every_login, story, act):
    fields = dict((BEFORE_A_SOLUTION | AFTER_IT | CLOSED)[act])
    with behind(DatabaseRole.STAFF):
        rota(1, story.supervisor, story.now)
        if act in AFTER_IT | CLOSED:
            story.diagnosis("remote")
            story.service_is_restored()
            story.seconds_pass(1)
        if act in CLOSED:
            story.customer_confirms()
            story.window_is_green()
            story.case.stabilise(by=story.by, at=story.now)
            story.case.close("fibra", "empalme", by=story.by, at=story.now)
        if act == "objetar-espera":
            reason = WaitReason(WaitCause.CUSTOMER, asked_by="Portería", asked_role="", reason="cerrado", proof="x")
            story.case.wait(reason, by=story.by, at=story.now)
            fields["espera"] = Wait.objects.get().pk
        if act == "archivo":
            fields["archivo"] = SimpleUploadedFile("luz.jpg", samples.jpeg())
        before = story.case.events.count()
        portal = Portal(story, story.head, Telephone())
    with without_the_desk():
        answer = portal.press(act, **fields)
        assert answer.status_code == 303, answer.content.decode()
        assert portal.telephone.get(portal.home).status_code == 200
    with behind(DatabaseRole.STAFF):
        assert story.case.events.count() > before
        last = story.case.events.latest("seq")
        assert last.actor_kind in ("contact", "system")


def test_an_act_that_is_refused_leaves_nothing(every_login, story):
    with behind(DatabaseRole.STAFF):
        before = story.case.events.count()
        portal = Portal(story, story.head, Telephone())
    with without_the_desk():
        assert portal.press("funciona").status_code == 422
    with behind(DatabaseRole.STAFF):
        assert story.case.events.count() == before
        assert not CustomerAct.objects.exists()


def test_the_next_level_is_asked_for_and_a_confirmation_is_denied_by_link(every_login, story):
    with behind(DatabaseRole.STAFF):
        rota(1, story.supervisor, story.now)
        case = story.case.pk
    with without_the_desk():
        address = f"/escalar/{signed_links.escalate_token(story.bank.pk, case, story.head.pk)}"
        assert Telephone().post(address, {"nivel": 1}).status_code == 303
    with behind(DatabaseRole.STAFF):
        assert story.moments().count(Moment.ESCALATED) == 1
        story.diagnosis("remote")
        story.service_is_restored()
        story.seconds_pass(1)
        story.service_is_tested()
        who = Confirmer("Night shift", "Assistant", "07 555 0149")
        story.case.confirm(who, "spliced", by=story.by, at=story.now)
    with without_the_desk():
        address = f"/c/no-es-asi/{case_link.token(story.bank.pk, case, story.desk.pk)}"
        assert Telephone().post(address).status_code == 303
    with behind(DatabaseRole.STAFF):
        assert story.moments().count(Moment.RELAPSED) == 1


def test_a_letter_is_known_to_have_been_opened(every_login, story):
    with behind(DatabaseRole.STAFF):
        case = story.case.pk
        sent = Delivery.objects.create(
            customer=story.bank, address="x", message_id="<x@example.com>", available_at=now(), created_at=now()
        )
        notice = Notice.objects.filter(contact=story.head).first()
        sent.notices.add(notice, through_defaults={"customer_id": story.bank.pk})
    with without_the_desk():
        page = f"/c/caso/{case_link.token(story.bank.pk, case, story.head.pk)}?por={sent.pk}"
        assert Telephone().get(page).status_code == 200
    with behind(DatabaseRole.STAFF):
        assert Delivery.objects.get(pk=sent.pk).opened_at


def test_planned_work_is_agreed_to_and_objected_to(every_login, story):
    with behind(DatabaseRole.STAFF):
        night = Night(story)
        night.announce(needs_agreement=True)
    address = f"/c/trabajo/{work_answers.token(story.bank.pk, night.pk, story.head.pk)}"
    with without_the_desk():
        assert Telephone().post(f"{address}/de-acuerdo").status_code == 303
        assert Telephone().post(f"{address}/objetar", {"texto": "es fin de mes"}).status_code == 303
    with behind(DatabaseRole.STAFF):
        row = PlannedWorkService.objects.get(work=night.pk, customer=story.bank)
        assert (row.answer, row.answer_words) == ("objected", "es fin de mes")
        assert PlannedWorkService.objects.get(work=night.pk, customer=story.other).answer == ""


def test_inside_the_session(inside, story, settings):
    settings.SMS_URL = "json://127.0.0.1:9/{number}"
    desk = f"/mi-empresa/contactos/{story.desk.pk}"
    with behind(DatabaseRole.STAFF):
        colleagues.ask_for(story.case, story.desk, "Ana", "ana@example.com", at=story.now)
        asked = ContactChange.objects.get()
        waiting = colleagues.ask_for(story.case, story.desk, "Luis", "luis@example.com", at=story.now)
    with without_the_desk():
        case = f"/mi-empresa/casos/{story.number}"
        number = re.search(r'name="vez" value="([^"]+)"', inside.page(case))[1]
        assert inside.send(f"{case}/escribir", case, vez=number, texto="hola").status_code == 303
        fault = {"area": "technical", "servicio": story.service.pk, "afecta": "down", "texto": "nada de internet"}
        assert inside.send("/mi-empresa/pedir", **fault).status_code == 303
        assert inside.send(f"/mi-empresa/colegas/{asked.pk}/si", "/mi-empresa/contactos").status_code == 303
        assert inside.send(f"/mi-empresa/colegas/{waiting.pk}/no", "/mi-empresa/contactos").status_code == 303
        new = {**WHOLE, "name": "Eva", "email": "eva@example.com"}
        assert inside.send("/mi-empresa/contactos/nuevo", **new).status_code == 303
        assert inside.send(desk, **{**WHOLE, "way_sms": "+593999000123"}, told=["closure"]).status_code == 303
        assert inside.send(f"{desk}/desactivar", desk).status_code == 303
        assert inside.send(f"{desk}/activar", desk).status_code == 303
        assert inside.telephone.get("/mi-empresa/historial.xlsx").status_code == 200
    with behind(DatabaseRole.STAFF):
        by_mail = AddressConfirmation.objects.get(address="eva@example.com")
        by_sms = AddressConfirmation.objects.get(kind="sms")
        link = f"/mi-empresa/confirmar/{confirming.token(story.bank.pk, by_mail.pk)}"
        digits = confirming.digits_of(by_sms)
    with without_the_desk():
        assert Visitor().send(link).status_code == 200
        Visitor().page(link, 410)
        assert inside.send(f"{desk}/numero/{by_sms.pk}", desk, codigo=digits).status_code == 303
    with behind(DatabaseRole.STAFF):
        assert Contact.objects.get(name="Eva").email == "eva@example.com"
        assert Contact.objects.get(name="Ana").email == ""
        assert WrittenRequest.objects.get().customer_id == story.bank.pk
        assert AuditEntry.objects.filter(kind="exported", key=str(story.head.pk)).count() == 1


def test_a_company_with_a_sign_in_of_its_own_is_found_by_its_door(every_login, story):
    with behind(DatabaseRole.STAFF):
        known = {"issuer": "https://id.example.com", "domains": ["example.com"], "changed_at": now()}
        OwnSignIn.objects.create(customer=story.bank, active=True, **known)
    with without_the_desk():
        assert "Banco Austral" in Visitor().page(f"/mi-empresa/con/{own_sign_in.token(story.bank.pk)}")
        assert Telephone().get("/mi-empresa/vuelta").status_code == 422


def test_the_closing_report_is_read_by_the_link_of_a_letter(every_login, story):
    with behind(DatabaseRole.STAFF):
        token = report_history.token(story.bank.pk, story.case.pk, story.head.pk)
    with without_the_desk():
        assert Telephone().get(f"/c/informe/{token}").status_code == 200
        assert Telephone().get(f"/c/informe/{token}/json").status_code == 200
