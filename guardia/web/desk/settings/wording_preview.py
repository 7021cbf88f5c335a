"""The mail as it would be with the words in the form: on the latest real case, or on an example; nothing is kept."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import translation
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET

from guardia.customers.contact import Contact
from guardia.notices import own_words_trial as trial
from guardia.notices.notice import Notice
from guardia.notices.own_words import Event
from guardia.notices.own_words_fitting import LONGEST, misspelt
from guardia.notices.wording.letter import Letter
from guardia.notices.wording.notice_facts import NoticeFacts
from guardia.notices.wording.own_news import Words
from guardia.notices.wording.sample import sample, sample_contact
from guardia.procedure.vocabulary import VARIANTS, Moment
from guardia.web.desk.mail.message import FRAME_POLICY
from guardia.web.desk.settings.frame import looks, ruling
from guardia.web.desk.settings.wording_list import event_in, example_of

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
        kinds = VARIANTS.get(Moment(moment), ("",))
        kind = variant or (self.on if self.on in kinds else kinds[0])
        return sample(moment, kind, ruling(self.at).procedure, self.at), sample_contact(self.language)

    def mail(self, **to: str) -> EmailMessage:
        """In the text's own language; ``to`` whom, as the room takes it. Raises BadAddress."""
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
    plain = message.get_body(("plain",))
    return {
        "language": tried.language,
        "subject": str(message["Subject"]),
        "preheader": preheader,
        "text": plain.get_content() if plain else "",
        "html_href": reverse("settings_wording_html", args=[tried.token()]),
    }


def choices(event: Event) -> list[tuple[str, str]]:
    """On what it may be tried: the latest case, and an example of each kind."""
    moment, variant = event
    real: Notice | None = trial.latest(moment, variant)
    kinds = [variant] if variant else VARIANTS.get(Moment(moment), ("",))
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
    part = tried.mail().get_body(("html",))
    if part is None:
        raise Http404
    return HttpResponse(part.get_content(), headers={"Cache-Control": "no-store"})


urlpatterns = [
    path("textos/html/<str:token>", html, name="settings_wording_html"),
]
