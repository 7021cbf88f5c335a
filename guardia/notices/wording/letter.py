"""The letter one person gets: built once from the facts, then laid out as text and as HTML with the same words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from guardia.customers.contact import Contact
from guardia.events.history import SHOWN
from guardia.events.kinds import letter_of_kind
from guardia.notices.links import NO_ADDRESSES, Addresses
from guardia.notices.notice import Delivery, Notice
from guardia.notices.wording import banding, beginning, causes, ending, visiting, waiting
from guardia.notices.wording.charts import Chart, Grid, charts
from guardia.notices.wording.fact_phrases import (
    is_request,
    service,
    state,
    subject,
    tests,
    tests_to_show,
    what_is_wrong,
)
from guardia.notices.wording.next_step import next_notes, next_sentence, next_step
from guardia.notices.wording.notice_facts import NoticeFacts
from guardia.notices.wording.plain import plain_news
from guardia.notices.wording.prose import WORDING, News, clause, rows_of
from guardia.procedure.directory import Desk, Line
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import ClockKind, Moment

STAGES = (beginning, visiting, visiting, ending, waiting, waiting, beginning, banding, causes)
"""Where letters have functions of their own: once these are imported, ``WORDING`` knows them."""

QUESTION = "pregunta"
"""Where the question stands on the customer's page of the case."""
OURS_ALONE = frozenset({ClockKind.ACKNOWLEDGEMENT, ClockKind.MOVEMENT, ClockKind.CALL_TASK})
DESK = "technical"
NO_BREAK = "\u00a0"


@dataclass(frozen=True)
class Letter:
    """All that is said, in the order in which it is read.

    ``preheader``: the news in a few words, which a mailbox shows beside the subject; ``ask``: the one thing that the
    reader is asked to do, as a link: its words and its address.
    """

    subject: str
    greeting: str
    headline: str
    said: tuple[str, ...]
    next: str
    next_notes: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, str], ...]
    desk: str
    provider: str
    footer: str
    charts: tuple[Chart, ...] = ()
    grids: tuple[Grid, ...] = ()
    preheader: str = ""
    ask: tuple[str, str] | None = None
    log: str = ""
    """The signed log of all histories, as it stood when the letter was written."""


def letter(
    told: Sequence[NoticeFacts],
    contact: Contact,
    addresses: Addresses = NO_ADDRESSES,
    news: Sequence[News] | None = None,
) -> Letter:
    """One letter about one case: the news is the first event's, the next step is as it stood after the last.

    ``addresses``: where this contact opens the case (P2), where the company sees whom it may escalate to, where this
    contact asks for the next level (E1), and reads the closing report (P7); ``news``: one for each of ``told``, where
    the words are not ours.
    """
    first, last = told[0], told[-1]
    news = news or [news_of(each) for each in told]
    step = next_step(last)
    desk = desk_to_call(last)
    return Letter(
        subject=subject(first),
        greeting=salutation(contact),
        headline=news[0].headline,
        said=tuple(words for words in (*late_words(last), *body(told, news)) if words),
        next=next_sentence(last, step) if step else "",
        next_notes=next_notes(last, step) if step else (),
        rows=table(last, news, desk),
        links=rows_of(
            (_("Your case, to follow and to answer"), addresses.case),
            (_("Who answers now"), answering(last, addresses.who_answers)),
            (_("Escalate this case"), to_escalate(last, addresses.escalate)),
            (_("Closing report"), addresses.report if has_report(told) else ""),
        ),
        desk=str(desk.name),
        provider=last.procedure.provider.name,
        footer=footer(told),
        charts=charts(told),
        preheader=in_few_words(first, news[0]),
        ask=question_link(last, addresses),
    )


def in_few_words(told: NoticeFacts, news: News) -> str:
    """``No service in Cuenca: we found the cause``; once it is back, ``Service restored``. An operator's own words for
    this place go first.
    """
    if news.is_whole or told["restored_at"]:
        return capfirst(news.subject)
    return f"{what_is_wrong(told)}: {news.subject}"


def question_link(told: NoticeFacts, addresses: Addresses) -> tuple[str, str] | None:
    """Once it is restored, and while nobody has confirmed: the link to the question whether the service works (P5);
    where it was confirmed by word, until when that may be denied: the link by which it is.
    """
    if told.moment == Moment.CONFIRMED and addresses.deny and ending.deniable_until(told):
        return _("That is not right: reopen the case"), addresses.deny
    if not letter_of_kind(told.moment).asks_to_confirm or not addresses.case or is_request(told):
        return None
    return _("Tell us whether your service works"), f"{addresses.case}#{QUESTION}"


def news_of(told: NoticeFacts) -> News:
    """What is told of its moment; a moment that a procedure owes and nobody has words for is told in general ones."""
    if entry := WORDING.get(told.moment):
        return entry(told)
    if (plain := letter_of_kind(told.moment)).headline:
        return plain_news(told, plain)
    return News(_("news of your case"), _("There is news of your case."))


def late_words(told: NoticeFacts) -> list[str]:
    """A mail that leaves late says of what hour it speaks."""
    if not told.is_late:
        return []
    words = _("This message leaves late: it describes the situation %(hour)s. For the latest, please call us.")
    return [words % {"hour": told.hours.zoned(told.hours.at(told.at))}]


def body(told: Sequence[NoticeFacts], news: Sequence[News]) -> list[str]:
    """What follows the first sentence, and one apology for all the promises that these events met too late. The next
    step tells the hour of a decision.
    """
    said = [*news[0].said]
    for each, more in zip(told[1:], news[1:], strict=True):
        said += [*([] if each.moment == Moment.DECISION_SET else [more.headline]), *more.said]
    late = [(each, promise) for each in told for promise in each["late"] or () if promise["kind"] not in OURS_ALONE]
    if not late:
        return said
    sorry = _("We apologise; the delay is on record in your case.")
    return [*said, " ".join([*(delay(each, promise) for each, promise in late), sorry])]


def delay(told: NoticeFacts, late: Mapping[str, str]) -> str:
    words = _("%(what)s: this was due %(due)s and was met %(at)s.")
    due = datetime.fromisoformat(late["due_at"])
    what = told.clock_name(late["kind"])
    return words % {"what": what, "due": told.hours.before(due), "at": told.hours.at(told.at)}


def table(told: NoticeFacts, news: Sequence[News], desk: Desk) -> tuple[tuple[str, str], ...]:
    """The facts, a label once each: service and state first, whom to call last."""
    rows = {_("Case"): told["number"]} | dict(rows_of((_("Service"), service(told))))
    if told.moment != Moment.CANCELLED:
        rows[_("State")] = state(told)
    for each in news:
        rows |= dict(each.rows)
    if shown := tests_to_show(told):
        rows.setdefault(_("Tests"), tests(told, shown))
    rows[_("Please call")] = whom_to_call(told.procedure, desk)
    return tuple(rows.items())


def has_report(told: Sequence[NoticeFacts]) -> bool:
    """Whether the letter is that of the closing of an incident, to which its report belongs (P7)."""
    return any(each.moment == Moment.CLOSED and not is_request(each) for each in told)


def to_escalate(told: NoticeFacts, address: str) -> str:
    """The address, while the case was open and its procedure has levels; none for a request: E1 speaks of incidents."""
    has_levels = told.procedure.escalation.levels and not is_request(told)
    return address if has_levels and not told["closed_at"] else ""


def answering(told: NoticeFacts, address: str) -> str:
    """Where the company sees who answers for an incident (E)."""
    return "" if is_request(told) else address


def desk_to_call(told: NoticeFacts) -> Desk:
    """The desk that attends to the case; the technical one where the procedure no longer has it."""
    found = next((desk for desk in told.procedure.desks if desk.key == told["desk"]), None)
    return found or told.procedure.desk(DESK)


def whom_to_call(procedure: Procedure, desk: Desk) -> str:
    """``Operations Centre, 1800-400404 or (02) 4005080, at any hour``: a free line and one that works from abroad."""
    lines = [line for line in procedure.lines if line.desk == desk.key]
    free = [line for line in lines if line.toll_free][:1]
    other = [line for line in lines if not line.toll_free][:1]
    numbers = _(" or ").join(number(line) for line in (*free, *other))
    hours = procedure.hours(desk.hours)
    when = _("at any hour") if hours.always else clause(str(hours.name))
    return ", ".join(part for part in (str(desk.name), numbers, when) if part)


def number(line: Line) -> str:
    digits = line.number.replace(" ", NO_BREAK)
    return _("%(number)s option %(option)s") % {"number": digits, "option": line.option} if line.option else digits


def proof(told: NoticeFacts) -> str:
    """128 bits of the hash: whoever rewrites the event finds no other with the same."""
    return _("event %(seq)s, hash %(hash)s") % {"seq": told["seq"], "hash": told["hash"][:SHOWN]}


def footer(told: Sequence[NoticeFacts]) -> str:
    """Why this person is written to, and what proves what was written."""
    company = told[0]["company"].rstrip(".")
    why = _("We are writing to you because you are a contact of %(company)s.") % {"company": company}
    proofs = [proof(each) for each in told]
    return _("%(why)s Record: %(proofs)s.") % {"why": why, "proofs": "; ".join(proofs)}


# A courteous opening with the person's title and name. Only the title tells whether it speaks to a man or a woman.


class To(StrEnum):
    MAN = "man"
    WOMAN = "woman"


TITLES: dict[str, tuple[To, Promise | None]] = {
    "sr": (To.MAN, pgettext_lazy("title of a man", "Mr.")),
    "señor": (To.MAN, pgettext_lazy("title of a man", "Mr.")),
    "don": (To.MAN, None),
    "dr": (To.MAN, None),
    "mr": (To.MAN, pgettext_lazy("title of a man", "Mr.")),
    "sra": (To.WOMAN, pgettext_lazy("title of a woman", "Mrs.")),
    "señora": (To.WOMAN, pgettext_lazy("title of a woman", "Mrs.")),
    "srta": (To.WOMAN, pgettext_lazy("title of a woman", "Ms.")),
    "doña": (To.WOMAN, None),
    "dra": (To.WOMAN, None),
    "mrs": (To.WOMAN, pgettext_lazy("title of a woman", "Mrs.")),
    "ms": (To.WOMAN, pgettext_lazy("title of a woman", "Ms.")),
}
"""The titles that tell, and how they are written out; None keeps them as they are. ``Dr.`` alone tells only in Spanish
and Portuguese, where a woman is ``Dra.``; in English the opening is the same for both."""


def salutation(contact: Contact) -> str:
    """``Dear Mr. …:`` where the title tells, ``Dear Ing. …:`` in neutral words where it does not."""
    title, name = contact.title.strip(), " ".join(contact.name.split())
    to, written = TITLES.get(title.lower().rstrip("."), (None, None))
    person = " ".join(part for part in (str(written or title), name) if part)
    if to is To.MAN:
        return pgettext("to a man", "Dear %(person)s:") % {"person": person}
    if to is To.WOMAN:
        return pgettext("to a woman", "Dear %(person)s:") % {"person": person}
    return pgettext("to a man or a woman", "Dear %(person)s:") % {"person": person}


# Why this person gets this letter, if not for the plain reason: sent once more, or in place of another.


def why_you(delivery: Delivery, notices: Sequence[Notice]) -> tuple[str, ...]:
    """In the active language; ``instead_of`` of the notices is loaded."""
    said = []
    if delivery.resend_of_id:
        said.append(_("We send you this once more because the first message may not have reached you."))
    absent = {notice.instead_of.pk: notice.instead_of for notice in notices if notice.instead_of}
    if absent:
        names = ", ".join(str(contact) for contact in absent.values())
        said.append(_("You receive this in place of %(name)s, whom our message did not reach.") % {"name": names})
    return tuple(said)
