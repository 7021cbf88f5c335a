"""Design §4.8: tenants are walled in the database, whatever the application forgets."""

import pytest
from django.db import DatabaseError, connection, transaction

from guardia.calls.call import WrittenRequest
from guardia.cases import written
from guardia.cases.case import Case
from guardia.cases.event import CaseEvent, EventText
from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.contact import ContactWay
from guardia.customers.customer import Customer
from guardia.mail.message import Message
from guardia.notices.address_marks import AddressMark

TENANT_TABLES = """
SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
WHERE c.relkind = 'r' AND (c.relname = 'customer' OR EXISTS (
    SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'customer_id'))
"""


def rows(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def test_the_connected_role_owns_nothing_and_passes_no_wall(db):
    role = "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = session_user"
    assert rows(role) == [(False, False, False)]
    assert rows("SELECT count(*) FROM pg_class WHERE relowner = session_user::regrole") == [(0,)]


def test_every_table_that_names_a_company_has_its_wall(db):
    found = dict(rows(TENANT_TABLES))
    assert len(found) >= 16
    assert [table for table, walled in found.items() if not walled] == []


def test_without_a_role_nothing_is_seen(db):
    with pytest.raises(DatabaseError), transaction.atomic():
        Customer.objects.count()


def test_the_portal_sees_one_company_and_no_internal_note(story):
    case = story.open_case()
    story.case.note("solo para la casa", by=story.by, at=story.now)
    with behind(DatabaseRole.PORTAL, story.other.pk):
        assert list(Case.objects.all()) == []
        assert [customer.pk for customer in Customer.objects.all()] == [story.other.pk]
        assert not CaseEvent.objects.exists()
    with behind(DatabaseRole.PORTAL, story.bank.pk):
        assert [found.pk for found in Case.objects.only("pk")] == [case.pk]
        assert "noted" not in set(CaseEvent.objects.values_list("moment", flat=True))
        assert not EventText.objects.filter(text="solo para la casa").exists()
    with behind(DatabaseRole.PORTAL):
        assert not Case.objects.exists()


@pytest.mark.parametrize("model", [ContactWay, AddressMark, Message])
def test_the_portal_reads_no_ways_marks_or_messages(story, model):
    """It has no leave to read these tables; and were it given, the wall would show it its own company's rows alone."""
    story.open_case()
    with pytest.raises(DatabaseError, match="permission denied"), behind(DatabaseRole.PORTAL, story.bank.pk):
        model.objects.exists()


def test_of_a_request_in_writing_the_portal_reads_that_its_own_waits_and_not_its_words(story):
    for contact in (story.head, story.stranger):
        written.arrive(
            contact, way="portal", subject="a", text="b", version=story.version, received_at=story.now, now=story.now
        )
    with behind(DatabaseRole.PORTAL, story.bank.pk):
        assert list(WrittenRequest.objects.values_list("customer", flat=True)) == [story.bank.pk]
    with pytest.raises(DatabaseError, match="permission denied"), behind(DatabaseRole.PORTAL, story.bank.pk):
        WrittenRequest.objects.values_list("text").first()


def test_the_portals_wall_stands_on_every_table_that_names_a_company(db):
    tenant = """
        SELECT tablename, qual, with_check FROM pg_policies
        WHERE policyname = 'tenant' AND roles = ARRAY['guardia_portal', 'guardia_portal_acts']::name[]
    """
    found = {table: (seen, written) for table, seen, written in rows(tenant)}
    for model in (ContactWay, AddressMark, Message, WrittenRequest):
        assert all("guardia_company()" in rule for rule in found[model._meta.db_table])


def test_the_portal_writes_nothing(story):
    case = story.open_case()
    with pytest.raises(DatabaseError), behind(DatabaseRole.PORTAL, story.bank.pk):
        Case.objects.filter(pk=case.pk).update(subject="otra cosa")
