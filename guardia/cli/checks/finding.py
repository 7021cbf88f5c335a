"""One question to the installation and its answer; the list of all questions; how they are asked."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from django.utils.translation import gettext as _

from guardia.config.database_roles import DatabaseRole, behind

log = logging.getLogger(__name__)


class Health(StrEnum):
    OK = "ok"
    WARN = "warn"
    BAD = "bad"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class CheckResult:
    """``words`` in the reader's language; ``remedy`` is what to do, empty where all is well."""

    health: Health
    words: str
    remedy: str = ""


@dataclass(frozen=True)
class Finding:
    check: str
    said: CheckResult


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Installation:
    """What is asked of: whether its database answers, and the hours of both clocks (UTC), which a test sets."""

    database: bool = True
    at: datetime | None = None
    host_clock: Callable[[], datetime] = utc_now

    @property
    def now(self) -> datetime:
        return self.at or self.host_clock()


type Answer = CheckResult | Iterator[CheckResult]


@dataclass(frozen=True)
class Check:
    """``within``: it asks the database, in a transaction under the staff's database role."""

    name: str
    ask: Callable[[Installation], Answer]
    needs_database: bool
    within: bool


CHECKS: list[Check] = []


def check(*, database: bool = False, within: bool = False) -> Callable[[Callable[[Installation], Answer]], Callable]:
    """Put a question on the list, under the name of its function. ``within`` implies ``database``."""

    def put(ask: Callable[[Installation], Answer]) -> Callable[[Installation], Answer]:
        CHECKS.append(Check(ask.__name__, ask, database or within, within))
        return ask

    return put


def ok(words: str) -> CheckResult:
    return CheckResult(Health.OK, words)


def warn(words: str, remedy: str) -> CheckResult:
    return CheckResult(Health.WARN, words, remedy)


def bad(words: str, remedy: str) -> CheckResult:
    return CheckResult(Health.BAD, words, remedy)


def skipped(words: str) -> CheckResult:
    """What cannot be looked at from here, and why."""
    return CheckResult(Health.SKIPPED, words)


def examine(installation: Installation) -> Iterator[Finding]:
    """Every question, one after the other; one that fails says so, and the others are asked all the same."""
    for each in CHECKS:
        for said in answers(each, installation):
            yield Finding(each.name, said)


def answers(each: Check, installation: Installation) -> list[CheckResult]:
    if each.needs_database and not installation.database:
        return [skipped(_("Not checked: the database does not answer."))]
    policies: AbstractContextManager[None] = behind(DatabaseRole.STAFF) if each.within else nullcontext()
    try:
        with policies:
            answer = each.ask(installation)
            return [answer] if isinstance(answer, CheckResult) else list(answer)
    except Exception as trouble:
        log.debug("the check %s failed", each.name, exc_info=True)
        words = _("This could not be checked: %(why)s.") % {"why": one_line(trouble)}
        return [bad(words, _("Correct that first, then ask again."))]


def one_line(trouble: BaseException) -> str:
    """Its words in one line, or its kind where it has none."""
    return (" ".join(str(trouble).split()) or type(trouble).__name__).rstrip(".")[:300]
