"""Two who edit at once: the second is told what the first changed, and keeps what was typed."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from guardia.people import setting_change
from guardia.web.desk.settings.frame import number_in
from guardia.web.desk.settings.told import Told, told

CONFLICT = 409


@dataclass(frozen=True)
class Meanwhile:
    """``seen``: the last change that the page shows, for its form to bring back; ``changes``: those it did not show."""

    seen: int
    changes: tuple[Told, ...] = ()

    @property
    def status(self) -> int:
        return CONFLICT if self.changes else 200


def looked_at(noun: str, key: Any) -> Meanwhile:
    """A page that is opened now has seen everything. What is new, or of no recorded noun, has nothing to be seen."""
    if not noun or key is None:
        return Meanwhile(0)
    return Meanwhile(setting_change.last_change(noun, key))


def meanwhile(request: HttpRequest, noun: str, key: Any) -> Meanwhile:
    """What a sent form has not seen. From here to the end of the request nobody else changes this setting.

    A form that does not say what it has seen is not asked.
    """
    if not noun or key is None:
        return Meanwhile(0)
    setting_change.take_turn(noun, key)
    if "seen" not in request.POST:
        return looked_at(noun, key)
    unseen = setting_change.changes_after(noun, key, number_in(request.POST.get("seen", "")))
    return Meanwhile(unseen[-1].pk if unseen else number_in(request.POST.get("seen", "")), tuple(told(unseen)))
