"""Ten tasks by keyboard alone: the keys are really pressed and counted, and docs/ten-tasks.md says the same numbers."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils.timezone import localtime
from playwright.sync_api import Locator, expect

from guardia.cases.event import EventText
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers.customer import Service
from guardia.people import connections, shifts
from guardia.people.shifts import Handover
from guardia.people.staff import Staff
from guardia.procedure.drafting import ProcedureDraft
from guardia.procedure.version import ProcedureVersion
from guardia.procedure.vocabulary import LateReason
from guardia.reports import lateness
from guardia.worker.mail_in import Reader
from guardia.worker.mail_server import Account, opened
from tests.browser.key_counts import MOST_KEYS, Keys
from tests.browser.test_bulk import more_cases
from tests.browser.test_dispatch import crews, waiting  # noqa: F401
from tests.browser.test_now import by_hand
from tests.browser.test_ringing import card_of
from tests.mailin.letters import letter
from tests.mailin.mail_server import MailServer
from tests.mailin.real_servers import Dovecot, why_no_dovecot
from tests.notices.authority import Authority
from tests.notices.post_office import HOST, PostOffice
from tests.procedure import story as stories

DOCUMENT = Path(__file__).parents[2] / "docs" / "ten-tasks.md"


def within(task: str, *people: Keys) -> None:
    """The task took no more keys than the document says."""
    pressed = sum(keys.pressed for keys in people)
    assert pressed <= MOST_KEYS[task], f"{task}: {pressed} keys"


def by_palette(keys: Keys, words: str, there: str) -> None:
    """Ctrl K, some letters, the arrow to the entry that leads there, Enter."""
    page = keys.page
    keys.press("Control+k")
    expect(page.locator("#palette-words")).to_be_focused()
    keys.write(words)
    expect(page.locator("#palette-found")).to_have_attribute("data-words", words)
    chosen = page.locator("#palette [aria-selected=true]")
    expect(chosen).to_have_count(1)
    for _ in range(10):
        href = chosen.evaluate("one => (one.matches('a') ? one : one.querySelector('a')).getAttribute('href')")
        if re.search(there, href):
            break
        keys.press("ArrowDown")
    keys.press("Enter")
    page.wait_for_url(re.compile(there))


def test_a_case_is_opened_from_a_ringing_call(desk, story):
    with behind(DatabaseRole.STAFF):
        Service.objects.create(
            customer=story.bank, site=story.site, circuit="ENL-0043", folded_circuit="enl-0043", type="Enlace"
        )
    call = by_hand(story)
    page = desk()
    keys = Keys(page)
    expect(card_of(page, call)).to_contain_text("Banco Austral")
    keys.press("r")  # on the bench the key acts on the call that rings, without turning to it
    page.wait_for_url(f"**/casos/nuevo?llamada={call.pk}")
    keys.press("2")
    expect(page.locator("[name=symptoms]")).to_be_focused()
    keys.write("No service since ten")
    keys.press("Control+Enter")
    page.wait_for_url("**/abierto")
    within("open from a ringing call", keys)


def test_a_case_is_diagnosed(desk, story):
    page = desk()
    page.goto(f"/casos/{story.number}/")
    keys = Keys(page)
    for name, result in (("ping", "100 % loss"), ("OTDR", "end of fibre at 2.3 km")):
        keys.press("t")
        expect(page.locator("#act [name=name]")).to_be_focused()
        keys.write(name)
        keys.reach(page.locator("#act [name=result]"))
        keys.write(result)
        keys.press("Control+Enter")
        expect(page.locator("#log")).to_contain_text(f"{name}: {result}")
        expect(page.locator("#act .on-record")).to_contain_text(name)
        expect(page.locator("#act")).to_be_focused()
    keys.reach(page.locator("[name=cause]"))
    keys.write("Fibre cut")
    keys.reach(page.locator("[name=plan]"))
    keys.write("Splice in manhole 14")
    keys.press("Control+Enter")
    expect(page.locator(".rail [data-now] .name")).to_have_text("Execution")
    within("diagnose", keys)


def test_a_visit_is_agreed(waiting, desk, crews):  # noqa: F811
    page = desk()
    page.goto("/despacho")
    keys = Keys(page)
    keys.press("j", "b", "Enter")
    page.wait_for_url("**/acuerdo?crew=*")
    expect(page.locator("select[name=crew]")).to_be_focused()
    keys.press("Control+Enter")
    expect(page.locator("#act h2")).to_contain_text("The crew left")
    within("agree a visit", keys)


def test_the_customer_is_answered(desk, story):
    page = desk()
    page.goto(f"/casos/{story.number}/")
    keys = Keys(page)
    keys.press("m")
    expect(page.locator("#composer-words")).to_be_focused()
    keys.reach(page.locator("[name=audience][value=internal]"), "Shift+Tab")
    keys.press("ArrowRight")
    keys.reach(page.locator("#composer-words"))
    keys.write("We go on with the tests")
    keys.press("Control+Enter")
    expect(page.locator("#log [data-kind=public]")).to_contain_text("We go on with the tests")
    within("answer the customer", keys)


def test_a_circuit_is_found(desk, story):
    with behind(DatabaseRole.STAFF):
        wanted = Service.objects.create(
            customer=story.bank, site=story.site, circuit="ZAM-77", folded_circuit="zam-77", type="Enlace"
        )
    page = desk()
    keys = Keys(page)
    by_palette(keys, "zam-77", r"/companias/\d+|/casos/nuevo\?")
    expect(page.locator("main")).to_contain_text(wanted.circuit)
    keys.pressed += keys.typed  # the document counts the letters of the circuit too
    within("find a circuit", keys)


def test_the_shift_is_handed_over(desk, story):
    with behind(DatabaseRole.STAFF):
        shifts.enter(story.engineer, shifts.TECHNICAL, now() - timedelta(hours=1))
    goes, comes = Keys(desk("ingeniero1")), Keys(desk("ingeniero2"))
    by_palette(goes, "hand-o", r"/relevo$")
    goes.skip_the_menu()
    goes.reach(goes.page.locator("a[href='/relevo?de=yo']").last)
    goes.press("Enter")
    goes.page.wait_for_url("**/relevo?de=yo")
    goes.press("m")
    goes.write("Cut at the carrier since 23:00")
    goes.press("Control+Enter")
    expect(goes.page.locator(".toast")).to_contain_text("draft saved")
    by_palette(comes, "hand-o", r"/relevo$")
    expect(comes.page.locator("#note")).to_have_value("Cut at the carrier since 23:00")
    comes.press("m", "Control+Enter")
    comes.page.wait_for_url(re.compile(r"/relevo/\d+$"))
    with behind(DatabaseRole.STAFF):
        assert Handover.objects.get().incoming.username == "ingeniero2"
    within("hand over", goes, comes)


class TestLastMonth:
    @pytest.fixture
    def story(self, transactional_db, monkeypatch) -> stories.Story:
        """In the middle of last month a diagnosis was late, and somebody said why."""
        with behind(DatabaseRole.STAFF):
            begins = localtime(now()).replace(day=1, hour=2, minute=0, second=0, microsecond=0) - timedelta(days=15)
            monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", begins)
            late = stories.Story()
            Staff.objects.update(language="en")
            late.open_case()
            late.minutes_pass(30)
            late.the_sweep_runs()
            lateness.explain(late.case, LateReason.TRAFFIC, "Road closed", by=late.by, at=late.now)
        return late

    def test_why_it_was_late_last_month(self, desk, story):
        page = desk("supervisora")
        keys = Keys(page)
        by_palette(keys, "reports", r"/informes/$")
        keys.skip_the_menu()
        keys.reach(page.locator("main a[rel=prev]"))
        keys.press("Enter")
        page.wait_for_url("**/informes/?mes=*")
        expect(page.locator("table.lates")).to_contain_text(re.compile("road|traffic", re.IGNORECASE))
        within("why was it late last month", keys)


def test_a_promise_of_20_minutes_is_published_as_25(desk, story):
    with behind(DatabaseRole.STAFF):
        for username, role in (("supervisora", "supervisor"), ("calidad", "quality")):
            Staff.objects.update_or_create(
                username=username, defaults={"name": username, "role": role, "language": "en"}
            )
    writes, decides = Keys(desk("supervisora")), Keys(desk("calidad"))
    page = writes.page
    by_palette(writes, "proc vers", r"/ajustes/procedimiento$")
    writes.skip_the_menu()
    writes.reach(page.locator("main [name=what_for]"))
    writes.write("More time for the diagnosis")
    writes.press("Enter")
    page.wait_for_url(re.compile(r"/borrador/\d+(#main)?$"))
    writes.skip_the_menu()
    writes.reach(page.locator("main a[href$='/plazos']"))
    writes.press("Enter")
    page.wait_for_url("**/plazos")
    writes.skip_the_menu()
    writes.reach(page.locator("#diagnosis"))
    writes.write("25 min")
    writes.press("Enter")
    page.wait_for_url(re.compile(r"/borrador/\d+(#main)?$"))
    expect(page.locator("form[action$='/presentar'] button")).to_be_visible()
    writes.press("Control+Enter")
    expect(page.locator("main")).to_contain_text("waits for")
    by_palette(decides, "proc vers", r"/ajustes/procedimiento$")
    decides.skip_the_menu()
    decides.reach(decides.page.locator("main a[href*='/borrador/']"))
    decides.press("Enter")
    decides.page.wait_for_url(re.compile(r"/borrador/\d+(#main)?$"))
    expect(decides.page.locator("button[formaction$='/aprobar']")).to_be_visible()
    decides.press("Control+Enter")
    expect(decides.page.locator("main")).to_contain_text("as version 2")
    with behind(DatabaseRole.STAFF):
        assert ProcedureDraft.objects.get().state == "approved"
        newest = ProcedureVersion.objects.order_by("-number").first()
        assert newest is not None
        assert newest.number == story.version.number + 1
    within("publish 20 minutes as 25", writes, decides)


@pytest.fixture
def administrator(story, settings) -> str:
    """Nobody has connected anything, and an administrator may."""
    settings.FROM_ENVIRONMENT, settings.EGRESS_LOOPBACK = set(), True
    with behind(DatabaseRole.STAFF):
        Staff.objects.update_or_create(
            username="administrador",
            defaults={"name": "Administrador", "role": "administrator", "language": "en", "email": "jefa@example.com"},
        )
    connections.forget()
    return "administrador"


def fill_in(keys: Keys, panel: Locator, *fields: tuple[str, str]) -> None:
    """Each field by its label, reached by Tab; what stands in it goes."""
    for label, words in fields:
        keys.reach(panel.get_by_label(label, exact=True))
        keys.press("Control+a")
        keys.write(words)


def choose(keys: Keys, panel: Locator, *fields: tuple[str, str]) -> None:
    """Each list by its label, reached by Tab; the arrows lead to the entry of this value."""
    for label, value in fields:
        field = panel.get_by_label(label, exact=True)
        keys.reach(field)
        options = field.locator("option").evaluate_all("all => all.map(one => one.value)")
        steps = options.index(value) - options.index(field.input_value())
        keys.press(*["ArrowDown" if steps > 0 else "ArrowUp"] * abs(steps))
        expect(field).to_have_value(value)


def press_button(keys: Keys, panel: Locator, name: str) -> None:
    keys.reach(panel.get_by_role("button", name=name, exact=True))
    keys.press("Enter")


def test_a_mail_server_is_connected(desk, administrator):
    office = PostOffice()
    office.open()
    try:
        page = desk(administrator)
        keys, out = Keys(page), page.locator("#salida")
        by_palette(keys, "mail and", r"/correo-y-mensajes$")
        keys.skip_the_menu()
        fill_in(keys, out, ("Sent as", "casos@noc.example.com"), ("Server", HOST))
        choose(keys, out, ("Encryption", "none"))
        fill_in(keys, out, ("Port", str(office.port)))
        choose(keys, out, ("Sign-in", "nobody"))
        press_button(keys, out, "Send a test to me")
        expect(page.locator("#salida [role=status]")).to_contain_text("accepted an email for jefa@example.com")
        press_button(keys, out, "Save")
        expect(out.get_by_role("button", name="Take away")).to_be_visible()
        within("connect a mail server", keys)
    finally:
        office.close()
    assert office.recipients == ["jefa@example.com"]


@pytest.fixture
def mailbox(tmp_path):
    """A mailbox of Dovecot where it can run, of pymap elsewhere, with one letter in it: as it is signed in to."""
    server = MailServer(tmp_path / "log") if why_no_dovecot() else Dovecot(Authority(tmp_path), ssl="no")
    server.start()
    account = server.account(tls="none")
    with opened(account) as folder:
        folder.box.append(letter("jefe@example.com", subject="No service"), "INBOX")
    yield account
    server.stop()


def test_a_mailbox_is_connected(desk, administrator, mailbox):
    page = desk(administrator)
    keys, box = Keys(page), page.locator("#entrada")
    by_palette(keys, "mail and", r"/correo-y-mensajes$")
    keys.skip_the_menu()
    choose(keys, box, ("How answers come in", "imap"))
    fill_in(keys, box, ("Server", HOST))
    choose(keys, box, ("Encryption", "none"))
    fill_in(keys, box, ("Port", str(mailbox.port)), ("User", mailbox.user), ("Password", mailbox.password))
    press_button(keys, box, "Test")
    expect(page.locator("#entrada [role=status]")).to_contain_text("can be read")
    fill_in(keys, box, ("Password", mailbox.password))
    press_button(keys, box, "Save")
    expect(box.get_by_role("button", name="Take away")).to_be_visible()
    within("connect a mailbox", keys)
    with behind(DatabaseRole.WORKER):
        connections.forget()
        account = Account.of_settings()
        assert Reader(account, lambda: behind(DatabaseRole.WORKER), now).read_once() == 1


def test_twelve_customers_are_told_at_once(desk, story):
    more_cases(story, 11)
    page = desk()
    keys = Keys(page)
    expect(page.locator(".bench-list .pick")).to_have_count(12)
    keys.press("x", *["j", "x"] * 11)
    expect(page.locator("#bulk-count")).to_contain_text("12 selected")
    keys.press("y")
    keys.reach(page.locator("#bulk button[formaction$='/avisar']"))
    keys.press("Enter")
    expect(page.locator("[name=text]")).to_be_focused()
    keys.write("The fibre is being spliced")
    keys.press("Control+Enter")
    expect(page.locator(".bulk-preview tbody tr")).to_have_count(12)
    expect(page.locator("button[value=hacer]")).to_be_focused()
    keys.press("Enter")
    expect(page.locator("#course")).to_contain_text("Nothing is on record yet")
    expect(page.locator("#course")).to_contain_text("done: 12", timeout=90_000)
    with behind(DatabaseRole.STAFF):
        told = EventText.objects.filter(text="The fibre is being spliced", event__public=True)
        assert told.values("event__case").distinct().count() == 12
    within("tell twelve customers at once", keys)


def test_the_document_says_the_same_numbers():
    rows = re.findall(r"^\| \d+ \| ([^|]+?) \| (\d+) \|", DOCUMENT.read_text(), re.MULTILINE)
    assert {task: int(keys) for task, keys in rows} == MOST_KEYS
