"""What a customer receives at a stage, in words."""

from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext

from guardia.cases.words import MOMENT_NAMES
from guardia.procedure.contents import NoticeItem
from guardia.procedure.notice_rule import NoticeRule
from guardia.procedure.schema import Procedure
from guardia.procedure.stage_rule import StageRule
from guardia.procedure.vocabulary import CaseKind, Moment
from guardia.procedure.words import ITEM_NAMES


@dataclass(frozen=True)
class ShownNotice:
    """One notice: what it is about, and what it tells."""

    event: str
    tells: str
    decision: bool


def notices_of(procedure: Procedure, stage: StageRule) -> list[ShownNotice]:
    """The notices of a stage: those whose topic bears its name."""
    return [
        ShownNotice(event_of(rule), tells_of(rule), rule.decision)
        for rule in procedure.notices
        if rule.topic == stage.stage.value and CaseKind.INCIDENT in rule.applies_to
    ]


def event_of(rule: NoticeRule) -> str:
    moment, _slash, variant = rule.moment.partition("/")
    name = str(MOMENT_NAMES[Moment(moment)])
    return gettext("%s, without your confirmation") % name if variant == "supervisor" else name


def tells_of(rule: NoticeRule) -> str:
    """“The cause, the plan of solution, what happens next and by when.” The number stands in every one."""
    names = [str(ITEM_NAMES[item]) for item in rule.must_contain if item is not NoticeItem.NUMBER]
    *others, last = names
    words = gettext("%(others)s and %(last)s") % {"others": ", ".join(others), "last": last} if others else last
    return f"{capfirst(words)}."
