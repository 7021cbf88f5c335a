"""What stands between two companies is the database's: proven with the application's own filters taken away."""

from datetime import time, timedelta

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet

from guardia.cases.case import Case
from guardia.cases.event import CaseEvent, EventText
from guardia.cases.follower import Follower
from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers import codes, sessions
from guardia.customers.contact import Contact, ContactChange
from guardia.escalation import reachability
from guardia.escalation.roster import KNOWN_TO_CUSTOMERS
from guardia.escalation.rota import Cover, Rota
from guardia.evidence.files import CaseFile
from guardia.intake.colleagues import ask_for
from guardia.notices.notice import Delivery
from guardia.people.staff import Role, Staff
from guardia.reports import company_cases
from tests.portal.conftest import Portal
from tests.procedure.story import staff

TABLES = (Case, Contact, CaseEvent, EventText, Follower, ContactChange, CaseFile)
HIDDEN = ("sign_in_code", "company_session", "customer_act", "django_session", "setting_change", "message", "call")


@pytest.fixture
def full(story):
    """Rows of the bank in every table of the portal; the hospital has a contact alone."""
    ask_for(story.case, story.head, "Ana", "ana@example.com", at=story.now)
    Follower.objects.create(customer=story.bank, case=story.case, contact=story.desk, added_at=story.now)
    story.case.note("solo nuestro", by=story.by, at=story.now)
    for name, shown in (("visible.jpg", True), ("interno.jpg", False)):
        CaseFile.objects.create(
            customer=story.bank,
            case=story.case,
            name=name,
            type="image/jpeg",
            size=1,
            sha256=name,
            shown=shown,
            taken_at=story.now,
            added_at=story.now,
            added_by_name="x",
        )
    return story


def test_behind_another_companys_wall_there_is_not_one_row(full):
    with behind(DatabaseRole.PORTAL, full.other.pk):
        counts = {model.__name__: model.objects.count() for model in TABLES if model is not Contact}
        assert counts == dict.fromkeys(counts, 0)
        assert list(Contact.objects.values_list("customer", flat=True)) == [full.other.pk]
    with behind(DatabaseRole.PORTAL):
        assert [model.__name__ for model in TABLES if model.objects.exists()] == []
    with behind(DatabaseRole.STAFF):
        pass


def test_with_every_filter_of_the_application_broken_no_foreign_row_is_shown(full, telephone, monkeypatch):
    """``filter`` and ``exclude`` that let everything pass: what is left is the wall."""
    portal = Portal(full, full.stranger, telephone)
    session, token = sessions.begin(full.stranger, "hospital@example.com", full.now)
    with monkeypatch.context() as patch:
        patch.setattr(QuerySet, "filter", lambda self, *args, **kwargs: self._chain())
        patch.setattr(QuerySet, "exclude", lambda self, *args, **kwargs: self._chain())
        with behind(DatabaseRole.PORTAL, full.other.pk):
            assert company_cases.faults(full.other.pk) == []
            assert list(company_cases.history(full.other.pk, "")) == []
            assert company_cases.waiting(full.other.pk) == []
            assert company_cases.months_of(full.other, month_of(full), full.now) == []
    with behind(DatabaseRole.STAFF):
        assert session
        assert token
    assert telephone.get(portal.home).status_code == 410


def month_of(story):
    from guardia.reports.month import Month

    return Month.of(story.now)


def test_an_internal_event_its_text_and_a_hidden_file_are_not_there_for_the_company_itself(full):
    with behind(DatabaseRole.PORTAL, full.bank.pk):
        assert not CaseEvent.objects.filter(public=False).exists()
        assert not EventText.objects.filter(text="solo nuestro").exists()
        assert list(CaseFile.objects.values_list("name", flat=True)) == ["visible.jpg"]
    with behind(DatabaseRole.STAFF):
        assert CaseEvent.objects.filter(public=False).exists()


@pytest.mark.parametrize("table", HIDDEN)
def test_codes_sessions_acts_and_the_houses_own_tables_are_closed_to_the_portal(full, table):
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        behind(DatabaseRole.PORTAL, full.bank.pk),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SELECT 1 FROM {table}")


@pytest.mark.parametrize(
    "sentence",
    [
        'UPDATE "case" SET subject = %s',
        "INSERT INTO case_follower (customer_id, case_id, contact_id, added_at) SELECT 1, 1, 1, now() WHERE %s <> ''",
        "UPDATE contact SET name = %s",
        "UPDATE case_file SET shown = true WHERE name = %s",
        "SELECT body FROM delivery WHERE %s <> ''",
        "SELECT address FROM delivery WHERE %s <> ''",
        "SELECT hash FROM staff_password WHERE %s <> ''",
        "SELECT password_mark FROM staff WHERE %s <> ''",
        "SELECT phone FROM crew WHERE %s <> ''",
    ],
)
def test_the_portal_writes_nothing_and_reads_no_key_of_another_contact(full, sentence):
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        behind(DatabaseRole.PORTAL, full.bank.pk),
        connection.cursor() as cursor,
    ):
        cursor.execute(sentence, ["x"])


def test_how_a_delivery_went_is_the_companys_own_to_see(full):
    for customer in (full.bank, full.other):
        Delivery.objects.create(
            customer=customer,
            address="a@example.com",
            message_id=f"<{customer.pk}@example.com>",
            available_at=full.now,
            created_at=full.now,
        )
    with behind(DatabaseRole.PORTAL, full.bank.pk):
        assert list(Delivery.objects.values_list("customer", flat=True)) == [full.bank.pk]


def test_an_act_cannot_be_rewritten_or_taken_back(transactional_db, owner: psycopg.Connection):
    rights = owner.execute(
        """SELECT has_table_privilege('guardia_staff', 'customer_act', 'UPDATE'),
                  has_table_privilege('guardia_staff', 'customer_act', 'DELETE'),
                  has_table_privilege('guardia_portal', 'sign_in_code', 'SELECT')"""
    ).fetchone()
    assert rights == (False, False, False)


def test_what_is_kept_of_a_code_names_neither_mailbox_nor_asker_to_who_reads_the_table(full):
    code = codes.ask("nadie@example.com", "192.0.2.7", "es", full.now)
    assert code.mailbox == ""
    assert "nadie" not in code.mailbox_mark
    assert "192.0.2.7" not in code.asker_mark


# --- of the people of the operator: what the matrix publishes ---------------------------------------------------------


@pytest.fixture
def people(full):
    """Three of the operator with a mobile each: one of the matrix, one who has left it, one who was never in it."""
    fields = {"email": "x@example.com", "mobile": "+593999000001", "desk_phone": "+593225550100"}
    names = ("en-la-matriz", "de-antes", "de-nadie")
    one, before, nobody = (staff(name, Role.SUPERVISOR) for name in names)
    Staff.objects.filter(username__in=names).update(**fields)
    old = DateTimeTZRange(full.now - timedelta(days=90), full.now - timedelta(days=60))
    turns = {"starts_on": full.now.date(), "turns_at": time(8)}
    Rota.objects.create(level=3, seat=7, members=[before.pk], valid=old, **turns)
    Rota.objects.create(level=3, seat=7, members=[one.pk], valid=DateTimeTZRange(old.upper, None), **turns)
    Cover.objects.create(level=3, seat=8, staff=nobody, during=old, reason="enfermedad")
    for who in (one, before, nobody):
        reachability.put(
            "+593999000001", how="call", reached=True, at=full.now, staff=who, answered_by="somebody", by=who
        )
    return one, before, nobody


def test_of_the_people_of_the_house_only_the_matrix_is_there(full, people, monkeypatch):
    """With the application's filters broken, and by SQL: nobody else's row, and no column that it does not show."""
    one, before, nobody = people
    monkeypatch.setattr(QuerySet, "filter", lambda self, *args, **kwargs: self._chain())
    with behind(DatabaseRole.PORTAL, full.bank.pk), connection.cursor() as cursor:
        seen = {who.pk for who in Staff.objects.filter(pk=nobody.pk).only(*KNOWN_TO_CUSTOMERS)}
        cursor.execute("SELECT id FROM staff WHERE mobile <> ''")
        by_sql = {pk for (pk,) in cursor.fetchall()}
        cursor.execute("SELECT staff_id FROM proof")
        proofs = {pk for (pk,) in cursor.fetchall()}
        cursor.execute("SELECT count(*) FROM cover WHERE seat = 8")
        covers = cursor.fetchone()
    assert one.pk in seen & by_sql & proofs
    assert not {before.pk, nobody.pk} & (seen | by_sql | proofs)
    assert covers == (0,)


@pytest.mark.parametrize(
    "sentence",
    [
        "SELECT reason FROM cover",
        "SELECT answered_by FROM proof",
        "SELECT channels FROM staff",
        "SELECT username FROM staff",
        "SELECT role FROM staff",
        "SELECT address FROM address_confirmation",
    ],
)
def test_what_the_matrix_does_not_show_of_them_is_closed(people, full, sentence):
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        behind(DatabaseRole.PORTAL, full.bank.pk),
        connection.cursor() as cursor,
    ):
        cursor.execute(sentence)
