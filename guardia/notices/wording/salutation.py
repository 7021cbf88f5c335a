"""A courteous opening with the person's title and name. Only the title tells whether it speaks to a man or a woman."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import pgettext, pgettext_lazy

from guardia.customers.contact import Contact


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
