"""A3: what is written to the mailbox of sales or billing is a request of that desk, from its arrival on."""

from datetime import timedelta

import pytest

from guardia.calls.call import Scan, WrittenRequest
from guardia.cases import calendar_change, mail_tray, written
from guardia.cases.case import Case
from guardia.cases.mail_filing import NoScan, NoSuchOffice, RequestIsSettled, ScanTooLarge
from guardia.cases.rebuild import rebuild
from guardia.cases.refusals import TimeInTheFuture
from guardia.cases.stages.registration import Report
from guardia.clocks.calendars import ChangeKind
from guardia.clocks.clock import Clock
from guardia.config.database_roles import DatabaseRole, behind
from guardia.intake import portal_requests, triage
from tests.procedure.office import FRIDAY, MONDAY, Office
from tests.procedure.story import contact

HEAD, BILLING, SALES = "jefe@example.com", "facturacion@example.com", "ventas@example.com"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"


@pytest.fixture(autouse=True)
def _desks_have_mailboxes(settings) -> None:
    settings.DESK_MAILBOXES = {BILLING: "billing", SALES: "sales"}


@pytest.fixture
def story(story):
    story.now = FRIDAY
    return story


def case_of(message) -> Case:
    message.refresh_from_db()
    return Case.objects.get(pk=message.case_id)


def test_a_mail_of_a_known_contact_is_taken_at_once_and_its_number_told(house, story):
    message = house.writes(HEAD, "Me cobraron dos veces.", "Factura 77", to=BILLING)
    case = case_of(message)
    assert (message.state, message.desk, case.desk, case.source) == ("filed", "billing", "billing", "mail")
    assert (case.reporter, case.symptoms.strip(), case.subject) == (story.head, "Me cobraron dos veces.", "Factura 77")
    clock = case.clocks.get(kind="first_answer")
    assert clock.started_at == FRIDAY
    (notice,) = story.is_told("admin_taken", story.head)
    assert notice.facts["number"] == case.display_number
    assert house.answers() == []
    assert not Clock.objects.filter(kind="registration").exists()
    assert list(rebuild()) == []


@pytest.mark.parametrize("header", ["Cc", "Delivered_To", "X_Original_To"])
def test_the_mailbox_may_stand_in_any_header_of_its_way(house, story, header):
    message = house.writes(HEAD, "Cotización, por favor.", to="lista@example.org", **{header: f"Ventas <{SALES}>"})
    assert case_of(message).desk == "sales"


def test_who_writes_to_the_operations_centre_and_to_billing_has_a_report(house, story):
    message = house.writes(HEAD, "Sin servicio", to="casos@example.com", Cc=BILLING)
    assert (message.desk, message.request.desk, message.state) == ("technical", "technical", "waiting")


def test_in_the_other_order_it_is_a_report_as_well(house, story):
    message = house.writes(HEAD, "Sin servicio", to=BILLING, Cc="casos@example.com")
    assert (message.desk, message.request.desk, message.state) == ("technical", "technical", "waiting")


def test_a_mail_to_billing_that_passed_through_our_mailbox_is_billings(house, story):
    message = house.writes(HEAD, "Me cobraron dos veces.", to=BILLING, Delivered_To="casos@example.com")
    assert case_of(message).desk == "billing"


def test_a_mail_to_sales_and_billing_is_one_request_of_the_first(house, story):
    message = house.writes(HEAD, "Me cobraron dos veces.", to=f"{SALES}, {BILLING}")
    assert case_of(message).desk == "sales"
    assert Case.objects.count() == 1


def test_a_reply_to_a_request_that_is_solved_waits_for_its_desk(house, story):
    case = case_of(house.writes(HEAD, "Me cobraron dos veces.", to=BILLING))
    ours = house.told_by_mail(story.head)
    story.now = MONDAY
    case = Case.objects.select_related("customer").get(pk=case.pk)
    case.solve_request("Emitimos una nota de crédito.", by=story.by, at=story.now)
    reply = house.writes(HEAD, "No está bien.", "RE: Factura", to=BILLING, answers=ours.message_id)
    reply.refresh_from_db()
    assert (reply.state, reply.reason, reply.case, reply.desk) == ("waiting", "closed_case", case, "billing")
    assert reply in mail_tray.waiting("billing")
    to_the_centre = house.writes(HEAD, "No está bien.", "RE: Factura", to="casos@example.com", answers=ours.message_id)
    to_the_centre.refresh_from_db()
    assert to_the_centre in mail_tray.waiting("billing")


def test_a_reply_to_a_request_that_was_passed_on_is_its_own_desks(house, story):
    case = case_of(house.writes(HEAD, "Me cobraron dos veces.", to=BILLING))
    ours = house.told_by_mail(story.head)
    case = Case.objects.select_related("customer").get(pk=case.pk)
    case.transfer("sales", by=story.by, at=story.now, reason="es de ventas")
    reply = house.writes(HEAD, "¿Novedades?", "RE: Factura", to=BILLING, answers=ours.message_id)
    reply.refresh_from_db()
    assert (reply.state, reply.case) == ("filed", case)


def test_a_reply_goes_to_its_case_whatever_mailbox_it_comes_to(house, story):
    case = case_of(house.writes(HEAD, "Me cobraron dos veces.", to=BILLING))
    ours = house.told_by_mail(story.head)
    reply = house.writes(HEAD, "Adjunto el pago.", "RE: Factura", to=SALES, answers=ours.message_id)
    reply.refresh_from_db()
    assert (reply.state, reply.case) == ("filed", case)
    assert Case.objects.count() == 1


def test_a_stranger_waits_in_the_tray_of_that_desk(house, story):
    message = house.writes("nadie@example.org", "¿Cuánto cuesta?", to=SALES)
    assert (message.state, message.kind, message.desk) == ("waiting", "stranger", "sales")
    assert list(mail_tray.waiting("sales")) == [message]
    assert list(mail_tray.waiting("billing")) == []
    somebody = contact(story.bank, "Compras", "", "es")
    request = triage.assign(house.message(message), somebody, by=story.engineer, at=story.now)
    assert (request.desk, request.next_due_at) == ("sales", None)
    case = portal_requests.take(written.locked(request.pk), "sales", by=story.engineer, at=story.now)
    assert (case.desk, case.reporter) == ("sales", somebody)
    assert case_of(message) == case


def test_a_machine_never_makes_a_request(house, story):
    message = house.writes(HEAD, "Estoy de vacaciones", to=BILLING, Auto_Submitted="auto-replied")
    assert message.kind == "automatic"
    assert not Case.objects.exists()
    assert not WrittenRequest.objects.exists()


def test_a_mail_without_words_waits_for_a_person(house, story):
    message = house.writes(HEAD, " ", " ", to=BILLING)
    assert message.state == "waiting"
    assert message.request.desk == "billing"


def test_a_mailbox_of_a_desk_that_the_procedure_lacks_is_the_technical_one(house, story, settings):
    settings.DESK_MAILBOXES = {BILLING: "cobranzas"}
    message = house.writes(HEAD, "Sin servicio", to=BILLING)
    assert (message.desk, message.request.desk) == ("technical", "technical")


def test_a_report_in_the_tray_may_be_a_request(house, story):
    message = house.writes(HEAD, "Necesito un duplicado.", "Factura")
    story.minutes_pass(3)
    request = house.request_of(message)
    case = portal_requests.take(request, "billing", fields={"invoice": "77"}, by=story.engineer, at=story.now)
    assert (case.desk, case.fields, case.clocks.get(kind="first_answer").started_at) == (
        "billing",
        {"invoice": "77"},
        FRIDAY,
    )
    assert case.clocks.get(kind="registration").outcome == "dropped"
    assert portal_requests.take(house.request_of(message), "billing", by=story.engineer, at=story.now) == case
    with pytest.raises(RequestIsSettled):
        triage.dismiss_request(house.request_of(message), "spam", by=story.engineer, at=story.now)
    assert list(rebuild()) == []


def test_p2_a_fault_that_was_mailed_to_billing_counts_from_the_mail(house, story):
    case = case_of(house.writes(HEAD, "No tenemos internet.", to=BILLING))
    story.number = case.number
    story.minutes_pass(10)
    Office(story).to_technical()
    clock = story.clock("registration")
    assert (clock.started_at, clock.outcome) == (FRIDAY, "breached")
    assert clock.breached_at == FRIDAY + timedelta(minutes=4)
    assert list(rebuild()) == []


# --- A4: offices ---


def handed_in(story, stamp, desk="technical", **more) -> WrittenRequest:
    about = {"way": "office", "subject": "Carta", "text": "Sin servicio", "version": story.version}
    more = {"office": "Quito", "taken_by": story.engineer, "now": story.now, **more}
    return written.arrive(story.head, received_at=stamp, desk=desk, **about, **more)


def test_a4_a_letter_for_the_technical_desk_counts_from_the_stamp_also_where_it_is_entered_late(house, story):
    stamp = story.now
    story.minutes_pass(30)
    request = handed_in(story, stamp)
    assert Clock.objects.get(request=request).breached_at == stamp + timedelta(minutes=4)
    assert list(mail_tray.handed_in()) == [request]
    assert mail_tray.waiting().count() + mail_tray.handed_in().count() == 1
    report = Report(story.service, "Sin servicio", reporter=story.head)
    case = Case.register(report, by=story.by, at=story.now, request=written.locked(request.pk))
    assert case.events.get(moment="breached").occurred_at == stamp + timedelta(minutes=4)
    assert (case.source, list(mail_tray.handed_in()), list(mail_tray.waiting())) == ("office", [], [])
    assert list(rebuild()) == []


@pytest.mark.parametrize(("minutes", "started_at"), [(0, FRIDAY), (2, None)])
def test_a4_a_letter_for_billing_counts_from_the_stamp_or_from_when_the_desk_opens(house, story, minutes, started_at):
    stamp = story.now + timedelta(minutes=minutes)
    story.minutes_pass(30)
    request = handed_in(story, stamp, "billing")
    assert not Clock.objects.filter(request=request).exists()
    case = portal_requests.take(written.locked(request.pk), "billing", by=story.engineer, at=story.now)
    clocks = case.clocks.filter(kind="first_answer").values_list("started_at", flat=True)
    assert list(clocks) == ([started_at] if started_at else [])
    assert case.opens_at == (None if started_at else MONDAY)


def test_a4_the_scan_is_what_its_content_says_and_is_kept_once(house, story):
    request = handed_in(story, story.now)
    scan = written.attach_scan(request, "../carta\u202e.exe", PDF, by=story.engineer, at=story.now)
    assert (scan.type, scan.size, scan.customer) == ("application/pdf", len(PDF), story.bank)
    assert "/" not in scan.name
    assert "\u202e" not in scan.name
    assert written.attach_scan(request, "otra.pdf", PDF, by=story.engineer, at=story.now) == scan
    assert Scan.objects.count() == 1


@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00\x03", b"<html><script>alert(1)</script>", b"hola"])
def test_a4_what_is_no_paper_is_refused(house, story, content):
    request = handed_in(story, story.now)
    with pytest.raises(NoScan, match="A4"):
        written.attach_scan(request, "carta.pdf", content, by=story.engineer, at=story.now)


def test_a4_a_scan_has_a_limit(house, story, settings):
    settings.MAIL_LIMIT_MB = 1
    request = handed_in(story, story.now)
    with pytest.raises(ScanTooLarge, match="1 MB"):
        written.attach_scan(request, "a.pdf", PDF + bytes(1024 * 1024), by=story.engineer, at=story.now)


def test_a4_only_an_office_of_the_procedure_and_no_stamp_of_tomorrow(house, story):
    with pytest.raises(NoSuchOffice, match="Guayaquil"):
        handed_in(story, story.now, office="Loja")
    with pytest.raises(TimeInTheFuture):
        handed_in(story, story.now + timedelta(hours=1))


def test_a4_of_somebody_who_is_no_contact_only_the_company_is_known(house, story):
    request = written.arrive(
        None, way="office", office="Quito", subject="Carta", text="Un duplicado", version=story.version,
        received_at=story.now, now=story.now, taken_by=story.engineer, desk="billing", customer=story.bank,
    )  # fmt: skip
    case = portal_requests.take(written.locked(request.pk), "billing", by=story.engineer, at=story.now)
    assert (case.customer, case.reporter) == (story.bank, None)
    story.nobody_is_told()


def test_the_worker_may_do_all_of_it(house, story):
    """It rules on mail, opens the desk and follows a decree behind a wall of its own."""
    story.now = FRIDAY + timedelta(minutes=3)
    with behind(DatabaseRole.WORKER):
        case = case_of(house.writes(HEAD, "Me cobraron dos veces.", to=BILLING))
    assert case.opens_at == MONDAY
    calendar_change.announce(ChangeKind.REST, day=MONDAY.date(), by=None, at=story.now, reason="Decreto 3")
    with behind(DatabaseRole.WORKER):
        assert calendar_change.follow(story.now) == 1
        story.now = MONDAY + timedelta(days=1)
        story.the_sweep_runs()
    case.refresh_from_db()
    assert case.opens_at is None
    assert case.clocks.get(kind="first_answer").started_at == story.now
