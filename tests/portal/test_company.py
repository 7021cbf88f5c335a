"""``/mi-empresa``: signing in by a code, and all that is the company's on one page."""

import re
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guardia.calls.call import WrittenRequest
from guardia.cases.case import Case
from guardia.cases.stages.registration import Report
from guardia.clocks.clock import Clock
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers import codes, confirming, editing, sessions, ways
from guardia.customers.cities import City
from guardia.customers.contact import AddressConfirmation, Contact, ContactChange, WayKind
from guardia.customers.customer import Service, Site
from guardia.customers.sign_in import CompanySession, SignInCode
from guardia.intake import colleagues
from guardia.notices import confirmation_mail, leases, outbox, short
from guardia.notices.notice import Delivery, DeliveryState
from guardia.notices.page import read
from guardia.notices.recipients import addresses_of
from guardia.people import attempts
from guardia.people.audit import AuditEntry
from guardia.people.setting_change import SettingChange
from guardia.people.staff import ActorKind
from guardia.procedure.vocabulary import Impact, Moment, Topic
from guardia.proof.offline import guardia_verify
from guardia.reports import company_cases, report_history
from guardia.reports.month import Month
from guardia.web.desk.companies.company import company_page
from guardia.web.portal import history
from guardia.web.report import views
from guardia.worker.posting import LINKS
from tests.portal.conftest import Telephone


def at_once() -> Telephone:
    """A browser that needs no page before it sends."""
    browser = Telephone()
    browser.handler.enforce_csrf_checks = False
    return browser


class Visitor:
    """Somebody at a browser who types what a person would."""

    def __init__(self) -> None:
        self.telephone = Telephone()

    def page(self, address: str, status: int = 200) -> str:
        answer = self.telephone.get(address)
        assert answer.status_code == status, address
        return answer.content.decode()

    def send(self, address: str, looked_at: str = "", **fields):
        page = self.telephone.get(looked_at or address).content.decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        return self.telephone.post(address, {"csrfmiddlewaretoken": token[1] if token else "", **fields})

    def asks(self, mailbox: str):
        return self.send("/mi-empresa/entrar", correo=mailbox)

    def signs_in(self, mailbox: str) -> "Visitor":
        address = self.asks(mailbox).headers["Location"]
        digits = codes.digits_of(SignInCode.objects.latest("pk"))
        assert self.send(address, codigo=f"{digits[:3]} {digits[3:]}").status_code == 303
        return self


@pytest.fixture
def somebody() -> Visitor:
    return Visitor()


@pytest.fixture
def inside(story, somebody) -> Visitor:
    return somebody.signs_in("jefe@example.com")


# --- the code ---------------------------------------------------------------------------------------------------------


def test_a_code_goes_through_the_outbox_and_is_kept_nowhere(story, somebody):
    somebody.asks("JEFE@example.com")
    code, delivery = SignInCode.objects.get(), Delivery.objects.get(code__isnull=False)
    assert (code.mailbox, delivery.address) == ("JEFE@example.com", "JEFE@example.com")
    at = now()
    (claimed,) = [one for one in outbox.claim(at, leases.seen(at), outbox.LETTERS) if one.code_id]
    leaves = outbox.begin(claimed, at, LINKS)
    digits = codes.digits_of(code)
    assert f"{digits[:3]} {digits[3:]}" in leaves.content.decode()
    assert b"Subject: Your code to sign in at" in leaves.content
    delivery.refresh_from_db()
    assert delivery.body is None
    assert digits not in str(vars(code))


def test_a_code_that_is_over_leaves_no_more(story, somebody):
    somebody.asks("jefe@example.com")
    at = now() + codes.GOOD_FOR
    (claimed,) = [one for one in outbox.claim(at, leases.seen(at), outbox.LETTERS) if one.code_id]
    assert outbox.begin(claimed, at, LINKS) is None
    assert Delivery.objects.get(code__isnull=False).state == DeliveryState.WITHDRAWN


def test_nobody_learns_whose_mailbox_it_is(story, somebody):
    known, unknown = Visitor().asks("jefe@example.com"), Visitor().asks("nadie@example.com")
    assert (known.status_code, unknown.status_code) == (303, 303)
    pages = [Visitor().page(answer.headers["Location"]) for answer in (known, unknown)]
    same = [re.sub(r'value="[^"]*"', "", page) for page in pages]
    assert same[0] == same[1]
    assert Delivery.objects.filter(code__isnull=False).count() == 1
    assert SignInCode.objects.filter(mailbox="").count() == 1


def test_the_right_digits_let_in_once(story, somebody):
    address = somebody.asks("jefe@example.com").headers["Location"]
    digits = codes.digits_of(SignInCode.objects.get())
    answer = somebody.send(address, codigo=digits)
    assert answer.headers["Location"] == "/mi-empresa/"
    cookie = answer.cookies["empresa"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/mi-empresa", True, "Lax")
    assert cookie.value not in str(vars(CompanySession.objects.get()))
    again = Visitor()
    assert "These are not the digits" in again.send(address, codigo=digits).content.decode()


def test_wrong_digits_are_counted_and_end_the_code(story, somebody):
    address = somebody.asks("jefe@example.com").headers["Location"]
    right = codes.digits_of(SignInCode.objects.get())
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    for _ in range(codes.MOST_ATTEMPTS):
        assert "These are not the digits" in somebody.send(address, codigo=wrong).content.decode()
    somebody.send(address, codigo=right)
    assert not CompanySession.objects.exists()
    assert SignInCode.objects.get().attempts == codes.MOST_ATTEMPTS


def test_a_code_is_good_for_ten_minutes(story, somebody):
    somebody.asks("jefe@example.com")
    code = SignInCode.objects.get()
    assert codes.try_out(code.pk, codes.digits_of(code), code.asked_at + codes.GOOD_FOR) is None
    assert codes.try_out(code.pk, codes.digits_of(code), code.asked_at + timedelta(minutes=9)) == code


def test_digits_of_nobodys_mailbox_open_nothing(story, somebody):
    address = somebody.asks("nadie@example.com").headers["Location"]
    somebody.send(address, codigo=codes.digits_of(SignInCode.objects.get()))
    assert not CompanySession.objects.exists()


def test_codes_are_limited_by_mailbox_and_by_who_asks(story):
    at = story.now
    assert codes.ask("jefe@example.com", "192.0.2.1", "es", at)
    assert codes.ask("jefe@example.com", "192.0.2.1", "es", at) is None
    for n in range(1, codes.BY_ONE_FOR_ONE):
        assert codes.ask("jefe@example.com", "192.0.2.1", "es", at + n * codes.PAUSE)
    with pytest.raises(codes.TooOften):
        codes.ask("jefe@example.com", "192.0.2.1", "es", at + codes.BY_ONE_FOR_ONE * codes.PAUSE)
    assert codes.ask("jefe@example.com", "192.0.2.2", "es", at + codes.BY_ONE_FOR_ONE * codes.PAUSE)
    assert codes.forget(at + timedelta(days=3)) == codes.BY_ONE_FOR_ONE + 1


def test_without_a_session_every_page_asks_to_sign_in(story, somebody):
    for address in ("", "historial", "historial.xlsx", "servicios", "pedir", "contactos", f"casos/{story.number}"):
        answer = somebody.telephone.get(f"/mi-empresa/{address}")
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/mi-empresa/entrar")
    somebody.telephone.cookies["empresa"] = "made-up"
    assert somebody.telephone.get("/mi-empresa/").status_code == 302


def test_a_session_ends_by_hand_by_itself_and_with_its_contact(inside, story):
    inside.page("/mi-empresa/")
    kept = inside.telephone.cookies["empresa"].value
    assert inside.send("/mi-empresa/salir", "/mi-empresa/").status_code == 303
    assert sessions.of(kept, now()) is None
    contact = Contact.objects.get(pk=story.head.pk)
    session, token = sessions.begin(contact, "jefe@example.com", story.now)
    assert sessions.of(token, story.now) == session
    assert sessions.of(token, story.now + sessions.LASTS) is None
    Contact.objects.filter(pk=contact.pk).update(active=False)
    assert sessions.of(token, story.now) is None


def test_it_leads_back_to_where_one_wanted_to_go_and_never_away(story, somebody):
    for wanted, led in (("/mi-empresa/historial", "/mi-empresa/historial"), ("//evil.example", "/mi-empresa/")):
        visitor = Visitor()
        address = visitor.send("/mi-empresa/entrar", correo="jefe@example.com", a=wanted).headers["Location"]
        assert visitor.send(address, codigo=codes.digits_of(SignInCode.objects.latest("pk"))).headers["Location"] == led
        SignInCode.objects.update(asked_at=story.now - timedelta(hours=2))


def test_the_desks_session_is_none_here_and_this_one_none_there(inside, story):
    assert inside.telephone.get("/").status_code == 302
    desk = Telephone()
    desk.force_login(story.engineer)
    assert desk.get("/mi-empresa/").status_code == 302


@pytest.mark.parametrize(
    ("header", "address"), [("198.51.100.1, 203.0.113.9", "203.0.113.9"), ("", "127.0.0.1"), ("x" * 900, "127.0.0.1")]
)
def test_behind_a_proxy_the_asker_is_whom_the_proxy_has_seen(story, settings, header, address):
    def asker() -> str:
        at_once().post("/mi-empresa/entrar", {"correo": "a@example.com"}, headers={"x-forwarded-for": header})
        return SignInCode.objects.latest("pk").asker_mark

    assert asker() == codes.marked("asker", "127.0.0.1")
    settings.TRUSTED_PROXIES = ["127.0.0.0/8"]
    assert asker() == codes.marked("asker", address)


def test_what_all_ask_together_refuses_nobody_who_asked_nothing(story, monkeypatch):
    monkeypatch.setattr(codes, "OF_EVERYBODY", 9)
    at = story.now
    for n in range(codes.OF_A_STRANGE_ADDRESS * 3):
        assert codes.ask(f"n{n}@example.com", f"198.51.100.{n % 3}", "es", at)
    with pytest.raises(codes.TooOften):
        codes.ask("another@example.com", "198.51.100.1", "es", at)
    assert codes.ask("jefe@example.com", "203.0.113.9", "es", at)


def test_a_mailbox_that_strangers_ask_for_is_still_its_persons(story, somebody, monkeypatch):
    monkeypatch.setattr(codes, "OF_A_MAILBOX", 2)
    somebody.signs_in("jefe@example.com")
    at = now() + codes.PAUSE
    codes.ask("jefe@example.com", "198.51.100.1", "es", at)
    with pytest.raises(codes.TooOften):
        codes.ask("jefe@example.com", "198.51.100.2", "es", at)
    assert codes.ask("jefe@example.com", "127.0.0.1", "es", at)


def test_codes_are_counted_by_the_network_of_an_ipv6_address(story):
    at = story.now
    for n in range(codes.OF_AN_ADDRESS):
        assert codes.ask(f"n{n}@example.com", f"2001:db8::{n:x}", "es", at)
    with pytest.raises(codes.TooOften):
        codes.ask("one.more@example.com", "2001:db8::ffff:1", "es", at)
    assert codes.ask("one.more@example.com", "2001:db8:0:1::1", "es", at)


def statements(browser, mailbox: str) -> list[str]:
    """What a request for a code asks of the database: each statement by its first words."""
    with CaptureQueriesContext(connection) as asked:
        assert browser.post("/mi-empresa/entrar", {"correo": mailbox}).status_code == 303
    return [" ".join(one["sql"].split()[:3]).split(".")[0] for one in asked if "SAVEPOINT" not in one["sql"]]


def test_a_code_for_nobody_takes_the_same_work(story):
    known = statements(at_once(), "jefe@example.com")
    assert known == statements(at_once(), "nadie@example.com")
    assert Delivery.objects.filter(code__isnull=False).count() == 1


def test_a_mailbox_of_other_letters_is_nobodys(story, somebody):
    Contact.objects.filter(email="jefe@example.com").update(email="iris@example.com")
    somebody.asks("\u0131ris@example.com")
    assert not Delivery.objects.filter(code__isnull=False).exists()


# --- what is seen -----------------------------------------------------------------------------------------------------


def test_all_affected_sites_stand_on_one_page_and_nobody_elses(inside, story):
    page = inside.page("/mi-empresa/")
    assert "1 open fault" in page
    assert "Agencia matriz, Cuenca, ENL-0042" in page
    assert "we will tell you the cause" in page
    assert story.other.name not in page


def test_a_case_is_read_and_acted_upon_inside_the_session(inside, story):
    page = inside.page(f"/mi-empresa/casos/{story.number}")
    assert "You have signed in as Jefe de Sistemas." in page
    number = re.search(r'name="vez" value="([^"]+)"', page)[1]
    address = f"/mi-empresa/casos/{story.number}/escribir"
    bare = inside.telephone.post(address, {"vez": number, "texto": "x"})
    assert bare.status_code == 403
    answer = inside.send(address, f"/mi-empresa/casos/{story.number}", vez=number, texto="hola")
    assert answer.status_code == 303
    assert story.moments().count(Moment.MESSAGE_RECEIVED) == 1


def test_another_companys_case_does_not_exist(story, somebody):
    stranger = somebody.signs_in("hospital@example.com")
    assert "There is no such page" in stranger.page(f"/mi-empresa/casos/{story.number}", 404)
    assert "No fault is open" in stranger.page("/mi-empresa/")
    assert f"/casos/{story.number}" not in stranger.page(f"/mi-empresa/historial?q={story.number}")
    assert "ENL-0042" not in stranger.page("/mi-empresa/servicios") + stranger.page("/mi-empresa/pedir")


def test_days_of_the_history_are_written_in_words(inside, story):
    opened = story.case.opened_at.astimezone(ZoneInfo(story.case.zone))
    assert f"{opened.day} {opened:%b %Y %H:%M}" in inside.page("/mi-empresa/historial")
    assert f"{opened:%Y-%m-%d}" not in inside.page("/mi-empresa/historial").partition("<main")[2]


@pytest.mark.parametrize("words", ["ENL-0042", "Cuenca", "matriz", "servicio", "number"])
def test_history_is_found_by_number_circuit_site_and_words(inside, story, words):
    wanted = str(story.number) if words == "number" else words
    assert story.case.display_number in inside.page(f"/mi-empresa/historial?q={wanted}")
    assert "Nothing at your company matches these words." in inside.page("/mi-empresa/historial?q=xyzzy")


def test_history_takes_whatever_is_written_in_its_address(inside):
    for poison in ("pagina=x", "pagina=-1", "pagina=99999999999999999999", "q=%00", "q=%27%22%3C", "pagina=²"):
        inside.page(f"/mi-empresa/historial?{poison}")


def test_the_spreadsheet_holds_no_formula(inside, story):
    Case.objects.filter(pk=story.case.pk).update(customer_reference="=HYPERLINK(1)")
    content = inside.telephone.get("/mi-empresa/historial.xlsx").content
    sheets = ZipFile(BytesIO(content))
    assert "<f>" not in sheets.read("xl/worksheets/sheet1.xml").decode()
    assert "=HYPERLINK(1)" in sheets.read("xl/sharedStrings.xml").decode()


def test_the_whole_history_is_the_companys_own_and_computes_to_what_it_claims(inside, story):
    page = inside.page("/mi-empresa/informes")
    assert 'href="/mi-empresa/historial.json" download' in page
    answer = inside.telephone.get("/mi-empresa/historial.json")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="historia-')
    content = answer.getvalue()
    checked = guardia_verify.check(content)
    with behind(DatabaseRole.STAFF):
        numbers = set(Case.objects.filter(customer=story.bank).values_list("number", flat=True))
    assert {row["case"] for row in checked.cases} == numbers
    assert checked.findings == []


def test_services_have_their_availability(inside, story):
    page = inside.page("/mi-empresa/servicios")
    assert "ENL-0042" in page
    with behind(DatabaseRole.STAFF):
        (one,) = company_cases.months_of(story.bank, Month.of(now()), now(), "", 0, 2)
    assert one.month.down
    assert str(one.month.percent)[:4] in page
    assert "main city" in page
    assert f"Case {story.case.display_number} is open" in page
    for month in ("2026-13", "x", "1999-01", ""):
        inside.page(f"/mi-empresa/servicios?mes={month}")


@pytest.fixture
def many(story) -> None:
    """3,000 services at two more sites, one of them in a city of its own."""
    city = City.objects.create(name="Zamora", province="Zamora Chinchipe", band=story.site.city.band)
    depots = [Site.objects.create(customer=story.bank, name=f"bodega {n}", city=story.site.city) for n in range(2)]
    depots.append(Site.objects.create(customer=story.bank, name="mina", city=city))
    numbered = [f"ZX-{n:04d}" for n in range(3000)]
    Service.objects.bulk_create(
        Service(customer=story.bank, site=depots[n % 2 if n < 2999 else 2], circuit=one, folded_circuit=one.lower())
        for n, one in enumerate(numbered)
    )


def circuits_in(page: str) -> list[str]:
    return re.findall(r"ZX-[0-9]{4}", page)


def test_l4_of_three_thousand_services_each_is_found_in_pages(inside, many):
    page = inside.page("/mi-empresa/servicios")
    assert len(circuits_in(page)) == 49
    assert "pagina=2" in page
    seen = {one for n in range(1, 62) for one in circuits_in(inside.page(f"/mi-empresa/servicios?pagina={n}"))}
    assert len(seen) == 3000
    assert "pagina=62" not in inside.page("/mi-empresa/servicios?pagina=61")
    assert circuits_in(inside.page("/mi-empresa/servicios?q=2998")) == ["ZX-2998"]
    assert circuits_in(inside.page("/mi-empresa/servicios?q=zamora")) == ["ZX-2999"]
    assert circuits_in(inside.page("/mi-empresa/servicios?q=MINA+zx")) == ["ZX-2999"]
    nothing = inside.page("/mi-empresa/servicios?q=xyzzy")
    assert "No service of your company has these words" in nothing
    assert 'href="?mes=' in nothing
    for poison in ("q=%00", "q=%27%22%3C", "pagina=x", "pagina=-1", "pagina=99999999999", "q=%25"):
        inside.page(f"/mi-empresa/servicios?{poison}")


def test_l4_one_of_three_thousand_is_searched_and_reported_and_nothing_typed_is_lost(inside, many, story):
    page = inside.page("/mi-empresa/pedir")
    assert len(set(circuits_in(page))) <= 51
    typed = {"area": "technical", "afecta": "degraded", "texto": "lento desde las ocho"}
    more = inside.send("/mi-empresa/pedir", **typed, pagina="2").content.decode()
    assert not set(circuits_in(more)) & set(circuits_in(page))
    found = inside.send("/mi-empresa/pedir", **typed, q="2999", buscar="1")
    assert found.status_code == 200
    page = found.content.decode()
    wanted = Service.objects.get(circuit="ZX-2999")
    assert f'<option value="{wanted.pk}" selected>' in page
    assert "lento desde las ocho" in page
    assert 'value="degraded" checked' in page
    assert not WrittenRequest.objects.exists()
    other = inside.send("/mi-empresa/pedir", **typed, q="zx-000", buscar="1", servicio=str(wanted.pk)).content.decode()
    assert set(circuits_in(other)) == {*(f"ZX-000{n}" for n in range(10)), "ZX-2999"}
    assert f'<option value="{wanted.pk}" selected>' in other
    none = inside.send("/mi-empresa/pedir", **typed, q="xyzzy", buscar="1", servicio=str(wanted.pk)).content.decode()
    assert f'<option value="{wanted.pk}" selected>' in none
    assert inside.send("/mi-empresa/pedir", **typed, servicio=wanted.pk).status_code == 303
    assert WrittenRequest.objects.get(way="portal").text.startswith("ZX-2999, mina, Zamora")
    for poison in ("x", "-1", "9" * 30, ""):
        inside.send("/mi-empresa/pedir", **typed, pagina=poison, servicio=poison)


def test_who_has_few_services_is_asked_to_search_nothing(inside):
    assert 'name="q"' not in inside.page("/mi-empresa/pedir")
    assert 'name="q"' not in inside.page("/mi-empresa/servicios")


# --- asking -----------------------------------------------------------------------------------------------------------


def test_l4_a_report_starts_at_p2_from_its_arrival(inside, story):
    answer = inside.send("/mi-empresa/pedir", area="technical", servicio=story.service.pk, afecta="down", texto="nada")
    assert answer.headers["Location"] == "/mi-empresa/?hecho=pedido"
    request = WrittenRequest.objects.get(way="portal")
    assert (request.contact, request.customer, request.desk) == (story.head, story.bank, "technical")
    assert request.text == "ENL-0042, agencia matriz, Cuenca\nNo service\nnada"
    clock = Clock.objects.get(request=request.pk)
    assert (clock.kind, clock.started_at) == ("registration", request.received_at)
    assert "The number of your case comes before" in inside.page("/mi-empresa/")
    report = Report(story.service, "nada", Impact.DOWN, reporter=story.head)
    case = Case.register(report, by=story.by, at=now(), request=request, engineer=story.engineer)
    first = case.events.order_by("seq").first()
    assert (first.moment, first.variant, first.actor_kind) == ("request_received", "portal", ActorKind.CONTACT)


def test_the_desk_finds_the_report_where_it_finds_all_that_is_written(inside, story):
    inside.send("/mi-empresa/pedir", area="technical", servicio=story.service.pk, texto="nada de internet")
    desk = Telephone()
    desk.force_login(story.engineer)
    assert "ENL-0042 · nada de internet" in desk.get("/correo").content.decode()
    request = WrittenRequest.objects.get(way="portal")
    assert "agencia matriz, Cuenca" in desk.get(f"/correo/reportes/{request.pk}").content.decode()


def test_sent_twice_it_is_one_report(inside, story):
    for _ in range(2):
        inside.send("/mi-empresa/pedir", area="technical", servicio=story.service.pk, texto="nada")
    assert WrittenRequest.objects.filter(way="portal").count() == 1


def test_a_service_of_another_company_is_refused(story, somebody):
    stranger = somebody.signs_in("hospital@example.com")
    answer = stranger.send("/mi-empresa/pedir", area="technical", servicio=story.service.pk, texto="nada")
    assert answer.status_code == 422
    assert not WrittenRequest.objects.filter(way="portal").exists()


def test_a3_a_request_goes_to_its_desk_with_what_that_desk_asks_for(inside, story):
    page = inside.page("/mi-empresa/pedir?area=billing")
    names = re.findall(r'name="(campo_[a-z_]+)"', page)
    assert names
    missing = inside.send("/mi-empresa/pedir", "/mi-empresa/pedir?area=billing", area="billing", texto="una copia")
    fields = dict.fromkeys(names, "001-002")
    answer = inside.send("/mi-empresa/pedir", area="billing", texto="una copia", **fields)
    assert answer.status_code == 303
    request = WrittenRequest.objects.get(way="portal", text__contains="001-002")
    assert request.desk == "billing"
    assert missing.status_code in (303, 422)


@pytest.mark.parametrize("fields", [{"area": "technical", "texto": "x"}, {"area": "nada", "texto": "x"}, {"texto": ""}])
def test_half_a_request_says_what_is_missing(inside, fields):
    answer = inside.send("/mi-empresa/pedir", **fields)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


# --- the company's administrator --------------------------------------------------------------------------------------


@pytest.fixture
def administrator(story, somebody) -> Visitor:
    Contact.objects.filter(pk=story.head.pk).update(administers=True)
    return somebody.signs_in("jefe@example.com")


WHOLE = {"name": "Help Desk", "email": "helpdesk@example.com", "language": "en", "kinds": ["incident"]}


def test_to_others_the_contacts_do_not_exist(inside, story):
    inside.page("/mi-empresa/contactos", 404)
    inside.page(f"/mi-empresa/contactos/{story.desk.pk}", 404)
    address = f"/mi-empresa/contactos/{story.desk.pk}/desactivar"
    assert inside.send(address, "/mi-empresa/").status_code == 404


def test_the_administrator_says_what_each_is_told_on_record_and_the_desk_is_told(administrator, story):
    assert "Help Desk" in administrator.page("/mi-empresa/contactos")
    address = f"/mi-empresa/contactos/{story.desk.pk}"
    assert administrator.send(address, **WHOLE, told=["closure"]).status_code == 303
    story.desk.refresh_from_db()
    assert (story.desk.told, story.desk.kinds) == (["closure"], ["incident"])
    change = SettingChange.objects.get(noun="contact", key=str(story.desk.pk))
    assert (change.by, change.by_contact) == (None, story.head)
    told = ContactChange.objects.get()
    assert (told.kind, told.by, told.about, told.change) == ("changed", story.head, story.desk, change)


def test_what_is_wrong_is_named_field_by_field(administrator, story):
    answer = administrator.send(f"/mi-empresa/contactos/{story.desk.pk}", **{**WHOLE, "email": "no", "phones": "abc"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "is not an email address" in page
    assert "is not a telephone number" in page


def test_a_contact_is_added_and_ended_and_nobody_ends_himself(administrator, story):
    administrator.send("/mi-empresa/contactos/nuevo", **{**WHOLE, "name": "Ana", "email": "ana@example.com"})
    ana = Contact.objects.get(name="Ana")
    assert (ana.customer, ana.administers, ana.email) == (story.bank, False, "")
    administrator.send(f"/mi-empresa/contactos/{ana.pk}/desactivar", "/mi-empresa/contactos")
    ana.refresh_from_db()
    assert not ana.active
    own = administrator.send(f"/mi-empresa/contactos/{story.head.pk}/desactivar", "/mi-empresa/contactos")
    assert own.status_code == 404


# --- an address is used once its owner has said yes -------------------------------------------------------------------


@pytest.fixture
def ana(administrator) -> Contact:
    """Somebody whom the administrator has written down, to be told everything, with a mailbox that may be anybody's."""
    told = [topic.value for topic in Topic]
    fields = {**WHOLE, "name": "Ana", "email": "ana@example.com", "told": told}
    assert administrator.send("/mi-empresa/contactos/nuevo", **fields).status_code == 303
    return Contact.objects.get(name="Ana")


def asked_of(contact: Contact) -> Delivery:
    return Delivery.objects.filter(confirmation__contact=contact).latest("pk")


def link_in(delivery: Delivery, at) -> str:
    found = re.search(r"(/mi-empresa/confirmar/\S+)", read(confirmation_mail.rendered(delivery, at, LINKS))[1])
    assert found
    return found[1]


def test_a_mailbox_gets_no_news_before_its_owner_has_said_yes(administrator, ana, story, somebody):
    mail = asked_of(ana)
    assert (mail.address, ana.email) == ("ana@example.com", "")
    assert addresses_of(ana, down=False) == []
    page = administrator.page("/mi-empresa/contactos")
    assert "ana@example.com is waiting for its owner" in page
    assert "ana@example.com is waiting for its owner" in administrator.page(f"/mi-empresa/contactos/{ana.pk}")
    shown = company_page(story.bank, everything=True)
    assert [row["waiting"] for row in shown["contacts"].rows if row["contact"] == ana] == [("ana@example.com",)]
    link = link_in(mail, now())
    owner = Visitor()
    assert "May we write to you?" in owner.page(link)
    ana.refresh_from_db()
    assert ana.email == "", "looking at the link does nothing"
    assert owner.send(link).status_code == 200
    ana.refresh_from_db()
    assert ana.email == "ana@example.com"
    assert [way.address for way in addresses_of(ana, down=False)] == ["ana@example.com"]
    assert "is waiting for its owner" not in administrator.page("/mi-empresa/contactos")
    owner.page(link, 410)
    assert confirmation_mail.rendered(asked_of(ana), now(), LINKS) == b""


def test_a_link_is_good_for_three_days_and_nobody_elses(administrator, ana):
    mail = asked_of(ana)
    link = link_in(mail, now())
    Visitor().page(f"{link}x", 410)
    AddressConfirmation.objects.update(asked_at=now() - confirming.GOOD_FOR)
    Visitor().page(link, 410)
    assert confirmation_mail.rendered(asked_of(ana), now(), LINKS) == b""
    assert "is waiting for its owner" not in administrator.page("/mi-empresa/contactos")


def test_an_old_mailbox_stays_until_the_new_one_has_said_yes(administrator, story):
    fields = {**WHOLE, "email": "otra@example.com"}
    for _time in range(2):
        administrator.send(f"/mi-empresa/contactos/{story.desk.pk}", **fields)
    story.desk.refresh_from_db()
    assert story.desk.email == "helpdesk@example.com"
    mail = Delivery.objects.get(address="otra@example.com")
    link = link_in(mail, now())
    Visitor().send(link)
    story.desk.refresh_from_db()
    assert story.desk.email == "otra@example.com"
    assert ContactChange.objects.filter(about=story.desk).exists(), "the desk is told"


def test_a_colleague_whom_the_administrator_confirms_says_yes_too(administrator, story):
    colleagues.ask_for(story.case, story.desk, "Ana", "ana@example.com", at=story.now)
    administrator.send(f"/mi-empresa/colegas/{ContactChange.objects.get().pk}/si", "/mi-empresa/contactos")
    new = Contact.objects.get(name="Ana")
    assert (new.email, asked_of(new).address) == ("", "ana@example.com")


def test_so_many_addresses_a_day_and_no_more(administrator, story):
    """Of one administrator: another one of the company is not refused for it."""
    for number in range(confirming.OF_A_CONTACT):
        administrator.send(f"/mi-empresa/contactos/{story.desk.pk}", **{**WHOLE, "email": f"n{number}@example.com"})
    answer = administrator.send(f"/mi-empresa/contactos/{story.desk.pk}", **{**WHOLE, "email": "uno@example.net"})
    assert answer.status_code == 422
    assert "Too many addresses" in answer.content.decode()
    assert not Delivery.objects.filter(address="uno@example.net").exists()
    other = Contact.objects.create(customer=story.bank, name="Otra jefa", email="jefa2@example.com", administers=True)
    with behind(DatabaseRole.STAFF):
        confirming.ask(story.desk, [(WayKind.MAIL, "otro@example.net")], other.pk, now())
        assert AddressConfirmation.objects.filter(address="otro@example.net").exists()


@pytest.mark.parametrize(
    "place",
    [
        *("/mi-empresa/informes/{month}.pdf", "/mi-empresa/informes/{month}.xlsx"),
        *("/mi-empresa/historial.xlsx", "/mi-empresa/historial.json"),
    ],
)
def test_whoever_takes_files_without_end_is_refused_and_nobody_else_of_the_company(inside, story, monkeypatch, place):
    monkeypatch.setattr(attempts, "MOST_FILES", 2)
    monkeypatch.setattr(history, "on_paper", lambda *_given: HttpResponse("made"))
    place = place.format(month=Month.of(now()))
    assert [inside.telephone.get(place).status_code for _ in range(4)] == [200, 200, 429, 429]
    refused = inside.telephone.get(place)
    assert refused.headers["Retry-After"] == "600"
    assert "Too many files at once" in refused.content.decode()
    assert inside.telephone.get("/mi-empresa/").status_code == 200
    Contact.objects.create(customer=story.bank, name="Otra", email="otra-del-banco@example.com", language="en")
    assert Visitor().signs_in("otra-del-banco@example.com").telephone.get(place).status_code == 200
    assert AuditEntry.objects.filter(kind="exported", about="contact", key=str(story.head.pk)).count() == 2


def test_a_closing_report_is_not_set_without_end_for_one_contact(story, monkeypatch):
    monkeypatch.setattr(attempts, "MOST_FILES", 1)
    monkeypatch.setattr(views, "pdf_response", lambda *_given: HttpResponse(b"made"))
    link = reverse("customer_report", args=[report_history.token(story.bank.pk, story.case.pk, story.head.pk), "pdf"])
    assert [Telephone().get(link).status_code for _ in range(3)] == [200, 429, 429]
    assert Telephone().get(link.replace("/pdf", "/pagina")).status_code == 200, "the page is read as always"


NUMBER = "+593999000123"


def test_a_number_takes_no_message_before_its_digits_are_read_out(administrator, story, settings):
    settings.SMS_URL = "json://127.0.0.1:9/{number}"
    address = f"/mi-empresa/contactos/{story.desk.pk}"
    assert administrator.send(address, **WHOLE, way_sms=NUMBER).status_code == 303
    mail = asked_of(story.desk)
    assert (mail.channel, mail.address) == ("sms", NUMBER)
    assert not [way for way in addresses_of(story.desk, down=True) if way.address == NUMBER]
    digits = confirming.digits_of(mail.confirmation)
    said = read(confirmation_mail.rendered(mail, now(), LINKS))[1]
    assert f"{digits[:3]} {digits[3:]}" in said
    assert short.gsm_length(said) <= 160
    page = administrator.page(address)
    assert f"{NUMBER} is waiting for its owner" in page
    tries = f"{address}/numero/{mail.confirmation_id}"
    wrong = f"{(int(digits) + 1) % 10**6:06}"
    assert "These are not the digits" in administrator.send(tries, address, codigo=wrong).content.decode()
    assert administrator.send(tries, address, codigo=digits).status_code == 303
    assert [way.address for way in addresses_of(story.desk, down=True) if way.channel == "sms"] == [NUMBER]
    assert administrator.send(tries, address, codigo=digits).status_code == 200, "it is good once"


def test_digits_are_tried_five_times_and_are_of_that_contact_alone(administrator, story, settings):
    settings.SMS_URL = "json://127.0.0.1:9/{number}"
    address = f"/mi-empresa/contactos/{story.desk.pk}"
    administrator.send(address, **WHOLE, way_sms=NUMBER)
    asked = AddressConfirmation.objects.get()
    digits = confirming.digits_of(asked)
    other = f"/mi-empresa/contactos/{story.head.pk}/numero/{asked.pk}"
    assert administrator.send(other, address, codigo=digits).status_code == 200
    for _time in range(confirming.MOST_ATTEMPTS):
        administrator.send(f"{address}/numero/{asked.pk}", address, codigo="x")
    asked.refresh_from_db()
    assert asked.attempts == confirming.MOST_ATTEMPTS
    administrator.send(f"{address}/numero/{asked.pk}", address, codigo=digits)
    assert not [way for way in addresses_of(story.desk, down=True) if way.address == NUMBER]


def test_a_number_that_cannot_be_asked_is_the_desks_to_write(administrator, story, settings):
    settings.SMS_URL = ""
    address = f"/mi-empresa/contactos/{story.desk.pk}"
    answer = administrator.send(address, **WHOLE, way_sms=NUMBER)
    assert answer.status_code == 422
    assert "Call us" in answer.content.decode()
    editing.save_contact(story.desk, {"name": "Help Desk", "way_sms": NUMBER}, by=story.engineer, at=story.now)
    assert ways.written(story.desk)["way_sms"] == [NUMBER], "the operator vouches for whom it has spoken to"
    assert administrator.send(address, **WHOLE, way_sms=NUMBER).status_code == 303, "what is known stays"


def test_nobody_makes_himself_an_administrator_nor_touches_another_company(administrator, story):
    administrator.send(f"/mi-empresa/contactos/{story.desk.pk}", **WHOLE, administers="on", active="")
    story.desk.refresh_from_db()
    assert (story.desk.administers, story.desk.active) == (False, True)
    administrator.page(f"/mi-empresa/contactos/{story.stranger.pk}", 404)
    address = f"/mi-empresa/contactos/{story.stranger.pk}"
    assert administrator.send(address, "/mi-empresa/contactos/nuevo", **WHOLE).status_code == 404


def test_a_colleague_is_confirmed_by_the_administrator(administrator, story):
    colleagues.ask_for(story.case, story.desk, "Ana", "ana@example.com", at=story.now)
    asked = ContactChange.objects.get()
    assert "asks for this person to be notified about case" in administrator.page("/mi-empresa/contactos")
    administrator.send(f"/mi-empresa/colegas/{asked.pk}/si", "/mi-empresa/contactos")
    asked.refresh_from_db()
    assert (asked.settled_as, asked.settled_by_contact) == ("confirmed", story.head)
    assert Contact.objects.get(name="Ana").told == []
    administrator.send(f"/mi-empresa/colegas/{asked.pk}/no", "/mi-empresa/contactos")
    asked.refresh_from_db()
    assert asked.settled_as == "confirmed"


def test_a_mailbox_known_at_two_companies_chooses_one(story, somebody):
    Contact.objects.filter(pk=story.stranger.pk).update(email="jefe@example.com")
    visitor = somebody.signs_in("jefe@example.com")
    assert "Hospital Los Arrayanes" in visitor.page("/mi-empresa/compania")
    assert visitor.send("/mi-empresa/compania", contacto=story.stranger.pk).status_code == 303
    assert "No fault is open" in visitor.page("/mi-empresa/")
    visitor.send("/mi-empresa/compania", contacto=story.desk.pk)
    with behind(DatabaseRole.STAFF):
        assert CompanySession.objects.filter(ended_at=None).get().contact == story.stranger


@pytest.mark.parametrize(
    "poison", ["\0", "9" * 60, "'; DROP TABLE", "\U0001f600" * 300, "²", "a\r\nBcc: x@example.com"]
)
def test_whatever_is_typed_no_form_breaks(story, poison):
    Contact.objects.filter(pk=story.head.pk).update(administers=True)
    visitor = Visitor().signs_in("jefe@example.com")
    names = ("texto", "area", "servicio", "afecta", "campo_x", "name", "email", "phones", "way_sms", "language", "told")
    fields = dict.fromkeys((*names, "kinds", "contacto", "title", "position", "codigo", "correo", "a"), poison)
    places = ("pedir", "contactos/nuevo", f"contactos/{story.desk.pk}", "compania")
    for place in places:
        assert visitor.send(f"/mi-empresa/{place}", **fields).status_code < 500
    Visitor().send("/mi-empresa/entrar", **fields)
    for query in ("area", "servicio", "mes", "q", "pagina", "hecho", "lang", "a"):
        for place in ("pedir", "historial", "historial.xlsx", "servicios", "", "entrar"):
            assert visitor.telephone.get(f"/mi-empresa/{place}", {query: poison}).status_code < 500
