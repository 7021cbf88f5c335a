"""The letterhead of all letters: the one in force, the next one, its versions, and an example on it."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST

from guardia.config.now import now
from guardia.notices import letterhead, mail
from guardia.notices.envelope import STYLES
from guardia.notices.letterhead import FIELDS, FOOTER, HEADING, LARGEST, SENDER, Paper
from guardia.notices.wording.letter import letter
from guardia.notices.wording.sample import sample_contact, samples
from guardia.people.signed import LARGEST_ID
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import Moment
from guardia.web.desk.companies.frame import DeskForm, member, prose, words
from guardia.web.desk.mail.message import FRAME_POLICY
from guardia.web.desk.page import Toast, say
from guardia.web.desk.settings.frame import changes, looks, number_in, version_in_force
from guardia.web.desk.settings.setting_form import REASONED, Setting, edited, pressed, why
from guardia.web.shared.act import INVALID, Doing, Refusal, attempt

MOST_LISTED = 50
DARK = "(prefers-color-scheme: dark)"


class LetterheadForm(DeskForm):
    """``kept``: the letterhead that holds."""

    readers = {**FIELDS, **REASONED}
    sender = words(
        gettext_lazy("Who signs"),
        SENDER,
        help_text=gettext_lazy("As sender and at the foot of each email. Empty: the desk of the procedure."),
    )
    heading = words(gettext_lazy("Heading"), HEADING, help_text=gettext_lazy("One line above the email text."))
    colour = forms.CharField(
        label=gettext_lazy("Colour of the rule"),
        max_length=7,
        required=False,
        widget=forms.TextInput({"placeholder": "#rrggbb", "spellcheck": "false"}),
        help_text=gettext_lazy("The line under the heading, seen on light and on dark paper. Empty: grey."),
    )
    footer = prose(
        gettext_lazy("Below the signature"), FOOTER, rows=4, help_text=gettext_lazy("Address, web page, legal line.")
    )
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput({"accept": "image/png,image/jpeg"}),
        help_text=gettext_lazy(
            "PNG or JPEG, up to 40 KB: it goes with every mail. 480 × 128 pixels are sharp on every screen."
        ),
    )
    no_logo = forms.BooleanField(label=gettext_lazy("Without a logo"), required=False)
    reason = why()

    def __init__(self, data: Any = None, files: Any = None, *, kept: dict[str, Any]) -> None:
        super().__init__(data, files=files)
        self.kept = kept
        self.initial = {name: value for name, value in kept.items() if name != "logo"}
        if not kept["logo"]:
            del self.fields["no_logo"]

    def clean_logo(self) -> bytes:
        """The bytes; of a file that is too large only so many as refuse it."""
        chosen = self.cleaned_data["logo"]
        return chosen.read(LARGEST + 1) if chosen else b""

    def clean(self) -> dict[str, Any]:
        """Without another logo the one that holds stays, unless it is to go."""
        fields = super().clean()
        if not fields.get("logo") and not fields.get("no_logo"):
            fields["logo"] = self.kept["logo"]
        return fields


@looks
def page(request: HttpRequest) -> HttpResponse:
    """The form, filled from the version in force; or, once sent, the next version."""

    def save(fields: dict[str, Any]) -> None:
        parts = {name: fields[name] for name in FIELDS}
        letterhead.save(parts, by=member(request), at=now(), reason=fields["reason"])
        say(request, _("Saved: the letterhead applies to every email from now on."))

    letters = Setting(
        tab="settings_letterhead",
        form=lambda _data: form_of(request),
        save=save,
        noun=letterhead.NOUN,
        key=letterhead.KEY,
        template="letterhead",
        context=versions_beside,
    )
    return edited(request, letters)


@changes
@require_POST
def back(request: HttpRequest, version: int) -> HttpResponse:
    """An earlier version holds again, as a newer one; 0: the plain letter."""
    return pressed(request, "settings_letterhead", version, back_to)


def back_to(doing: Doing[int]) -> Toast:
    made = letterhead.back_to(min(doing.on, LARGEST_ID), by=doing.who, at=doing.now)
    words = _("Version %(made)d holds from now on: it repeats version %(old)d.")
    return Toast(
        words % {"made": made.version, "old": doing.on} if doing.on else _("Emails no longer have a letterhead.")
    )


def form_of(request: HttpRequest) -> LetterheadForm:
    """Filled from what holds; sent back as it was typed."""
    kept = letterhead.fields_of(letterhead.newest())
    if request.method != "POST":
        return LetterheadForm(kept=kept)
    return LetterheadForm(request.POST, request.FILES, kept=kept)


def versions_beside(form: LetterheadForm) -> dict[str, Any]:
    listed = letterhead.versions()
    return {
        "logo": letterhead.logo_description(form.kept["logo"]),
        "versions": [(one, is_plain(one)) for one in listed[:MOST_LISTED]],
        "current": listed[0].version if listed else 0,
        "is_plain": not any(form.kept.values()),
        "has_procedure": versions.version_at(now()) is not None,
    }


def is_plain(kept: letterhead.Letterhead) -> bool:
    return not any((kept.sender, kept.heading, kept.footer, kept.colour, kept.logo_type))


@looks
@csp_override(FRAME_POLICY)
def view(request: HttpRequest) -> HttpResponse:
    """Of the ``version`` in the address, of the newest without one; sent a form, of what is typed. Nothing is kept."""
    is_dark = "oscuro" in request.GET
    if request.method == "POST":
        form = form_of(request)
        found = paper_typed(form)
        if form.errors:
            context = {"form": form, "dark": is_dark}
            return render(request, "desk/settings/letterhead_wrong.html", context, status=INVALID)
    else:
        found = paper_of_version(request.GET.get("version", ""))
    return HttpResponse(on_paper(example(found), is_dark))


def paper_typed(form: LetterheadForm) -> Paper | None:
    """None where the form has errors."""
    paper = attempt(lambda: read_paper(form.cleaned_data), form)
    return None if isinstance(paper, Refusal) else paper


def read_paper(typed: dict[str, Any]) -> Paper | None:
    """Raises ValidationError."""
    return letterhead.paper(0, letterhead.read_fields({name: typed[name] for name in FIELDS}))


def paper_of_version(written: str) -> Paper | None:
    """Raises Http404 for a version that there is not."""
    if not written:
        return letterhead.in_force()
    number = min(number_in(written), LARGEST_ID)
    found = letterhead.version(number)
    if found is None:
        raise Http404
    return letterhead.paper(number, letterhead.fields_of(found))


def example(paper: Paper | None) -> str:
    """The HTML of the first letter of a case that nobody has, in the language of whoever looks."""
    at, language = now(), translation.get_language() or ""
    told = samples(Moment.REGISTERED, "", version_in_force(at).procedure, at)[:1]
    words = mail.signed(letter(told, sample_contact(language)), paper)
    return STYLES.inline(mail.html_of(words, language, paper and paper.with_its_logo_inside()))


def on_paper(html: str, is_dark: bool) -> str:
    """As a program of this theme shows it, whatever the theme of the browser."""
    return html.replace(f"@media {DARK}", "@media all" if is_dark else "@media not all")


urlpatterns = [
    path("membrete", page, name="settings_letterhead"),
    path("membrete/vista", view, name="settings_letterhead_view"),
    path("membrete/<int:version>/retomar", back, name="settings_letterhead_back"),
]
