"""Files in a store that speaks S3, tried against a real server of that protocol: the folder's promises, all of them."""

import socket
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as switched_on
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile

from guardia.cases import case_files
from guardia.cases.case_files import StoreTakesNothing, add_file
from guardia.cli.backups import making
from guardia.config.database_roles import DatabaseRole, behind
from guardia.evidence import store
from guardia.evidence.files import CaseFile
from guardia.evidence.store import Bucket, CannotKeep, StoreTrouble
from tests.files import samples
from tests.ops.cut import Relay, Way
from tests.procedure.story import Story

pytestmark = pytest.mark.process

BUCKET = "guardia-files"
SECRET = "the-secret-that-nobody-may-read"
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    """A server on the loopback with one bucket; its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    from moto.server import ThreadedMotoServer

    moto = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    moto.start()
    import boto3

    boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key=SECRET,
    ).create_bucket(Bucket=BUCKET)
    yield port
    moto.stop()


@pytest.fixture
def relay(server) -> Iterator[Relay]:
    way = Relay(server)
    yield way
    way.close()


def options(port: int, folder: str = "", bucket: str = BUCKET) -> dict:
    return {
        "url": f"s3://{bucket}/{folder}",
        "endpoint": f"http://127.0.0.1:{port}",
        "key_id": "key",
        "secret": SECRET,
        "timeout": 2,
    }


@pytest.fixture
def bucket(relay, settings, request) -> Bucket:
    """The operator keeps its files there, each test in a folder of its own."""
    said = options(relay.port, store.digest(request.node.nodeid.encode())[:20])
    kept = {"BACKEND": "guardia.evidence.store.Bucket", "OPTIONS": said}
    settings.STORAGES = {**switched_on.STORAGES, "attachments": kept}
    return store.store()  # type: ignore[return-value]


def some(length: int = 20 * 1024) -> tuple[str, bytes]:
    content = bytes(range(256)) * (length // 256)
    return store.digest(content), content


def test_what_is_kept_is_given_back_under_its_sum_and_once(bucket):
    sha, content = some()
    store.keep(sha, content, b"small")
    store.keep(sha, content, b"small")
    assert store.read(sha) == content
    assert store.read(sha, thumbnail=True) == b"small"
    assert store.has(sha)
    assert bucket.listdir(sha[:2]) == ([], [sha, f"{sha}.thumbnail"])
    assert list(store.hashes()) == [[sha]]


def test_two_houses_in_one_bucket_do_not_see_each_other(bucket, relay):
    sha, content = some()
    store.keep(sha, content)
    assert Bucket(**options(relay.port, "another")).exists(store.place(sha)) is False
    assert Bucket(**options(relay.port)).listdir("")[0]


def test_what_is_removed_is_gone_and_may_be_removed_again(bucket):
    sha, content = some()
    store.keep(sha, content, b"small")
    store.remove(sha)
    store.remove(sha)
    assert store.read(sha) is None
    assert not store.has(sha)
    assert list(store.hashes()) == []


def test_its_age_is_known(bucket):
    sha, content = some()
    store.keep(sha, content)
    assert not store.is_older(sha, datetime.now(UTC) - timedelta(hours=1))
    assert store.is_older(sha, datetime.now(UTC) + timedelta(hours=1))


def test_one_of_another_length_under_the_same_name_is_written_anew(bucket):
    sha, content = some()
    bucket.save(store.place(sha), ContentFile(b"half"))
    store.keep(sha, content)
    assert store.read(sha) == content


def test_a_large_one_is_whole(bucket):
    sha, content = some(12 * MIB)
    store.keep(sha, content)
    assert store.digest(store.read(sha) or b"") == sha


def test_thousands_in_one_folder_are_all_listed(bucket):
    for number in range(1100):
        bucket.save(f"ab/{number:04}", ContentFile(b"x"))
    assert len(bucket.listdir("ab")[1]) == 1100


@pytest.mark.parametrize("way", [Way.SHUT, Way.MIDDLE, Way.SILENT])
def test_a_store_that_fails_takes_nothing_and_leaves_nothing_half_done(bucket, relay, server, way):
    sha, content = some()
    relay.set(way)
    with pytest.raises(CannotKeep):
        store.keep(sha, content)
    assert store.read(sha) is None
    assert store.has(sha) is False
    straight = Bucket(**{**options(server), "url": f"s3://{BUCKET}/{bucket.folder}"})
    assert not straight.exists(store.place(sha)), "half of it stands there"
    relay.set(Way.OPEN)
    store.keep(sha, content)
    assert store.read(sha) == content


def test_an_answer_that_is_lost_loses_no_bytes_and_the_next_attempt_finds_them(bucket, relay):
    sha, content = some()
    relay.set(Way.BEFORE_THE_ANSWER)
    with pytest.raises(CannotKeep):
        store.keep(sha, content)
    relay.set(Way.OPEN)
    store.keep(sha, content)
    assert store.read(sha) == content


def test_the_row_of_a_file_is_there_only_after_its_bytes(bucket, relay, db):
    """The store fails in the middle: the case has no file, and says so; then it has one, and then it is withdrawn."""
    with behind(DatabaseRole.STAFF):
        story = Story()
        story.open_case()
        relay.set(Way.MIDDLE)
        with pytest.raises(StoreTakesNothing):
            add_file(story.case, content=samples.LOG * 2000, name="a.log", by=story.by, now=story.now)
        assert not CaseFile.objects.exists()
        relay.set(Way.OPEN)
        added = add_file(story.case, content=samples.LOG * 2000, name="a.log", by=story.by, now=story.now)
    assert store.read(added.sha256) == samples.LOG * 2000
    assert list(case_files.troubles()) == []
    relay.set(Way.SHUT)
    assert [each.what for each in case_files.troubles()] == ["lost"]


def test_a_backup_knows_a_store_that_is_away_from_a_file_that_is_lost(bucket, relay):
    sha, content = some()
    store.keep(sha, content)
    assert making.from_store(store.place(sha)) == content
    assert making.from_store(store.place("0" * 64)) is None
    relay.set(Way.SHUT)
    with pytest.raises(making.CannotBackUp):
        making.from_store(store.place(sha))


def test_a_bucket_that_does_not_exist_is_no_empty_store(relay):
    missing = Bucket(**options(relay.port, bucket="no-such-bucket"))
    with pytest.raises(StoreTrouble, match="ATTACHMENTS_URL"):
        missing.open("ab/ab")


def test_no_trouble_tells_the_key(bucket, relay):
    relay.set(Way.SHUT)
    with pytest.raises(StoreTrouble) as trouble:
        bucket.size("ab/ab")
    assert SECRET not in str(trouble.value)
    assert trouble.value.__cause__ is None


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "obstore.store", None)
    with pytest.raises(ImproperlyConfigured, match="uv sync --extra s3"):
        _ = Bucket("s3://x").there
