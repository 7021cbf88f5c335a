"""The form of a text, what a person has typed in it, and whether it could be sent."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy

from guardia.notices.own_wording import OwnWording
from guardia.notices.own_words import Event
from guardia.notices.own_words_editing import TEXT, newest
from guardia.notices.own_words_fitting import FIELDS, LONGEST
from guardia.notices.wording.own_news import Words
from guardia.notices.wording.starting import starting
from guardia.procedure.schema import Procedure
from guardia.web.desk.companies.forms import DeskForm, prose, words
from guardia.web.desk.settings.frame import ruling


class WordingForm(DeskForm):
    readers = TEXT
    subject = words(
        FIELDS["subject"],
        LONGEST["subject"],
        needed=True,
        help_text=gettext_lazy("A mailbox shows it beside the subject, which is the same for every letter of a case."),
    )
    headline = prose(
        FIELDS["headline"],
        LONGEST["headline"],
        rows=2,
        help_text=gettext_lazy("The news in one sentence."),
    )
    body = prose(
        FIELDS["body"],
        LONGEST["body"],
        rows=8,
        help_text=gettext_lazy(
            "An empty line begins a paragraph. A sentence is left out where its placeholder says nothing."
        ),
    )

    def __init__(self, data: Any = None, *, of: Words) -> None:
        super().__init__(data)
        self.fields["headline"].required = True
        self.initial = {"subject": of.subject, "headline": of.headline, "body": of.body}

    @property
    def typed(self) -> Words:
        """As it stands in the form, fit or not."""
        return Words(*(str(self[name].value() or "").replace("\0", "") for name in ("subject", "headline", "body")))


def holding(event: Event, language: str, at: datetime) -> Words:
    """The words that are sent now: the operator's, else ours with their placeholders."""
    return words_of(newest(*event, language), event, language, ruling(at).procedure)


def words_of(wording: OwnWording | None, event: Event, language: str, procedure: Procedure) -> Words:
    """A version in its words; ours where it is none of the operator's. In the text's language, whoever reads."""
    if wording and wording.is_own:
        return Words(wording.subject, wording.headline, wording.body)
    with translation.override(language):
        return starting(*event, procedure)


def with_placeholder(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    """What was typed, with a placeholder at the end of the body: for a browser that runs no script."""
    body = str(data.get("body", "")).rstrip()
    return {**data, "body": f"{body} {{{name}}}".strip()}
