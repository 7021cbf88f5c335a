"""Whether the operator's words can be sent: nothing unknown in them, no hole, and all told that the procedure wants."""

import re
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.customers.values import Misfit, Reader
from guardia.notices import own_words_trial as trial
from guardia.notices.wording.filling import loose_brace, places
from guardia.notices.wording.own_news import LONGEST_SUBJECT, Words
from guardia.notices.wording.placeholders import names_for
from guardia.notices.wording.sample import samples
from guardia.procedure.contents import NoticeItem
from guardia.procedure.labels import ITEM_NAMES
from guardia.procedure.schema import Procedure

LONGEST = {"subject": LONGEST_SUBJECT, "headline": 400, "body": 4000}
FIELDS = {
    "subject": gettext_lazy("The news in a few words"),
    "headline": gettext_lazy("First sentence"),
    "body": gettext_lazy("What follows"),
}
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")
BLANK_LINES = re.compile(r"\n\s*\n\s*")
Problems = dict[str, Any]


def paragraphs(longest: int) -> Reader:
    """Text in paragraphs, one empty line between them. The reader raises Misfit."""

    def reader(value: Any) -> str:
        text = str(value or "").replace("\r\n", "\n").replace("\r", "\n")
        if CONTROL.search(text):
            raise Misfit(_("There are characters here that cannot be shown. Type the text again."))
        text = BLANK_LINES.sub("\n\n", "\n".join(line.rstrip() for line in text.split("\n")).strip())
        if len(text) > longest:
            words = _("This has %(length)d characters and %(longest)d fit. Please shorten it.")
            raise Misfit(words % {"length": len(text), "longest": longest})
        return text

    return reader


def problems(moment: str, variant: str, language: str, words: Words, procedure: Procedure, now: datetime) -> Problems:
    """What must be put right, by field, in the reader's language; empty if they can be sent. ``now``: UTC.

    They are tried on a sample of each variant that the text must fit, in the text's own language.
    """
    if wrong := misspelt(moment, words):
        return wrong
    with translation.override(language):
        tried = samples(moment, variant, procedure, now)
        empty = {field: name for told in tried for field, name in trial.holes(told, words).items()}
        lost = [] if empty else trial.untold(tried, words, language)
    if empty:
        return {field: hole_words(field, name) for field, name in empty.items()}
    return {"body": "\n".join(lost_words(moment, item) for item in lost)} if lost else {}


def misspelt(moment: str, words: Words) -> Problems:
    known, wrong = names_for(moment), Problems()
    for field in FIELDS:
        text = getattr(words, field)
        strange = [name for name in places(text) if name not in known]
        if brace := loose_brace(text):
            sentence = _("%(field)s: the brace in “%(text)s” has no partner. Write placeholders like {number}.")
            wrong[field] = sentence % {"field": FIELDS[field], "text": brace}
        elif strange:
            sentence = _("%(field)s: {%(name)s} is unknown here. Choose one of the list, or take it out.")
            wrong[field] = sentence % {"field": FIELDS[field], "name": strange[0][:40]}
    return wrong


def hole_words(field: str, name: str) -> str:
    sentence = _("%(field)s: {%(name)s} does not say something in every case. Move it to what follows.")
    return sentence % {"field": FIELDS[field], "name": name}


def lost_words(moment: str, item: NoticeItem) -> str:
    """Which placeholder tells it; the whole of our own text where it has none of its name."""
    name = item.value if item.value in names_for(moment) else "rest"
    sentence = _("%(field)s: the procedure wants told %(item)s. Write {%(name)s} into a sentence of its own.")
    return sentence % {"field": FIELDS["body"], "item": ITEM_NAMES[item], "name": name}
