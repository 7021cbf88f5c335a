"""What always holds is tried on the same operator and incident as the procedure's own stories."""

from tests.procedure.conftest import make_story, story

__all__ = ["make_story", "story"]
