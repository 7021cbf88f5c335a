"""The moments at which a clock starts or stops, as a procedure writes them: ``arrived``, ``diagnosed/visit``."""

from difflib import get_close_matches
from typing import Annotated

from django.utils.translation import gettext
from pydantic import AfterValidator

from guardia.procedure.problems import refusal
from guardia.procedure.vocabulary import VARIANTS, Moment


def known(trigger: str) -> str:
    """The trigger itself, when its moment and its variant exist. Raises a refusal naming the nearest that do."""
    moment, slash, variant = trigger.partition("/")
    if moment not in tuple(Moment):
        raise refusal(gettext("There is no moment “%s”") % moment, nearest(moment, tuple(Moment)))
    variants = VARIANTS.get(Moment(moment), ())
    if slash and variant not in variants:
        raise refusal(
            gettext("The moment “%(moment)s” has no variant “%(variant)s”") % {"moment": moment, "variant": variant},
            nearest(variant, variants) if variants else gettext("Write “%s” alone") % moment,
        )
    return trigger


def nearest(word: str, words: tuple[str, ...]) -> str:
    """A remedy: the one word that looks like it, or else the whole list."""
    close = get_close_matches(word, words, n=1)
    if close:
        return gettext("Write “%s”") % close[0]
    return gettext("Write one of: %s") % ", ".join(sorted(words))


def matches(trigger: str, moment: str, variant: str | None = None) -> bool:
    """Whether an event is what the trigger names: without a variant it names them all."""
    return trigger == moment or (variant is not None and trigger == f"{moment}/{variant}")


def overlap(one: str, other: str) -> bool:
    """Whether one and the same event could be both."""
    return one == other or one.split("/")[0] == other or other.split("/")[0] == one


Trigger = Annotated[str, AfterValidator(known)]
