"""The editor of one notice in one language: looked at, tried, kept as the next version, or given back."""

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from guardia.config.now import now
from guardia.events.kinds import letter_of_kind
from guardia.notices import own_words_editing as room
from guardia.notices.own_words import Event, OwnWording
from guardia.notices.own_words_editing import TEXT
from guardia.notices.own_words_trial import FIELDS, LONGEST
from guardia.notices.post import handed_over
from guardia.notices.server_answer import NoServer, Verdict
from guardia.notices.wire import BadAddress, wire_address
from guardia.notices.wording.own_news import Words
from guardia.notices.wording.placeholders import label_of, names_for
from guardia.notices.wording.sample import starting
from guardia.procedure.schema import Procedure
from guardia.web.desk.companies.frame import DeskForm, member, prose, words
from guardia.web.desk.page import page, say
from guardia.web.desk.settings import wording_list
from guardia.web.desk.settings.frame import changes, looks, number_in, settings_page, version_in_force
from guardia.web.desk.settings.setting_form import Meanwhile, looked_at, meanwhile
from guardia.web.desk.settings.wording_list import Trial, event_in, name_of, written_as
from guardia.web.shared.act import INVALID, Refusal, attempt

PARTS = ("subject", "headline", "body")
PIECE = re.compile(r"\s+|\{[^{}]*\}|\w+|.", re.DOTALL)
SHOWN = 20
Pieces = tuple[tuple[str, str], ...]


class WordingForm(DeskForm):
    readers = TEXT
    subject = words(
        FIELDS["subject"],
        LONGEST["subject"],
        needed=True,
        help_text=gettext_lazy(
            "A mailbox shows it next to the subject, which is the same for every email about a case."
        ),
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
        return Words(*(str(self[name].value() or "").replace("\0", "") for name in PARTS))


@looks
def edit(request: HttpRequest, event: str, language: str) -> HttpResponse:
    """The form, which everybody of the desk may read; what its buttons ask for; or, once sent, the next version."""
    found = event_or_404(event, language)
    if request.method != "POST":
        return sheet(request, found, language, form_of(found, language))
    typed = request.POST.dict()
    if placeholder := request.POST.get("poner"):
        if placeholder in names_for(found[0]):
            typed = with_placeholder(typed, placeholder)
        return sheet(request, found, language, form_of(found, language, typed))
    form = form_of(found, language, typed)
    if "mirar" in request.POST:
        return sheet(request, found, language, form, status=200 if form.is_valid() else INVALID)
    there = meanwhile(request, room.NOUN, room.key_of(*found, language))
    save = lambda: room.save(*found, language, *form.typed.texts, member(request), now())  # noqa: E731
    if not there.changes and not isinstance(attempt(save, form), Refusal):
        return saved(request, found, language)
    return sheet(request, found, language, form, there, status=there.status if there.changes else INVALID)


@changes
@require_POST
def preview(request: HttpRequest, event: str, language: str) -> HttpResponse:
    """The mail beside the form, while somebody types."""
    found = event_or_404(event, language)
    form = form_of(found, language, request.POST)
    return page(request, "desk/settings/_wording_preview.html", preview_of(request, found, language, form))


@changes
@require_POST
def back(request: HttpRequest, event: str, language: str) -> HttpResponse:
    """To an older version, which a new one repeats; or, without one, to Guardia's own text."""
    found, at = event_or_404(event, language), now()
    there = meanwhile(request, room.NOUN, room.key_of(*found, language))
    asked_for = request.POST.get("version", "")
    older = room.version_of(*found, language, number_in(asked_for))
    if asked_for and older is None:
        raise Http404
    words = words_of(older, found, language, version_in_force(at).procedure)
    form = form_of(found, language, dict(zip(PARTS, words.texts, strict=True)))
    if there.changes:
        return sheet(request, found, language, form, there, status=there.status)
    if older and isinstance(attempt(lambda: room.back_to(older, member(request), at), form), Refusal):
        return sheet(request, found, language, form, there, status=INVALID)
    if not older and room.newest(*found, language):
        room.back_to_ours(*found, language, member(request), at)
    return saved(request, found, language)


@changes
def send(request: HttpRequest, event: str, language: str) -> HttpResponse:
    """What is typed, as one mail to the own address of whoever asks; nothing is kept. An address typed in: the form."""
    found = event_or_404(event, language)
    if request.method != "POST":
        return redirect("settings_wording_edit", event, language)
    form = form_of(found, language, request.POST)
    on = next(key for key, _words, is_chosen in preview_of(request, found, language, form)["choices"] if is_chosen)
    tried = Trial(found, language, form.typed, on, now())
    if not form.is_valid() or not tried.can_be_read:
        return sheet(request, found, language, form, status=INVALID)
    is_sent, said = sent(tried, member(request).name, member(request).email)
    outcome = {"is_sent": is_sent, "said": said}
    return sheet(request, found, language, form, status=200 if is_sent else INVALID, sent=outcome)


def event_or_404(written: str, language: str) -> Event:
    """Raises Http404 for a notice or language that is none."""
    if (event := event_in(written, language)) is None:
        raise Http404
    return event


def saved(request: HttpRequest, event: Event, language: str) -> HttpResponse:
    say(request, _("Saved: %s.") % name_of(*event))
    return redirect("settings_wording_edit", written_as(*event), language)


def sheet(
    request: HttpRequest,
    event: Event,
    language: str,
    form: WordingForm,
    there: Meanwhile | None = None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    place = [written_as(*event), language]
    # A page that is shown again has seen no more than before.
    seen_before = Meanwhile(number_in(request.POST["seen"])) if "seen" in request.POST else None
    own = letter_of_kind(event[0]).placeholders
    context = {
        "title": name_of(*event),
        "language": dict(settings.LANGUAGES).get(language, language),
        "code": language,
        "form": form,
        "meanwhile": there or seen_before or looked_at(room.NOUN, room.key_of(*event, language)),
        "newest": room.newest(*event, language),
        "placeholders": [(name, label_of(name), name in own) for name in names_for(event[0])],
        "versions": version_rows(event, language, version_in_force(now()).procedure),
        "others": [
            (name, reverse("settings_wording_edit", args=[place[0], code]), code == language)
            for code, name in settings.LANGUAGES
        ],
        "home": reverse("settings_wording_edit", args=place),
        "preview_href": reverse("settings_wording_preview", args=place),
        "test_href": reverse("settings_wording_test", args=place),
        "back_href": reverse("settings_wording_back", args=place),
        "address": member(request).email,
        **preview_of(request, event, language, form),
        **more,
    }
    return settings_page(request, "wording", context, tab="settings_wording", status=status)


def preview_of(request: HttpRequest, event: Event, language: str, form: WordingForm) -> dict[str, Any]:
    """The preview of what is typed, and what is wrong with it."""
    at = now()
    choices = wording_list.choices(event)
    on = request.POST.get("sobre", "")
    on = on if on in dict(choices) else choices[0][0]
    return {
        "preview": wording_list.previewed(Trial(event, language, form.typed, on, at)),
        "choices": [(value, words, value == on) for value, words in choices],
        "wrong": unfit(form, event, language),
    }


def unfit(form: WordingForm, event: Event, language: str) -> list[str]:
    """All that would be refused if it were saved now."""
    if form.is_bound and not form.is_valid():
        return [mistake_text(form, name, str(words)) for name, several in form.errors.items() for words in several]
    at = now()
    return list(room.problems(*event, language, form.typed, version_in_force(at).procedure, at).values())


def mistake_text(form: WordingForm, name: str, words: str) -> str:
    """A mistake away from its field: with the field's name before it, unless it says so itself."""
    label = str(form[name].label) if name in form.fields else ""
    return words if not label or words.startswith(f"{label}:") else f"{label}: {words}"


def sent(tried: Trial, name: str, address: str) -> tuple[bool, str]:
    """Whether the mail server took it, and in its own words why or why not."""
    if not address:
        return False, _("No email address is on record for you. Ask an administrator to add it under People.")
    try:
        message = tried.mail(name=name, address=address, prefix=_("Test: "))
        answer = handed_over(wire_address(address), message.as_bytes())
    except BadAddress as wrong:
        return False, str(wrong)
    except NoServer as trouble:
        return False, _("No mail server accepted it: %s. Check SMTP_HOST and the related settings.") % trouble
    if answer.verdict == Verdict.ACCEPTED:
        return True, _("The mail server accepted it for %(address)s: %(said)s") % {
            "address": address,
            "said": answer.words,
        }
    return False, _("The mail server did not accept it: %s. Nothing else was sent.") % answer.words


def form_of(event: Event, language: str, data: Any = None) -> WordingForm:
    """Of what was typed; without it, of the words that are sent now: the operator's, else ours."""
    holding = room.newest(*event, language)
    return WordingForm(data, of=words_of(holding, event, language, version_in_force(now()).procedure))


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


def version_rows(event: Event, language: str, procedure: Procedure) -> list[dict[str, Any]]:
    """The latest versions, each with what it changed; the oldest of all against Guardia's own text."""
    found: list[OwnWording | None] = list(room.versions_of(*event, language)[: SHOWN + 1])
    if len(found) <= SHOWN:
        found.append(None)
    texts = [words_of(one, event, language, procedure) for one in found]
    pairs = zip(pairwise(found), pairwise(texts), strict=True)
    return [
        {"wording": new, "is_newest": place == 0, "changed": list(differences(before, after))}
        for place, ((new, _old), (after, before)) in enumerate(pairs)
        if new
    ]


def differences(before: Words, after: Words) -> Iterator[tuple[str, Pieces]]:
    """By field that changed its pieces: ``same``, ``gone`` or ``new``."""
    for name, label in FIELDS.items():
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield str(label), pieces(old, new)


def pieces(old: str, new: str) -> Pieces:
    """What went, what came, what stayed, in reading order."""
    before, after = PIECE.findall(old), PIECE.findall(new)
    found: list[tuple[str, str]] = []
    for _kind, start, end, begin, stop in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, came = "".join(before[start:end]), "".join(after[begin:stop])
        if _kind == "equal":
            found.append(("same", gone))
            continue
        found += [(kind, text) for kind, text in (("gone", gone), ("new", came)) if text]
    return tuple(found)


urlpatterns = [
    path("textos/<slug:event>/<slug:language>", edit, name="settings_wording_edit"),
    path("textos/<slug:event>/<slug:language>/vista", preview, name="settings_wording_preview"),
    path("textos/<slug:event>/<slug:language>/prueba", send, name="settings_wording_test"),
    path("textos/<slug:event>/<slug:language>/version", back, name="settings_wording_back"),
]
