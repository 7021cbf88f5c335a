"""An act: somebody presses a button or sends a form, a verb of the domain does it, and the page answers.

``Doing`` says who does what, ``Act`` names one deed with its form and its verb, ``attempt`` runs a verb, and what comes
back with the page where the verb does not allow it is a ``Refusal``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from guardia.calls.exchanges import ExchangeRefused
from guardia.cases.refusals import NotInThisStage, Refused
from guardia.config.asking import atomic
from guardia.customers.values import Misfit
from guardia.people.staff import Actor, Staff
from guardia.procedure.drafting import NotPossible
from guardia.procedure.problems import ProcedureFileRefused
from guardia.procedure.version import NoProcedure
from guardia.reports.month_sending import NotSent

INVALID, CONFLICT = 422, 409
REFUSALS = (Refused, ValidationError, Misfit, NoProcedure, NotPossible, ProcedureFileRefused, ExchangeRefused, NotSent)
"""What a verb raises where it does not allow what is asked of it."""


@dataclass(frozen=True)
class Doing[Thing]:
    """Who acts on what, with what was typed, at which instant.

    ``on`` is locked, and ``now`` (UTC) was read after locking it; ``fields`` are cleaned where the act has a form.
    """

    on: Thing
    who: Staff
    now: datetime
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def by(self) -> Actor:
        return Actor.of_staff(self.who)

    @property
    def when(self) -> dict[str, Any]:
        """A verb's three arguments of time: who, when it happened (now, unless an hour was given), when recorded."""
        return {"by": self.by, "at": self.fields.get("at") or self.now, "now": self.now}


def nothing_known(on: Any, staff: Staff) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Act[Thing, Said]:
    """``run`` calls the verb and gives back what the page says of it; it may raise one of ``REFUSALS``.

    ``known`` fills the form with what is on record already.
    """

    name: str
    title: str | Promise
    form: Callable[..., forms.Form]
    run: Callable[[Doing[Thing]], Said]
    button: str | Promise = ""
    asks: str | Promise = ""
    known: Callable[[Thing, Staff], dict[str, Any]] = nothing_known


@dataclass(frozen=True, slots=True)
class Button:
    """An act as a page offers it: what it posts to (or opens, where it does not post), its words, and its key."""

    href: str
    words: str
    key: str = ""
    posts: bool = True


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an act came back: the rule's own sentence, what to do, the words at each field, and what changed meanwhile.

    ``raised`` is what the verb raised; ``status`` is 422 where something that was typed is wrong, and 409 where it
    cannot be done now.
    """

    sentence: str
    remedy: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    changes: Sequence[Any] = ()
    raised: Exception | None = None
    status: int = CONFLICT

    @property
    def status_at_fields(self) -> int:
        """The status of a page that marks its own fields: what one of them lacks is wrong there."""
        return INVALID if self.fields else self.status

    @property
    def sentences(self) -> list[str]:
        """The sentence, or one by one where the rule has several."""
        return self.raised.messages if isinstance(self.raised, ValidationError) else [self.sentence]


def invalid(sentence: str = "", fields: Mapping[str, str] | None = None) -> Refusal:
    """What was typed is not all there, or wrong; the page marks where."""
    return Refusal(sentence or _("Something is missing. See below."), fields=fields or {}, status=INVALID)


def attempt[Said](verb: Callable[[], Said], form: forms.Form | None = None) -> Said | Refusal:
    """What the verb gives back; or why it refuses, and then nothing of it is written.

    With the ``form`` that was sent for it: where that is not valid the verb is not called, and what the verb refuses
    stands in the form, at the field that it names.
    """
    if form and not form.is_valid():
        return invalid()
    try:
        with atomic():  # what is refused half-way leaves nothing behind
            return verb()
    except REFUSALS as trouble:
        refusal = refusal_of(trouble)
        if form:
            named = getattr(trouble, "error_dict", None) or refusal.fields or {NON_FIELD_ERRORS: trouble}
            for name, words in named.items():
                form.add_error(name if name in form.fields else None, words)
        return refusal


def refusal_of(trouble: Exception) -> Refusal:
    """The rule's own sentence, with its clause."""
    if isinstance(trouble, ValidationError):
        named = trouble.message_dict if hasattr(trouble, "error_dict") else {}
        fields = {name: " ".join(words) for name, words in named.items()}
        return Refusal(" ".join(trouble.messages), fields=fields, raised=trouble, status=INVALID)
    if isinstance(trouble, NoProcedure):
        return Refusal(_("No procedure is published yet: publish one first."), raised=trouble)
    remedy = ""
    if isinstance(trouble, NotInThisStage):
        remedy = _("Go back to the case to see what it needs now; what you typed stays as a draft.")
    name = trouble.field if isinstance(trouble, Refused) else ""
    fields = {name: str(trouble)} if name else {}
    status = INVALID if isinstance(trouble, Misfit) else CONFLICT
    return Refusal(str(trouble), remedy, fields, raised=trouble, status=status)
