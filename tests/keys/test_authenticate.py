"""Whoever asks by a key: known by its secret, refused with the reason, and noted once a minute."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guardia.config.database_roles import DatabaseRole, behind
from guardia.people import attempts, rehearsal
from guardia.people.api_key import ApiKey, KeyRefused, WhyRefused, authenticate, note_use, token_of
from guardia.people.api_key_editing import Maker, end, limit, rotate
from guardia.people.audit import AuditEntry, AuditKind
from guardia.people.editing import end as end_person
from guardia.people.policy import Right, may
from guardia.people.rehearsal import NamedList
from guardia.people.staff import Actor, ActorKind
from tests.keys.conftest import HERE, Keys

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def why(written: object, at, address: str = HERE) -> WhyRefused:
    with pytest.raises(KeyRefused) as refused:
        authenticate(str(written), address, at)
    assert refused.value.sentence
    return refused.value.why


def test_a_key_of_the_operator_acts_as_its_machine_with_the_rights_of_its_role(keys: Keys):
    found = authenticate(str(keys.secret), HERE, keys.now)
    assert found.pk == keys.key.pk
    assert found.role == DatabaseRole.STAFF
    assert found.actor == Actor.of_staff(keys.machine)
    assert may(found.staff, Right.HANDLE_CASES)
    assert not may(found.staff, Right.CONNECT)


def test_a_key_of_a_company_acts_as_its_person_under_the_portals_role(keys: Keys):
    found = authenticate(str(keys.of_bank_secret), HERE, keys.now)
    assert found.customer_id == keys.story.bank.pk
    assert found.role == DatabaseRole.PORTAL
    assert found.actor == Actor(ActorKind.CONTACT, keys.story.manager.pk)


def test_scopes_are_patterns_over_the_names_of_operations(keys: Keys):
    found = authenticate(str(keys.secret), HERE, keys.now)
    assert found.allows("cases.diagnose")
    assert found.allows("reports.read")
    assert not found.allows("customers.edit")
    own = authenticate(str(keys.of_bank_secret), HERE, keys.now)
    assert own.allows("cases.open")
    assert not own.allows("cases.note")
    assert not own.allows("cases.readings")


@pytest.mark.parametrize(
    "written", ["", "x", "gdk_", "gdk_aaaaaaaa_", "gdk_aaaaaaaa_" + "0" * 64, "gdt_1-0-1-9.x", "\0é"]
)
def test_what_is_no_key_is_unknown(keys: Keys, written):
    assert why(written, keys.now) == WhyRefused.UNKNOWN


def test_neither_a_prefix_nor_a_secret_nor_the_other_kind_opens_anything_alone(keys: Keys):
    secret, other = keys.secret, keys.of_bank_secret
    for written in (
        f"gdk_{secret.prefix}_{'0' * 64}",
        f"gdk_aaaaaaaa_{secret.secret}",
        f"gdc_{secret.prefix}_{secret.secret}",
        f"gdk_{other.prefix}_{other.secret}",
        f"gdc_{keys.of_other_secret.prefix}_{other.secret}",
        f"{secret} ",
        str(secret).upper(),
    ):
        assert why(written, keys.now) == WhyRefused.UNKNOWN


def test_an_ended_key_is_refused_at_once_and_its_tokens_too(keys: Keys):
    token = token_of(authenticate(str(keys.secret), HERE, keys.now), keys.now)
    assert authenticate(token, HERE, keys.now).pk == keys.key.pk
    end(keys.key, by=Maker(keys.story.supervisor), at=keys.now)
    assert why(keys.secret, keys.now) == why(token, keys.now) == WhyRefused.ENDED


def test_an_expired_key_is_refused_from_its_very_hour_on(keys: Keys):
    last = keys.key.expires_at
    assert authenticate(str(keys.secret), HERE, last - timedelta(microseconds=1))
    assert why(keys.secret, last) == WhyRefused.EXPIRED


def test_a_key_of_a_network_is_good_from_there_alone(keys: Keys):
    limit(keys.key, {"networks": "192.0.2.0/28\n2001:db8::/48"}, by=keys.story.supervisor, at=keys.now)
    for address in ("192.0.2.7", "::ffff:192.0.2.7", "2001:db8:0:5::1"):
        assert authenticate(str(keys.secret), address, keys.now)
    for address in ("192.0.2.16", "2001:db9::1", "nowhere"):
        assert why(keys.secret, keys.now, address) == WhyRefused.NETWORK


def test_a_machine_or_a_company_that_is_switched_off_opens_nothing(keys: Keys):
    end_person(keys.machine, by=keys.story.supervisor, at=keys.now)
    assert why(keys.secret, keys.now) == WhyRefused.ENDED
    keys.story.bank.active = False
    keys.story.bank.save()
    assert why(keys.of_bank_secret, keys.now) == WhyRefused.ENDED
    assert authenticate(str(keys.of_other_secret), HERE, keys.now)


def test_a_person_has_no_key_even_if_a_row_says_so(keys: Keys):
    ApiKey.objects.filter(pk=keys.key.pk).update(staff=keys.story.engineer)
    assert why(keys.secret, keys.now) == WhyRefused.ENDED


def test_in_a_rehearsal_companies_outside_of_its_list_are_refused(keys: Keys):
    rehearsal.begin(NamedList(mailboxes=(keys.story.stranger.email,)), by=keys.story.supervisor, at=keys.now)
    assert why(keys.of_bank_secret, keys.now) == WhyRefused.REHEARSAL
    assert authenticate(str(keys.of_other_secret), HERE, keys.now)
    assert authenticate(str(keys.secret), HERE, keys.now)


def test_a_rotation_makes_no_pause(keys: Keys):
    """Both secrets are good until the overlap ends; then the new one alone."""
    kept, new = rotate(keys.key, {"overlap_hours": 24, "days": 365}, by=Maker(keys.story.supervisor), at=keys.now)
    assert new.prefix == keys.secret.prefix
    assert new.secret != keys.secret.secret
    late = keys.now + DAY - timedelta(microseconds=1)
    for at in (keys.now, late):
        assert authenticate(str(new), HERE, at).pk == authenticate(str(keys.secret), HERE, at).pk == kept.pk
    assert why(keys.secret, keys.now + DAY) == WhyRefused.EXPIRED
    assert authenticate(str(new), HERE, keys.now + DAY)


def test_a_rotation_without_overlap_ends_the_former_secret_and_its_tokens_at_once(keys: Keys):
    token = token_of(authenticate(str(keys.of_bank_secret), HERE, keys.now), keys.now)
    with behind(DatabaseRole.PORTAL_ACTS, keys.story.bank.pk):
        rotate(keys.of_bank, {"overlap_hours": 0}, by=Maker(contact=keys.story.manager.pk), at=keys.now)
    assert why(token, keys.now) == why(keys.of_bank_secret, keys.now) != WhyRefused.UNKNOWN


def test_of_two_rotations_the_first_secret_is_unknown_and_its_tokens_have_expired(keys: Keys):
    token = token_of(authenticate(str(keys.secret), HERE, keys.now), keys.now)
    by = Maker(keys.story.supervisor)
    rotate(keys.key, {"overlap_hours": 24}, by=by, at=keys.now)
    assert authenticate(token, HERE, keys.now)
    rotate(keys.key, {"overlap_hours": 24}, by=by, at=keys.now)
    assert why(keys.secret, keys.now) == WhyRefused.UNKNOWN
    assert why(token, keys.now) == WhyRefused.EXPIRED


def test_an_expired_key_that_is_rotated_does_not_live_again_by_its_former_secret(keys: Keys):
    at = keys.key.expires_at + DAY
    _kept, new = rotate(keys.key, {"overlap_hours": 24}, by=Maker(keys.story.supervisor), at=at)
    assert why(keys.secret, at) == WhyRefused.EXPIRED
    assert authenticate(str(new), HERE, at)


def test_a_token_lasts_fifteen_minutes_and_nobody_changes_it(keys: Keys):
    token = token_of(authenticate(str(keys.of_bank_secret), HERE, keys.now), keys.now)
    assert authenticate(token, HERE, keys.now + 14 * MINUTE).customer_id == keys.story.bank.pk
    assert why(token, keys.now + 15 * MINUTE) == WhyRefused.EXPIRED
    ours, other = f"-{keys.story.bank.pk}-", f"-{keys.story.other.pk}-"
    for changed in (token[:-1], token.replace(ours, other), token.replace("gdt_", "gdt_1"), token + "x"):
        assert why(changed, keys.now) == WhyRefused.UNKNOWN


def test_the_last_use_is_written_once_a_minute_and_without_waiting(keys: Keys):
    def used(seconds: int) -> int:
        at = keys.now + timedelta(seconds=seconds)
        found = authenticate(str(keys.secret), HERE, at)
        with CaptureQueriesContext(connection) as asked:
            note_use(found, HERE, at)
        return len(asked)

    assert [bool(used(seconds)) for seconds in (0, 30, 59, 60)] == [True, False, False, True]
    keys.key.refresh_from_db()
    assert keys.key.last_used_at == keys.now + MINUTE
    assert keys.key.last_used_from == HERE
    assert keys.key.former_used_at is None


def test_that_the_former_secret_is_still_used_is_seen(keys: Keys):
    rotate(keys.key, {"overlap_hours": 24}, by=Maker(keys.story.supervisor), at=keys.now)
    note_use(authenticate(str(keys.secret), HERE, keys.now), HERE, keys.now)
    keys.key.refresh_from_db()
    assert keys.key.former_used_at == keys.now


def test_refused_keys_are_counted_by_network_as_links_are(keys: Keys, settings):
    settings.GUESSES_OF_ADDRESS = 3
    found = [attempts.one_more(HERE, "curl", keys.now, key="aaaaaaaa") for _each in range(5)]
    assert found == [True, True, True, False, False]
    assert AuditEntry.objects.filter(kind=AuditKind.GUESSED, about="api_key", key="aaaaaaaa").count() == 3
    assert AuditEntry.objects.filter(kind=AuditKind.GUESSES_LIMITED).count() == 1
    assert authenticate(str(keys.secret), HERE, keys.now)
