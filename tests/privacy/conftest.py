"""A person whose name, mailbox and number stand in as many places as a person's can; and what is left of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as switched_on
from django.core.cache import cache
from django.utils import translation

from guardia.config.database_roles import DatabaseRole, behind
from tests.privacy.marked import Marked


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    cache.clear()
    with translation.override("en"):
        yield


@pytest.fixture
def folder(tmp_path: Path, settings) -> Path:
    kept = {"BACKEND": "guardia.evidence.store.Folder", "OPTIONS": {"location": tmp_path / "store"}}
    settings.STORAGES = {**switched_on.STORAGES, "attachments": kept}
    return tmp_path / "store"


@pytest.fixture
def marked(transactional_db, folder) -> Marked:
    """A closed case in which the person had a part everywhere; committed, as the owner looks at it by another way."""
    with behind(DatabaseRole.STAFF):
        return Marked().live()


@pytest.fixture
def open_marked(transactional_db, folder) -> Marked:
    with behind(DatabaseRole.STAFF):
        return Marked().live(until="open")
