"""Whoever looks at the pages: each is asked for as a browser does, with no answer kept from before."""

import re
from collections import Counter
from dataclasses import dataclass, field
from io import BytesIO
from zipfile import ZipFile

from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from guardia.config.database_roles import DatabaseRole, behind
from guardia.notices.notice_rows import watched
from guardia.people import connections
from guardia.people.staff import Staff
from guardia.web.desk.entry import UNCHANGED
from guardia.web.desk.page import EVERY_DESK
from guardia.web.status import page as status_page
from tests.plans.house import House
from tests.plans.pages import COMPANY, NOBODY, Page
from tests.plans.reading import Explainer, Plan, Values, listening

TAG = re.compile(r'<([\w-]+)(?:[^>]*?class="([^"]*)")?[^>]*>')


@dataclass(frozen=True)
class Seen:
    status: int
    rows: int
    statements: list[str]
    plans: list[Plan] = field(default_factory=list)


class Lookers:
    def __init__(self, house: House) -> None:
        self.house = house
        self.browsers: dict[str, Client] = {}

    def browser(self, by: str) -> Client:
        """Of somebody of the operator, of the company's administrator, or of nobody."""
        if by not in self.browsers:
            browser = self.browsers[by] = Client(headers={"accept-language": "en"})
            if by == COMPANY:
                browser.cookies[settings.COMPANY_COOKIE_NAME] = self.house.cookie
            elif by != NOBODY:
                with behind(DatabaseRole.STAFF):
                    browser.force_login(Staff.objects.get(username=by))
        return self.browsers[by]

    def look(self, page: Page) -> Seen:
        """What it shows, and what it asks for that."""
        statements: list[str] = []

        def hear(statement: str, values: Values) -> None:
            statements.append(statement)

        with listening(hear):
            status, content = self.answer_of(page)
        return Seen(status, rows_in(content, page.rows), statements)

    def explain(self, page: Page, explainer: Explainer) -> Seen:
        before = len(explainer.plans)
        with explainer.listening():
            status, content = self.answer_of(page)
        return Seen(status, rows_in(content, page.rows), [], explainer.plans[before:])

    def answer_of(self, page: Page) -> tuple[int, bytes]:
        cache.clear()
        connections.prime({}, float("inf"))
        for memory in (status_page.kept, EVERY_DESK, UNCHANGED):
            memory.forget()
        watched.__self__.storm = None
        words = self.house.words
        address = reverse(page.name, args=[words[word] for word in page.of])
        asked = page.asked.format(**words)
        answer = self.browser(page.by).get(f"{address}?{asked}" if asked else address)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return answer.status_code, content


def rows_in(content: bytes, rows: str) -> int:
    """How many elements of that tag and class; of a workbook the rows of its sheet, of any other file its lines."""
    if content.startswith(b"PK"):
        with ZipFile(BytesIO(content)) as book:
            return book.read("xl/worksheets/sheet1.xml").count(b"<row ")
    if not rows:
        return len(content.splitlines())
    tag, _dot, class_ = rows.partition(".")
    return Counter(TAG.findall(content.decode()))[tag, class_]
