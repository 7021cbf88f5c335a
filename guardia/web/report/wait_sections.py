"""The waits with causes, proofs and hours, what the affected time leaves out, and what the customer objected to."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from guardia.cases.closing_report import ClosingReport, WaitTold
from guardia.cases.words import CAUSE_NAMES
from guardia.notices.wording.hours import lasting_exactly
from guardia.procedure.vocabulary import WaitCause
from guardia.web.report.shape import Section, Table
from guardia.web.report.words import Hours, clock_names, sentence


def waits(report: ClosingReport, hours: Hours) -> Section | None:
    if not report.waits:
        return None
    rows = [
        (
            hours.span(each.start, each.end),
            lasting_exactly(each.seconds),
            why(each),
            "\n".join(effect(each)),
        )
        for each in report.waits
    ]
    head = (_("From – to"), _("Lasted"), _("For whom and why"), _("What it stops"))
    objections = [words for each in report.waits for words in objection(each, hours)]
    return Section("esperas", _("Waits"), tables=[Table(head, rows, (4, 2, 6, 4))], notes=objections)


def why(wait: WaitTold) -> str:
    whom = sentence(wait.party or str(CAUSE_NAMES[WaitCause(wait.cause)]))
    lines = [f"{whom}: {wait.reason}", _("Asked by %(who)s") % {"who": wait.asked_by}]
    if wait.ticket:
        lines.append(_("Ticket %(ticket)s") % {"ticket": wait.ticket})
    if wait.proof:
        lines.append(_("Proof: %(proof)s") % {"proof": wait.proof})
    return "\n".join(lines)


def effect(wait: WaitTold) -> Iterator[str]:
    if wait.void:
        yield _("Void: it stops nothing")
        return
    yield clock_names(wait.clocks)
    if wait.excluded:
        yield _("Left out of the affected time, as agreed")


def objection(wait: WaitTold, hours: Hours) -> Iterator[str]:
    """What the customer objected to, and the quality manager's ruling with its reasons (P7 D)."""
    if wait.contested_at:
        words = _("%(who)s objected at %(hour)s: %(words)s")
        yield words % {"who": wait.contested_by, "hour": hours.at(wait.contested_at), "words": wait.contest_reason}
    if wait.ruled_at:
        upheld = _("Ruled %(hour)s: the objection is right, the stop does not count. %(reasons)s")
        rejected = _("Ruled %(hour)s: the stop stands. %(reasons)s")
        facts = {"hour": hours.at(wait.ruled_at), "reasons": wait.ruling_reasons}
        yield (upheld if wait.ruling == "upheld" else rejected) % facts
    elif wait.contested_at:
        yield sentence(_("waits for the quality manager's ruling"))
