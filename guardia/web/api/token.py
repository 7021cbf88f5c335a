"""``POST /api/v2/token``: a key of the API for a bearer token of fifteen minutes (OAuth 2.0 client credentials).

RFC 6749 §4.4, §2.3.1 and §5: the client id is the public part of a key, ``gdk_<prefix>``, and the client secret its
last part. Sentences are in English alone, since §5.2 leaves no room for other letters.
"""

from base64 import b64decode
from urllib.parse import unquote_plus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.config.requests import address_of
from guardia.people import attempts
from guardia.people.api_key import TOKEN_LASTS, ApiKey, KeyRefused, authenticate, note_use, token_of
from guardia.web.api.v2.problems import of_another_method

FORM = "application/x-www-form-urlencoded"
INVALID_REQUEST, INVALID_CLIENT, INVALID_SCOPE = "invalid_request", "invalid_client", "invalid_scope"


class NotGiven(Exception):
    """Why no token is given: the code of RFC 6749 §5.2, a sentence in ASCII, and the status."""

    def __init__(self, code: str, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.code, self.words, self.status = code, words, status


@csrf_exempt  # whoever asks brings a secret, and no cookie
def token(request: HttpRequest) -> HttpResponse:
    """200 with the token; 400 and 401 as RFC 6749 §5.2, 429 after too many keys that are none of ours.

    Another method than POST is no request for a token: 405 as anywhere in the API.
    """
    if request.method != "POST":
        return of_another_method(request, "POST")
    with translation.override("en"):
        try:
            return private(JsonResponse(given(request)))
        except NotGiven as why:
            answer = private(JsonResponse({"error": why.code, "error_description": why.words}, status=why.status))
            if why.status == 401:
                answer["WWW-Authenticate"] = 'Basic realm="guardia", charset="UTF-8"'
            elif why.status == 429:
                answer["Retry-After"] = str(60 * settings.ATTEMPT_MINUTES)
            return answer


def given(request: HttpRequest) -> dict[str, object]:
    """What stands in the answer. Raises NotGiven."""
    must_be_a_form(request)
    client, secret = client_of(request)
    grant = field(request, "grant_type")
    if not grant:
        raise NotGiven(INVALID_REQUEST, "grant_type is missing: send client_credentials")
    if grant != "client_credentials":
        raise NotGiven("unsupported_grant_type", "Only client_credentials is known here")
    key = key_of(request, f"{client}_{secret}")
    if beyond := [one for one in field(request, "scope").split() if not key.allows(one)]:
        raise NotGiven(INVALID_SCOPE, f"This key may not do {len(beyond)} of the scopes asked for; leave scope out")
    at = now()
    note_use(key, address_of(request), at)
    return {
        "access_token": token_of(key, at),
        "token_type": "Bearer",
        "expires_in": int(TOKEN_LASTS.total_seconds()),
        "scope": " ".join(key.scopes),
    }


def must_be_a_form(request: HttpRequest) -> None:
    """Raises NotGiven."""
    if request.content_type != FORM:
        raise NotGiven(INVALID_REQUEST, f"Send the fields as {FORM}")
    if any(len(values) > 1 for _name, values in request.POST.lists()):
        raise NotGiven(INVALID_REQUEST, "A field stands twice: send each once")


def client_of(request: HttpRequest) -> tuple[str, str]:
    """Client id and secret, by HTTP Basic or in the form. Raises NotGiven, as for both ways at once (§2.3)."""
    header = request.headers.get("Authorization", "")
    if not header:
        client, secret = field(request, "client_id"), field(request, "client_secret")
    elif field(request, "client_secret"):
        raise NotGiven(INVALID_REQUEST, "Send the secret either by HTTP Basic or in the form")
    else:
        client, secret = basic(header)
    if not (client and secret):
        raise NotGiven(INVALID_CLIENT, "Send client_id and client_secret, or HTTP Basic", 401)
    return client, secret


def basic(header: str) -> tuple[str, str]:
    """Raises NotGiven. Both parts are form-encoded before they are joined (§2.3.1)."""
    kind, _space, written = header.partition(" ")
    try:
        client, colon, secret = b64decode(written.strip(), validate=True).decode().partition(":")
    except ValueError:
        colon = ""
    if kind.lower() != "basic" or not colon:
        raise NotGiven(INVALID_CLIENT, "The Authorization header is not that of HTTP Basic", 401)
    return unquote_plus(client), unquote_plus(secret)


def key_of(request: HttpRequest, written: str) -> ApiKey:
    """The key that was sent. Raises NotGiven; each refusal is counted by network."""
    try:
        return authenticate(written, address_of(request), now())
    except KeyRefused as refused:
        agent = request.headers.get("User-Agent", "")
        with behind(DatabaseRole.STAFF):
            is_looked_at = attempts.one_more(address_of(request), agent, now(), key=refused.prefix)
        if not is_looked_at:
            raise NotGiven(INVALID_CLIENT, "Too many keys were refused from here; wait a while", 429) from refused
        raise NotGiven(INVALID_CLIENT, refused.sentence, 401) from refused


def field(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").strip()


def private(answer: JsonResponse) -> JsonResponse:
    """RFC 6749 §5.1: no cache keeps it."""
    answer["Cache-Control"] = "no-store"
    answer["Pragma"] = "no-cache"
    return answer


urlpatterns = [path("token", token, name="api_token")]
