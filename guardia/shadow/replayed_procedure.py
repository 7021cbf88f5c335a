"""The procedure as a replay has it: changed where somebody asks what if, and deaf where the file is.

A former tool says nothing of pages that were acknowledged, of calls that were made, and seldom of news. A promise that
nothing in the file can end would break in every case, and page for ever: such a clock is given a length that no case
has, and is not judged.
"""

from collections.abc import Collection, Iterable
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from guardia.procedure.durations import Unit, parse
from guardia.procedure.rules import TellsSilent
from guardia.procedure.schema import Procedure
from guardia.procedure.version import ProcedureVersion, digest
from guardia.procedure.vocabulary import ClockKind, Stage
from guardia.shadow.former_course import What

DEAF = (ClockKind.ACKNOWLEDGEMENT, ClockKind.MOVEMENT, ClockKind.THIRD_PARTY, ClockKind.CALL_TASK)
"""What no file of a former tool tells."""
NO_CASE_LASTS = timedelta(days=366)
NEEDS = {
    Stage.DIAGNOSIS: {What.DIAGNOSED},
    Stage.EXECUTION: {What.REMOTE},
    Stage.VERIFICATION: {What.CONFIRMED},
    Stage.STABILITY: {What.CONFIRMED, What.STABLE},
    Stage.CLOSURE: {What.STABLE},
}
"""What a file must say for the promises of a stage to be judged."""


class NoSuchChange(Exception):
    """What was asked to be changed is no length of this procedure. The text says what to do."""


def change_of(written: str, procedure: Procedure) -> tuple[ClockKind, timedelta]:
    """``diagnosis=25min`` as kind and length. Raises NoSuchChange."""
    kind, _equals, length = written.partition("=")
    rules = {rule.kind.value: rule for rule in procedure.clocks if rule.target.duration}
    if kind.strip() not in rules:
        words = _("“%(kind)s” is not a promise of one length. There are: %(kinds)s")
        raise NoSuchChange(words % {"kind": kind.strip(), "kinds": ", ".join(sorted(rules))})
    try:
        lasts, unit = parse(length)
    except Exception as wrong:
        raise NoSuchChange(_("“%s” is not a length of time: write 25min, or 1.5h") % length.strip()) from wrong
    if unit is not Unit.ELAPSED or not lasts:
        raise NoSuchChange(_("“%s” is not a length of time: write 25min, or 1.5h") % length.strip())
    return rules[kind.strip()].kind, lasts


def replayed(procedure: Procedure, said: Collection[What], changes: Iterable[tuple[ClockKind, timedelta]] = ()) -> dict:
    """The document of the procedure to replay a file by that says these facts. A stage whose promises are not judged
    pages its first level and no other: how long its promise stood broken, nobody knows.
    """
    said = {*said} | ({What.DIAGNOSED} if What.REMOTE in said else set())
    document: dict[str, Any] = deepcopy(procedure.model_dump(mode="json"))
    lengths = {kind.value: round(length.total_seconds()) for kind, length in changes}
    deaf = {kind.value for kind in DEAF} | (set() if What.TOLD in said else {ClockKind.NEXT_NEWS.value})
    for clock in document["clocks"]:
        if clock["kind"] in deaf:
            clock["escalates"] = False
            if not clock["target"].get("as_set"):
                clock["target"] = {"duration": round(NO_CASE_LASTS.total_seconds())}
        elif clock["kind"] in lengths:
            clock["target"] = {**clock["target"], "duration": lengths[clock["kind"]]}
    for rule in document["escalation"]["by_stage"]:
        if not NEEDS.get(Stage(rule["stage"]), set()) <= said:
            rule["steps"] = rule["steps"][:1]
    # Who had not called has no row in the file: a declared outage opens no case that the file does not have.
    document["outages"]["tells_silent"] = TellsSilent.NOTHING.value
    document["requirements"]["night_call"] = round(NO_CASE_LASTS.total_seconds())
    return document


def put_in_force(document: dict, at: datetime) -> ProcedureVersion:
    """A version of this document, in force from ``at`` (UTC)."""
    procedure = Procedure.model_validate(document)
    return ProcedureVersion.objects.create(
        number=1,
        code=procedure.code,
        title=procedure.title.es,
        source="",
        document=document,
        sha256=digest(document),
        published_at=at,
        effective_at=at,
    )
