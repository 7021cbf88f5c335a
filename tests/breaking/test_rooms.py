"""The forms of the rooms beside the case, one field wrong at a time: the others are right, so the verb is reached."""

from guardia.config.now import now
from tests.breaking.browser import Browser, changed, on_record, taken_back
from tests.breaking.poison import NONSENSE, STORABLE
from tests.breaking.rooms import busy_house, forms_of
from tests.examples import costly_part
from tests.procedure import story as stories

HOURS = (
    "0001-01-01T00:00",
    "9999-12-31T23:59",
    "2026-09-06T00:30",
    "2026-02-30",
    "1969-12-31",
    "24:00",
    "todos",
    "NaN",
)
POISONS = (*NONSENSE, *STORABLE, *HOURS)
EVERY = 9
"""Of the poisons each field meets every ninth, another ninth than its neighbour."""


def test_one_wrong_field_is_refused_whole_or_kept_and_never_an_error(story, supervisor):
    page = busy_house(story, now())
    story.supervisor.refresh_from_db()
    quality = Browser(stories.staff("calidad", stories.Role.QUALITY))
    turn = 0
    for name, sent in forms_of(story, page, now()).items():
        browser = quality if name == "rule" else supervisor
        for field in sent.fields:
            turn += 1
            for poison in (None, *costly_part(POISONS[turn % EVERY :: EVERY], turn // EVERY)):
                with taken_back():
                    wrong(browser, sent, field, poison)


def wrong(browser: Browser, sent, field: str, poison: str | None) -> None:
    fields = (
        {**sent.fields, field: poison} if poison is not None else {k: v for k, v in sent.fields.items() if k != field}
    )
    before = on_record()
    status = browser.send(sent.address, fields).status_code
    assert status in {200, 302, 303, 403, 404, 409, 422}, (sent.address, field, poison)
    assert status < 400 or changed(before) == [], (sent.address, field, poison)
