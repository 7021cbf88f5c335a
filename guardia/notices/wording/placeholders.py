"""What the operator's own text may name, by event: each placeholder, what it says in a case, and its label."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from guardia.config.languages import in_active
from guardia.events.kinds import letter_of_kind
from guardia.notices.wording import causes, fact_phrases
from guardia.notices.wording.banding import band_now, band_was
from guardia.notices.wording.beginning import symptom_text
from guardia.notices.wording.ending import count_text
from guardia.notices.wording.fact_phrases import evidence_text, what_was_seen
from guardia.notices.wording.hours import lasting
from guardia.notices.wording.items import hour_words, next_words, words_for
from guardia.notices.wording.letter import desk_to_call, news_of, whom_to_call
from guardia.notices.wording.notice_facts import NoticeFacts, moment_of
from guardia.notices.wording.prose import clause, listed
from guardia.notices.wording.waiting import affected, excluded_text, proof, stretch
from guardia.procedure.rules import NoticeItem

Says = Callable[[NoticeFacts], str]


@dataclass(frozen=True)
class Placeholder:
    """``label`` tells what it is to whoever writes; ``says`` is empty where a case does not know it."""

    label: Promise
    says: Says


def text(name: str) -> Says:
    """What somebody wrote about this very event, to be closed by the operator's own sentence."""
    return lambda told: clause(told.text(name))


def fact(name: str) -> Says:
    return lambda told: clause(str(told[name]))


def item(name: NoticeItem) -> Says:
    return lambda told: listed(words_for(name, told))


def cause(told: NoticeFacts) -> str:
    """A cause that is only probable is never told as a fact (P3 D)."""
    found = clause(told.text("cause") or told["cause"])
    if found and told.data.get("probable"):
        return gettext("%(cause)s (probable cause)") % {"cause": found}
    return found


def at(told: NoticeFacts) -> str:
    return told.hours.zoned(told.hours.at(told.at))


def hour(told: NoticeFacts) -> str:
    return " ".join(told.hours.zoned(words) for words in words_for(NoticeItem.HOUR, told))


def since(told: NoticeFacts) -> str:
    """Since when it is stable; of a stop that was put right, its hours."""
    return told.hours.zoned(told.hours.since(moment_of(told.data.get("green_since")) or told.at))


def next_decision(told: NoticeFacts) -> str:
    due_at = moment_of(told.data.get("due_at"))
    return told.hours.zoned(told.hours.at(due_at)) if due_at and due_at > told.now else ""


def confirmer(told: NoticeFacts) -> str:
    return ", ".join(dict.fromkeys(part for part in (told.text("name"), told.text("position")) if part))


def attempts(told: NoticeFacts) -> str:
    """A count with its noun, since one attempt is told otherwise than three."""
    return count_text(told.data.get("attempts", 0)) if told.data.get("attempts") else ""


PLACEHOLDERS: Mapping[str, Placeholder] = {
    "number": Placeholder(_("Number of the case"), fact("number")),
    "company": Placeholder(_("Company"), fact("company")),
    "service": Placeholder(_("Service, with its site and city"), fact_phrases.service),
    "site": Placeholder(_("Site"), fact("site")),
    "city": Placeholder(_("City"), fact("city")),
    "wrong": Placeholder(_("What is wrong, and in which city"), fact_phrases.what_is_wrong),
    "state": Placeholder(_("State of the service, and since when"), fact_phrases.state),
    "at": Placeholder(_("Time of this event"), at),
    "next": Placeholder(_("What comes next and by when, as a whole sentence"), lambda told: "".join(next_words(told))),
    "by_when": Placeholder(_("When the next step is due"), lambda told: "".join(hour_words(told))),
    "call": Placeholder(_("Whom to call"), lambda told: whom_to_call(told.procedure, desk_to_call(told))),
    "subject": Placeholder(_("The news in a few words, as Guardia says it"), lambda told: news_of(told).subject),
    "headline": Placeholder(_("Guardia's first sentence"), lambda told: news_of(told).headline),
    "rest": Placeholder(
        _("Everything that follows in Guardia's text"), lambda told: "\n\n".join(filter(None, news_of(told).said))
    ),
    "desk": Placeholder(_("Desk that handles it"), fact_phrases.desk_name),
    "desk_opens": Placeholder(_("When that desk opens; nothing while it is open"), fact_phrases.opens),
    "answer": Placeholder(_("The desk's answer, or how it was solved"), text("answer")),
    "symptoms": Placeholder(_("Symptoms"), item(NoticeItem.SYMPTOMS)),
    "reporter": Placeholder(_("Reported by"), fact("reporter")),
    "reference": Placeholder(_("Reference of the company"), fact("customer_reference")),
    "cause": Placeholder(_("Cause; it indicates where it is only probable"), cause),
    "plan": Placeholder(_("Solution plan"), item(NoticeItem.PLAN)),
    "how": Placeholder(_("Remotely or by a visit, as a full sentence"), lambda told: symptom_text(told.variant)),
    "hour": Placeholder(_("Time the service came back, or failed again"), hour),
    "solution": Placeholder(_("What was done"), text("solution")),
    "news": Placeholder(_("The news, as the engineer wrote it"), lambda told: causes.news_text(told).strip()),
    "crew": Placeholder(_("Crew"), fact_phrases.crew),
    "forecast": Placeholder(_("Expected arrival"), fact_phrases.forecast),
    "site_contact": Placeholder(
        _("Contact at the site"), lambda told: clause(told.visit.get("site_contact", "") or told["site_contact"])
    ),
    "access_hours": Placeholder(
        _("Access hours"), lambda told: clause(told.visit.get("access", "") or told["access_hours"])
    ),
    "conditions": Placeholder(_("What the visit depends on"), lambda told: listed(fact_phrases.conditions(told))),
    "why": Placeholder(_("Why it is blocked"), text("why")),
    "next_decision": Placeholder(_("Time of the next decision"), next_decision),
    "whom": Placeholder(_("Whom we tried to reach"), text("whom")),
    "outcome": Placeholder(_("What came of it"), text("outcome")),
    "confirmer": Placeholder(_("Who confirmed, with the position"), confirmer),
    "plan_executed": Placeholder(_("Plan executed"), item(NoticeItem.PLAN_EXECUTED)),
    "attempts": Placeholder(_("How often we tried, as a full sentence"), attempts),
    "lasted": Placeholder(_("How long it lasted"), lambda told: lasting(int(told.data.get("seconds", 0)))),
    "what": Placeholder(_("What was seen"), lambda told: clause(what_was_seen(told))),
    "since": Placeholder(_("Since when"), since),
    "evidence": Placeholder(_("Tests that prove it"), evidence_text),
    "fault": Placeholder(_("Fault"), text("fault")),
    "prevention": Placeholder(_("What is done to prevent a recurrence"), text("prevention")),
    "affected_time": Placeholder(_("Affected time"), item(NoticeItem.AFFECTED_TIME)),
    "reason": Placeholder(_("Reason"), item(NoticeItem.REASON)),
    "clock": Placeholder(_("Which time of the procedure"), fact_phrases.clocks),
    "asked_by": Placeholder(_("Requested by"), text("asked_by")),
    "proof": Placeholder(_("Proof"), proof),
    "party": Placeholder(_("Third party"), text("party")),
    "outage": Placeholder(
        _("Number of the mass outage"), lambda told: told.data.get("number") or causes.number_of(told)
    ),
    "outage_name": Placeholder(
        _("What the mass outage is"), lambda told: clause(in_active((told["outage"] or {}).get("names")))
    ),
    "expected_back": Placeholder(_("When the service is expected back"), causes.expected_back),
    "work": Placeholder(_("Number of the planned work"), lambda told: told.data.get("number", "")),
    "work_name": Placeholder(
        _("What is done in the planned work"), lambda told: clause(in_active(causes.work_names(told)))
    ),
    "window_end": Placeholder(_("End of its window"), causes.window_end),
    "excluded": Placeholder(_("That it is excluded from the affected time, as a whole sentence"), excluded_text),
    "was": Placeholder(
        _("The stop as recorded"),
        lambda told: stretch(told, told.data.get("was")) if told.data.get("was") else "",
    ),
    "who": Placeholder(pgettext_lazy("objection", "Who objects"), text("who")),
    "band": Placeholder(_("Arrival of a crew, as it is promised from now on"), band_now),
    "band_was": Placeholder(_("Arrival of a crew, as it was promised until now"), band_was),
    "affected": Placeholder(_("Affected time after the ruling"), affected),
}
"""One name per thing, the same in every language; where the procedure has an item of that name it is that item."""

ALWAYS = ("number", "company", "service", "site", "city", "wrong", "state", "at", "next", "by_when", "call")
OURS = ("subject", "headline", "rest")


def names_for(moment: str) -> tuple[str, ...]:
    """The closed list of one event, its own first."""
    return (*letter_of_kind(moment).placeholders, *ALWAYS, *OURS)


def values_of(told: NoticeFacts, names: list[str]) -> dict[str, str]:
    """What each of these says, in the active language; a name that this event does not know says nothing."""
    known = set(names_for(told.moment))
    return {name: PLACEHOLDERS[name].says(told).strip() for name in names if name in known}


def label_of(name: str) -> str:
    return str(PLACEHOLDERS[name].label) if name in PLACEHOLDERS else name


# The operator's text with its placeholders filled: ``{cause}`` and nothing else. It runs nothing and scans once.
#
# A sentence that holds a placeholder which says nothing in this case is left out, so that nobody reads half of it.


PLACE = re.compile(r"\{[^\S\n]*([^{}\s](?:[^{}\n]*[^{}\s])?)[^\S\n]*\}")  # within a line, as it is filled
BRACE = re.compile(r"[{}]")
END_OF_SENTENCE = re.compile(r"[.!?…]+[\"'”’»)\]]*\s+")
CLOSED = re.compile(r"[.!?…]+$")
BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
SHORTENED = frozenset(
    [
        "abg",
        "aprox",
        "arq",
        "art",
        "av",
        "avda",
        "cia",
        "cía",
        "dept",
        "depto",
        "dr",
        "dra",
        "econ",
        "ej",
        "etc",
        "ext",
        "ing",
        "lic",
        "mr",
        "mrs",
        "ms",
        "mz",
        "no",
        "nro",
        "núm",
        "num",
        "pág",
        "pag",
        "prof",
        "sr",
        "sra",
        "srta",
        "tel",
        "telf",
        "tlf",
        "vs",
    ]
)
"""Words whose full stop ends no sentence. One too many only leaves out a sentence more; one missing leaves a stump."""


class Hole(Exception):
    """This placeholder says nothing in this case, where something must be said."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def places(text: str) -> list[str]:
    """The names between braces, in order, each once."""
    return list(dict.fromkeys(PLACE.findall(text)))


def loose_brace(text: str) -> str:
    """The first brace that has no partner, with what stands around it; empty if there is none."""
    rest = PLACE.sub(lambda found: "\0" * len(found[0]), text)
    found = BRACE.search(rest)
    if found is None:
        return ""
    return " ".join(text[max(found.start() - 12, 0) : found.end() + 12].replace("\0", "").split())


def line_filled(text: str, values: Mapping[str, str]) -> str:
    """A first sentence or a subject, in one line. Raises Hole where a placeholder of it says nothing."""
    line = " ".join(text.split())
    for name in places(line):
        if not values.get(name, "").strip():
            raise Hole(name)
    return " ".join(sentence_filled(line, values).split())


def paragraphs_filled(text: str, values: Mapping[str, str]) -> tuple[str, ...]:
    """The paragraphs of a body, without the sentences that would have a hole."""
    paragraphs = (lines_filled(paragraph, values) for paragraph in BLANK_LINES.split(text.strip()))
    return tuple(paragraph for paragraph in paragraphs if paragraph)


def lines_filled(paragraph: str, values: Mapping[str, str]) -> str:
    lines = (" ".join(whole_sentences(line.strip(), values)) for line in paragraph.splitlines())
    return "\n".join(line for line in lines if line)


def whole_sentences(line: str, values: Mapping[str, str]) -> Iterator[str]:
    for sentence in sentences(line):
        if all(values.get(name, "").strip() for name in places(sentence)):
            yield sentence_filled(sentence, values)


def sentences(line: str) -> Iterator[str]:
    """The sentences of a line; what may be only an abbreviation or a number does not end one."""
    start = 0
    for end in END_OF_SENTENCE.finditer(line):
        if ends(line[start : end.start()], line[end.end() :]):
            yield line[start : end.end()].rstrip()
            start = end.end()
    if line[start:]:
        yield line[start:]


def ends(before: str, after: str) -> bool:
    word = re.split(r"[\s(\[{}«“\"'/.]", before)[-1].casefold()
    is_word = len(word) > 1 and not word.isdigit() and word not in SHORTENED
    return (is_word or before.endswith("}")) and not after[:1].islower()


def sentence_filled(text: str, values: Mapping[str, str]) -> str:
    """It begins with a capital, also where it begins with what a placeholder says."""
    told = filled(text, values)
    return capfirst(told) if text.startswith("{") else told


def filled(text: str, values: Mapping[str, str]) -> str:
    """Every known placeholder as it is told. What a value holds is never read again, be there braces in it or not."""

    def told(found: re.Match[str]) -> str:
        if found[1] not in values:
            return found[0]
        value = values[found[1]].strip()
        goes_on = text[found.end() :][:1]
        return CLOSED.sub("", value) if goes_on and goes_on in ".!?…" else value

    return PLACE.sub(told, text)


def used(texts: Iterable[str]) -> list[str]:
    """The names that any of these texts holds, each once."""
    return list(dict.fromkeys(name for text in texts for name in places(text)))
