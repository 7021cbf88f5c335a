"""Edits that become a new version of the procedure: looked at first, published by a second press with a reason.

If another version was published meanwhile, what that one changed is told and taken over wherever this editor had left
the field alone; what this editor typed stays.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.cases.queries import count_up_to_99, open_cases
from guardia.config.now import now
from guardia.customers.values import Misfit, line
from guardia.procedure import editing, version
from guardia.procedure.problems import ProcedureFileRefused
from guardia.procedure.schema import Procedure, load
from guardia.procedure.version import ProcedureVersion
from guardia.web.desk.companies.frame import member
from guardia.web.desk.page import say
from guardia.web.desk.settings.change_log import Line
from guardia.web.desk.settings.frame import day_and_hour, number_in, settings_page
from guardia.web.desk.settings.setting_form import REASON
from guardia.web.desk.shell import up_to_99
from guardia.web.shared.act import CONFLICT, INVALID, Refusal, attempt

LONGEST = 80
Typed = dict[str, str]
Errors = dict[str, str]


class Sheet(Protocol):
    """What is edited on one page: its fields as they are typed, and what they make of the text."""

    template: str
    tab: str

    def typed(self, procedure: Procedure) -> Typed: ...

    def text(self, source: str, typed: Typed) -> str:
        """Raises Wrong by field, ProcedureFileRefused."""
        ...

    def lines(self, old: Procedure, new: Procedure) -> list[Line]: ...

    def context(self, procedure: Procedure, typed: Typed, errors: Errors) -> dict[str, Any]: ...

    def home(self) -> str: ...


class Wrong(Exception):
    """Fields that cannot be read, each with its sentence."""

    def __init__(self, errors: Errors) -> None:
        super().__init__(errors)
        self.errors = errors


@dataclass
class Editing:
    """One page as it is being edited."""

    base: ProcedureVersion
    typed: Typed
    reason: str = ""
    errors: Errors = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    is_looked_at: bool = False
    meanwhile: list[Line] = field(default_factory=list)
    replaced: ProcedureVersion | None = None

    @property
    def is_wrong(self) -> bool:
        return bool(self.errors or self.problems)


def edited(request: HttpRequest, sheet: Sheet, ruling: ProcedureVersion) -> HttpResponse:
    """The page; once sent, what it would change (``mirar``), or the new version (``publicar``)."""
    procedure = ruling.procedure
    if request.method != "POST":
        return answered(request, sheet, Editing(ruling, sheet.typed(procedure)))
    version.take_turn()
    ruling = version.in_force(now())
    doing = sent(request, sheet, ruling)
    text = new_text(sheet, doing)
    if doing.is_wrong:
        return answered(request, sheet, doing, status=INVALID)
    if doing.replaced:
        return answered(request, sheet, doing, status=CONFLICT)
    if "publicar" not in request.POST or not doing.lines:
        return answered(request, sheet, doing)
    doing.reason, problem = reason_in(request)
    if problem:
        doing.errors["reason"] = problem
        return answered(request, sheet, doing, status=INVALID)
    published = attempt(lambda: editing.publish(text, ruling, by=member(request), at=now(), reason=doing.reason))
    if isinstance(published, Refusal):
        doing.problems = published.sentences
        return answered(request, sheet, doing, status=CONFLICT)
    say(request, _("Published: version %d is in force from now.") % published.number)
    return redirect(sheet.home())


def sent(request: HttpRequest, sheet: Sheet, ruling: ProcedureVersion) -> Editing:
    """What was typed, over what rules now wherever the field was left as its page had shown it."""
    current = sheet.typed(ruling.procedure)
    typed = {name: request.POST.get(name, "")[:LONGEST] for name in current}
    base = version.version_of_id(number_in(request.POST.get("base", "")))
    doing = Editing(ruling, typed, reason=request.POST.get("reason", "")[:REASON])
    if base and base.pk != ruling.pk:
        was = sheet.typed(base.procedure)
        untouched = {name for name, value in typed.items() if value.strip() == was.get(name)}
        doing.typed = {name: current[name] if name in untouched else value for name, value in typed.items()}
        doing.replaced = base
        doing.meanwhile = sheet.lines(base.procedure, ruling.procedure)
    return doing


def new_text(sheet: Sheet, doing: Editing) -> str:
    """The text as edited, with what it changes; its mistakes go to the fields, or above them."""
    try:
        text = sheet.text(doing.base.source, doing.typed)
        new = load(text, f"{doing.base.code}.yaml")
    except Wrong as wrong:
        doing.errors = wrong.errors
    except ProcedureFileRefused as refused:
        doing.problems = editing.sentences_of(refused)
    else:
        doing.lines = sheet.lines(doing.base.procedure, new)
        doing.is_looked_at = True
        return text
    return ""


def reason_in(request: HttpRequest) -> tuple[str, str]:
    """The reason, and what is wrong with it."""
    written = request.POST.get("reason", "")
    try:
        return line(REASON, needed=True)(written), ""
    except Misfit as misfit:
        return written[:REASON].replace("\0", ""), str(misfit)


def answered(request: HttpRequest, sheet: Sheet, doing: Editing, status: int = 200) -> HttpResponse:
    context = {
        "doing": doing,
        "back": sheet.home(),
        "running": running_words(doing.base),
        "scheduled": scheduled(doing.base, now()),
        **sheet.context(doing.base.procedure, doing.typed, doing.errors),
    }
    return settings_page(request, sheet.template, context, tab=sheet.tab, status=status)


def running_words(ruling: ProcedureVersion) -> str:
    """How many running cases keep what they began under."""
    count = count_up_to_99(open_cases())
    words = ngettext(
        "%(count)s running case keeps the version it began under, with its steps and hours.",
        "%(count)s running cases keep the version they began under, with its steps and hours.",
        count,
    )
    return words % {"count": up_to_99(count)} if count else _("No case is running: nothing keeps the old version.")


def scheduled(ruling: ProcedureVersion, at: datetime) -> str:
    """A version that takes effect later would undo what is published now: said before, not after."""
    later = version.next_version_after(at)
    if later is None:
        return ""
    words = _("Version %(number)d takes effect on %(hour)s and does not have what you change here.")
    return words % {"number": later.number, "hour": day_and_hour(later.effective_at)}


def read_all(readers: Mapping[str, Callable[[], Any]]) -> tuple[dict[str, Any], Errors]:
    """What could be read of every field, and every mistake."""
    found: dict[str, Any] = {}
    errors: Errors = {}
    for name, reader in readers.items():
        try:
            found[name] = reader()
        except ValidationError as wrong:
            errors[name] = " ".join(wrong.messages)
    return found, errors
