"""A person at a browser without JavaScript, in the standard library: cookies, forms, redirects. Knows no room."""

from html.parser import HTMLParser
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, Request, build_opener


class WalkFailed(Exception):
    """A step of the walk did not come out as the procedure says."""


class Forms(HTMLParser):
    """The forms of a page: their address, and the fields with the values a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict] = []
        self.select: tuple[str, bool] | None = None

    def handle_starttag(self, tag: str, attrs: list) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append({"action": given.get("action", ""), "fields": {}, "button": {}})
        elif self.forms:
            self._field(tag, given)

    def _field(self, tag: str, given: dict) -> None:
        fields, name = self.forms[-1]["fields"], given.get("name", "")
        if tag == "option" and self.select:
            name, chosen = self.select
            if "selected" in given or not chosen:
                fields[name] = given.get("value", "")
                self.select = (name, "selected" in given or chosen or True)
        elif not name:
            return
        elif tag == "select":
            self.select = (name, False)
            fields[name] = ""
        elif tag == "textarea":
            fields[name] = ""
        elif tag == "button":
            self.forms[-1]["button"][name] = given.get("value", "")
        elif tag == "input" and (given.get("type") not in {"checkbox", "radio", "submit"} or "checked" in given):
            fields[name] = given.get("value", "on" if given.get("type") == "checkbox" else "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = None


class Browser:
    """Remembers where it is. ``submit`` fills a form of the page it looks at, by the end of the form's address."""

    def __init__(self, base_url: str) -> None:
        self.url = base_url
        self.page = ""
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def open(self, path: str, data: dict | None = None) -> str:
        target = urljoin(self.url, path)
        body = urlencode(data).encode() if data is not None else None
        request = Request(target, body, {"Referer": self.url, "Accept-Language": "es"})
        try:
            with self.opener.open(request, timeout=30) as answer:
                self.url, self.page = answer.url, answer.read().decode()
        except HTTPError as error:
            raise WalkFailed(f"{target} answered {error.code}: {words_of(error.read().decode())[:600]}") from error
        return self.page

    def submit(self, ending: str, **values: str) -> str:
        for form in self.forms():
            if urljoin(self.url, form["action"]).split("?")[0].endswith(ending):
                return self.open(form["action"] or self.url, {**form["fields"], **values})
        raise WalkFailed(f"the page {self.url} has no form that goes to {ending}")

    def forms(self) -> list[dict]:
        parser = Forms()
        parser.feed(self.page)
        return parser.forms


class Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def words_of(page: str) -> str:
    """The text a person reads on the page, in one line."""
    parser = Words()
    parser.feed(page)
    return " ".join(" ".join(parser.words).split())
