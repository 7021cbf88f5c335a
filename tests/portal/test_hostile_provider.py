"""A company's provider that answers nonsense which is still JSON: the visitor reads a sentence, and no page breaks."""

import pytest

from tests.portal.test_own_sign_in import (  # noqa: F401 (fixtures)
    _server,
    comes_in,
    door,
    fields,
    goes_out,
    own,
    provider,
    somebody,
    stays_out,
)


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "je\0fe@example.com"},
        {"email": "\ud800@example.com"},
        {"email": "x" * 300_000 + "@example.com"},
        {"email": "\u202ejefe@example.com"},
        {"email": {"a": 1}},
        {"email": "jefe@example.com\r\nBcc: otra@example.com"},
        {"nonce": "\ud800"},
        {"nonce": 7},
        {"azp": ["guardia"]},
        {"aud": 7},
        {"sub": 7},
        {"exp": "soon"},
        {"iat": "x"},
        {"email_verified": [True]},
    ],
    ids=repr,
)
def test_claims_that_are_nonsense_let_nobody_in(somebody, door, provider, claims):  # noqa: F811
    provider.claims |= claims
    stays_out(comes_in(somebody, door, provider))


@pytest.mark.parametrize("methods", [None, 5, "client_secret_post", {}, [None], [["client_secret_post"]]], ids=repr)
def test_how_it_takes_the_secret_may_be_said_badly(somebody, door, provider, methods):  # noqa: F811
    original = provider.of_itself
    provider.of_itself = lambda: {**original(), "token_endpoint_auth_methods_supported": methods}
    try:
        answer = comes_in(somebody, door, provider)
    finally:
        del provider.of_itself
    assert answer.status_code in {303, 422}


@pytest.mark.parametrize(
    "says",
    [
        {"userinfo_endpoint": 5},
        {"userinfo_endpoint": "http://[::1"},
        {"issuer": None},
        {"issuer": ["x"]},
        {"authorization_endpoint": "https://a.example.com\0/x"},
        {"authorization_endpoint": "https://\ud800.example.com/x"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": "https://\u202e.example.com/x"},
        {"jwks_uri": "https://a.example.com:99999/"},
    ],
    ids=repr,
)
def test_what_it_says_of_itself_may_be_nonsense(somebody, door, provider, says):  # noqa: F811
    provider.says |= says
    provider.claims["email"] = None
    page = somebody.send(door)
    assert page.status_code in {200, 422}
    assert b"javascript:" not in page.content


@pytest.mark.parametrize(
    "raw", [b'{"keys": 5}', b'{"keys": [5]}', b'{"keys": [{}]}', b'{"id_token": 5}', b'{"id_token": ["x"]}']
)
def test_keys_and_tokens_of_another_kind_are_refused(somebody, door, provider, raw):  # noqa: F811
    from tests.portal.test_own_sign_in import comes_back

    brings = provider.signs_in(goes_out(somebody, door))
    provider.raw = raw
    stays_out(comes_back(somebody, brings))


@pytest.mark.parametrize("head", ["[" * 100_000, '{"alg":"RS256","kid":' + "[" * 100_000], ids=["list", "kid"])
def test_a_token_that_is_nested_without_end_is_refused(somebody, door, provider, head):  # noqa: F811
    import base64
    import json

    from tests.portal.test_own_sign_in import comes_back

    token = ".".join([base64.urlsafe_b64encode(head.encode()).decode().rstrip("="), "e30", "e30"])
    original = provider.tokens
    provider.tokens = lambda form: (200, json.dumps({"id_token": token}).encode())
    try:
        stays_out(comes_back(somebody, provider.signs_in(goes_out(somebody, door))))
    finally:
        del provider.tokens
    assert original
