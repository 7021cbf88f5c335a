"""A notice in short, for a telephone: the number of the case, the news, what is next by when, whom to call.

It may come into a wrong hand (a number changes its owner): it names no company, no person, no circuit, and nothing that
somebody wrote in free words, only what our own sentences say. Two SMS at most, in signs that every telephone shows.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime
from email.message import EmailMessage
from itertools import groupby

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.notices.notice import Delivery, Notice
from guardia.notices.wire import WIRE, one_line
from guardia.notices.wording.fact_phrases import what_is_wrong
from guardia.notices.wording.hours import in_the_language_of
from guardia.notices.wording.letter import DESK, desk_to_call, news_of, number
from guardia.notices.wording.next_step import next_sentence, next_step
from guardia.notices.wording.notice_facts import NoticeFacts
from guardia.procedure import version
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import Moment

MOST = 300
"""Two SMS hold 306 septets; the rest is for the mark of a second attempt."""

MOST_NAMED = 5


def render(delivery: Delivery, notices: Sequence[Notice], now: datetime, address: str = "") -> EmailMessage:
    """The message of this delivery without a title, as Apprise hands it over; ``case`` loaded. ``now`` is UTC.

    ``address``: where the contact opens the case; of several cases, the page of the company.
    """
    with in_the_language_of(notices) as language:
        message = EmailMessage(policy=WIRE)
        message["Subject"] = ""
        message["X-Guardia-Moment"] = " ".join(dict.fromkeys(notice.moment for notice in notices))
        message.set_content(text_of(facts_of(notices, now), address), cte="quoted-printable")
        message["Content-Language"] = language
        return message


def facts_of(notices: Sequence[Notice], now: datetime) -> list[NoticeFacts]:
    return [
        NoticeFacts.of(notice, version.of(notice.case.procedure_version_id), now) for notice in notices if notice.case
    ]


def text_of(told: Sequence[NoticeFacts], address: str = "") -> str:
    """The short text in the active language, of one case or of several; at most 300 septets."""
    cases = [list(group) for _number, group in groupby(sorted(told, key=number_of), key=number_of)]
    versions = one_case(cases[0], address) if len(cases) == 1 else several_cases(cases, address)
    texts = [in_gsm(one_line(words)) for words in versions]
    return next((text for text in texts if gsm_length(text) <= MOST), cut(texts[-1]))


def spoken(told: Sequence[NoticeFacts], broken: Sequence[tuple[str, datetime]] = ()) -> str:
    """The news of one case as a person reads it aloud, in the active language: a voice has every sign, and speaks to
    somebody of the company. The newest first, then the promises that are ``broken`` (clock, and when it fell due), what
    came before the newest and was not heard yet, what is next by when, and whom to call.
    """
    last = told[-1]
    newest = next(each for each in told if each.owed_at == last.owed_at)
    step = next_step(last)
    start = f"{last.procedure.provider.name}, {_('case %(number)s') % {'number': last['number']}}."
    late = [
        _("We did not keep “%(promise)s”, due %(hour)s.")
        % {"promise": last.clock_name(kind), "hour": last.hours.at(due)}
        for kind, due in broken
    ]
    earlier = [
        f"{capfirst(each.hours.at(each.at))}: {news_of(each).headline}" for each in told if each.owed_at < last.owed_at
    ]
    before = [_("Before that:"), *earlier] if earlier else []
    following = next_sentence(last, step) if step else ""
    desk = whom_to_call(last.procedure, desk=desk_to_call(last).key)
    return one_line(joined(start, aloud(newest), *late, *before, following, desk))


def aloud(told: NoticeFacts) -> str:
    """What somebody wrote to the customer is said in those words; all else in ours."""
    return news_of(told).headline if told.moment == Moment.NEWS_SENT else news_phrase(told)


def number_of(told: NoticeFacts) -> str:
    return told["number"]


def one_case(told: Sequence[NoticeFacts], address: str = "") -> Iterator[str]:
    """From the fullest to the shortest: whose word it is goes first, then the second number to call, then what is next;
    the address of the case, where everything stands, goes last. What no text of ours exceeds is the number.
    """
    last = told[-1]
    news = next(each for each in told if each.owed_at == last.owed_at)
    what, step = news_phrase(news), next_step(last)
    following = next_sentence(last, step) if step else ""
    case = _("case %(number)s") % {"number": last["number"]}
    start = f"{last.procedure.provider.name}, {case}."
    desk = desk_to_call(last).key
    both, one = whom_to_call(last.procedure, desk=desk), whom_to_call(last.procedure, most=1, desk=desk)
    if address:
        yield joined(start, what, following, both, address)
        yield joined(f"{capfirst(case)}.", what, following, one, address)
        yield joined(f"{capfirst(case)}.", what, following, address)
        yield joined(f"{capfirst(case)}.", what, one, address)
        yield joined(f"{capfirst(case)}.", what, address)
        yield joined(f"{capfirst(case)}.", address)
    yield joined(start, what, following, both)
    yield joined(f"{capfirst(case)}.", what, following, one)
    yield joined(f"{capfirst(case)}.", what, one)
    yield joined(f"{capfirst(case)}.", one)


def news_phrase(told: NoticeFacts) -> str:
    """``No service in Cuenca: we found the cause.``; once it is restored only where; late, of what hour it speaks."""
    where = told["city"] if told["restored_at"] else what_is_wrong(told)
    news = _("%(where)s: %(news)s.") % {"where": where, "news": news_of(told).subject}
    if not told.is_late:
        return news
    return joined(news, _("As of %(hour)s.") % {"hour": told.hours.at(told.at)})


def several_cases(cases: Sequence[Sequence[NoticeFacts]], address: str = "") -> Iterator[str]:
    """A storm: the numbers, as many as fit, and how many more there are."""
    procedure = cases[0][-1].procedure
    numbers = [told[-1]["number"] for told in cases]
    for most in range(MOST_NAMED, 0, -1):
        named, more = numbers[:most], len(numbers) - most
        words = ngettext(
            "there is news of %(n)d case: %(numbers)s", "there is news of %(n)d cases: %(numbers)s", len(cases)
        )
        said = words % {"n": len(cases), "numbers": ", ".join(named)}
        rest = ngettext("and %(n)d more", "and %(n)d more", more) % {"n": more} if more > 0 else ""
        yield joined(f"{procedure.provider.name}: {joined(said, rest)}.", whom_to_call(procedure), address)


def whom_to_call(procedure: Procedure, most: int = 2, desk: str = DESK) -> str:
    """``Please call 1800-400404 or (02) 4005080.``: a free line, and one that works from abroad."""
    lines = [line for line in procedure.lines if line.desk == desk]
    free, other = ([line for line in lines if line.toll_free is is_free][:1] for is_free in (True, False))
    numbers = _(" or ").join(number(line) for line in [*free, *other][:most])
    return _("Please call %(numbers)s.") % {"numbers": numbers} if numbers else ""


def joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def cut(text: str) -> str:
    """Shorter than any text of ours is: the safety net for words of an operator that fill two messages."""
    while gsm_length(text) > MOST:
        text = text[:-1]
    return text


BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The signs that every telephone shows in an SMS (GSM 03.38). One beyond them halves what fits into a message."""
DOUBLE = frozenset("^{}\\[~]|€")
INSTEAD = {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "\u00a0": " "}


def in_gsm(text: str) -> str:
    """The text in the signs of GSM 03.38 alone: ``está`` becomes ``esta``, ``año`` stays; the rest is left out."""
    return "".join(_gsm_sign(sign) for sign in text)


def gsm_length(text: str) -> int:
    """In septets, of a text in the signs of GSM 03.38: a bracket counts twice."""
    return sum(2 if sign in DOUBLE else 1 for sign in text)


def _gsm_sign(sign: str) -> str:
    if sign in BASIC or sign in DOUBLE:
        return sign
    if sign in INSTEAD:
        return INSTEAD[sign]
    bare = "".join(part for part in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(part))
    return "".join(part for part in bare if part in BASIC or part in DOUBLE)
