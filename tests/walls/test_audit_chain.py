"""The journal of the audit is chained: what a superuser rewrites is found, and whoever writes waits for nobody."""

import threading

import pytest
from django.db import connection, connections, transaction

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.people import audit
from guardia.people.audit import AuditEntry, AuditKind, AuditLane, AuditLink, write_down


def some(count: int = 3) -> list[AuditEntry]:
    with behind(DatabaseRole.STAFF):
        return [
            write_down(AuditKind.EXPORTED, at=now(), address="2001:db8::1", agent="ñandú", about="list", key=n, rows=n)
            for n in range(count)
        ]


def breaks() -> list[str]:
    with behind(DatabaseRole.WORKER):
        return list(audit.breaks())


def test_what_was_written_is_whole(as_staff):
    some()
    assert breaks() == []


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("UPDATE audit_entry SET kind = 'signed_in' WHERE id = %(id)s", "was changed"),
        ("UPDATE audit_entry SET at = at + interval '1 microsecond' WHERE id = %(id)s", "was changed"),
        ("UPDATE audit_entry SET address = '192.0.2.7' WHERE id = %(id)s", "was changed"),
        ("UPDATE audit_entry SET facts = '{}' WHERE id = %(id)s", "was changed"),
        ("DELETE FROM audit_entry WHERE id = %(id)s", "is missing, and nobody erased it"),
        ("DELETE FROM audit_link WHERE entry = %(id)s", "is in no chain"),
        ("UPDATE audit_link SET digest = sha256('x') WHERE entry = %(id)s", "does not match"),
        ("UPDATE audit_link SET act = 'erased' WHERE entry = %(id)s", "was erased, and is still there"),
        ("UPDATE audit_lane SET seq = seq - 1", "its last link is not the one"),
        (
            "INSERT INTO audit_entry (at, kind, account, agent, about, key, facts)"
            " SELECT at, kind, '', '', '', '', '{}' FROM audit_entry WHERE id = %(id)s",
            "is in no chain",
        ),
    ],
)
def test_what_a_superuser_falsifies_is_found(transactional_db, owner, sql, found):
    """As somebody does who has switched every trigger off."""
    kept = some()
    assert breaks() == []
    with owner.transaction():
        owner.execute("SET LOCAL session_replication_role = replica")
        owner.execute(sql, {"id": kept[1].pk})
    assert any(found in line for line in breaks()), breaks()


def test_what_the_eraser_takes_out_leaves_the_chain_whole(transactional_db, owner):
    """Redacted, then gone by its time; what stood there cannot be guessed from what is left."""
    one, two, _three = some()
    with owner.transaction():
        owner.execute("SET LOCAL ROLE guardia_eraser")
        owner.execute("UPDATE audit_entry SET agent = '', facts = '{}' WHERE id = %s", [one.pk])
        owner.execute("DELETE FROM audit_entry WHERE id IN (%s, %s)", [one.pk, two.pk])
    with behind(DatabaseRole.WORKER):
        acts = AuditLink.objects.filter(entry=one.pk).order_by("pk").values_list("act", flat=True)
        assert list(acts) == ["written", "redacted", "erased"]
    assert breaks() == []


@pytest.mark.parametrize(
    "sql", ["UPDATE audit_link SET act = 'x'", "DELETE FROM audit_link", "UPDATE audit_lane SET seq = 0"]
)
@pytest.mark.parametrize("wall", list(DatabaseRole))
def test_neither_web_nor_worker_writes_the_chain(as_staff, wall, sql):
    some(1)
    with pytest.raises(Exception, match="permission denied"), transaction.atomic(), behind(wall):
        connection.cursor().execute(sql)


def test_whoever_writes_waits_for_nobodys_transaction(transactional_db):
    """Eight sign-ins are written while one long export holds its own entry uncommitted."""
    ended: list[int] = []

    def sign_in() -> None:
        try:
            some(1)
            ended.append(1)
        finally:
            connections.close_all()

    with behind(DatabaseRole.STAFF):
        write_down(AuditKind.EXPORTED, at=now())
        threads = [threading.Thread(target=sign_in) for _ in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join(60)
        assert len(ended) == 8, "somebody waited for the export"
    assert breaks() == []
    with behind(DatabaseRole.WORKER):
        assert AuditEntry.objects.count() == 9
        assert AuditLane.objects.count() >= 2


def test_the_ends_of_the_chains_have_a_fingerprint_that_moves(as_staff):
    with behind(DatabaseRole.WORKER):
        before = audit.fingerprint()
    some(1)
    with behind(DatabaseRole.WORKER):
        assert audit.fingerprint() != before
