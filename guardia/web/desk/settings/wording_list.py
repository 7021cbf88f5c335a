"""The notices with the operator's own texts beside Guardia's, and how one reads before it is saved."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET

from guardia.cases.labels import CAUSE_NAMES, CONDITION_NAMES
from guardia.config.languages import PUBLISHED_IN
from guardia.config.now import now
from guardia.customers.contact import Contact
from guardia.events.kinds import LETTERS, name_of_kind
from guardia.notices import own_words
from guardia.notices import own_words_trial as trial
from guardia.notices.envelope import Mail
from guardia.notices.notice import Notice
from guardia.notices.own_words import Event, OwnWording
from guardia.notices.own_words_editing import is_event
from guardia.notices.own_words_trial import LONGEST, misspelt
from guardia.notices.wording.letter import Letter
from guardia.notices.wording.notice_facts import NoticeFacts
from guardia.notices.wording.own_news import Words
from guardia.notices.wording.sample import sample, sample_contact
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import Moment, worded_variants
from guardia.web.desk.mail.message import FRAME_POLICY
from guardia.web.desk.settings.frame import looks, settings_page, version_in_force

# --- wording list -----------------------------------------------------------------------------------------------------
# The notices whose text an operator may write, each in every language: whose text is sent, since when.
RULINGS: dict[str, Promise] = {
    "upheld": gettext_lazy("the objection is right"),
    "rejected": gettext_lazy("the stop stands"),
    "in_part": gettext_lazy("right in part"),
}
VARIANT_NAMES: Mapping[str, Promise] = {
    "remote": gettext_lazy("remotely"),
    "visit": gettext_lazy("by a visit"),
    **{condition.value: name for condition, name in CONDITION_NAMES.items()},
    **{cause.value: name for cause, name in CAUSE_NAMES.items()},
    **RULINGS,
    "breach": gettext_lazy("a promise was broken"),
    "engineer": gettext_lazy("by the engineer"),
    "received": gettext_lazy("received by telephone"),
    "complaint": pgettext_lazy("notice", "formal complaint"),
    "done": pgettext_lazy("notice", "work finished"),
    "unfinished": pgettext_lazy("notice", "work unfinished"),
    "declared": pgettext_lazy("notice", "when it is declared"),
    "caller": pgettext_lazy("notice", "after a call"),
    "gathered": pgettext_lazy("notice", "from open cases"),
    "alert": pgettext_lazy("notice", "by an alert"),
    "not_back": pgettext_lazy("notice", "still without service"),
    "mistaken": pgettext_lazy("notice", "joined by mistake"),
    "by_hand": pgettext_lazy("notice", "separated by an engineer"),
    "inside": pgettext_lazy("notice", "within its window"),
    "overran": pgettext_lazy("notice", "beyond its window"),
}
BY_WHOM: dict[str, Promise] = {
    "customer": gettext_lazy("by the customer"),
    "supervisor": gettext_lazy("by our supervisor"),
}

WAITS = frozenset({Moment.WAIT_STARTED, Moment.WAIT_ENDED})
"""Of these the customer is the cause, not who does it."""


def event_in(written: str, language: str = PUBLISHED_IN) -> Event | None:
    """``confirmed-supervisor``: the moment and its variant; None where no such text can be written."""
    moment, _dash, variant = written.partition("-")
    return (moment, variant) if is_event(moment, variant, language) else None


def written_as(moment: str, variant: str) -> str:
    return f"{moment}-{variant}" if variant else moment


def name_of(moment: str, variant: str) -> str:
    """``Confirmed, by our supervisor``."""
    name = name_of_kind(moment)
    return _("%(notice)s, %(kind)s") % {"notice": name, "kind": kind_of(moment, variant)} if variant else name


def kind_of(moment: str, variant: str) -> str:
    names = VARIANT_NAMES if moment in WAITS else {**VARIANT_NAMES, **BY_WHOM}
    return str(names.get(variant, variant))


def example_of(moment: str, variant: str) -> str:
    """``Example``, or which of several: ``Example: by a visit``."""
    return _("Example: %s") % kind_of(moment, variant) if variant else _("Example")


def events(procedure: Procedure, also: Iterable[Event] = ()) -> Iterator[Event]:
    """In the order of a case. One text for a moment, or one for each variant where the procedure rules them apart.

    ``also``: those that have a text of their own already.
    """
    written = set(also)
    for moment in LETTERS:
        known = tuple(dict.fromkeys(("", *worded_variants(Moment(moment)))))
        apart = any(str(rule.moment).startswith(f"{moment}/") for rule in procedure.notices)
        shown = known[1:] if apart else known[:1]
        yield from ((moment, each) for each in known if each in shown or (moment, each) in written)


@looks
def wordings(request: HttpRequest) -> HttpResponse:
    procedure = version_in_force(now()).procedure
    newest = own_words.newest_of_all()
    listed = events(procedure, {(moment, variant) for moment, variant, _language in newest})
    context = {
        "languages": [name for _code, name in settings.LANGUAGES],
        "rows": [
            {"name": name_of(*event), "cells": [cell(event, *each, newest) for each in settings.LANGUAGES]}
            for event in listed
        ],
    }
    return settings_page(request, "wordings", context, tab="settings_wording")


def cell(event: Event, language: str, name: str, newest: dict[tuple[str, str, str], OwnWording]) -> dict[str, Any]:
    return {
        "language": name,
        "href": reverse("settings_wording_edit", args=[written_as(*event), language]),
        "wording": newest.get((*event, language)),
    }


# --- wording preview --------------------------------------------------------------------------------------------------
# The mail as it would be with the words in the form: on the latest real case, or on an example; nothing is kept.
SALT, HOURS = "wording preview", 12 * 3600
REAL = "caso"


@dataclass(frozen=True)
class Trial:
    """Some words for an event and language, tried on a real case or on an example. ``at``: UTC."""

    event: Event
    language: str
    words: Words
    on: str
    at: datetime

    @property
    def can_be_read(self) -> bool:
        """False where it is too long, or the mail would have a hole or an unknown name: then ours would be sent."""
        if self.is_too_long or misspelt(self.event[0], self.words):
            return False
        with translation.override(self.language):
            return not trial.holes(self.told()[0], self.words)

    @property
    def is_too_long(self) -> bool:
        return any(len(getattr(self.words, name)) > longest for name, longest in LONGEST.items())

    def told(self) -> tuple[NoticeFacts, Contact]:
        if self.on == REAL and (notice := trial.latest(*self.event)):
            return trial.of_notice(notice)
        moment, variant = self.event
        kinds = worded_variants(Moment(moment))
        kind = variant or (self.on if self.on in kinds else kinds[0])
        return sample(moment, kind, version_in_force(self.at).procedure, self.at), sample_contact(self.language)

    def mail(self, **to: str) -> Mail:
        """In the text's own language; ``to`` whom, as its package takes it. Raises BadAddress."""
        with translation.override(self.language):
            return trial.mail_to(self.letter(), self.language, self.at, **to)

    def letter(self) -> Letter:
        """In the active language."""
        return trial.tried(*self.told(), self.words)

    def token(self) -> str:
        kept = [*self.event, self.language, list(self.words.texts), self.on, self.at.isoformat()]
        return signing.dumps(kept, salt=SALT, compress=True)


def trial_in(token: str) -> Trial:
    """Raises Http404 for what we have not signed, or long ago."""
    try:
        moment, variant, language, texts, on, at = signing.loads(token, salt=SALT, max_age=HOURS)
    except signing.BadSignature as nothing:
        raise Http404 from nothing
    return Trial((moment, variant), language, Words(*texts), on, datetime.fromisoformat(at))


def previewed(tried: Trial) -> dict[str, Any]:
    """The text part, and the address of the HTML; nothing where there is no mail to be read."""
    if not tried.can_be_read:
        return {"language": tried.language}
    message = tried.mail()
    with translation.override(tried.language):
        preheader = tried.letter().preheader
    return {
        "language": tried.language,
        "subject": message.subject,
        "preheader": preheader,
        "text": message.text,
        "html_href": reverse("settings_wording_html", args=[tried.token()]),
    }


def choices(event: Event) -> list[tuple[str, str]]:
    """On what it may be tried: the latest case, and an example of each kind."""
    moment, variant = event
    real: Notice | None = trial.latest(moment, variant)
    kinds = [variant] if variant else worded_variants(Moment(moment))
    cases = [(REAL, f"{real.facts.get('number', '')} · {real.facts.get('company', '')}")] if real else []
    return cases + [(kind or "ejemplo", example_of(moment, kind)) for kind in kinds]


@looks
@require_GET
@csp_override(FRAME_POLICY)
def html(request: HttpRequest, token: str) -> HttpResponse:
    """The HTML part alone. It may run nothing and fetch nothing: its policy says so."""
    tried = trial_in(token)
    if event_in("-".join(filter(None, tried.event)), tried.language) is None or not tried.can_be_read:
        raise Http404
    return HttpResponse(tried.mail().html, headers={"Cache-Control": "no-store"})


urlpatterns = [
    path("textos/", wordings, name="settings_wording"),
    path("textos/html/<str:token>", html, name="settings_wording_html"),
]
