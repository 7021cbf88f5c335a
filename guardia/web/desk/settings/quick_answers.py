"""Quick answers (``/ajustes/respuestas``): the list with how often each was sent, and the form with its editions."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from guardia.cases.labels import name_of_stage
from guardia.config.languages import PUBLISHED_IN, active, language_codes
from guardia.config.now import now
from guardia.notices.wording.placeholders import label_of, loose_brace, places
from guardia.notices.wording.sample import samples
from guardia.procedure.vocabulary import Moment
from guardia.quick_answers import editing
from guardia.quick_answers.filling import NAMES, filled, uses_of_active
from guardia.quick_answers.quick_answer import NOUN, QuickAnswer, QuickAnswerEdition, text_in
from guardia.web.desk.clock import hour
from guardia.web.desk.companies.frame import DeskForm, member, prose, words
from guardia.web.desk.page import Toast, page, say
from guardia.web.desk.settings.frame import changes, looks, number_in, settings_page, version_in_force
from guardia.web.desk.settings.setting_form import Setting, edited, pressed
from guardia.web.desk.suggestions import times
from guardia.web.shared.act import Doing

HOME = "settings_quick_answers"
PARTS = ("title", "text")


class QuickAnswerForm(DeskForm):
    stages = forms.MultipleChoiceField(
        label=gettext_lazy("In which stages"), required=False, widget=forms.CheckboxSelectMultiple
    )
    causes = prose(
        gettext_lazy("Causes"),
        editing.LONGEST_CAUSES,
        rows=2,
        help_text=gettext_lazy("One per line. If the case has this cause, it is listed first."),
    )
    reason = words(gettext_lazy("Why it is changed"), editing.LONGEST_REASON)

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data)
        for code in language_codes():
            needed = code == PUBLISHED_IN
            self.fields[f"title_{code}"] = words(
                pgettext_lazy("quick answer", "Title"), editing.LONGEST_TITLE, needed=needed
            )
            text = prose(gettext_lazy("Text"), editing.LONGEST_TEXT, rows=6)
            text.required = needed
            self.fields[f"text_{code}"] = text
        self.offer("stages", [(stage, name_of_stage(stage)) for stage in editing.STAGES])
        self.readers = editing.readers()
        self.initial = initial or {}

    @property
    def languages(self) -> list[dict[str, Any]]:
        return [
            {"code": code, "name": name, **{part: self[f"{part}_{code}"] for part in PARTS}}
            for code, name in settings.LANGUAGES
        ]


@looks
def quick_answers(request: HttpRequest) -> HttpResponse:
    """All of them, those in use first, each with how often it was sent."""
    uses = uses_of_active()
    rows = [row_of(answer, uses.get(answer.pk)) for answer in editing.all_answers()]
    rows.sort(key=lambda row: (not row["answer"].active, -row["uses"], row["title"]))
    return settings_page(request, "quick_answers", {"rows": rows}, tab=HOME)


def row_of(answer: QuickAnswer, uses: int | None) -> dict[str, Any]:
    assert answer.newest is not None, "an answer has an edition"
    return {
        "answer": answer,
        "title": text_in(answer.newest.texts, active()).title,
        "stages": ", ".join(name_of_stage(stage) for stage in answer.newest.stages) or _("any stage"),
        "causes": ", ".join(answer.newest.cause_lines),
        "languages": ", ".join(name for code, name in settings.LANGUAGES if code in answer.newest.texts),
        "uses": uses or 0,
        "sent": times(uses or 0),
        "changed": hour(answer.newest.made_at, now()),
    }


@changes
def new(request: HttpRequest) -> HttpResponse:
    return edited(request, setting_of(request, None))


@looks
def edit(request: HttpRequest, number: int) -> HttpResponse:
    """The form, which everybody of the desk may read; once sent, the next edition."""
    return edited(request, setting_of(request, answer_or_404(number)))


def answer_or_404(number: int) -> QuickAnswer:
    """Raises Http404."""
    answer = editing.answer_of_number(number)
    if answer is None or answer.newest is None:
        raise Http404
    return answer


def setting_of(request: HttpRequest, answer: QuickAnswer | None) -> Setting:
    def form_of(data: Any) -> QuickAnswerForm:
        initial = editing.fields_of(answer.newest) if answer and answer.newest else {}
        return QuickAnswerForm(data, initial=initial)

    def save(fields: dict[str, Any]) -> HttpResponse:
        done = editing.save(answer, fields, by=member(request), at=now())
        say(request, _("Saved: %s.") % done.display_number)
        return redirect("settings_quick_answer", done.number)

    def context(form: QuickAnswerForm) -> dict[str, Any]:
        return {
            "answer": answer,
            "placeholders": [(name, label_of(name)) for name in NAMES],
            "previews": previews_of(form),
            "editions": [edition_row(one) for one in editing.editions_of(answer)] if answer else [],
        }

    return Setting(
        tab=HOME,
        title=answer.display_number if answer else _("New quick answer"),
        form=form_of,
        save=save,
        noun=NOUN,
        key=answer.number if answer else None,
        template="quick_answer",
        context=context,
    )


def edition_row(edition: QuickAnswerEdition) -> dict[str, Any]:
    return {
        "edition": edition,
        "by": edition.made_by.name if edition.made_by else _("command line"),
        "at": hour(edition.made_at, now()),
        "texts": [(code, name, edition.texts[code]) for code, name in settings.LANGUAGES if code in edition.texts],
    }


@changes
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The texts beside the form, while somebody types, as they would be inserted in the case of the example."""
    return page(
        request, "desk/settings/_quick_answer_preview.html", {"previews": previews_of(QuickAnswerForm(request.POST))}
    )


def previews_of(form: QuickAnswerForm) -> list[dict[str, Any]]:
    """Each language that has a word; in place of one that cannot be filled, what is wrong with it."""
    procedure, at, found = version_in_force(now()).procedure, now(), []
    for one in form.languages:
        typed = str(one["text"].value() or "").replace("\0", "")[: editing.LONGEST_TEXT]
        if not typed.strip():
            continue
        strange = [name for name in places(typed) if name not in NAMES]
        wrong = _("The placeholder {%s} is unknown here. Choose one from the list, or remove it.")
        with translation.override(one["code"]):
            told = samples(Moment.NEWS_SENT, "", procedure, at)[0]
            text = "" if strange or loose_brace(typed) else filled(typed, told)
        found.append({**one, "text": text, "wrong": wrong % strange[0][:40] if strange else ""})
    return found


@changes
@require_POST
def back(request: HttpRequest, number: int) -> HttpResponse:
    """To an older edition, which a new one repeats."""
    answer = answer_or_404(number)

    def run(doing: Doing[QuickAnswer]) -> Toast:
        done = editing.back_to(doing.on, number_in(request.POST.get("edicion", "")), by=doing.who, at=doing.now)
        return Toast(_("Saved: %s.") % done.display_number)

    return in_place(pressed(request, HOME, answer, run), answer)


@changes
@require_POST
def turn(request: HttpRequest, number: int, word: str) -> HttpResponse:
    """``retirar``: it is offered to nobody any more; ``usar``: it is offered again."""
    if word not in {"retirar", "usar"}:
        raise Http404
    answer = answer_or_404(number)

    def run(doing: Doing[QuickAnswer]) -> Toast:
        done = editing.turn(doing.on, word == "usar", by=doing.who, at=doing.now)
        words = _("%s is offered again.") if done.active else _("%s is not offered any more.")
        return Toast(words % done.display_number)

    return in_place(pressed(request, HOME, answer, run), answer)


def in_place(response: HttpResponse, answer: QuickAnswer) -> HttpResponse:
    """Back to the page of the answer, which says what was done."""
    response.headers["Location"] = reverse("settings_quick_answer", args=[answer.number])
    return response


urlpatterns = [
    path("respuestas", quick_answers, name=HOME),
    path("respuestas/nueva", new, name="settings_quick_answer_new"),
    path("respuestas/vista", preview, name="settings_quick_answer_preview"),
    path("respuestas/<int:number>", edit, name="settings_quick_answer"),
    path("respuestas/<int:number>/volver", back, name="settings_quick_answer_back"),
    path("respuestas/<int:number>/<slug:word>", turn, name="settings_quick_answer_turn"),
]
