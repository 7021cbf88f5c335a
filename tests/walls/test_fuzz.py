"""Every address and every form, with whatever a machine can think of: never an error of the server."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.people.staff import Role
from tests.breaking.browser import Browser, taken_back
from tests.breaking.poison import NONSENSE, STORABLE
from tests.breaking.test_doors import DOORS, OUT, address
from tests.examples import costly_examples
from tests.procedure import story as stories

NAMES = sorted(set(DOORS) - OUT)
FIELD = re.compile(r'<(?:input|select|textarea|button)[^>]*\sname="([^"]{1,60})"')
SHORT = tuple(poison for poison in (*STORABLE, *NONSENSE) if len(poison) < 6000)
VALUES = some.one_of(
    some.sampled_from(SHORT),
    some.text(max_size=40),
    some.integers(-(2**70), 2**70).map(str),
    some.datetimes().map(lambda at: at.strftime("%d/%m/%Y %H:%M")),
    some.dates().map(str),
    some.emails(),
    some.just("on"),
)
KEYS = some.one_of(
    some.sampled_from(("q", "vista", "id", "next", "desde", "antes", "mes", "todo", "pagina", "lang")),
    some.text(max_size=8),
)


@pytest.fixture
def house(db, monkeypatch, settings) -> Iterator[tuple[stories.Story, Browser]]:
    settings.DEMO = True
    with behind(DatabaseRole.STAFF):
        monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", now().replace(microsecond=0))
        story = stories.Story()
        story.open_case()
        yield story, Browser(stories.staff("administradora", Role.ADMINISTRATOR))


def fields_of(browser: Browser, place: str) -> list[str]:
    """The names of everything that the page of this address would send."""
    page = browser.get(place)
    content = b"" if page.streaming else page.content
    return sorted(set(FIELD.findall(content.decode(errors="replace"))) - {"csrfmiddlewaretoken"})


FUZZ = settings(
    max_examples=costly_examples(250),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    print_blob=False,
)


def test_every_form_takes_whatever_is_typed(house):
    """Each address is sent its own fields, each with something else; what is wrong is told, never a failure."""
    story, browser = house
    known = {name: fields_of(browser, address(name, story)) for name in NAMES}

    @FUZZ
    @given(some.sampled_from(NAMES), some.data())
    def sent(name: str, data: some.DataObject) -> None:
        chosen = data.draw(some.dictionaries(some.sampled_from(known[name] or ["x"]), VALUES, max_size=12))
        with taken_back():
            browser.send(address(name, story), chosen)

    sent()


def test_every_question_in_an_address_is_answered(house):
    story, browser = house

    @FUZZ
    @given(some.sampled_from(NAMES), some.dictionaries(KEYS, VALUES, max_size=5))
    def asked(name: str, query: dict[str, str]) -> None:
        from urllib.parse import urlencode

        with taken_back():
            browser.get(f"{address(name, story)}?{urlencode(query, errors='surrogatepass')}")

    asked()


def test_every_path_is_an_address_or_none(house):
    _story, browser = house
    roots = sorted({f"/{place.split('/')[1]}" for place in (address(name, _story) for name in NAMES)})

    @FUZZ
    @given(
        some.sampled_from(roots), some.lists(some.one_of(some.text(max_size=20), some.integers().map(str)), max_size=4)
    )
    def opened(root: str, parts: list[str]) -> None:
        from urllib.parse import quote

        path = "/".join(quote(part, safe="", errors="surrogatepass") for part in parts)
        for method in ("get", "post"):
            with taken_back():
                getattr(browser, method)(f"{root}/{path}")

    opened()


def test_every_header_is_survived(house):
    _story, _browser = house
    plain = some.text(some.characters(min_codepoint=32, max_codepoint=255), max_size=60)
    names = some.sampled_from(
        (
            "accept-language",
            "user-agent",
            "referer",
            "x-forwarded-for",
            "hx-request",
            "cookie",
            "if-none-match",
            "accept",
        )
    )

    @FUZZ
    @given(
        some.sampled_from(["/", "/entrar", "/cuenta/", "/procedimiento", "/nada"]),
        some.dictionaries(names, plain, max_size=4),
    )
    def sent(place: str, headers: dict[str, str]) -> None:
        with taken_back():
            Browser().get(place, headers=headers)

    sent()


BROKEN = {"no boundary": "multipart/form-data", "a boundary without end": f"multipart/form-data; boundary={'a' * 5000}"}


@pytest.mark.parametrize("kind", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("place", ["/nada/de/nada", "/campo/x/y", "/ajustes/", "/entrar"])
def test_a_body_that_nobody_can_read_is_no_failure_where_nothing_is_and_where_it_is_refused(db, place, kind):
    """A browser that has our cookie sends it: the page of a 404 or 403 asks for no token of a form."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.cookies["csrftoken"] = "a" * 32
    assert client.generic("POST", place, b"x", content_type=kind).status_code in {302, 400, 403, 404, 405}
