"""The news of one event in the operator's words; what surrounds it (greeting, next step, facts, proof) stays ours."""

from dataclasses import dataclass, replace

from guardia.notices.wording.letter import news_of
from guardia.notices.wording.notice_facts import NoticeFacts
from guardia.notices.wording.placeholders import line_filled, names_for, paragraphs_filled, places, used, values_of
from guardia.notices.wording.prose import News

LONGEST_SUBJECT = 200


@dataclass(frozen=True)
class Words:
    """An operator's words for one event and language: the subject behind the number, the first sentence, the rest."""

    subject: str
    headline: str
    body: str = ""

    @property
    def texts(self) -> tuple[str, str, str]:
        return self.subject, self.headline, self.body


class UnusableWords(Exception):
    """These words cannot be used for this event; its own words say why, for the log."""


def own_news(told: NoticeFacts, words: Words) -> News:
    """In the active language. Raises NotTold, Hole where subject or first sentence would have one."""
    if strange := unknown(told.moment, words):
        raise UnusableWords(f"nothing is called {{{strange[0]}}} here")
    values = values_of(told, used(words.texts))
    ours = news_of(told)
    return replace(
        ours,
        subject=shortened(line_filled(words.subject, values)),
        headline=line_filled(words.headline, values),
        said=paragraphs_filled(words.body, values),
        is_whole=True,
    )


def unknown(moment: str, words: Words) -> list[str]:
    known = set(names_for(moment))
    return [name for text in words.texts for name in places(text) if name not in known]


def shortened(subject: str) -> str:
    return subject if len(subject) <= LONGEST_SUBJECT else subject[: LONGEST_SUBJECT - 1].rstrip() + "…"
