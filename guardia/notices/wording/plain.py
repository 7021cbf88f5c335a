"""The letter whose words stand whole in the entry of its kind (``events.kinds``), and each fact as a letter says it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from guardia.events.kinds import Letter
from guardia.events.sentence import read
from guardia.notices.wording.fact_phrases import clocks, crew, restored_hour
from guardia.notices.wording.notice_facts import NoticeFacts
from guardia.notices.wording.prose import News, clause, rows_of
from guardia.notices.wording.visiting import arrival
from guardia.notices.wording.waiting import affected


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """``solution``: a text of the event; ``data.level``: its data; ``case.site``, ``visit.access``: what stood in the
    case and in its visit. ``|clause``: in one line without its last full stop, to go on in our sentence.
    """

    told: NoticeFacts
    for_operator: bool = False

    def written(self, fact: str) -> str:
        name, _bar, form = fact.partition("|")
        found = self.found(name)
        return clause(found) if form == "clause" else found

    def found(self, name: str) -> str:
        if worked_out := WORKED_OUT.get(name):
            return worked_out(self.told)
        head, dot, rest = name.partition(".")
        if not dot:
            return self.told.text(name)
        where: Mapping[str, Any] = {"case": self.told.facts, "visit": self.told.visit, "data": self.told.data}[head]
        return str(where.get(rest) or "")


WORKED_OUT: dict[str, Callable[[NoticeFacts], str]] = {
    "": lambda told: "",
    "variant": lambda told: told.variant,
    "hour": lambda told: told.hours.zoned(told.hours.at(told.at)),
    "restored_hour": lambda told: told.hours.zoned(restored_hour(told)),
    "crew": crew,
    "arrival": arrival,
    "clocks": clocks,
    "affected": affected,
}


def plain_news(told: NoticeFacts, letter: Letter) -> News:
    facts = LetterFacts(told)
    return News(
        read(letter.subject, facts),
        read(letter.headline, facts),
        tuple(words for part in letter.body if (words := read(part, facts))),
        rows_of(*((str(label), read(part, facts)) for label, part in letter.rows)),
    )
