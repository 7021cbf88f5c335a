"""A header that names no text encoding is not our error."""

from wsgiref.util import setup_testing_defaults

import pytest

from guardia.config.wsgi import application, readable


def status_of(content_type: str) -> str:
    environ = {"PATH_INFO": "/entrar", "QUERY_STRING": "next=/", "CONTENT_TYPE": content_type}
    setup_testing_defaults(environ)
    answers = []
    list(application(environ, lambda status, headers: answers.append(status)))
    return answers[0]


@pytest.mark.parametrize("charset", ["hex", "base64", "undefined", "rot13", '"hex"', "utf-8", "no-such"])
def test_any_charset_gets_an_answer(transactional_db, charset):
    # An empty installation leads from the sign-in to its first steps.
    assert status_of(f"application/x-www-form-urlencoded; charset={charset}") == "302 Found"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("text/plain; charset=hex", "text/plain"),
        ("multipart/form-data; Charset=base64; boundary=x", "multipart/form-data; boundary=x"),
        ("text/plain; charset=UTF-8", "text/plain; charset=UTF-8"),
        ("multipart/form-data; boundary=charset", "multipart/form-data; boundary=charset"),
        ("", ""),
    ],
)
def test_only_a_charset_that_is_no_text_is_dropped(said, kept):
    assert readable(said) == kept
