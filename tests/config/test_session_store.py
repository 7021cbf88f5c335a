"""Who has signed in stays so while one version follows another: what a session in the table names as its backend."""

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as Plain

from guardia.config.session_store import SessionStore

OF_ONE = "django.contrib.auth.backends.ModelBackend"
"""As 1.0.0 named it, and knew it."""
OURS = settings.AUTHENTICATION_BACKENDS[0]


def test_who_signed_in_at_1_0_0_is_known_here():
    stored = Plain().encode({BACKEND_SESSION_KEY: OF_ONE, "other": 1})
    assert SessionStore().decode(stored) == {BACKEND_SESSION_KEY: OURS, "other": 1}


def test_who_signed_in_here_is_known_by_1_0_0():
    here = {BACKEND_SESSION_KEY: OURS, "other": 1}
    assert Plain().decode(SessionStore().encode(here)) == {BACKEND_SESSION_KEY: OF_ONE, "other": 1}
    assert here[BACKEND_SESSION_KEY] == OURS, "the session that is in use stays as it is"


def test_a_session_that_names_the_backend_itself_is_known_too():
    assert SessionStore().decode(Plain().encode({BACKEND_SESSION_KEY: OURS})) == {BACKEND_SESSION_KEY: OURS}
