"""What always holds is tried on the same operator and incident as the procedure's own stories."""

from tests.notices.conftest import post_office
from tests.procedure.conftest import make_story, story

__all__ = ["make_story", "post_office", "story"]
