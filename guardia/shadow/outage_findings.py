"""What a replay found of the outages that would have been proposed: their cases, and what these cost."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from guardia.cases.event import CaseEvent
from guardia.escalation.escalation import CallTask
from guardia.notices.notice import Notice, NoticeState
from guardia.procedure.vocabulary import Moment
from guardia.shadow.findings import Finder
from guardia.shadow.outage_proposals import CommonCauses, Proposal

MOST_OUTAGES = 40


def outages_of(finder: Finder, proposals: Sequence[Proposal], causes: CommonCauses) -> list[dict[str, Any]]:
    """In the order of the hours, as JSON has them; of more than MOST_OUTAGES those with most cases.

    ``letters``, ``news``, ``pages`` and ``calls`` are of all its cases together; ``most_pages`` and so on of the case
    that has most, which is what one outage has. ``news``: what the file says that customers were told, or else what was
    owed by time alone.
    """
    largest = sorted(proposals, key=lambda each: -len(each.cases))[:MOST_OUTAGES]
    pk_of = {case.subject.id: pk for pk, case in finder.replayed.cases.items()}
    members = {pk for each in largest for case in each.cases if (pk := pk_of.get(case))}
    paged = CaseEvent.objects.filter(moment=Moment.PAGED, case__in=members).values_list("case_id", "data")
    pages = Counter(case for case, data in paged if data["staff"])
    calls = Counter(CallTask.objects.filter(case__in=members).values_list("case_id", flat=True))
    owed = Notice.objects.filter(case__in=members).exclude(contact=None).exclude(state=NoticeState.SUPPRESSED)
    letters = Counter(owed.values_list("case_id", flat=True))
    told = CaseEvent.objects.filter(moment=Moment.NEWS_SENT, case__in=members).values_list("case_id", flat=True)
    news = Counter(told) + finder.news_of
    found = []
    for each in sorted(largest, key=lambda one: one.proposed_at):
        pks = [pk_of[case] for case in each.cases if case in pk_of]
        subjects = [finder.replayed.cases[pk].subject for pk in pks]
        found.append(
            {
                "kind": each.cause[0],
                "name": causes.names[each.cause],
                "since": each.since.isoformat(),
                "proposed_at": each.proposed_at.isoformat(),
                "until": each.until.isoformat(),
                "cases": [subject.number for subject in subjects],
                "companies": len({subject.company for subject in subjects}),
                "letters": sum(letters[pk] for pk in pks),
                "news": sum(news[pk] for pk in pks),
                "most_news": max((news[pk] for pk in pks), default=0),
                "pages": sum(pages[pk] for pk in pks),
                "most_pages": max((pages[pk] for pk in pks), default=0),
                "calls": sum(calls[pk] for pk in pks),
                "most_calls": max((calls[pk] for pk in pks), default=0),
            }
        )
    return found
