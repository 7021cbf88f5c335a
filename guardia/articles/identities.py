"""Of whom a text speaks: names of companies and persons, places, circuits, numbers and addresses; found, or taken out.

Names are looked for whatever their case or accents. Nobody can know all of them: who reads the text once more decides.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import pgettext

from guardia.cases.case import Case
from guardia.config.sql_rows import rows_of
from guardia.customers.contact import Contact
from guardia.customers.customer import Service
from guardia.customers.values import fold
from guardia.field.crew import CrewMember
from guardia.people.staff import ActorKind, Staff

COMPANY, PERSON, SITE, ADDRESS, CIRCUIT, NUMBER = "company", "person", "site", "address", "circuit", "number"
BY_FORM = "by form"
"""A number, a mailbox or a link, by how it is written: whose it is is not known."""
SURE = frozenset({COMPANY, PERSON, CIRCUIT, NUMBER})
"""What refuses a publication where it is still found. A site may be called as many things are (*matriz*), and a number
or a link may be the operator's own.
"""
SHORTEST = 3
OF_A_NAME = frozenset(
    {
        *("de", "del", "la", "las", "los", "el", "y", "e", "da", "do", "dos", "das"),
        *("ing", "sr", "sra", "srta", "sres", "dr", "dra", "lic", "abg", "arq"),
    }
)
OTHER_COMPANIES = """
    SELECT name FROM customer WHERE folded_name LIKE '%% %%' AND position(folded_name IN %s) > 0 LIMIT 50
"""
NOT_BY_NAME: tuple[tuple[str, re.Pattern[str]], ...] = (
    (BY_FORM, re.compile(r"\bhttps?://\S+|\bwww\.\S+", re.IGNORECASE)),
    (BY_FORM, re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    (BY_FORM, re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2})?(?![\w.])")),
    (BY_FORM, re.compile(r"\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b", re.IGNORECASE)),
    (BY_FORM, re.compile(r"(?<![\w:/.,-])\+?\(?\d(?:[ ().-]?\d){6,14}(?![\w/]|:\d)")),
    (
        ADDRESS,
        re.compile(
            r"\b(?:Av\.|Avda\.|Avenida|Calle|Cdla\.|Ciudadela|Urb\.|Pasaje|Rua|Street)\s+[A-ZÁÉÍÓÚÑ0-9][\w°º-]*"
            r"(?:[ ,]+(?:(?:y|e|de|del|la|los|esq\.) +)*[A-ZÁÉÍÓÚÑ0-9][\w°º-]*)*"
        ),
    ),
)
"""Links and mailboxes, addresses of machines, numbers of at least seven digits, streets."""
DAY = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[/.-]\d{1,2}[/.-]\d{4}")
CODE = re.compile(r"[\w/-]*\d[\w/-]*")


@dataclass(frozen=True, slots=True)
class Found:
    """A place in a text that tells of whom it speaks."""

    kind: str
    start: int
    end: int
    words: str


def without_identities(text: str, case: Case) -> str:
    """The text of a case with a word in brackets, in the installation's language, for whatever tells whose it was."""
    with translation.override(settings.LANGUAGE_CODE):
        instead = {
            COMPANY: pgettext("instead of a name", "[company]"),
            PERSON: pgettext("instead of a name", "[person]"),
            SITE: pgettext("instead of a name", "[site]"),
            ADDRESS: pgettext("instead of a name", "[address]"),
            CIRCUIT: pgettext("instead of a name", "[circuit]"),
            **dict.fromkeys((NUMBER, BY_FORM), pgettext("instead of a name", "[number]")),
        }
    parts, done = [], 0
    for one in found_in(text, case):
        parts += [text[done : one.start], instead[one.kind]]
        done = one.end
    stripped = "".join([*parts, text[done:]])
    for word in set(instead.values()):
        stripped = re.sub(rf"{re.escape(word)}(?:[ ,]+{re.escape(word)})+", word, stripped)
    return stripped


def identities_in(text: str, case: Case | None) -> list[str]:
    """The names, circuits and numbers that stand in a text, each once, as they stand there.

    ``case``: from whose story it was drafted, whose names are all looked for; without it companies and circuits alone.
    """
    known = reached_by(case) if case else frozenset()
    found = found_in(text, case)
    theirs = [one for one in found if one.kind in SURE or (one.kind == BY_FORM and mark(one.words) in known)]
    return list(dict.fromkeys(one.words.strip() for one in theirs))


def found_in(text: str, case: Case | None) -> list[Found]:
    """What is found, in the order of the text; of two that overlap the one that begins first, or is longer."""
    flat = plain(text)
    found = [*by_form(text), *by_name(text, flat, names_for(flat, case))]
    if case is not None:
        found += parts_of_names(text, flat, persons_of(case))
    chosen: list[Found] = []
    for one in sorted(found, key=lambda each: (each.start, -each.end)):
        if not chosen or one.start >= chosen[-1].end:
            chosen.append(one)
    return chosen


def plain(text: str) -> str:
    """Lower case without accents, each character in its place."""
    return "".join((unicodedata.normalize("NFD", letter)[0].lower() or letter)[0] for letter in text)


def by_form(text: str) -> Iterator[Found]:
    for kind, pattern in NOT_BY_NAME:
        for match in pattern.finditer(text):
            if not DAY.fullmatch(match.group()):
                yield Found(kind, match.start(), match.end(), match.group())


def by_name(text: str, flat: str, names: Iterable[tuple[str, str]]) -> Iterator[Found]:
    """``names``: kind and name. A name is found whole, whatever stands between its words."""
    for kind, name in names:
        words = re.findall(r"\w+", plain(name))
        if len("".join(words)) < SHORTEST or not all(word in flat for word in words):
            continue
        for match in re.finditer(rf"\b{r'\W{1,3}'.join(map(re.escape, words))}\b", flat):
            yield Found(kind, match.start(), match.end(), text[match.start() : match.end()])


def parts_of_names(text: str, flat: str, names: Iterable[str]) -> Iterator[Found]:
    """Who took part in a case is called by one name too: a part of it, where it stands with a capital."""
    parts = {part for name in names for part in re.findall(r"\w+", plain(name))}
    for part in parts:
        if len(part) < SHORTEST or part.isdigit() or part in OF_A_NAME:
            continue
        for match in re.finditer(rf"\b{re.escape(part)}\b", flat):
            if text[match.start()].isupper():
                yield Found(PERSON, match.start(), match.end(), text[match.start() : match.end()])


def names_for(flat: str, case: Case | None) -> Iterator[tuple[str, str]]:
    """Kind and name of whoever may be named in this text: those of the case, and any company, and any circuit."""
    yield from ((COMPANY, name) for (name,) in rows_of(OTHER_COMPANIES, [fold(flat)]))
    codes = {code.strip("-/") for code in CODE.findall(flat)}
    for circuit in Service.objects.filter(folded_circuit__in=codes).values_list("circuit", flat=True):
        yield CIRCUIT, circuit
    if case is None:
        return
    yield COMPANY, case.customer.name
    for circuit in case.customer.services.values_list("circuit", flat=True):
        yield CIRCUIT, circuit
    for name, address, contact in case.customer.sites.values_list("name", "address", "contact_on_site"):
        yield SITE, name
        yield ADDRESS, address
        yield PERSON, contact
    for name in Contact.objects.filter(customer=case.customer_id).values_list("name", flat=True):
        if " " in name.strip():  # *Soporte* by itself is a word of every text
            yield PERSON, name
    for name in persons_of(case):
        yield PERSON, name
    for number in (case.customer_reference, case.carrier_reference, case.former_number, case.display_number):
        yield NUMBER, number
    yield NUMBER, str(case.number)


def persons_of(case: Case) -> list[str]:
    """Who took part in it: who reported, who was at the site, who confirmed, who worked on it, who went there."""
    of_desk = case.events.filter(actor_kind=ActorKind.STAFF).values("actor_id")
    staff = Staff.objects.filter(pk__in=of_desk).values_list("name", flat=True)
    went = CrewMember.objects.filter(crew__visits__case=case).values_list("name", flat=True)
    reporter = case.reporter.name if case.reporter else ""
    written = [re.sub(r"[\d+()]+", " ", words) for words in (case.site_contact, case.confirmed_by, case.reporter_name)]
    return list(dict.fromkeys(name for name in (reporter, *written, *staff, *went) if name.strip()))


def reached_by(case: Case) -> frozenset[str]:
    """The marks of the mailboxes and numbers by which people of this company are reached."""
    found = [case.call_back_number, *re.findall(r"[\d +()-]{7,}", case.site_contact)]
    for email, phones in Contact.objects.filter(customer=case.customer_id).values_list("email", "phones"):
        found += [email, *phones]
    return frozenset(mark(one) for one in found if one)


def mark(written: str) -> str:
    """A mailbox in small letters; of a number its last seven digits, however it is written."""
    return written.strip().lower() if "@" in written else re.sub(r"\D", "", written)[-7:]
