"""Files are tried on the operator and incident of the procedure's own stories, in a store of their own."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings as switched_on

from guardia.cases.case_files import add_file
from guardia.evidence.files import CaseFile
from tests.desk.conftest import in_english, sign_in
from tests.files import samples
from tests.procedure.conftest import make_story
from tests.procedure.story import Story

__all__ = ["in_english", "make_story", "sign_in"]


@pytest.fixture
def folder(tmp_path: Path, settings) -> Path:
    """Where this test's attachments stand."""
    kept = {"BACKEND": "guardia.evidence.store.Folder", "OPTIONS": {"location": tmp_path / "store"}}
    settings.STORAGES = {**switched_on.STORAGES, "attachments": kept}
    return tmp_path / "store"


@pytest.fixture
def story(as_staff, folder) -> Story:
    """A case in diagnosis."""
    told = Story()
    told.open_case()
    return told


@pytest.fixture
def add(story) -> Callable[..., CaseFile]:
    """Somebody of the desk adds a file to the case now."""

    def added(content: bytes = b"", name: str = "foto.jpg", at: datetime | None = None, **more) -> CaseFile:
        facts = {"by": story.by, "now": story.now, **more}
        return add_file(story.case, content=content or samples.jpeg(), name=name, at=at, **facts)

    return added


def standing(folder: Path) -> list[str]:
    """What is in the store, half-written files as well."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
