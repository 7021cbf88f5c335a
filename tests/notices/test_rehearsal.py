"""In a rehearsal nothing leaves but to the list: a real mail server and a real gateway keep what they are handed."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest

from guardia.cases import failed_notices
from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.codes import SignInCode
from guardia.notices import announcing, holding, outbox
from guardia.notices.announcement import AnnouncementKind
from guardia.notices.channel import Channel
from guardia.notices.holding import Ruling
from guardia.notices.notice import Delivery, DeliveryState, Notice
from guardia.notices.outbox import LETTERS
from guardia.notices.packing import pack
from guardia.notices.secret_mail import post_secret
from guardia.people import password_reset
from guardia.people.password_reset import PasswordReset
from guardia.people.rehearsal import NamedList, Rehearsal
from guardia.people.setting_change import SettingChange
from tests.notices.sender import LINKS, Sender, worker_step
from tests.procedure.story import Story, contact


def in_rehearsal(story: Story, **named) -> None:
    with behind(DatabaseRole.STAFF):
        holding.begin(NamedList(**named), by=story.supervisor, at=story.now)


def goes_live(story: Story) -> None:
    with behind(DatabaseRole.STAFF):
        holding.go_live(by=story.supervisor, at=story.now)


def another_case(story: Story):
    story.call = None
    return story.case_is_registered("otra falla")


def letters_of(story: Story) -> list[tuple[str, str]]:
    rows = Notice.objects.filter(contact__isnull=False).exclude(state="suppressed").order_by("pk")
    return list(rows.values_list("state", "reason"))


# --- nothing leaves ---


def test_what_would_have_gone_is_written_and_held(story, post_office):
    in_rehearsal(story)
    story.open_case()
    sender = Sender(post_office, story.now)
    sender.sends()
    assert post_office.mails == []
    assert post_office.connections == 0, "not even a connection is made"
    assert letters_of(story) == [("held", "rehearsal")] * 3
    held = list(Delivery.objects.all())
    assert {one.state for one in held} == {"held"}
    assert all(story.case.display_number.encode() in bytes(one.body) for one in held), (
        "what it would have said is there"
    )


def test_without_a_mail_server_it_is_held_too(story, post_office):
    """Else it would wait, and leave on the day on which somebody enters the server."""
    in_rehearsal(story)
    story.open_case()
    post_office.close()
    Sender(post_office, story.now).sends()
    assert letters_of(story) == [("held", "rehearsal")] * 3


def test_to_the_list_it_goes_with_a_mark_in_the_language_of_each(story, post_office):
    in_rehearsal(story, mailboxes=(" Jefe@Example.com ", "helpdesk@example.com", "gerente@example.com"))
    story.open_case()
    Sender(post_office, story.now).sends()
    subjects = {to: mail["Subject"] for to, mail in zip(post_office.recipients, post_office.mails, strict=True)}
    assert subjects[story.head.email].startswith("[Ensayo] ")
    assert subjects[story.desk.email].startswith("[Rehearsal] ")
    assert subjects[story.manager.email].startswith("[Ensaio] ")
    for mail in post_office.mails:
        mark = mail["Subject"].partition(" ")[0]
        assert mail.get_body(("plain",)).get_content().startswith(mark)
        assert f"<strong>{mark}" in mail.get_body(("html",)).get_content()
        assert mail["Message-ID"]
    assert letters_of(story) == [("sent", "")] * 3


def test_of_two_to_one_domain_a_neighbour_is_no_member(story, post_office):
    in_rehearsal(story, domains=("@xample.com",))
    story.open_case()
    Sender(post_office, story.now).sends()
    assert post_office.mails == []
    with behind(DatabaseRole.STAFF):
        holding.begin(NamedList(domains=("Example.COM",)), by=story.supervisor, at=story.now)
        story.minutes_pass(1)
        another_case(story)
    Sender(post_office, story.now).sends()
    assert sorted(post_office.recipients) == ["gerente@example.com", "helpdesk@example.com", "jefe@example.com"]


def test_a_page_is_held_by_each_way_and_goes_to_a_person_of_the_list(night, post_office, gateway):
    pages = Notice.objects.filter(staff__isnull=False)
    first = pages.earliest("pk").staff
    with behind(DatabaseRole.STAFF):
        holding.begin(NamedList(people=(first.pk,)), by=None, at=night.story.now)
    assert set(pages.values_list("state", flat=True)) == {"held"}, "what was owed before is held as it begins"
    night.story.minutes_pass(20)
    night.story.the_sweep_runs()
    owed = set(pages.filter(state="owed").values_list("staff", flat=True))
    Sender(post_office, night.story.now).pages()
    assert set(pages.filter(state="sent").values_list("staff", flat=True)) == owed & {first.pk}
    assert not pages.filter(state__in=["owed", "packed"]).exists()
    assert all(mail["Subject"].startswith("[") for mail in post_office.mails)


# --- secrets ---


def test_a_persons_own_password_goes_and_a_companys_code_does_not(story, post_office):
    in_rehearsal(story)
    story.supervisor.set_password("una frase larga y suya")
    story.supervisor.save()
    mark = password_reset.mark_of(story.supervisor)
    reset = PasswordReset.objects.create(staff=story.supervisor, asked_at=story.now, password_mark=mark)
    post_secret("supervisora@example.com", story.now, reset=reset)
    code = SignInCode.objects.create(mailbox=story.head.email, asked_at=story.now, language="es")
    post_secret(story.head.email, story.now, code=code)
    Sender(post_office, story.now).sends()
    assert {one.state for one in Delivery.objects.filter(code=code)} == {"held"}
    assert all(not one.body for one in Delivery.objects.all()), "a secret is kept nowhere"
    assert post_office.recipients == ["supervisora@example.com"]
    assert "[" not in post_office.mails[0]["Subject"]


# --- the switch ---


def test_after_the_switch_nothing_old_is_sent_and_all_new_is(story, post_office):
    in_rehearsal(story)
    story.open_case()
    old = story.case
    story.minutes_pass(1)
    goes_live(story)
    assert letters_of(story) == [("held", "rehearsal")] * 3, "what had not even been packed is held by the switch"
    sender = Sender(post_office, story.now)
    sender.sends()
    assert post_office.mails == []
    story.minutes_pass(1)
    new = another_case(story)
    sender.after(minutes=2).sends()
    assert len(post_office.mails) == 3
    assert all(new.display_number in mail["Subject"] for mail in post_office.mails)
    assert (old.in_rehearsal, new.in_rehearsal) == (True, False)


def test_a_case_of_the_rehearsal_tells_nobody_after_the_switch(story, post_office):
    in_rehearsal(story, mailboxes=("jefe@example.com",))
    story.open_case()
    sender = Sender(post_office, story.now)
    sender.sends()
    goes_live(story)
    before = len(post_office.mails)
    story.minutes_pass(5)
    story.diagnosis()
    sender.after(minutes=6).sends()
    assert len(post_office.mails) == before
    of_it = Notice.objects.filter(moment="diagnosed", contact__isnull=False).exclude(state="suppressed")
    assert set(of_it.values_list("state", "reason")) == {("held", "rehearsal")}


def test_who_stands_in_for_a_contact_is_not_told_of_a_rehearsal_after_it(story, post_office):
    """To the list it was refused; by the time that is on record the installation is live."""
    in_rehearsal(story, mailboxes=(story.head.email,))
    story.open_case()
    post_office.answers[story.head.email] = ["550 5.1.1 no such user"]
    sender = Sender(post_office, story.now)
    sender.sends()
    assert Notice.objects.get(contact=story.head).state == "failed"
    contact(story.bank, "Segunda", "segunda@example.com", "es", told=[])
    story.minutes_pass(1)
    goes_live(story)
    story.minutes_pass(1)
    failed_notices.record_failed(story.now)
    sender.after(minutes=3).sends()
    assert post_office.mails == []
    instead = Notice.objects.filter(instead_of=story.head)
    assert set(instead.values_list("state", "reason")) == {("held", "rehearsal")}


def test_sent_again_by_hand_what_is_old_is_held_again(story, post_office):
    in_rehearsal(story)
    story.open_case()
    sender = Sender(post_office, story.now)
    sender.sends()
    story.minutes_pass(1)
    goes_live(story)
    story.minutes_pass(1)
    failed_notices.resend(story.case, Notice.objects.get(contact=story.head), by=story.by, at=story.now)
    sender.after(minutes=2).sends()
    assert post_office.mails == []
    assert Notice.objects.get(contact=story.head).state == "held"


def test_what_is_leased_when_it_begins_does_not_leave(sender, story, post_office):
    with worker_step():
        pack(sender.now)
    with worker_step():
        due = outbox.claim(sender.now, sender.is_seen(), LETTERS)
        due = outbox.leaving(due, sender.now, LINKS)
    assert len(due) == 3
    in_rehearsal(story)
    for delivery in due:
        with worker_step():
            assert outbox.begin(delivery, sender.now, LINKS) is None
    assert {one.state for one in Delivery.objects.all()} == {"held"}
    assert letters_of(story) == [("held", "rehearsal")] * 3


def test_begun_past_the_step_that_looks_first_it_is_held_all_the_same(story, post_office):
    in_rehearsal(story)
    story.open_case()
    sender = Sender(post_office, story.now)
    with worker_step():
        pack(sender.now)
    with worker_step():
        due = outbox.claim(sender.now, sender.is_seen(), LETTERS)
    for delivery in due:
        with worker_step():
            assert outbox.begin(delivery, sender.now, LINKS) is None
    assert {one.state for one in Delivery.objects.all()} == {"held"}


def test_what_companies_are_told_of_no_case_is_held(story, post_office):
    in_rehearsal(story)
    announcing.announce(
        AnnouncementKind.PROCEDURE, "1", story.version, {"code": "PR-1", "number": 1, "effective_at": "2026-12-01"},
        by=None, at=story.now,
    )  # fmt: skip
    announcing.tell(announcing.next_to_tell(), story.now)
    Sender(post_office, story.now).sends()
    assert post_office.mails == []
    assert set(Notice.objects.exclude(state="suppressed").values_list("state", flat=True)) == {"held"}


def test_the_state_stands_in_the_journal_of_settings(story):
    in_rehearsal(story, mailboxes=("a@example.com",))
    in_rehearsal(story, mailboxes=("a@example.com", "b@example.com"))
    goes_live(story)
    goes_live(story)
    rows = SettingChange.objects.filter(noun="rehearsal").order_by("pk")
    assert [(row.by_id, row.after["rehearses"]) for row in rows] == [(story.supervisor.pk, True)] * 2 + [
        (story.supervisor.pk, False)
    ]
    one = Rehearsal.objects.get()
    assert (one.began_by_id, one.live_by_id) == (story.supervisor.pk,) * 2


def test_before_any_rehearsal_nothing_more_is_asked_of_the_database(sender, django_assert_num_queries):
    with worker_step(), django_assert_num_queries(1):
        assert holding.gate().is_open


# --- every way out ---

SOURCES = Path(holding.__file__).parents[1]
LEAVE = frozenset({"urlopen", "create_connection", "Pager", "Outlet", "handed_over", "SMTP", "SMTP_SSL", "notify"})
"""What opens a connection or hands a message over, by the name by which it is called."""
MAKES = frozenset({"Outgoing"})
"""What a message is before it leaves: made by ``outbox.begin`` alone, behind the gate."""

BY_THE_GATE = {
    "notices/outbox.py": "makes every message that leaves, behind the gate",
    "worker/rounds.py": "hands over what the outbox has begun",
    "notices/page.py": "hands over to Apprise what the outbox has begun, and the trial of the settings",
    "notices/smtp.py": "hands over to a mail server what the outbox has begun, and the trials",
}
TRIALS = {
    "notices/post.py": "one trial letter",
    "web/desk/settings/channels.py": "a trial of a connection, to whoever asks",
    "web/desk/settings/team_channels.py": "a trial of a channel, to the team that reads there",
    "web/desk/settings/wording_edit.py": "a trial of a wording, to whoever asks",
    "web/first_run/steps.py": "the six digits of the first steps, to whom the installer names",
}
"""To the mailbox or the team of who presses the button, on the same screen: no customer, nothing of a case."""
NO_MESSAGE = {
    "notices/oauth.py": "a token to sign in to the own mail server",
    "worker/dead_man.py": "the sign of life, to the operator's own watch",
    "proof/time_stamp.py": "a hash, to a time stamping authority",
    "proof/witnessing.py": "a checkpoint, to a witness",
    "cli/witness.py": "the command of a witness, on the witness's own machine",
    "cli/checks/channels.py": "guardia doctor looks whether the mail server answers",
    "cli/web.py": "the service manager of this machine",
    "worker/loop.py": "the service manager of this machine",
    "config/processes.py": "the service manager of this machine",
    "customers/provider_calls.py": "sign-in of a company by its own provider",
    "people/outward.py": "sign-in by a directory",
    "cli/checks/machine.py": "guardia doctor looks whether a server answers",
    "cli/attack.py": "guardia doctor --attack asks the own installation what strangers ask",
    "cli/children.py": "looks whether a port of this machine replies",
    "people/egress.py": "the connections of all these, where they may lead",
    "evidence/probes/web.py": "a test of a service: a measurement, which tells nobody anything",
}


def calls_in(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            is_class = [getattr(base, "id", "") for base in getattr(node, "bases", [])]
            found |= {name, *is_class}
        elif isinstance(node, ast.ClassDef):
            found |= {getattr(base, "attr", getattr(base, "id", "")) for base in node.bases}
    return found


def test_every_way_out_is_decided():
    """A module that opens a connection, or hands a message over, and stands in no list here, fails: say whether a
    rehearsal holds it, and put it behind the gate (``holding``) if it tells anybody anything.
    """
    ways = {
        str(path.relative_to(SOURCES))
        for path in SOURCES.rglob("*.py")
        if "offline" not in path.parts and calls_in(path) & (LEAVE | MAKES)
    }
    # A page's own ``handed_over`` of the web is no message: it answers a request with a document.
    ways -= {"web/report/views.py", "web/sign_in/sessions.py"}
    decided = {*BY_THE_GATE, *TRIALS, *NO_MESSAGE}
    assert ways - decided == set()
    assert [path for path in decided if not (SOURCES / path).exists()] == []


def test_a_message_is_made_in_one_place():
    makes = {str(path.relative_to(SOURCES)) for path in SOURCES.rglob("*.py") if calls_in(path) & MAKES}
    assert makes == {"notices/outbox.py"}


CARRIES = {"code": "held", "reset": "leaves", "confirmation": "held", "answers": "held", "resend_of": "held"}
"""What a message is for besides its notices, by the column that says so, and what a rehearsal makes of it."""


@pytest.mark.parametrize("channel", list(Channel))
@pytest.mark.parametrize("carries", [*CARRIES, "notices"])
def test_whatever_a_message_is_for_it_has_a_ruling(story, channel, carries):
    in_rehearsal(story)
    columns = {field.name for field in Delivery._meta.fields if field.is_relation} - {"customer", "sender"}
    assert columns == set(CARRIES), "a new kind of message: decide whether a rehearsal holds it"
    assert set(DeliveryState) >= {DeliveryState.HELD}
    named = {f"{carries}_id": 1} if carries != "notices" else {}
    delivery = Delivery(channel=channel, address="x@example.org", created_at=story.now, **named)
    ruling = holding.gate().ruling(delivery, [])
    assert ruling is (Ruling.LEAVES if CARRIES.get(carries) == "leaves" else Ruling.HELD)
    goes_live(story)
    later = Delivery(channel=channel, address="x@example.org", created_at=story.now + timedelta(minutes=1), **named)
    assert holding.gate().ruling(later, []) is Ruling.LEAVES
