"""The token endpoint (RFC 6749 §4.4), asked by clients that we did not write, and by whoever guesses."""

from base64 import b64encode
from datetime import timedelta

import pytest
from authlib.integrations.requests_client import OAuth2Session as Authlib
from django.test import Client
from oauthlib.oauth2 import BackendApplicationClient
from oauthlib.oauth2.rfc6749.errors import InvalidClientError
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.people.api_key import ApiKey, authenticate
from guardia.people.api_key_editing import Maker, end, make, make_account, make_for_company, rotate
from guardia.people.audit import AuditEntry, AuditKind
from guardia.people.staff import Role
from tests.keys.conftest import HERE, companies, operators
from tests.procedure.story import Story

ADDRESS = "/api/v2/token"


@pytest.fixture
def made(transactional_db):
    """Committed, by the clock of the database: a key of the operator, and one of a company."""
    with behind(DatabaseRole.STAFF):
        story = Story()
        machine = make_account("Integración", Role.ENGINEER, by=story.supervisor, at=now())
        ours = make(machine, operators(), by=story.supervisor, at=now())
        with behind(DatabaseRole.PORTAL_ACTS, story.bank.pk):
            theirs = make_for_company(story.bank.pk, story.manager.pk, companies(), at=now())
    return ours, theirs


def sent(client: str, secret: str, **more: str):
    return {"grant_type": "client_credentials", "client_id": client, "client_secret": secret, **more}


def opened(token: str) -> ApiKey:
    return authenticate(token, HERE, now())


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_authlib_takes_a_token(made, live_server, method):
    for key, secret in made:
        client = Authlib(key.client_id, secret.secret, token_endpoint_auth_method=method)
        answer = client.fetch_token(live_server.url + ADDRESS, grant_type="client_credentials")
        assert answer["token_type"] == "Bearer"
        assert answer["expires_in"] == 900
        assert opened(answer["access_token"]).pk == key.pk
        with behind(DatabaseRole.STAFF):
            assert ApiKey.objects.get(pk=key.pk).last_used_at


def test_requests_oauthlib_takes_a_token_and_understands_a_refusal(made, live_server, monkeypatch):
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    (key, secret), _theirs = made
    session = OAuth2Session(client=BackendApplicationClient(key.client_id, scope=["cases.diagnose"]))
    monkeypatch.setenv("OAUTHLIB_RELAX_TOKEN_SCOPE", "1")
    answer = session.fetch_token(live_server.url + ADDRESS, auth=HTTPBasicAuth(key.client_id, secret.secret))
    assert set(answer["scope"]) == {"cases.*", "*.read"}
    assert opened(answer["access_token"]).pk == key.pk
    with pytest.raises(InvalidClientError):
        session.fetch_token(live_server.url + ADDRESS, auth=HTTPBasicAuth(key.client_id, "0" * 64))


def test_an_ended_key_gives_no_token_and_ends_those_it_gave(made):
    (key, secret), _theirs = made
    token = Client().post(ADDRESS, sent(key.client_id, secret.secret), content_type=FORM_OF).json()["access_token"]
    with behind(DatabaseRole.STAFF):
        end(key, by=Maker(), at=now())
    refused = Client().post(ADDRESS, sent(key.client_id, secret.secret), content_type=FORM_OF)
    assert refused.status_code == 401
    assert refused.json()["error"] == "invalid_client"
    with pytest.raises(Exception, match="ended"):
        opened(token)


def test_a_rotated_key_gives_tokens_by_both_secrets_until_the_overlap_ends(made):
    (key, secret), _theirs = made
    with behind(DatabaseRole.STAFF):
        _key, new = rotate(key, {"overlap_hours": 1}, by=Maker(), at=now())
    for one in (secret, new):
        token = Client().post(ADDRESS, sent(key.client_id, one.secret), content_type=FORM_OF).json()["access_token"]
        assert opened(token).pk == key.pk
    with behind(DatabaseRole.STAFF):
        ApiKey.objects.filter(pk=key.pk).update(former_good_until=now() - timedelta(seconds=1))
    assert Client().post(ADDRESS, sent(key.client_id, secret.secret), content_type=FORM_OF).status_code == 401


FORM_OF = "application/x-www-form-urlencoded"


@pytest.fixture(autouse=True)
def forms_as_oauth_sends_them(monkeypatch):
    """The test client writes multipart by itself."""
    from urllib.parse import urlencode

    post = Client.post

    def posted(self, path, data=None, content_type=None, **more):
        if isinstance(data, (dict, list)) and content_type == FORM_OF:
            data = urlencode(data)
        return post(self, path, data, content_type=content_type, **more)

    monkeypatch.setattr(Client, "post", posted)


def test_what_is_wrong_with_a_request_is_said_as_the_rfc_says_it(made):
    (key, secret), _theirs = made
    client, right = Client(), sent(key.client_id, secret.secret)
    basic = {"Authorization": "Basic " + b64encode(f"{key.client_id}:{secret.secret}".encode()).decode()}
    for fields, headers, status, code in (
        ({**right, "grant_type": ""}, {}, 400, "invalid_request"),
        ({**right, "grant_type": "password"}, {}, 400, "unsupported_grant_type"),
        ({**right, "scope": "customers.edit"}, {}, 400, "invalid_scope"),
        ([*right.items(), ("scope", "a"), ("scope", "b")], {}, 400, "invalid_request"),
        (right, basic, 400, "invalid_request"),
        ({"grant_type": "client_credentials"}, {}, 401, "invalid_client"),
        ({**right, "client_secret": "x"}, {}, 401, "invalid_client"),
        ({"grant_type": "client_credentials"}, {"Authorization": "Bearer x"}, 401, "invalid_client"),
        ({"grant_type": "client_credentials"}, {"Authorization": "Basic ñ"}, 401, "invalid_client"),
        ({"grant_type": "client_credentials"}, {"Authorization": "Basic eA=="}, 401, "invalid_client"),
    ):
        answer = client.post(ADDRESS, fields, content_type=FORM_OF, headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (status, code), fields
        assert answer.json()["error_description"].isascii()
        assert answer["Cache-Control"] == "no-store"
        assert ("WWW-Authenticate" in answer) == (status == 401)
    assert client.post(ADDRESS, "{}", content_type="application/json").json()["error"] == "invalid_request"
    looked = client.get(ADDRESS)
    assert (looked.status_code, looked["Content-Type"]) == (405, "application/problem+json")
    assert looked["Allow"] == "OPTIONS, POST"
    right = client.post(ADDRESS, {"grant_type": "client_credentials"}, content_type=FORM_OF, headers=basic)
    assert right.status_code == 200
    assert right["Cache-Control"] == "no-store"
    assert right["Pragma"] == "no-cache"


def test_whoever_guesses_is_limited_by_network_and_a_right_key_still_opens(made, settings):
    settings.GUESSES_OF_ADDRESS = 3
    (key, secret), _theirs = made
    wrong = [
        Client().post(ADDRESS, sent(key.client_id, f"{guess:064x}"), content_type=FORM_OF).status_code
        for guess in range(5)
    ]
    assert wrong == [401, 401, 401, 429, 429]
    with behind(DatabaseRole.STAFF):
        found = AuditEntry.objects.filter(kind=AuditKind.GUESSED, about="api_key")
        assert [one.key for one in found] == [key.prefix] * 3
        assert not any(secret.secret in str(one.facts) for one in AuditEntry.objects.all())
    assert Client().post(ADDRESS, sent(key.client_id, secret.secret), content_type=FORM_OF).status_code == 200
