"""What the columns and the words of a former tool mean: in a table of choices, or in the text that it writes (YAML)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from guardia.config.now import now
from guardia.history import history_import
from guardia.history import mapping as mappings
from guardia.history.history_import import HistoryImport
from guardia.history.import_report import STATES, grouped
from guardia.history.mapping_table import (
    FACTS,
    as_far_as_it_goes,
    content_of,
    kind_tables,
    state_rows,
    text_of,
    with_columns,
    with_states,
    words_without_meaning,
)
from guardia.history.proposing import state_of
from guardia.procedure.problems import Problem, ProcedureFileRefused
from guardia.web.desk.companies.frame import DeskForm, member, words
from guardia.web.desk.page import say
from guardia.web.desk.settings.frame import settings_page
from guardia.web.desk.settings.history_import import TAB, brings, found, steps
from guardia.web.shared.act import INVALID

LONGEST_TEXT = 500_000


class MeaningForm(DeskForm):
    """What holds for all rows, and what becomes of cases that are open."""

    system = words(
        gettext_lazy("Name of the former tool"),
        40,
        needed=True,
        help_text=gettext_lazy("The page of a case shows it; together with the number it identifies the case."),
    )
    zone = words(
        gettext_lazy("Time zone of its hours"),
        60,
        help_text=gettext_lazy("For example, America/Guayaquil. Empty: that of the procedure in force."),
    )
    order = forms.ChoiceField(
        label=gettext_lazy("How to read 03/04/2024"),
        choices=[
            ("auto", gettext_lazy("As the file itself shows")),
            ("dmy", gettext_lazy("3 April: the day first")),
            ("mdy", gettext_lazy("4 March: the month first")),
            ("ymd", gettext_lazy("The year first")),
        ],
    )
    companies = forms.ChoiceField(
        label=gettext_lazy("Companies that are not on file"),
        choices=[
            ("known", gettext_lazy("Their cases are left out")),
            ("create", gettext_lazy("Register them by name")),
        ],
    )
    company = words(
        gettext_lazy("Company of all cases"), 200, help_text=gettext_lazy("Where no column says it: its name or code.")
    )
    open_cases = forms.ChoiceField(
        label=gettext_lazy("Cases that are still open"),
        required=False,
        choices=[
            ("", gettext_lazy("They are left out")),
            ("now", gettext_lazy("Taken over: promises count from now")),
            ("opening", gettext_lazy("Taken over: promises count from their opening")),
        ],
        help_text=gettext_lazy(
            "From their opening: whatever has fallen due meanwhile is broken at once and pages whoever must "
            "answer, and figures of past months change."
        ),
    )
    tell = forms.ChoiceField(
        label=gettext_lazy("Companies are notified of open cases"),
        choices=[("nobody", gettext_lazy("Nothing")), ("once", gettext_lazy("Once, with the P2 email"))],
        help_text=gettext_lazy("Nobody is notified of closed cases."),
    )


def filled(one: HistoryImport, mapping: mappings.Mapping | None) -> MeaningForm:
    form = MeaningForm()
    form.initial = {"open_cases": one.counts_from, "tell": "once" if one.is_told else "nobody"}
    if mapping:
        hours = {"zone": mapping.hours.zone, "order": mapping.hours.order}
        of_rows = {"system": mapping.system, "companies": mapping.companies, "company": mapping.company}
        form.initial |= {**hours, **of_rows}
    return form


@brings
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, import_id: int) -> HttpResponse:
    """The table and the text; sent, it is kept and tried. What is wrong is named by line, and nothing is lost."""
    one = found(import_id, locked=request.method == "POST")
    if one.is_job or not history_import.files_sent(one):
        return redirect("history_import", one.pk)
    if request.method != "POST":
        return mapping_page(request, one, one.mapping, filled(one, as_far_as_it_goes(one.mapping)))
    by = request.POST.get("by", "table")
    if by == "tool":
        return take_tool(request, one, request.POST.get("tool", ""))
    form = MeaningForm(request.POST)
    is_right = form.is_valid()
    posted = request.POST.get("text", "").replace("\r\n", "\n").replace("\0", "")[:LONGEST_TEXT]
    text = posted if by == "text" else from_table(request, one, form)
    if not is_right and (by == "table" or {"open_cases", "tell"} & form.errors.keys()):
        return mapping_page(request, one, text, form, status=INVALID)
    fields = form.cleaned_data
    try:
        history_import.say_what_it_means(one, text, fields["open_cases"], is_told=fields["tell"] == "once", at=now())
    except ProcedureFileRefused as refused:
        return mapping_page(request, one, text, form, problems=refused.problems, by=by, status=INVALID)
    return tried(request, one)


def tried(request: HttpRequest, one: HistoryImport) -> HttpResponse:
    """Words that nobody has been asked about yet are asked about first, with what they seem to mean; else the worker
    tries it.
    """
    mapping = mappings.load(one.mapping, "mapping.yaml")
    seen = set(request.POST.getlist("word"))
    new = [word for word in words_without_meaning(states_of(one, mapping)) if word not in seen]
    if new and "anyway" not in request.POST:
        if request.POST.get("by") != "text":
            meanings = [(word, state_of(word) or "") for word in new]
            one.mapping = text_of(with_states(content_of(mapping), meanings))
            one.save(update_fields=["mapping"])
        asked = ngettext(
            "Saved. Check what %(n)d status value means; without a meaning its events are imported as notes.",
            "Saved. Check what %(n)d status values mean; without a meaning their events are imported as notes.",
            len(new),
        )
        say(request, asked % {"n": len(new)})
        return redirect(f"{reverse('history_mapping', args=[one.pk])}#estados")
    history_import.check(one, member(request), now())
    return redirect("history_import", one.pk)


def take_tool(request: HttpRequest, one: HistoryImport, name: str) -> HttpResponse:
    """The mapping of a tool; without a name, what Guardia proposes once it has looked at the files again."""
    try:
        if name in mappings.sources():
            text = mappings.source_text(name)
            history_import.say_what_it_means(one, text, one.counts_from, is_told=one.is_told, at=now())
            say(request, _("The mapping of %s. Check that each column is right.") % name)
            return redirect("history_mapping", one.pk)
        one.mapping = ""
        history_import.look(one, member(request), now())
    except ValidationError as refused:
        say(request, " ".join(refused.messages))
    return redirect("history_import", one.pk)


def from_table(request: HttpRequest, one: HistoryImport, form: MeaningForm) -> str:
    """The text that the table says, over the mapping that is kept."""
    mapping = as_far_as_it_goes(one.mapping) or as_far_as_it_goes("rows: []")
    assert mapping
    content = content_of(mapping)
    for place in range(len(mapping.rows)):
        headings, facts = request.POST.getlist(f"heading-{place}"), request.POST.getlist(f"fact-{place}")
        if headings and len(headings) == len(facts):
            content["rows"][place]["columns"] = with_columns(mapping, place, zip(headings, facts, strict=True))
    said, meanings = request.POST.getlist("word"), request.POST.getlist("meaning")
    if len(said) == len(meanings):
        content = with_states(content, zip(said, meanings, strict=True))
    fields = form.cleaned_data
    hours = {"zone": fields.get("zone", ""), "order": fields.get("order", "auto")}
    content["hours"] = {name: value for name, value in hours.items() if value not in ("", "auto")}
    content |= {name: fields[name] for name in ("system", "companies", "company") if fields.get(name)}
    if not fields.get("company"):
        content.pop("company", None)
    return text_of(content).replace("\0", "")


def states_of(one: HistoryImport, mapping: mappings.Mapping) -> Sequence[Any]:
    return state_rows(mapping, one.survey.get("files", []), unknown_states(one))


def unknown_states(one: HistoryImport) -> Mapping[str, int]:
    """Words of a state that the last run met and did not know, with how often."""
    troubles = one.report.get("troubles", [])
    return {each["word"]: each["count"] for each in troubles if each["what"] == "unknown state"}


def mapping_page(
    request: HttpRequest,
    one: HistoryImport,
    text: str,
    form: MeaningForm,
    *,
    problems: Sequence[Problem] = (),
    by: str = "",
    status: int = 200,
) -> HttpResponse:
    mapping = as_far_as_it_goes(text)
    files = one.survey.get("files", [])
    tables = kind_tables(mapping, files) if mapping else []
    states = states_of(one, mapping) if mapping else []
    context = {
        "one": one,
        "steps": steps(one, at="mapping"),
        "form": form,
        "tools": mappings.sources(),
        "tables": tables,
        "facts": list(FACTS.items()),
        "states": [{"row": row, "count": grouped(row.count)} for row in states],
        "unsaid": len(words_without_meaning(states)),
        "meanings": list(STATES.items()),
        "others": len(mapping.rows) - len(tables) if mapping else 0,
        "files": files,
        "text": text,
        "lines": min(40, text.count("\n") + 2),
        "problems": problems or problems_of(text),
        "shows_text": by == "text" or not mapping or not tables,
    }
    return settings_page(request, "history/mapping", context, tab=TAB, status=status)


def problems_of(text: str) -> Sequence[Problem]:
    """What a proposal lacks still."""
    try:
        mappings.load(text, "mapping.yaml")
    except ProcedureFileRefused as refused:
        return refused.problems
    return ()


urlpatterns = [path("importar/<int:import_id>/columnas", edit, name="history_mapping")]
