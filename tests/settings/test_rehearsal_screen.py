"""Settings, Rehearsal: its list, what is held, the second step of the switch, and the open cases as a file."""

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from guardia.cli.main import main
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.notices import holding
from guardia.notices.notice import Notice
from guardia.notices.outbox import LETTERS
from guardia.people import rehearsal
from guardia.people.audit import AuditEntry
from guardia.people.rehearsal import NamedList, Rehearsal
from guardia.people.staff import Role, Staff
from guardia.web.status.page import kept as status_cache
from tests.notices.post_office import PostOffice
from tests.notices.sender import Sender
from tests.procedure.story import Story
from tests.settings.conftest import seen, words

PAGE, LIST, LIVE = (reverse(f"settings_rehearsal{name}") for name in ("", "_list", "_live"))


@pytest.fixture
def story(as_staff) -> Story:
    story = Story()
    story.now = now()
    return story


def held_case(story: Story):
    """A case of the rehearsal whose three letters a worker has held."""
    holding.begin(NamedList(), by=None, at=story.now)
    story.call = None
    case = story.case_is_registered()
    Sender(PostOffice(), now()).sends(LETTERS)
    return case


def test_it_begins_with_its_list_and_every_page_says_so(administrator):
    assert "The installation is live" in words(administrator.get(PAGE))
    form = administrator.get(LIST)
    ids = [str(Staff.objects.get(username="administrator").pk)]
    sent = {"mailboxes": "Ana@Example.com\nluis@example.com", "domains": "@nosotros.example", "telephones": "",
            "people": ids, "seen": seen(form.content.decode())}  # fmt: skip
    page = words(administrator.post(LIST, sent, follow=True))
    assert "The rehearsal has begun: nothing is sent." in page
    assert "ana@example.com, luis@example.com" in page
    named = rehearsal.state().named
    assert (named.domains, named.people) == (("nosotros.example",), (int(ids[0]),))
    assert "Rehearsal: nothing is sent." in words(administrator.get(reverse("settings")))
    assert "Nothing is sent" in words(administrator.get(reverse("settings_record")))


def test_what_is_no_address_is_told_at_its_field(administrator):
    form = administrator.get(LIST)
    sent = {"mailboxes": "nadie", "domains": "*.com", "telephones": "12", "seen": seen(form.content.decode())}
    answer = administrator.post(LIST, sent)
    assert answer.status_code == 422
    assert not Rehearsal.objects.exists()


def test_others_neither_see_it_nor_end_it(supervisor, sign_in):
    holding.begin(NamedList(), by=None, at=now())
    for client in (supervisor, sign_in(Role.ENGINEER)):
        assert client.get(PAGE).status_code == 403
        assert client.post(LIVE, {"operador": "x"}).status_code == 403
        banner = client.get(reverse("bench")).content.decode()
        assert "Rehearsal: nothing is sent." in banner
        assert PAGE not in banner


def test_what_is_held_is_counted_listed_and_read(administrator, story):
    case = held_case(story)
    page = words(administrator.get(PAGE))
    assert "customers" in page
    assert "jefe@example.com" in page
    held = Notice.objects.get(contact=story.head).deliveries.get()
    text = words(administrator.get(reverse("settings_rehearsal_message", args=[held.pk])))
    assert case.display_number in text
    assert "It would have gone to jefe@example.com" in text
    shown = words(administrator.get(reverse("case", args=[case.number])))
    assert "rehearsal: would have gone to jefe@example.com" in shown
    assert "Send again" not in shown


def test_going_live_takes_the_operators_name(administrator, story):
    held_case(story)
    page = words(administrator.get(LIVE))
    assert "3 notices were held, and stay held" in page
    assert administrator.post(LIVE, {"operador": "otra"}).status_code == 422
    assert rehearsal.is_on()
    operator = story.version.procedure.provider.name
    assert "is live" in words(administrator.post(LIVE, {"operador": f" {operator.upper()} "}, follow=True))
    assert not rehearsal.is_on()
    assert set(Notice.objects.exclude(state="suppressed").values_list("state", flat=True)) == {"held"}
    assert administrator.get(LIVE).status_code == 302
    one = Rehearsal.objects.get()
    assert (one.live_by.username, one.mailboxes) == ("administrator", [])


@pytest.mark.parametrize("form", ["csv", "xes"])
def test_the_open_cases_leave_from_the_page(administrator, story, form):
    case = held_case(story)
    answer = administrator.get(reverse("settings_rehearsal_open", args=[form]))
    content = b"".join(answer)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
        assert [(row["number"], row["rehearsal"]) for row in rows] == [(str(case.number), "true")]
    else:
        assert str(case.number).encode() in content
    assert AuditEntry.objects.filter(kind="exported", about="open_cases").count() == 1


def test_the_portal_is_open_to_the_list_alone_and_the_public_page_is_not_there(story, client, settings):
    settings.STATUS_PAGE = True
    status_cache.forget()
    assert client.get(reverse("status")).status_code == 200
    holding.begin(NamedList(mailboxes=("jefe@example.com",)), by=None, at=now())
    status_cache.forget()
    assert client.get(reverse("status")).status_code == 404
    assert "not in service yet" in words(client.get(f"{reverse('company_enter')}?lang=en"))
    with behind(DatabaseRole.PORTAL_ACTS):
        assert rehearsal.lets_in(" Jefe@example.com")
        assert not rehearsal.lets_in("gerente@example.com")
    holding.go_live(by=None, at=now())
    status_cache.forget()
    with behind(DatabaseRole.PORTAL_ACTS):
        assert rehearsal.lets_in("gerente@example.com")
    assert "not in service yet" not in words(client.get(f"{reverse('company_enter')}?lang=en"))


def test_a_company_that_is_signed_in_already_is_asked_to_come_later(story, client: Client):
    from guardia.customers import sessions
    from guardia.customers.sessions import Whence
    from guardia.web.portal.visitor import COOKIE

    with behind(DatabaseRole.PORTAL_ACTS, story.bank.pk):
        _session, token = sessions.begin(story.head, story.head.email, now(), Whence("127.0.0.1", ""))
    client.cookies[COOKIE] = token
    assert client.get(reverse("company_home")).status_code == 200
    holding.begin(NamedList(), by=None, at=now())
    assert client.get(reverse("company_home")).headers["Location"].startswith(reverse("company_enter"))


def test_health_says_since_when(story, client):
    from guardia.web.api.health import state_of_the_installation

    assert "rehearsal" not in state_of_the_installation(now())[0]
    begun = holding.begin(NamedList(), by=None, at=now()).began_at
    assert state_of_the_installation(now())[0]["rehearsal"] == {"since": begun.isoformat()}


def test_the_command_line_does_the_same(transactional_db, capsys):
    with behind(DatabaseRole.STAFF):
        operator = Story().version.procedure.provider.name
    words = ["--mailbox", "ana@example.com", "--telephone", "+593 99 123 4567", "--person", "supervisora"]
    assert main(["rehearsal", "start", *words]) == 0
    assert "telephones: +593991234567" in capsys.readouterr().out
    assert main(["rehearsal", "start", "--person", "nadie"]) == 1
    assert main(["rehearsal", "start", "--mailbox", "nadie"]) == 1
    assert main(["rehearsal", "live", "--operator", "otra"]) == 1
    assert main(["rehearsal", "status"]) == 0
    assert "rehearsal since" in capsys.readouterr().out
    assert main(["rehearsal", "live", "--operator", operator]) == 0
    assert "live since" in capsys.readouterr().out
