"""A supervisor's morning: what was confirmed by word (P5 D), and what was late and nobody has explained."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.notices.wording.letter import DESK
from guardia.notices.wording.notice_facts import NoticeFacts, moment_of
from guardia.notices.wording.page_text import Listed, Page

MORNING, MORNING_LIST = "morning", "morning_list"
"""The moment of such a notice, by which nobody is woken, and the kind of its alarm."""


def morning(told: NoticeFacts, address: str) -> Page:
    """``address``: where the list stands at the desk."""
    by_word, late = int(told["by_word"] or 0), int(told["late"] or 0)
    by_word_said = ngettext("%(n)d confirmed by word", "%(n)d confirmed by word", by_word) % {"n": by_word}
    late_said = ngettext("%(n)d late without a reason", "%(n)d late without a reason", late) % {"n": late}
    counts = ", ".join([by_word_said] * bool(by_word) + [late_said] * bool(late))
    subject = _("This morning: %(counts)s") % {"counts": counts}
    between = told.hours.zoned(told.hours.between(moment_of(told["since"]) or told.owed_at, told.owed_at))
    headline = _("What there is to look at this morning, %(between)s: %(counts)s.")
    headline = headline % {"between": between, "counts": counts}
    more = by_word + late - len(told["confirmed"]) - len(told["unexplained"])
    more_said = ngettext("and %(n)d more, in the list", "and %(n)d more, in the list", more) % {"n": more}
    return Page(
        subject=subject,
        title=subject,
        headline=headline,
        short=(headline, *told["numbers"]),
        said=(
            *(
                [_("By word is what no link, code or call of a contact proves: ring the company, and ask.")]
                * bool(by_word)
            ),
            *([_("Why it was late is answered at the desk: Reports, “Why it was late”.")] * bool(late)),
        ),
        answer=_("The whole list, with names and telephones:"),
        button=_("Open the list"),
        address=address,
        listed=(
            *(Listed(confirmed(row, told)) for row in told["confirmed"]),
            *(Listed(unexplained(row, told)) for row in told["unexplained"]),
        ),
        more=more_said if more > 0 else "",
        desk=str(told.procedure.desk(DESK).name),
        provider=told.procedure.provider.name,
        footer=_("You are written to because you supervise the desk. On a morning with nothing there is no mail."),
    )


def confirmed(row: Mapping[str, Any], told: NoticeFacts) -> str:
    words = {"number": row["number"], "company": row["company"], "hour": hour(row["at"], told), "who": row["engineer"]}
    if row["denied"]:
        return _("%(number)s %(company)s: confirmed by word %(hour)s, and the company says that it is not so") % words
    if row["engineer"]:
        return _("%(number)s %(company)s: confirmed by word %(hour)s, written down by %(who)s") % words
    return _("%(number)s %(company)s: confirmed by word %(hour)s") % words


def unexplained(row: Mapping[str, Any], told: NoticeFacts) -> str:
    words = {"number": row["number"], "company": row["company"], "hour": hour(row["at"], told)}
    return _("%(number)s %(company)s: late %(hour)s, and nobody has said why") % words


def hour(written: str, told: NoticeFacts) -> str:
    return told.hours.at(datetime.fromisoformat(written))
