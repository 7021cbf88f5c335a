"""The operator's story, and an exchange of each kind."""

import pytest

from tests.procedure.conftest import make_story, story

__all__ = ["make_story", "story"]


@pytest.fixture(autouse=True)
def _in_english(settings) -> None:
    settings.LANGUAGE_CODE = "en"
