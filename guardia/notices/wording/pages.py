"""Which page a person gets: of one case or many, of an escalation that is over, of an alarm."""

from collections.abc import Sequence
from datetime import datetime

from guardia.notices.notice import Notice
from guardia.notices.wording import page_text
from guardia.notices.wording.notice_facts import NoticeFacts
from guardia.notices.wording.page_alarm import alarm
from guardia.notices.wording.page_alarm_over import alarm_over
from guardia.notices.wording.page_case import ended, informed, paged
from guardia.notices.wording.page_crew import for_the_crew
from guardia.notices.wording.page_list import ended_for_many, informed_of_many, paged_for_many
from guardia.notices.wording.page_morning import MORNING_LIST, morning
from guardia.notices.wording.page_text import Page
from guardia.procedure.vocabulary import Moment


def is_late(notice: Notice, now: datetime) -> bool:
    """True if the page leaves so late that it must say of what hour it speaks."""
    return page_text.is_late(notice.owed_at, now)


def page_of(told: Sequence[NoticeFacts], addresses: Sequence[str]) -> Page:
    """The page of what was owed to one person at one moment; ``addresses`` answer for each of ``told``."""
    first = told[0]
    if first["for_the_crew"]:
        return for_the_crew(told)
    if first["kind"] == MORNING_LIST:
        return morning(first, addresses[0])
    if first["kind"] and not first["number"]:
        return alarm_over(first) if first["ended_at"] else alarm(first, addresses[0])
    if first.moment == Moment.ESCALATION_ENDED:
        return ended(first) if len(told) == 1 else ended_for_many(told)
    if first.moment == Moment.LEVEL_INFORMED:
        return informed(first, addresses[0]) if len(told) == 1 else informed_of_many(told, addresses)
    return paged(first, addresses[0]) if len(told) == 1 else paged_for_many(told, addresses)
