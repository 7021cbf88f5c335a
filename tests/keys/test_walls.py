"""The database itself keeps the keys of companies apart, and what a company may do with its own."""

import pytest
from django.db import DatabaseError, IntegrityError, connections, models, transaction

from guardia.config.database_roles import DatabaseRole, behind, login_of
from guardia.config.sql_rows import rows_of, run
from guardia.people.api_key import ApiKey
from guardia.people.api_key_editing import make_for_company
from guardia.people.setting_change import SettingChange
from tests.keys.conftest import Keys, companies

INSERT = "INSERT INTO api_key (name, prefix, digest, version, former_digest, networks, expires_at, created_at, scopes"
VALUES = "'x', 'aaaaaaaa', 'x', 1, '', '[]', now(), now()"


def test_two_companies_see_no_foreign_key_with_every_filter_broken(keys: Keys, monkeypatch):
    monkeypatch.setattr(models.QuerySet, "filter", lambda self, *_args, **_kwargs: self.all())
    mine = {keys.story.bank.pk: keys.of_bank.pk, keys.story.other.pk: keys.of_other.pk}
    for company, key in mine.items():
        for role in (DatabaseRole.PORTAL, DatabaseRole.PORTAL_ACTS):
            with behind(role, company):
                assert rows_of("SELECT id, customer_id FROM api_key") == [(key, company)]
                assert list(ApiKey.objects.filter(customer=None).values_list("pk", flat=True)) == [key]
    for role in (DatabaseRole.PORTAL, DatabaseRole.PORTAL_ACTS):
        with behind(role):
            assert rows_of("SELECT id FROM api_key") == []


def test_who_reads_for_a_company_sees_no_digest(keys: Keys):
    for column in ("digest", "former_digest", "version", "staff_id", "created_by_id"):
        with pytest.raises(DatabaseError), transaction.atomic(), behind(DatabaseRole.PORTAL, keys.story.bank.pk):
            rows_of(f"SELECT {column} FROM api_key")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE api_key SET scopes = '[\"*\"]'",
        "UPDATE api_key SET networks = '[]'",
        "UPDATE api_key SET customer_id = %(other)s",
        "UPDATE api_key SET customer_id = NULL, contact_id = NULL, staff_id = %(staff)s",
        "DELETE FROM api_key",
        f"{INSERT}, staff_id) VALUES ({VALUES}, '[\"*\"]', %(staff)s)",
        f"{INSERT}, customer_id, contact_id) VALUES ({VALUES}, '[\"*\"]', %(bank)s, %(me)s)",
        f"{INSERT}, customer_id, contact_id) VALUES ({VALUES}, '[]', %(bank)s, %(foreign)s)",
        f"{INSERT}, customer_id, contact_id) VALUES ({VALUES}, '[]', %(other)s, %(me)s)",
    ],
)
def test_an_injected_statement_widens_nothing(keys: Keys, statement):
    story = keys.story
    given = {
        "staff": keys.machine.pk,
        "bank": story.bank.pk,
        "other": story.other.pk,
        "me": story.manager.pk,
        "foreign": story.stranger.pk,
    }
    acts = DatabaseRole.PORTAL_ACTS
    with pytest.raises(DatabaseError), transaction.atomic(login_of(acts)), behind(acts, story.bank.pk):
        run(statement, given)


def test_the_company_of_a_key_is_found_by_the_digest_of_its_secret_alone(keys: Keys):
    digest = keys.of_bank_secret.digest
    with behind(DatabaseRole.PORTAL_ACTS):
        for asked, found in ((digest, keys.story.bank.pk), ("", None), (keys.secret.digest, None), (digest[:-1], None)):
            assert rows_of("SELECT company_of_key(%s)", [asked]) == [(found,)]
    with pytest.raises(DatabaseError), transaction.atomic(), behind(DatabaseRole.PORTAL, keys.story.bank.pk):
        rows_of("SELECT company_of_key(%s)", [digest])


def test_the_database_refuses_more_than_a_company_may(keys: Keys):
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiKey.objects.filter(pk=keys.of_bank.pk).update(scopes=["cases.*"])


def test_another_company_changes_nothing_of_it(keys: Keys):
    with behind(DatabaseRole.PORTAL_ACTS, keys.story.other.pk):
        assert ApiKey.objects.filter(pk=keys.of_bank.pk).update(ended_at=keys.now) == 0


def test_no_table_and_no_journal_holds_a_secret(keys: Keys):
    with behind(DatabaseRole.PORTAL_ACTS, keys.story.bank.pk):
        make_for_company(keys.story.bank.pk, keys.story.manager.pk, companies(name="Otra"), at=keys.now)
    secrets = [keys.secret, keys.of_bank_secret, keys.of_other_secret]
    digests = list(ApiKey.objects.values_list("digest", flat=True))
    changes = " ".join(f"{one.before}{one.after}" for one in SettingChange.objects.filter(noun="api_key"))
    assert SettingChange.objects.filter(noun="api_key").count() == 4
    assert not any(one.secret in changes for one in secrets)
    assert not any(one in changes for one in digests)
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT string_agg(k::text, ' ') FROM api_key k")
        assert not any(one.secret in cursor.fetchone()[0] for one in secrets[:1])
