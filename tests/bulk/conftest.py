"""A desk with some cases, and the words in which a test acts on all of them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from guardia.cases import bulk
from guardia.cases.bulk_act import BulkAct, counts_of
from guardia.cases.case import Case
from guardia.notices.notice import Delivery, Notice
from guardia.notices.packing import pack
from guardia.outages.bulk_cause import DEEDS
from guardia.people.staff import Staff
from tests.procedure.story import Story

WAITS = int((bulk.UNDO_FOR + bulk.GRACE).total_seconds())
"""Seconds after which news that many cases share is told."""


class Bench:
    """``story`` with so many open cases as the test asks for; time is the story's."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.cases: list[int] = []

    @property
    def now(self) -> datetime:
        return self.story.now

    def has(self, count: int) -> list[Case]:
        self.story.call = None
        self.cases = [self.story.case_is_registered(f"corte {n}").pk for n in range(count)]
        pack(self.now)
        return self.all()

    def all(self) -> list[Case]:
        return list(Case.objects.filter(pk__in=self.cases).order_by("pk"))

    def acts(self, kind: str, typed: Mapping[str, Any], *, by: Staff | None = None, **more: Any) -> BulkAct:
        """Looked at and sent, and every case has had its turn; news once it can no longer be taken back."""
        act = self.sends(kind, typed, by=by, **more)
        if DEEDS[kind].only_tells:
            self.story.seconds_pass(WAITS)
        self.goes_on(act)
        return act

    def sends(self, kind: str, typed: Mapping[str, Any], *, by: Staff | None = None, **more: Any) -> BulkAct:
        seen = more.pop("seen", None) or {case.pk: case.seq for case in self.all()}
        who = by or self.story.engineer
        return bulk.begin(DEEDS[kind], typed, seen, key=more.pop("key", uuid4()), staff=who, at=self.now)

    def goes_on(self, act: BulkAct) -> None:
        while bulk.go_on(act.pk, DEEDS, self.now):
            pass
        act.refresh_from_db()

    def takes_back(self, act: BulkAct) -> None:
        bulk.undo(act, self.now)
        self.goes_on(act)

    def looks(self, kind: str, typed: Mapping[str, Any], *, by: Staff | None = None) -> list[bulk.Line]:
        return bulk.preview(DEEDS[kind], typed, self.cases, by or self.story.engineer, self.now)

    def letters(self) -> list[Notice]:
        """Those of news that can be sent, whatever became of them."""
        return list(
            Notice.objects.filter(moment="news_sent", contact__isnull=False).exclude(reason="no_address").order_by("pk")
        )

    def messages(self) -> int:
        """How many messages are made by now."""
        pack(self.now)
        return Delivery.objects.count()


@pytest.fixture
def bench(as_staff: None) -> Bench:
    return Bench(Story())


@pytest.fixture
def outcome_counts() -> Callable[[BulkAct], dict[str, int]]:
    return counts_of
