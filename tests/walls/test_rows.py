"""Row walls complete: whatever the application forgets to ask for, a company sees its own rows alone."""

import pytest
from django.apps import apps
from django.contrib.postgres.search import SearchQuery
from django.db import DatabaseError, connection, models, transaction

from guardia.cases.case import Case
from guardia.cases.event import CaseEvent, EventText
from guardia.config.database_roles import DatabaseRole, behind, behind_at
from guardia.customers import lookup
from guardia.customers.customer import Customer
from tests.procedure import story as stories

THE_PORTAL = "guardia_portal"
OF_THE_HOUSE = {
    "django_session", "django_content_type", "django_migrations", "auth_group", "auth_group_permissions",
    "auth_permission", "account_emailaddress", "account_emailconfirmation", "mfa_authenticator",
    "usersessions_usersession", "socialaccount_socialaccount", "socialaccount_socialapp", "socialaccount_socialtoken",
    "audit_entry", "setting_change", "draft", "alarm", "shift", "shift_plan", "handover", "crew", "crew_member",
    "sender", "domain_limit", "mailbox", "automatic_answer", "exchange", "exchange_agent", "exchange_event",
    "exchange_gap", "exchange_member", "own_wording", "letterhead", "watch", "trouble", "privacy_request", "erasure",
    "history_import", "history_import_file", "history_import_piece",
    "retention_run", "retention_rule", "audit_link", "audit_lane", "portal_key", "staff_password", "article_element",
    "article_opinion", "article_use", "bulk_act", "bulk_line",
    "quick_answer", "quick_answer_edition", "quick_answer_use",
    "resolver_group", "resolver_group_member", "group_hold", "team_channel",
    "mention", "case_watcher", "carrier", "carrier_mail",
    "webhook_subscription", "webhook_delivery", "carrier_connection", "carrier_message", "carrier_mirror",
}  # fmt: skip
"""No company's: the portal may not read a row of these."""
FOR_EVERYBODY = {"procedure_version", "city", "escalation_level", "rota", "calendar_change"} | {
    *("history_checkpoint", "history_tile")
}
"""The promise itself, who answers, and the published log of hashes: every company reads them."""
SOME_COLUMNS = {"staff", "cover", "proof", "connection", "rehearsal", "article", "article_edition"}
"""Of these the columns that a company is shown: of the first three the rows that the matrix publishes, of articles
those that were published for customers."""


def tenant_models() -> list[type[models.Model]]:
    """Every noun that names a company."""
    found = [model for model in apps.get_app_config("guardia").get_models(include_auto_created=True)]
    return [
        Customer,
        *(model for model in found if any(field.attname == "customer_id" for field in model._meta.fields)),
    ]


def rows(sql: str, *given: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return cursor.fetchall()


@pytest.fixture
def two(db, monkeypatch) -> stories.Story:
    """Two companies, each with a case of its own and an internal note."""
    with behind(DatabaseRole.STAFF):
        story = stories.Story()
        story.open_case()
        story.case.note("solo para la casa", by=story.by, at=story.now)
        yield story


@pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model._meta.db_table)
def test_a_table_that_names_a_company_is_walled_for_the_portal(db, model):
    """By row-level security that its owner cannot pass either, with a rule that names the company of the request."""
    table = model._meta.db_table
    walled = "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = %s::regclass"
    assert rows(walled, f'"{table}"') == [(True,)]
    found = rows(
        "SELECT qual FROM pg_policies WHERE tablename = %s AND roles && ARRAY[%s::name] AND permissive = 'PERMISSIVE'",
        table,
        THE_PORTAL,
    )
    assert found
    assert all("guardia_company()" in rule for (rule,) in found)


@pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model._meta.db_table)
def test_with_no_filter_at_all_no_foreign_row_comes(two, model, owner_rows):
    """As if every queryset of the portal had forgotten its filter: read as another company, then as nobody."""
    key = "id" if model is Customer else "customer_id"
    table = f'"{model._meta.db_table}"'
    for company in (two.other.pk, None):
        if readable(model._meta.db_table):
            with behind(DatabaseRole.PORTAL, company):
                seen = {one for (one,) in rows(f"SELECT {key} FROM {table}")}
            assert seen <= ({company} if company else set()), (table, company)


@pytest.fixture
def owner_rows(two) -> None:
    """There is something to be seen: the first company has rows in the tables that matter."""
    for model in (Case, CaseEvent, EventText):
        assert model.objects.filter(customer_id=two.bank.pk).exists()


def test_the_models_filters_broken_in_python_open_nothing(two, monkeypatch):
    """Every filter of every queryset does nothing; what comes is the company's own all the same."""
    case = two.case.pk
    monkeypatch.setattr(models.QuerySet, "filter", lambda self, *_args, **_kwargs: self.all())
    monkeypatch.setattr(models.QuerySet, "exclude", lambda self, *_args, **_kwargs: self.all())
    with behind(DatabaseRole.PORTAL, two.other.pk):
        assert list(Case.objects.filter(customer=two.bank)) == []
        assert {one.pk for one in Customer.objects.filter(pk=two.bank.pk)} == {two.other.pk}
        assert list(CaseEvent.objects.filter(case=case)) == []


def test_what_is_internal_never_leaves_in_sql(two):
    with behind(DatabaseRole.PORTAL, two.bank.pk):
        assert CaseEvent.objects.exists()
        assert {one.public for one in CaseEvent.objects.all()} == {True}
        assert "solo para la casa" not in {one.text for one in EventText.objects.all()}
        texts = rows("SELECT t.text FROM event_text t")
        events = rows("SELECT moment FROM case_event WHERE NOT public")
    assert ("solo para la casa",) not in texts
    assert events == []


def test_a_notice_to_the_house_is_not_the_companys(two):
    with behind(DatabaseRole.PORTAL, two.bank.pk):
        assert rows("SELECT count(*) FROM notice WHERE staff_id IS NOT NULL") == [(0,)]


def test_the_portal_writes_into_no_other_company(two):
    for model in tenant_models():
        key = "id" if model is Customer else "customer_id"
        table = f'"{model._meta.db_table}"'
        sql = f"UPDATE {table} SET {key} = %s WHERE {key} = %s"
        assert changed(two.other.pk, sql, two.other.pk, two.bank.pk) == 0, table


def changed(company: int, sql: str, *given: object) -> int:
    """How many rows the portal of this company changes; none where it has no leave to."""
    try:
        with transaction.atomic(), behind(DatabaseRole.PORTAL, company), connection.cursor() as cursor:
            cursor.execute(sql, given)
            return cursor.rowcount
    except DatabaseError:
        return 0


def test_every_table_has_its_place(db):
    """A new table that is no company's says so here, or the portal could read it one day without anybody deciding."""
    tables = {name for (name,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    tenant = {model._meta.db_table for model in tenant_models()}
    by_parent = {name for name in tables - tenant - OF_THE_HOUSE - FOR_EVERYBODY - SOME_COLUMNS if not readable(name)}
    assert tables - tenant - OF_THE_HOUSE - FOR_EVERYBODY - SOME_COLUMNS - by_parent == set()
    assert [name for name in OF_THE_HOUSE & tables if readable(name)] == []


def readable(table: str) -> bool:
    return rows("SELECT has_table_privilege(%s, %s, 'SELECT')", THE_PORTAL, f'public."{table}"') == [(True,)]


def test_search_stays_on_its_index_behind_the_wall(two):
    """Row-level security would keep a leaky condition from its index: the words are matched first, or all is read."""
    asked = "SELECT id FROM \"case\" WHERE search @@ websearch_to_tsquery('spanish', 'enlace')"
    for wall, company in ((DatabaseRole.STAFF, None), (DatabaseRole.PORTAL, two.bank.pk)):
        with behind(wall, company):
            for way in ("seqscan", "indexscan", "indexonlyscan"):  # whatever the statistics say: only theirs is left
                rows(f"SELECT set_config('enable_{way}', 'off', true)")
            plan = "\n".join(line for (line,) in rows(f"EXPLAIN {asked}"))
        assert "Seq Scan" not in plan, plan
        assert wall == DatabaseRole.PORTAL or "case_search" in plan, plan


def test_what_the_desk_searches_stays_on_its_indexes(two):
    """The real questions, under the staff's database role: of cases by their words, of companies by name and
    circuit.
    """
    with behind(DatabaseRole.STAFF):
        for way in ("seqscan", "indexscan", "indexonlyscan"):  # on so few rows any way is cheap: only theirs is left
            rows(f"SELECT set_config('enable_{way}', 'off', true)")
        companies = lookup.found_by("banco austral").explain()
        cases = Case.objects.filter(search=SearchQuery("enlace", config="spanish", search_type="websearch")).explain()
    assert "customer_by_word" in companies
    assert "service_by_word" in companies
    assert "case_search" in cases


# --- the role of a transaction is a scope -----------------------------------------------------------------------------
SCOPES = [
    (DatabaseRole.STAFF, None),
    (DatabaseRole.WORKER, None),
    (DatabaseRole.PORTAL, None),
    (DatabaseRole.PORTAL, 7),
]


def in_force() -> tuple[str, str]:
    """What PostgreSQL itself says: the role it works as, and the company whose rows exist."""
    return rows("SELECT current_user::text, current_setting('guardia.customer', true)")[0]


@pytest.mark.parametrize("inner", SCOPES)
@pytest.mark.parametrize("outer", SCOPES)
def test_the_role_of_before_is_in_force_again_when_a_nested_one_ends(db, outer, inner):
    with behind(*outer):
        before = in_force()
        assert before == (outer[0].value, str(outer[1] or ""))
        with behind(*inner):
            assert in_force() == (inner[0].value, str(inner[1] or ""))
            with behind(*outer):
                assert in_force() == before
            assert in_force() == (inner[0].value, str(inner[1] or ""))
        assert in_force() == before


@pytest.mark.parametrize("inner", SCOPES)
@pytest.mark.parametrize("outer", SCOPES)
def test_the_role_of_before_is_in_force_again_after_an_exception(db, outer, inner):
    with behind(*outer):
        before = in_force()
        with pytest.raises(RuntimeError), behind(*inner):
            raise RuntimeError
        assert in_force() == before
        with pytest.raises(DatabaseError), behind(*inner):
            rows("SELECT 1 / 0")
        assert in_force() == before


@pytest.mark.parametrize("inner", SCOPES)
@pytest.mark.parametrize("outer", SCOPES)
def test_the_role_of_before_is_in_force_again_where_a_savepoint_is_undone(db, outer, inner):
    with behind(*outer):
        before = in_force()
        with behind(*inner):
            transaction.set_rollback(True)
        assert in_force() == before
        with transaction.atomic():
            with behind(*inner):
                assert in_force()[0] == inner[0].value
            transaction.set_rollback(True)
        assert in_force() == before


def test_after_the_outermost_scope_of_a_transaction_no_role_is_left(db):
    before = in_force()[0]
    with behind(DatabaseRole.PORTAL, 7):
        pass
    assert in_force() == (before, "")
    with behind_at(DatabaseRole.WORKER):
        assert in_force()[0] == "guardia_worker"
    assert in_force() == (before, "")
