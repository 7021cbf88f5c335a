"""Who must be kept is kept, and is told why; who need not be is asked for by a typed word, and by nobody's slip."""

from datetime import timedelta

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection

from guardia.cases import chain
from guardia.cases.case import Case
from guardia.cases.event import EventText
from guardia.cases.stages.registration import Report
from guardia.clocks.clock import Wait
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers.contact import Contact
from guardia.people.staff import Role, Staff
from guardia.privacy import erasing, holds, requests
from guardia.privacy.erasing import Erasing, hand
from guardia.privacy.finding import gather
from guardia.privacy.person import person_of
from guardia.privacy.requests import PrivacyRequest, RequestedRight, State
from guardia.privacy.written_words import KEPT, tables
from guardia.procedure.vocabulary import Impact
from guardia.worker import persons
from tests.privacy.marked import MARKS, NAME, NUMBER
from tests.privacy.residue import residue
from tests.privacy.test_erasure import again, carried_out, confirmed, erasure_of
from tests.procedure.story import contact

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "direct"])


def codes(request: PrivacyRequest) -> set[str]:
    return {refusal["code"] for refusal in request.refusals}


def test_an_open_case_keeps_the_person(open_marked):
    request = erasure_of(open_marked)
    assert "open_case" in codes(request)
    assert next(one for one in request.refusals if one["code"] == "open_case")["cases"] == [open_marked.number]
    with pytest.raises(ValidationError):
        confirmed(request)


def test_somebody_known_by_a_number_alone_is_kept_by_an_open_case(open_marked):
    request = erasure_of(open_marked, contact=None, subject={"numbers": [NUMBER]})
    assert "open_case" in codes(request)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda m: Case.objects.update(is_complaint=True, closed_at=None), "open_complaint"),
        (lambda m: Wait.objects.update(contested_at=m.now, contested_by="Jefe"), "contested"),
        (lambda m: holds.place(str(m.number), "juicio 1", by=m.supervisor, at=m.now), "hold"),
        (lambda m: holds.place("banco austral", "juicio 2", by=m.supervisor, at=m.now), "company_on_hold"),
        (lambda m: Contact.objects.filter(pk=m.person.pk).update(administers=True), "only_company_administrator"),
    ],
)
def test_each_reason_to_keep_is_named(marked, change, code):
    with behind(DatabaseRole.STAFF):
        change(marked)
    assert code in codes(erasure_of(marked))


def test_a_hold_that_is_lifted_holds_nothing(marked):
    with behind(DatabaseRole.STAFF):
        hold = holds.place(str(marked.number), "juicio", by=marked.supervisor, at=marked.now)
        holds.lift(hold, "terminado", by=marked.supervisor, at=marked.now)
    assert codes(erasure_of(marked)) == set()


def test_what_came_up_since_it_was_confirmed_is_seen_by_whoever_erases(marked):
    request = confirmed(erasure_of(marked))
    with behind(DatabaseRole.STAFF):
        holds.place(str(marked.number), "llegó un oficio", by=marked.supervisor, at=marked.now)
    back = carried_out(request)
    assert (back.state, codes(back)) == (State.READY, {"hold"})
    with behind(DatabaseRole.STAFF):
        assert Contact.objects.get(pk=marked.person.pk).name == NAME


def test_a_case_that_is_opened_while_it_is_looked_for_is_seen(marked, monkeypatch):
    request = confirmed(erasure_of(marked))
    look = erasing.look

    def looked(*asked):
        found = look(*asked)
        with behind(DatabaseRole.STAFF):
            report = Report(marked.service, "otra vez", Impact.DOWN, reporter=marked.person)
            Case.register(report, by=marked.by, at=marked.now, source="mail", received_at=marked.now)
        return found

    monkeypatch.setattr(erasing, "look", looked)
    back = carried_out(request)
    assert back.state == State.READY
    assert "open_case" in codes(back)


def test_the_last_administrator_is_not_erased(marked):
    with behind(DatabaseRole.STAFF):
        boss = Staff.objects.create(username="jefa", name="Jefa Única", role=Role.ADMINISTRATOR)
    request = erasure_of(marked, contact=None, staff=boss, reason="left")
    assert {"only_administrator", "still_active"} <= codes(request)


def test_who_left_is_a_role_and_a_number_and_the_acts_stay_theirs(marked):
    with behind(DatabaseRole.STAFF):
        gone = Staff.objects.get(pk=marked.engineer.pk)
        Staff.objects.filter(pk=gone.pk).update(
            name="Anselmo Quiroga Ruales", email="anselmo.quiroga@example.com", is_active=False
        )
        events = Case.objects.get().events.filter(actor_kind="staff", actor_id=gone.pk).count()
        Case.objects.update(assigned=None)
    done = carried_out(confirmed(erasure_of(marked, contact=None, staff=gone, reason="left")))
    assert done.state == State.DONE
    with behind(DatabaseRole.STAFF):
        gone.refresh_from_db()
        assert (gone.email, gone.is_active, gone.username) == ("", False, f"retirado-{gone.pk}")
        assert gone.name.endswith(str(gone.pk))
        assert "Anselmo" not in gone.name
        assert Case.objects.get().events.filter(actor_kind="staff", actor_id=gone.pk).count() == events
        assert list(chain.breaks()) == []


def test_another_word_erases_nothing(marked):
    request = erasure_of(marked)
    for typed in ("", "si", "ERAS", "erase it"):
        with behind(DatabaseRole.STAFF), pytest.raises(ValidationError):
            requests.confirm(request, typed, [], by=marked.supervisor, at=now())
    assert again(request).state == State.READY
    assert erasing.next_one() is None


TOO_LITTLE = (
    *(
        {},
        {"names": ["Ana"]},
        {"names": ["2026-11-25"]},
        {"numbers": ["12"]},
        {"addresses": ["@"]},
        {"names": ["x"] * 30},
        {"names": ["\0"]},
    ),
)


def test_nobody_is_looked_for_by_too_little(transactional_db):
    for subject in TOO_LITTLE:
        with behind(DatabaseRole.STAFF), pytest.raises(ValidationError):
            requests.ask(RequestedRight.ERASE, by=None, at=now(), subject=subject, reason="person_asked")


def test_a_shared_mailbox_stays_with_those_who_share_it(marked):
    with behind(DatabaseRole.STAFF):
        Contact.objects.filter(pk=marked.desk.pk).update(email=marked.person.email)
    request = erasure_of(marked)
    assert request.found["shared"] == 1
    carried_out(confirmed(request))
    with behind(DatabaseRole.STAFF):
        assert Contact.objects.get(pk=marked.desk.pk).email == marked.person.email
        assert Contact.objects.get(pk=marked.person.pk).email == ""


@pytest.mark.parametrize("namesake", [NAME, NAME.upper(), "Xiména  Quintanavega", f"{NAME} Loor", f"Ana {NAME}"])
def test_a_namesake_is_neither_read_nor_erased(marked, namesake):
    """However the other one's name is spelt: the same name at another company is another person."""
    with behind(DatabaseRole.STAFF):
        other = contact(marked.other, namesake, "otra.ximena@example.com", "es")
    request = erasure_of(marked)
    with behind(DatabaseRole.STAFF):
        person = person_of(request)
    held = gather(person, persons.worker, files=[])
    read = [one for several in held.records.values() for one in several if one["table"] == "contact"]
    assert [one["id"] for one in read] == [marked.person.pk]
    assert NAME in person.shared
    carried_out(confirmed(request))
    with behind(DatabaseRole.STAFF):
        other.refresh_from_db()
        assert (other.name, other.active) == (namesake, True)
        assert Contact.objects.get(pk=marked.person.pk).name != NAME


@pytest.mark.parametrize("written", ["0987612345", "098 761 2345", "+593 98 761-2345"])
def test_a_number_that_another_bears_in_another_spelling_is_shared(marked, written):
    with behind(DatabaseRole.STAFF):
        Contact.objects.filter(pk=marked.desk.pk).update(phones=[written])
    request = erasure_of(marked)
    with behind(DatabaseRole.STAFF):
        assert NUMBER in person_of(request).shared


def test_somebody_with_one_short_name_is_erased_by_the_record_alone(marked):
    with behind(DatabaseRole.STAFF):
        ana = contact(marked.bank, "Ana", "", "es")
        note = EventText.objects.filter(name="text").exclude(text=None).first()
    done = carried_out(confirmed(erasure_of(marked, contact=ana)))
    assert done.state == State.DONE
    with behind(DatabaseRole.STAFF):
        ana.refresh_from_db()
        assert not ana.active
        assert ana.name != "Ana"
        assert note is None or EventText.objects.get(pk=note.pk).text is not None
        assert Contact.objects.get(pk=marked.person.pk).name == NAME


def test_a_short_name_is_taken_out_of_the_persons_own_cases(marked):
    """36 texts of events still said “Ana” after her erasure; elsewhere the word stays, and so does “sin luz”."""
    marked.minutes_pass(2)
    with behind(DatabaseRole.STAFF):
        ana = contact(marked.bank, "Luz", "", "es")
        marked.head = ana
        marked.open_case()
        case = marked.case
        case.note("Habló con Luz y con LUZ otra vez", by=marked.by, at=marked.now)
        case.note("la ONT sigue sin luz", by=marked.by, at=marked.now)
        case.cancel("ya funciona", by=marked.by, at=marked.now)
        elsewhere = Case.objects.exclude(pk=case.pk).first()
        before = EventText.objects.filter(event__case=elsewhere, text__isnull=False).count()
    assert said_in(case, "Luz") != []
    done = carried_out(confirmed(erasure_of(marked, contact=ana)))
    assert (done.state, done.trouble) == (State.DONE, "")
    assert said_in(case, "Luz") == said_in(case, "LUZ") == []
    assert said_in(case, "sin luz") == ["la ONT sigue sin luz"]
    with behind(DatabaseRole.STAFF):
        assert EventText.objects.filter(event__case=elsewhere, text__isnull=False).count() == before
        assert "Luz" not in Case.objects.get(pk=case.pk).reporter_name
        assert list(chain.breaks()) == []


def said_in(case, word):
    with behind(DatabaseRole.STAFF):
        return list(EventText.objects.filter(event__case=case, text__contains=word).values_list("text", flat=True))


# --- the walls --------------------------------------------------------------------------------------------------------


OF_THE_OWNER_ALONE = (
    "UPDATE event_text SET text = NULL, salt = NULL",
    "INSERT INTO erasure (why, rule, reason, counts, at) VALUES ('person', '', '', '{}', now())",
    "UPDATE retention_run SET ended_at = now()",
    "DELETE FROM privacy_request",
    "DELETE FROM audit_entry",
    "UPDATE setting_change SET before = NULL",
    "SET LOCAL ROLE guardia_eraser",
)
NOBODYS = (
    "UPDATE case_event SET moment = 'closed'",
    "DELETE FROM case_event",
    "UPDATE event_text SET text = 'otra cosa'",
    "UPDATE event_text SET text = NULL, salt = NULL",
    "DELETE FROM event_text",
    "UPDATE setting_change SET at = now()",
    "UPDATE audit_entry SET kind = 'exported'",
    "DELETE FROM erasure",
    "DELETE FROM setting_change",
)


def test_neither_web_nor_worker_erases(marked):
    for wall in DatabaseRole:
        for statement in OF_THE_OWNER_ALONE:
            with pytest.raises(DatabaseError), behind(wall, marked.bank.pk), connection.cursor() as cursor:
                cursor.execute(statement)


def as_eraser(owner: psycopg.Connection, statement: str) -> None:
    with owner.transaction():
        owner.execute("SET LOCAL ROLE guardia_eraser")
        owner.execute(statement)


def test_the_eraser_erases_and_rewrites_nothing(marked, owner):
    for statement in NOBODYS:
        with pytest.raises(psycopg.Error, match=r"refused|permission denied"):
            as_eraser(owner, statement)


OF_THE_SIGN_IN = {"account_emailaddress", "account_emailconfirmation", "mfa_authenticator", "usersessions_usersession"}
OF_THE_DIRECTORY = {"socialaccount_socialaccount", "socialaccount_socialtoken"}


def test_whatever_is_looked_at_can_be_erased(marked, owner):
    """A column of words that the eraser may not write ends an erasure halfway. In the sign-in, rows are deleted."""
    with hand() as cursor:
        looked_at = [one for one in tables("direct") if one.name not in KEPT]
        stuck = []
        for table in looked_at:
            for column in table.words:
                cursor.execute("SELECT has_column_privilege(%s, %s, 'UPDATE')", [f'"{table.name}"', column.name])
                stuck += [] if cursor.fetchone()[0] else [f"{table.name}.{column.name}"]
    of_codes = {"customer_act.kind", "planned_work_turn.moment"}
    of_codes |= {f"api_key.{name}" for name in ("prefix", "digest", "former_digest", "scopes")}
    assert {one for one in stuck if one.split(".")[0] not in OF_THE_SIGN_IN | OF_THE_DIRECTORY} == of_codes
    assert len(looked_at) > 60


def test_a_text_that_went_without_a_tombstone_breaks_the_chain(marked, owner):
    with behind(DatabaseRole.STAFF):
        text = EventText.objects.exclude(text=None).first()
    with owner.transaction():
        owner.execute("ALTER TABLE event_text DISABLE TRIGGER ALL")
        owner.execute("UPDATE event_text SET text = NULL, salt = NULL WHERE id = %s", [text.pk])
        owner.execute("ALTER TABLE event_text ENABLE TRIGGER ALL")
    with behind(DatabaseRole.STAFF):
        (place,) = chain.breaks()
    assert "tombstone" in place.what


def test_a_killed_erasure_is_gone_on_with(marked, owner, folder, monkeypatch):
    """It dies after the person's own rows are empty: who it was is remembered until the end."""
    request = confirmed(erasure_of(marked))
    with monkeypatch.context() as patch:
        patch.setattr(Erasing, "empty_files", lambda self: (_ for _ in ()).throw(KeyboardInterrupt))
        patch.setattr(Erasing, "redact", lambda self, table: None)
        with pytest.raises(KeyboardInterrupt):
            erasing.next_one()
    assert again(request).state == State.CONFIRMED
    assert erasing.next_one() is None
    with behind(DatabaseRole.STAFF):
        PrivacyRequest.objects.update(leased_until=now() - timedelta(seconds=1))
    assert carried_out(request).state == State.DONE
    assert residue(owner, folder, [mark for mark in MARKS if mark != "quintanavega"]) == []
