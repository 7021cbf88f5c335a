"""Export, wipe, import: every row, every head and every proof is the same; and what is in no archive is named."""

import json
import shutil
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from re import sub
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.apps import apps
from django.db import connections

from guardia.cases import writes
from guardia.cases.case import Case
from guardia.cases.case_files import add_file
from guardia.cases.number import numbered
from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.customer import Customer
from guardia.demo.seed import seed
from guardia.evidence import store
from guardia.history.archive import ARCHIVED, LEFT_OUT, Share, is_archive
from guardia.history.archive_importing import Archive, ArchiveRefused, must_fit
from guardia.history.archive_rows import columns_of, model_of, target_of
from guardia.people.staff import SYSTEM, Staff
from guardia.proof import log, log_breaks, sealed_rows
from guardia.proof.offline import guardia_verify
from guardia.proof.sealed_rows import SealedRow
from tests.files import samples
from tests.history.archives import (
    LATER,
    NOW,
    archive_of,
    brought,
    by_itself,
    every_row,
    evidence_of,
    findings,
    heads,
    own_store,
    wipe,
)
from tests.procedure.story import Story
from tests.server import server

__all__ = ["own_store"]


# --- what is in it ----------------------------------------------------------------------------------------------------
def test_every_table_is_in_the_archive_or_is_named_as_left_out():
    archived = [model_of(table)._meta.label for table in ARCHIVED]
    assert len(archived) == len(set(archived))
    there = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    assert {*archived, *LEFT_OUT} == there
    assert not set(archived) & LEFT_OUT.keys()


def test_a_row_comes_after_those_that_it_must_name_and_names_none_that_is_left_out():
    place = {table: number for number, table in enumerate(ARCHIVED)}
    for table in ARCHIVED:
        for column in columns_of(table):
            if column.is_relation and not column.null:
                target = target_of(column)
                assert target, f"{table.model}.{column.column} must name what is in no archive"
                assert place[target] < place[table], f"{table.model} stands before {target.model}"
                if table.share in (Share.OWN, Share.NAMED):
                    assert target.share is not Share.NONE, f"{table.model}.{column.column} in one company's"


SECRETS = {"password", "secret", "token", "pin", "private", "otp", "session", "sealed"}


def test_no_column_of_an_archive_is_named_like_a_secret_or_is_sealed():
    for table in ARCHIVED:
        for column in columns_of(table):
            if column.column not in table.without:
                assert not SECRETS & set(column.column.split("_")), f"{table.model}.{column.column}"
                assert not hasattr(column, "what_for"), f"{table.model}.{column.column} is sealed by SECRET_KEY"


def test_each_part_is_described_on_the_page():
    page = (Path(__file__).parents[2] / "docs" / "archive.md").read_text(encoding="utf-8")
    for table in ARCHIVED:
        assert f"`{model_of(table)._meta.db_table}`" in page
    for label in LEFT_OUT:
        assert f"`{apps.get_model(label)._meta.db_table}`" in page


# --- there and back ---------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def sample_store(tmp_path_factory) -> Path:
    """Where a copy of the sample operator's files stands once it is there; the server keeps one of its database."""
    return tmp_path_factory.mktemp("sample") / "store"


@pytest.fixture
def demo(transactional_db: None, own_store: Path, sample_store: Path) -> None:
    """The sample operator, with a file of a case and a signed log: it begins once, and each test has a copy."""
    if not sample_store.exists():
        begin()
        connections.close_all()
        server.keep("archived")
        shutil.copytree(own_store, sample_store)
        return
    wipe("archived")
    shutil.copytree(sample_store, own_store, dirs_exist_ok=True)


def begin() -> None:
    seed(NOW, 40)
    with behind(DatabaseRole.STAFF):
        case = Case.objects.filter(closed_at=None).order_by("pk")[0]
        add_file(case, content=samples.jpeg(), name="foto.jpg", by=SYSTEM, now=LATER)
    with behind(DatabaseRole.WORKER):
        while log.append(LATER):
            pass
        sealed_rows.seal(LATER)
        log.sign(LATER)


@pytest.mark.process
def test_export_wipe_import_gives_the_same(demo, tmp_path):
    with behind(DatabaseRole.STAFF):
        company = Case.objects.exclude(closed_at=None).order_by("pk")[0].customer_id
        before, evidence = heads(), evidence_of(company)
    rows = every_row()
    files = {sha: store.read(sha) for folder in store.hashes() for sha in folder}
    path = archive_of(tmp_path / "all.zip")
    assert is_archive(path)
    wipe()
    result = brought(path)
    assert (result.cases, result.files) == (len(before), len(files))
    assert {sha: store.read(sha) for sha in files} == files
    for table, there in every_row().items():
        assert there == rows[table], table
    with behind(DatabaseRole.STAFF):
        assert heads() == before
        assert evidence_of(company) == evidence
    assert guardia_verify.check(evidence).findings == []
    assert findings() == []
    again = archive_of(tmp_path / "again.zip")
    with ZipFile(path) as one, ZipFile(again) as other:
        assert one.read("archive.json") == other.read("archive.json"), "and once more it is the same file"
    computed = by_itself(path)
    assert computed["wrong"] == []
    assert computed["cases"] == len(before)
    with behind(DatabaseRole.STAFF):
        assert computed["leaves"] == computed["events"] + SealedRow.objects.count()
    assert computed["events"] > len(before)


def test_the_log_goes_on_from_what_was_signed(demo, tmp_path):
    with behind(DatabaseRole.STAFF):
        former = log.newest_checkpoint()
    path = archive_of(tmp_path / "all.zip")
    wipe()
    brought(path)
    with behind(DatabaseRole.STAFF):
        add_file(Case.objects.order_by("-pk")[0], content=samples.LOG, name="a.log", by=SYSTEM, now=LATER)
    with behind(DatabaseRole.WORKER):
        assert log.append(LATER) == 1
        log.sign(LATER + timedelta(hours=1))
        grown = log.newest_checkpoint()
    assert grown.size == former.size + 1
    with behind(DatabaseRole.WORKER):
        assert list(log_breaks.breaks(LATER, [former.note])) == []


@pytest.mark.process
def test_each_companys_archive_has_its_rows_alone_and_the_same_heads(demo, tmp_path):
    with behind(DatabaseRole.STAFF):
        people = list(Staff.objects.values_list("name", flat=True))
        companies = sorted(set(Case.objects.values_list("customer", flat=True)))
        own = {company: heads(customer=company) for company in companies}
        names = {company: Customer.objects.get(pk=company).name for company in companies}
    for company in companies:
        archive_of(tmp_path / f"{company}.zip", company)
    for company in companies:
        wipe()
        brought(tmp_path / f"{company}.zip")
        with behind(DatabaseRole.STAFF):
            assert heads() == own[company]
            assert list(Customer.objects.values_list("name", flat=True)) == [names[company]]
            assert not Staff.objects.filter(name__in=people).exists()
            assert not Staff.objects.filter(is_active=True).exists()
            assert guardia_verify.check(evidence_of(company)).findings == []
        assert findings() == [], names[company]
    computed = by_itself(tmp_path / f"{company}.zip")
    assert (computed["wrong"], computed["cases"]) == ([], len(own[company]))


# --- what is refused --------------------------------------------------------------------------------------------------
@pytest.fixture
def small(transactional_db: None, tmp_path) -> Path:
    """An archive of an operator with one case."""
    with behind(DatabaseRole.STAFF):
        story = Story()
        story.open_case()
    path = archive_of(tmp_path / "small.zip", at=story.now)
    wipe()
    return path


def changed(path: Path, name: str, change) -> Path:
    """The archive with another part of this name, whose manifest says so; ``change`` gets and gives its bytes."""
    target = path.with_name("changed.zip")
    with ZipFile(path) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
        manifest = json.loads(old.read("archive.json"))
        content = change(manifest if name == "archive.json" else old.read(name))
        for part in manifest["tables"]:
            if part["file"] == name:
                part |= {"sha256": sha256(content).hexdigest(), "rows": content.count(b"\n")}
        for each in old.namelist():
            if each not in (name, "archive.json"):
                new.writestr(each, old.read(each))
        if name != "archive.json":
            new.writestr(name, content)
        new.writestr("archive.json", json.dumps(manifest))
    return target


def test_into_one_that_is_not_empty_it_is_refused_with_the_tables(small):
    brought(small)
    with pytest.raises(ArchiveRefused, match="not empty: procedure_version, city"):
        brought(small)


def test_a_changed_byte_is_found_before_anything_is_written(small):
    content = bytearray(small.read_bytes())
    with ZipFile(small) as opened:
        place = opened.getinfo("tables/case_event.jsonl").header_offset + 200
    content[place] ^= 1
    small.write_bytes(content)
    with pytest.raises(ArchiveRefused, match=r"damaged|not what the manifest"):
        brought(small)
    assert not any(every_row().values())


def test_half_an_archive_is_none(small):
    small.write_bytes(small.read_bytes()[:-3000])
    assert not is_archive(small)
    with pytest.raises(ArchiveRefused, match="no whole archive"):
        Archive(small)


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("tables/customer.jsonl", lambda content: b"", "contradict each other"),
        ("tables/case.jsonl", lambda content: sub(rb'"seq":\d+', b'"seq":"many"', content), "cannot"),
    ],
)
def test_rows_that_contradict_each_other_leave_nothing_written(small, name, change, words):
    with pytest.raises(ArchiveRefused, match=words):
        brought(changed(small, name, change))
    assert not any(every_row().values())


def with_format(manifest: dict) -> None:
    manifest["format"] = "guardia-archive/2"


def with_table(manifest: dict) -> None:
    manifest["tables"].append({**manifest["tables"][0], "table": "of_tomorrow"})


def with_column(manifest: dict) -> None:
    manifest["tables"][0]["columns"]["of_tomorrow"] = "text"


def without_column(manifest: dict) -> None:
    del manifest["tables"][0]["columns"]["published_at"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (with_format, "format is not"),
        (with_table, "the table of_tomorrow"),
        (with_column, "the column procedure_version.of_tomorrow"),
        (without_column, "lacks the column procedure_version.published_at"),
    ],
)
def test_an_archive_of_another_version_says_what_is_unknown(small, change, words):
    def changes(manifest: dict) -> bytes:
        change(manifest)
        return b""

    with pytest.raises(ArchiveRefused, match=words):
        must_fit(Archive(changed(small, "archive.json", changes)))


@pytest.mark.process
@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("tables/case_event.jsonl", lambda content: sub(rb'"occurred_at\\":\\"20', rb'"occurred_at\\":\\"19', content)),
        ("tables/case_event.jsonl", lambda content: content[: content.rindex(b"\n", 0, -1) + 1]),
        ("tables/event_text.jsonl", lambda content: content[: content.rindex(b"\n", 0, -1) + 1]),
        ("tables/procedure_version.jsonl", lambda content: content.replace(b'"document":{', b'"document":{"more": 1,')),
    ],
    ids=["an hour", "the last event", "a text", "the procedure"],
)
def test_the_script_finds_what_was_changed(small, name, change):
    assert by_itself(small)["wrong"] == []
    path = changed(small, name, change)
    assert by_itself(path)["wrong"]


def test_numbers_go_on_after_the_highest(small):
    brought(small)
    with behind(DatabaseRole.STAFF):
        case = Case.objects.get()
        ((pk, sequence),) = writes.draw_cases(1)
    assert pk > case.pk
    assert numbered(sequence) > case.number
