"""What an event says of a common cause, in one line, and news in the reader's language: the same at every door."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guardia.procedure.vocabulary import Moment


def cause_said(moment: str, variant: str, data: Mapping[str, Any], reason: str = "") -> str:
    """In the active language; empty for any other moment."""
    number = {"number": data.get("number", "")}
    match moment:
        case Moment.OUTAGE_JOINED:
            how = {
                "declared": _("opened with %(number)s: nobody had called yet"),
                "gathered": _("part of %(number)s, which was declared later"),
                "alert": _("part of %(number)s, by monitoring"),
            }
            return how.get(variant, _("part of %(number)s")) % number
        case Moment.OUTAGE_LEFT:
            words = {
                "not_back": _("%(number)s is restored, this service is not back; the case goes on by itself"),
                "mistaken": _("was never part of %(number)s; the case goes on by itself"),
            }
            left = words.get(variant, _("no longer part of %(number)s; the case goes on by itself")) % number
            return f"{left}: {reason}" if reason and variant != "not_back" else left
        case Moment.WORK_LINKED:
            overran = _("%(number)s was not over at the end of its window; from then on the time counts")
            inside = _("inside the window of %(number)s: its time is counted apart")
            return (overran if variant == "overran" else inside) % number
    return ""


def news_said(texts: Mapping[str, str | None]) -> str:
    """News in the active language, where it was written in it; else as it was written. Erased: nothing."""
    language = (get_language() or "").split("-")[0]
    return texts.get(f"text_{language}") or texts.get("text") or ""
