"""A person whose name, mailbox and number stand in as many places as a person's can; and what is left of them."""

import shutil
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from django.conf import settings as switched_on
from django.core.cache import cache
from django.db import connections
from django.utils import translation

from guardia.config.database_roles import DatabaseRole, behind
from tests.privacy.marked import Marked
from tests.server import server


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


@pytest.fixture(scope="session")
def lives() -> dict[str, Marked]:
    """Those that were lived already; each stands in a database and a folder of its own."""
    return {}


@pytest.fixture
def lived(lives, transactional_db, folder, tmp_path_factory) -> Callable[[str], Marked]:
    """A life up to there; committed, as the owner looks at it by another way. It is lived once and copied."""

    def until(end: str) -> Marked:
        kept = tmp_path_factory.getbasetemp() / f"lived-{end}"
        if end in lives:
            connections.close_all()
            server.renew(end)
            shutil.copytree(kept, folder, dirs_exist_ok=True)
        else:
            with behind(DatabaseRole.STAFF):
                lives[end] = Marked().live(until=end)
            connections.close_all()
            server.keep(end)
            shutil.copytree(folder, kept)
        return deepcopy(lives[end])

    return until


@pytest.fixture
def marked(lived) -> Marked:
    """A closed case in which the person had a part everywhere."""
    return lived("closed")


@pytest.fixture
def open_marked(lived) -> Marked:
    return lived("open")
