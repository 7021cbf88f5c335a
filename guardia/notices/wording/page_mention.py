"""What a colleague reads who is named in a note of a case: the words, who wrote them, and where they stand."""

from collections.abc import Sequence

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from guardia.notices.wording import page_text
from guardia.notices.wording.fact_phrases import service
from guardia.notices.wording.letter import DESK, whom_to_call
from guardia.notices.wording.notice_facts import NoticeFacts
from guardia.notices.wording.page_text import Listed, Page
from guardia.notices.wording.prose import rows_of


def mentioned(told: Sequence[NoticeFacts], address: str) -> Page:
    """The first note in full; others that were written at the same instant in a line each. No answer is asked."""
    first = told[0]
    desk = first.procedure.desk(DESK)
    return Page(
        subject=f"[{first['number']}] {who_mentions(first)}",
        title=f"[{first['number']}] {who_mentions(first)}",
        headline=_("%(who)s in a note of this case: %(place)s.")
        % {"who": capfirst(who_mentions(first)), "place": page_text.place(first)},
        short=(first.text("text"), page_text.place(first)),
        said=(first.text("text"),),
        answer=_("The note stands in the case:"),
        button=_("See the case"),
        address=address,
        rows=rows_of(
            (_("Case"), first["number"]),
            (_("Company"), page_text.company(first)),
            (_("Service"), service(first)),
            (_("State"), page_text.state(first)),
            (_("Written"), first.hours.zoned(first.hours.at(first.at))),
            (_("Operations Centre"), whom_to_call(first.procedure, desk)),
        ),
        listed=tuple(Listed(f"{each['number']}: {who_mentions(each)}: {each.text('text')}") for each in told[1:]),
        desk=str(desk.name),
        provider=first.procedure.provider.name,
        footer=_("You get this since a note of a colleague names you with @. Record: %(proof)s.")
        % {"proof": page_text.proof(first)},
    )


def who_mentions(told: NoticeFacts) -> str:
    """``Ana Andrade mentions you``."""
    return _("%(who)s mentions you") % {"who": told["author"]} if told["author"] else _("a note mentions you")
