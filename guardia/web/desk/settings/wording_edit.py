"""The editor of one notice in one language: looked at, tried, kept as the next version, or given back."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guardia.config.now import now
from guardia.notices import own_words_editing as room
from guardia.notices.own_words import Event
from guardia.notices.wording.placeholders import OF_THE_MOMENT, label_of, names_for
from guardia.web.desk.companies.frame import member
from guardia.web.desk.companies.things import taken
from guardia.web.desk.page import page, say
from guardia.web.desk.settings import wording_preview, wording_versions
from guardia.web.desk.settings.frame import changes, looks, number_in, ruling, shown
from guardia.web.desk.settings.meanwhile import Meanwhile, looked_at, meanwhile
from guardia.web.desk.settings.wording_events import event_in, name_of, written_as
from guardia.web.desk.settings.wording_form import WordingForm, holding, with_placeholder, words_of
from guardia.web.desk.settings.wording_preview import Trial

INVALID = 422


@looks
def edit(request: HttpRequest, event: str, language: str) -> HttpResponse:
    """The form, which everybody of the desk may read; what its buttons ask for; or, once sent, the next version."""
    found = asked(event, language)
    if request.method != "POST":
        return sheet(request, found, language, WordingForm(of=holding(found, language, now())))
    if placeholder := request.POST.get("poner"):
        data = with_placeholder(request.POST.dict(), placeholder) if placeholder in names_for(found[0]) else {}
        return sheet(request, found, language, fresh(found, language, data or request.POST.dict()))
    form = WordingForm(request.POST, of=holding(found, language, now()))
    if "mirar" in request.POST:
        return sheet(request, found, language, form, status=200 if form.is_valid() else INVALID)
    there = meanwhile(request, room.NOUN, room.key_of(*found, language))
    if form.is_valid() and not there.changes and kept(request, form, found, language):
        return saved(request, found, language)
    return sheet(request, found, language, form, there, status=there.status if there.changes else INVALID)


@changes
@require_POST
def preview(request: HttpRequest, event: str, language: str) -> HttpResponse:
    """The mail beside the form, while somebody types."""
    found = asked(event, language)
    form = WordingForm(request.POST, of=holding(found, language, now()))
    return page(request, "desk/settings/_wording_preview.html", looked(request, found, language, form))


@changes
@require_POST
def back(request: HttpRequest, event: str, language: str) -> HttpResponse:
    """To an older version, which a new one repeats; or, without one, to Guardia's own text."""
    found, at = asked(event, language), now()
    there = meanwhile(request, room.NOUN, room.key_of(*found, language))
    asked_for = request.POST.get("version", "")
    older = room.versions_of(*found, language).filter(version=min(number_in(asked_for), 2**31 - 1)).first()
    if asked_for and older is None:
        raise Http404
    words = words_of(older, found, language, ruling(at).procedure)
    form = fresh(found, language, dict(zip(("subject", "headline", "body"), words.texts, strict=True)))
    if there.changes:
        return sheet(request, found, language, form, there, status=there.status)
    if older and not keeps(form, lambda: room.back_to(older, member(request), at)):
        return sheet(request, found, language, form, there, status=INVALID)
    if not older and room.newest(*found, language):
        room.back_to_ours(*found, language, member(request), at)
    return saved(request, found, language)


def asked(written: str, language: str) -> Event:
    """Raises Http404 for a notice or language that is none."""
    if (event := event_in(written, language)) is None:
        raise Http404
    return event


def kept(request: HttpRequest, form: WordingForm, event: Event, language: str) -> bool:
    words = form.typed
    return keeps(form, lambda: room.save(*event, language, *words.texts, member(request), now()))


def keeps(form: WordingForm, act: Callable[[], object]) -> bool:
    return taken(form, lambda _fields: act()) if form.is_valid() else False


def fresh(event: Event, language: str, data: dict[str, Any]) -> WordingForm:
    return WordingForm(data, of=holding(event, language, now()))


def saved(request: HttpRequest, event: Event, language: str) -> HttpResponse:
    say(request, _("Saved: %s.") % name_of(*event))
    return redirect("settings_wording_edit", written_as(*event), language)


def looked(request: HttpRequest, event: Event, language: str, form: WordingForm) -> dict[str, Any]:
    """The preview of what is typed, and what is wrong with it."""
    at = now()
    choices = wording_preview.choices(event)
    on = request.POST.get("sobre", "")
    on = on if on in dict(choices) else choices[0][0]
    return {
        "preview": wording_preview.previewed(Trial(event, language, form.typed, on, at)),
        "choices": [(value, words, value == on) for value, words in choices],
        "wrong": unfit(form, event, language),
    }


def unfit(form: WordingForm, event: Event, language: str) -> list[str]:
    """All that would be refused if it were saved now."""
    if form.is_bound and not form.is_valid():
        return [said_of(form, name, str(words)) for name, several in form.errors.items() for words in several]
    at = now()
    return list(room.problems(*event, language, form.typed, ruling(at).procedure, at).values())


def still_seen(request: HttpRequest) -> Meanwhile | None:
    """A page that is shown again has seen no more than before."""
    return Meanwhile(number_in(request.POST["seen"])) if "seen" in request.POST else None


def said_of(form: WordingForm, name: str, words: str) -> str:
    """A mistake away from its field: with the field's name before it, unless it says so itself."""
    label = str(form[name].label) if name in form.fields else ""
    return words if not label or words.startswith(f"{label}:") else f"{label}: {words}"


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
    own = OF_THE_MOMENT[event[0]]
    newest = room.newest(*event, language)
    context = {
        "title": name_of(*event),
        "language": dict(settings.LANGUAGES).get(language, language),
        "code": language,
        "form": form,
        "meanwhile": there or still_seen(request) or looked_at(room.NOUN, room.key_of(*event, language)),
        "newest": newest,
        "placeholders": [(name, label_of(name), name in own) for name in names_for(event[0])],
        "versions": wording_versions.shown_versions(event, language, ruling(now()).procedure),
        "others": [
            (name, reverse("settings_wording_edit", args=[place[0], code]), code == language)
            for code, name in settings.LANGUAGES
        ],
        "home": reverse("settings_wording_edit", args=place),
        "preview_href": reverse("settings_wording_preview", args=place),
        "test_href": reverse("settings_wording_test", args=place),
        "back_href": reverse("settings_wording_back", args=place),
        "address": member(request).email,
        **looked(request, event, language, form),
        **more,
    }
    return shown(request, "wording", context, tab="settings_wording", status=status)
