"""What a customer receives at a stage, in words."""

from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext

from guardia.procedure.contents import NoticeItem
from guardia.procedure.notice_rule import NoticeRule
from guardia.procedure.schema import Procedure
from guardia.procedure.stage_rule import StageRule
from guardia.procedure.vocabulary import CaseKind, Moment
from guardia.procedure.words import ITEM_NAMES, NOTICE_OCCASIONS


@dataclass(frozen=True)
class ShownNotice:
    """One notice: on what occasion (none for the one the stage itself owes), and what it tells."""

    occasion: str
    tells: str
    decision: bool


def notices_of(procedure: Procedure, stage: StageRule) -> list[ShownNotice]:
    """The notices of a stage: those whose topic bears its name."""
    return [
        ShownNotice(str(NOTICE_OCCASIONS.get(rule.moment, "")), tells_of(rule), rule.decision)
        for rule in procedure.notices
        if rule.topic == stage.stage.value and CaseKind.INCIDENT in rule.applies_to
    ]


def tells_of(rule: NoticeRule) -> str:
    """“The cause, the plan of solution, what happens next and by when.” Only the first says the number: all bear it."""
    items = [item for item in rule.must_contain if item is not NoticeItem.NUMBER or rule.moment == Moment.REGISTERED]
    *others, last = [str(ITEM_NAMES[item]) for item in items or rule.must_contain]
    words = gettext("%(others)s and %(last)s") % {"others": ", ".join(others), "last": last} if others else last
    return f"{capfirst(words)}."
