"""How long a promise lasts: one length for all, one per band of the site, one per level, or as somebody sets it."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext
from pydantic import model_validator

from guardia.procedure.durations import RealLength
from guardia.procedure.problems import refusal
from guardia.procedure.texts import Part
from guardia.procedure.vocabulary import Band

AS_SET = "as set"
NO_TARGET = "none"


class BandTarget(Part):
    """P4.1 to P4.3: at most ``target``, seldom before ``range_from``; both None where no hour may be promised."""

    range_from: RealLength | None = None
    target: RealLength | None = None

    @model_validator(mode="before")
    @classmethod
    def from_words(cls, value: Any) -> Any:
        """``6 h`` is short for ``{target: 6 h}``; ``none`` says that no hour is promised (P4.3)."""
        if value == NO_TARGET:
            return {}
        return {"target": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def from_before_to(self) -> "BandTarget":
        if self.range_from and not (self.target and self.range_from < self.target):
            raise refusal(
                gettext("The range does not begin before its target"),
                gettext("Write a “range_from” shorter than “target”"),
            )
        return self


class Target(Part):
    """Exactly one of the four says how long the promise lasts."""

    duration: RealLength | None = None
    by_band: dict[Band, BandTarget] | None = None
    by_level: dict[int, RealLength] | None = None
    as_set: bool = False

    @model_validator(mode="before")
    @classmethod
    def from_words(cls, value: Any) -> Any:
        """``20 min`` · ``as set`` · ``{main: …, intermediate: …, remote: …}`` · ``{1: 10 min, 2: 15 min, …}``."""
        if value == AS_SET:
            return {"as_set": True}
        if not isinstance(value, dict):
            return {"duration": value}
        if any(isinstance(key, int) for key in value):
            return {"by_level": value}
        return {"by_band": value} if value.keys() & set(Band) else value

    @model_validator(mode="after")
    def exactly_one(self) -> "Target":
        given = (self.duration, self.by_band, self.by_level, self.as_set or None)
        if sum(one is not None for one in given) != 1:
            raise refusal(
                gettext("The target is not said"),
                gettext("Write one length (20 min), one per band, one per level, or “as set”"),
            )
        return self

    @model_validator(mode="after")
    def every_band(self) -> "Target":
        missing = [band for band in Band if self.by_band is not None and band not in self.by_band]
        if missing:
            raise refusal(
                gettext("The target says nothing for: %s") % ", ".join(missing),
                gettext("Write a length for each band, or “none” where no hour may be promised"),
            )
        return self

    @model_validator(mode="after")
    def every_level(self) -> "Target":
        levels = sorted(self.by_level or {})
        if levels != list(range(1, len(levels) + 1)):
            raise refusal(gettext("The levels of the target have a gap"), gettext("Write levels 1, 2, 3 …"))
        return self

    def length(self, band: Band | None = None, level: int | None = None) -> timedelta | None:
        """The length for this band or level; None where nothing is promised. A level beyond the last uses the last."""
        if self.by_band is not None:
            return self.by_band[band].target if band else None
        if self.by_level is not None:
            return self.by_level[min(max(level or 1, 1), max(self.by_level))]
        return self.duration
