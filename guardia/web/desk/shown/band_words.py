"""What the log says when the band of a site was changed while its case runs (P4.1 to P4.3)."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from guardia.cases.event import CaseEvent
from guardia.cases.words import BAND_NAMES
from guardia.procedure.vocabulary import Band, Moment

Texts = Mapping[str, str]


def _band_changed(event: CaseEvent, texts: Texts, at: datetime) -> str:
    was, now = (BAND_NAMES[Band(event.data[name])] for name in ("band_was", "band_now"))
    words = _("from %(a)s to %(b)s; this case keeps its own") % {"a": was, "b": now}
    return f"{words}: {texts['reason']}" if texts.get("reason") else words


WRITERS: dict[Moment, Callable[[CaseEvent, Texts, datetime], str]] = {Moment.BAND_CHANGED: _band_changed}
