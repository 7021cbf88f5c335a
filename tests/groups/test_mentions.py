"""Whom a note names, and what a watcher is told: seen on the desk, and by nobody of the portal."""

import html
from urllib.parse import urlsplit

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from guardia.cases import chain, derived, mentions
from guardia.cases.mentions import CaseWatcher, Mention, count_to_see, named_in, to_see
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.sql_rows import rows_of
from guardia.people.staff import SYSTEM, Role, Staff
from guardia.procedure.vocabulary import Moment
from guardia.proof.offline import guardia_verify
from guardia.web.report.document import closing_document
from guardia.worker.posting import note_address


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@ingeniero2 mira esto", ["ingeniero2"]),
        ("Hola @INGENIERO2, y @supervisora.", ["ingeniero2", "supervisora"]),
        ("(@ingeniero2) @ingeniero2", ["ingeniero2"]),
        ("correo ingeniero2@example.com, x@ingeniero2", []),
        ("@nadie @", []),
        ("", []),
    ],
)
def test_who_is_named(story, text, named):
    assert sorted(one.username for one in named_in(text)) == named


def test_neither_a_technician_nor_who_has_left_is_named(story):
    Staff.objects.create(username="tecnico9", name="Técnico 9", role=Role.TECHNICIAN)
    Staff.objects.filter(pk=story.colleague.pk).update(is_active=False)
    assert named_in("@tecnico9 @ingeniero2") == []
    assert "ingeniero2" not in [one.username for one in mentions.called("inge")]


def test_a_note_names_once_and_the_event_holds_ids_alone(story):
    story.open_case()
    for _twice in range(2):
        event = story.case.note("@ingeniero2 mira", by=story.by, at=story.now)
    assert event.data == {"mentions": [story.colleague.pk], "staff": [story.colleague.pk]}
    assert Mention.objects.count() == 1
    assert (count_to_see(story.colleague), count_to_see(story.engineer)) == (1, 0)
    mentions.mark_seen(story.colleague, story.case, story.now)
    assert to_see(story.colleague) == []
    assert [one.pk for one in mentions.seen_before(story.colleague, 5)] == [event.pk]


def test_a_word_to_the_customer_names_nobody_nor_a_note_of_the_system(story):
    story.open_case()
    story.case.tell("Escriba a @ingeniero2", by=story.by, at=story.now)
    story.case.note("@ingeniero2", by=SYSTEM, at=story.now)
    assert not Mention.objects.exists()


def test_a_watcher_is_told_of_stages_of_breaches_and_of_the_end_by_others(story):
    story.open_case()
    mentions.watch(story.case, story.colleague, story.now)
    mentions.watch(story.case, story.engineer, story.now)
    mentions.watch(story.case, story.engineer, story.now)
    assert CaseWatcher.objects.count() == 2
    story.case.note("nada nuevo", by=story.by, at=story.now)
    assert count_to_see(story.colleague) == 0
    story.minutes_pass(30)
    story.the_sweep_runs()
    assert {one.event.moment for one in to_see(story.colleague)} == {Moment.BREACHED}
    mentions.mark_seen(story.colleague, None, story.now)
    mentions.mark_seen(story.engineer, None, story.now)
    story.diagnosis()
    assert [one.event.moment for one in to_see(story.colleague)] == [Moment.DIAGNOSED]
    assert to_see(story.engineer) == [], "what one did oneself is no news"
    story.case.cancel("abierto por error", by=story.by, at=story.now)
    assert Moment.CANCELLED in {one.event.moment for one in to_see(story.colleague)}
    mentions.stop_watching(story.case, story.colleague)
    assert count_to_see(story.colleague) == 0


def test_what_was_before_somebody_watched_is_no_news(story):
    story.open_case()
    story.diagnosis()
    mentions.watch(story.case, story.colleague, story.now)
    assert to_see(story.colleague) == []


@pytest.mark.parametrize("role", [DatabaseRole.PORTAL, DatabaseRole.PORTAL_ACTS])
@pytest.mark.parametrize("table", ["mention", "case_watcher"])
def test_the_portals_logins_see_nothing_of_them(story, role, table):
    story.open_case()
    story.case.note("@ingeniero2", by=story.by, at=story.now)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():  # noqa: SIM117
        with behind(role, story.bank.pk):
            rows_of(f"SELECT count(*) FROM {table}", [])


def test_both_ways_of_verifying_agree_on_a_case_with_a_mention(story):
    story.open_case()
    story.case.note("@ingeniero2 mira", by=story.by, at=story.now)
    story.diagnosis()
    file = closing_document(story.case, story.now).history
    assert guardia_verify.check(file).findings == []
    assert b"ingeniero2" not in file
    assert b"mentions" not in file
    assert [place.what for place in (*chain.breaks(besides=derived.breaks), *derived.without_case())] == []


# --- on screen --------------------------------------------------------------------------------------------------------
def page(browser, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_the_colleague_sees_the_count_and_the_note_until_it_is_read(story, sign_in):
    story.open_case()
    engineer, colleague = sign_in(story.engineer), sign_in(story.colleague)
    assert "Nothing new." in page(colleague, reverse("mentions"))
    fields = {"text": "@ingeniero2 mira <b>", "audience": "internal", "seen": story.case.seq}
    assert engineer.post(reverse("act", args=[story.number, "escribir"]), fields).status_code == 302
    assert 'class="mentions"' in page(colleague, "/")
    assert 'class="mentions"' not in page(engineer, "/")
    assert "@ingeniero2 mira <b>" in page(colleague, reverse("mentions"))
    answer = colleague.post(reverse("mention_seen", args=[story.number]))
    assert answer.headers["Location"] == f"/casos/{story.number}/#log"
    assert 'class="mentions"' not in page(colleague, "/")
    text = page(colleague, reverse("mentions"))
    assert "Nothing new." in text
    assert "Read before" in text


def test_a_case_is_watched_from_its_page_and_no_longer(story, sign_in):
    story.open_case()
    colleague, case = sign_in(story.colleague), f"/casos/{story.number}/"
    assert "Watch this case" in page(colleague, case)
    assert colleague.post(f"{case}seguir", {"seguir": "1"}).status_code == 302
    assert "Stop watching" in page(colleague, case)
    story.diagnosis()
    assert "Diagnosis" in page(colleague, reverse("mentions"))
    assert colleague.post(reverse("mentions_seen")).status_code == 302
    assert "Nothing new." in page(colleague, reverse("mentions"))
    colleague.post(f"{case}seguir")
    assert "Watch this case" in page(colleague, case)


def test_the_list_of_colleagues_opens_in_a_note_alone(story, sign_in):
    story.open_case()
    engineer = sign_in(story.engineer)
    address = reverse("suggestions", args=[story.number])
    found = engineer.get(address, {"signo": "@", "q": "super", "audience": "internal"}).content.decode()
    assert 'data-text="@supervisora "' in found
    assert "ingeniero2" not in found
    assert "@" not in engineer.get(address, {"signo": "@", "audience": "public"}).content.decode()


def test_the_address_in_the_message_to_the_colleague_opens_the_case(story, sign_in):
    story.open_case()
    facts = {"number": story.case.display_number, "seq": story.case.seq}
    address = urlsplit(note_address(facts))
    assert f'id="{address.fragment}"' in page(sign_in(story.colleague), address.path)
