"""The API is asked in English by somebody who has signed in; the story began ten minutes ago."""

from tests.desk.conftest import engineer, in_english, sign_in, story

__all__ = ["engineer", "in_english", "sign_in", "story"]
