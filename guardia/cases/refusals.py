"""What a stage does not allow. Each refusal bears its clause and the sentence the engineer reads."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """The procedure does not allow this now."""

    clause = ""
    template: str | Promise = ""
    field = ""

    def __init__(self, **values: object) -> None:
        self.values = values
        super().__init__()

    def __str__(self) -> str:
        sentence = str(self.template) % self.values
        return f"{sentence} ({self.clause})" if self.clause else sentence


class NotYours(Refused):
    """Somebody acts on many cases, and one is of a desk whose cases are not theirs."""

    clause = "A3"
    template = _("This case belongs to another desk: its people handle it.")


class OnlyASupervisorForMany(Refused):
    clause = "W1"
    template = _("Only a supervisor can place many cases on hold at once, with one cause and its proof.")


class NotAPerson(Refused):
    """Machines act by their keys; who answers for a case, or for an escalation, is somebody who can be reached."""

    template = _("%(name)s is the account of a machine. Choose one of the people.")


class UndoIsOver(Refused):
    template = _("This can no longer be undone: its emails leave %(seconds)d seconds after it was done.")


class CaseIsClosed(Refused):
    clause = "P7"
    template = _("This case is closed: nothing more can be written in it.")


class NotInThisStage(Refused):
    template = _("This cannot be done now: the case is in “%(stage)s”.")


class ConfirmedAlready(Refused):
    """Somebody else has confirmed, or with other words: what is on record stays, and this is not thrown away unseen."""

    clause = "P5"
    template = _(
        "The confirmation of %(who)s has been on record since %(hour)s, and nothing was changed. If you were "
        "told anything else, write it as a note; if it does not work after all, report that it fails again."
    )


class SupervisorWentOn(ConfirmedAlready):
    """A supervisor has gone on without the customer already, for another reason."""

    template = _(
        "A supervisor continued without the customer's confirmation at %(hour)s, and nothing was changed. Write "
        "what you know as a note, or confirm it in the name of whoever told you that it works."
    )


class FailsAlready(Refused):
    """It was reported before that it fails again, with other words."""

    clause = "P6"
    template = _(
        "It returned to diagnosis at %(hour)s because it is failing again: nothing was changed. Write what you "
        "have seen as a note."
    )


class NotAnIncident(NotInThisStage):
    """A verb of the seven stages, in an administrative request."""

    clause = "A3"
    template = _(
        "This is a request for %(desk)s, not a fault. If it is a fault, first pass it to the Operations Centre."
    )


class NotARequest(NotInThisStage):
    """A verb of the desks, in a technical incident."""

    clause = "P"
    template = _(
        "This is a fault, not an administrative request. If it is not a fault, first pass it to the right desk."
    )


class NoSuchDesk(Refused):
    clause = "A3"
    field = "desk"
    template = _("No desk that takes such requests was chosen. Choose one of: %(desks)s.")


class AlreadyThere(Refused):
    clause = "A3"
    field = "to"
    template = _("%(desk)s already has this case. Choose another desk.")


class ServiceOfAnother(Refused):
    clause = "P2"
    field = "service"
    template = _("That service belongs to another company. Choose one of %(company)s.")


class Missing(Refused):
    """A fact the clause asks for was left empty."""

    template = _("Please fill in: %(what)s.")

    def __init__(self, clause: str, field: str, what: object) -> None:
        super().__init__(what=what)
        self.clause = clause
        self.field = field


class TooLong(Refused):
    """What was written is longer than what can be kept of it."""

    template = _("Please enter %(what)s in at most %(most)d characters.")

    def __init__(self, clause: str, field: str, what: object, most: int) -> None:
        super().__init__(what=what, most=most)
        self.clause = clause
        self.field = field


class TooFewTests(Refused):
    clause = "P3"
    template = _("The diagnosis needs at least %(needed)d tests on record; there are %(found)d. Add a test first.")


class VisitOutOfOrder(Refused):
    clause = "P4"
    template = _("This step of the visit does not follow from the last one. Next step: %(next)s.")


class NoOpenVisit(Refused):
    clause = "P4"
    template = _("No visit is open. Decide to send a crew first.")


class ForecastReversed(Refused):
    clause = "P4"
    field = "forecast_to"
    template = _("The forecast ends before it begins. Correct one of the two times.")


class HourOfAnotherYear(Refused):
    clause = "P4"
    field = "forecast_from"
    template = _("This time is more than a year away. Correct its date.")


class ForecastIsOver(Refused):
    clause = "P4"
    field = "forecast_to"
    template = _("The forecast has already passed. Give times that are still to come.")


class BadQuantity(Refused):
    clause = "P4"
    template = _("Each part needs a quantity greater than zero, as a number: 2, or 1.5 for lengths.")

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field


class TooMany(Refused):
    """More lines than can be kept."""

    template = _("Please enter at most %(most)d lines: %(what)s.")

    def __init__(self, clause: str, field: str, what: object, most: int) -> None:
        super().__init__(what=what, most=most)
        self.clause = clause
        self.field = field


class CrewHasIt(Refused):
    clause = "P4"
    field = "crew"
    template = _("%(crew)s already has this visit. Choose another crew.")


class NotHeldUp(Refused):
    clause = "P4.3"
    template = _(
        "This visit is not blocked: there is nothing to resume. If its hours have changed, change the agreement."
    )


class NotRestoredYet(Refused):
    clause = "P4.4"
    template = _("The service is not restored yet. Record that first, or say that the crew leaves the work unfinished.")


class DoneAlready(Refused):
    clause = "P4.4"
    template = _("This visit is over and its work is not unfinished: report that the crew is leaving.")


class FileOfAnotherCase(Refused):
    clause = "P4"
    field = "signature"
    template = _("That signature belongs to another case. Take it again on this one.")


class DecisionInThePast(Refused):
    clause = "P4.3"
    field = "next_decision_at"
    template = _("The time of the next decision must be in the future.")


class NotOfTheCompany(Refused):
    clause = "P5"
    field = "confirmer"
    template = _("Somebody from the company must confirm: never a guard, never our own technician.")


class OneOfOurs(NotOfTheCompany):
    field = "confirmer_name"
    template = _("%(who)s is one of our staff, by %(mark)s: somebody from the company must confirm.")


class AGuard(NotOfTheCompany):
    field = "position"
    template = _("“%(who)s” is a guard: somebody who uses the service must confirm. Ask who that is at this hour.")


class TooFewTestsSince(Refused):
    clause = "P5"
    template = _(
        "Before the confirmation, %(needed)d good tests since the restoration must be on record; there are "
        "%(found)d. Add them first: the customer receives them."
    )


class NothingToDeny(Refused):
    clause = "P5"
    template = _("There is no verbal confirmation that could be disputed now. If the service fails, please call us.")


class TooFewAttempts(Refused):
    clause = "P5"
    template = _("%(needed)d attempts to reach the customer must be on record first; there are %(found)d.")


class OnlyASupervisor(Refused):
    clause = "P5"
    template = _("Only a supervisor may continue without the customer's confirmation.")


class NotGreenLongEnough(Refused):
    clause = "P6"
    template = _("The green window lasts %(needed)d minutes; it has lasted %(found)d.")


class NoGreenEvidence(Refused):
    clause = "P6"
    template = _(
        "A good test taken inside the green window must be on record: the customer receives it as evidence. Run "
        "the tests, or ask a supervisor, who may continue with a reason."
    )


class TooFewGreenTests(NoGreenEvidence):
    template = _(
        "%(needed)d good tests from the green window must be on record, each with its value or a file that the "
        "customer can see; there are %(found)d. Add what is missing, or ask a supervisor, who may continue with "
        "a reason."
    )


class NoTestAtTheEnd(NoGreenEvidence):
    template = _(
        "One of the good tests must be from the end of the green window, %(hour)s or later. Test once more, or "
        "ask a supervisor, who may continue with a reason."
    )


class LastTestIsBad(NoGreenEvidence):
    """A test whose last word inside the green window is bad: whatever else is good proves nothing."""

    template = _(
        "The last test of “%(tests)s” is bad. Run it again, take the case back to the diagnosis if it fails again, "
        "or ask a supervisor, who may go on with a reason."
    )


class BadSinceStable(LastTestIsBad):
    """The same, measured after the service was called stable."""

    clause = "P7"


class NotWithoutEvidence(Refused):
    """Going on without green evidence is a supervisor's alone (P6)."""

    clause = "P6"
    template = _("Only a supervisor may continue without good tests. Run the tests, or ask a supervisor.")


class EvidenceIsThere(Refused):
    clause = "P6"
    template = _("The tests are good: go on with them, as usual. No reason is needed.")


class NothingToStop(Refused):
    clause = "W1"
    template = _("No running clock may stop for this cause now.")


class TimeInTheFuture(Refused):
    field = "at"
    template = _("That time has not come yet.")


class TimeBeforeTheCase(Refused):
    field = "at"
    template = _("That time is before the step it follows (%(after)s). Correct the time.")


class ChangedMeanwhile(Refused):
    template = _("Somebody else changed this case meanwhile. Look at what is new and try again.")


class AlreadySettled(Refused):
    clause = "P1"
    template = _("This call is already settled.")


class AnsweredByAnother(Refused):
    clause = "P1"
    template = _("%(who)s has already answered this call.")


class NoEscalation(Refused):
    clause = "E"
    template = _("This case has no open escalation any more: nothing is asked of anybody.")


class NotAnEscalationLevel(Refused):
    clause = "E1"
    field = "level"
    template = _("The procedure has no level %(level)s.")


class CallIsSettled(Refused):
    clause = "E5"
    template = _("This call is no longer owed: the escalation has moved on.")


class VoiceIsSettled(Refused):
    clause = "P"
    template = _("This call is no longer owed: the service is back, or the case is over.")


class HourIsPast(Refused):
    clause = "P"
    field = "hour"
    template = _("%(hour)s has passed. Enter the next time the customer wants to be called, such as 06:00.")


class AgreedTooFar(Refused):
    clause = "P"
    field = "hour"
    template = _(
        "%(hour)s is more than 24 hours away: until the service is back, nobody goes more than a day without "
        "news. Enter a time up to %(latest)s, and agree on the next one in that call."
    )


class NoAgreedHour(Refused):
    clause = "P"
    template = _("There is no longer an agreed time to call the customer: nothing was changed.")


class EndsWithThePromise(Refused):
    clause = "E"
    template = _("A promise is broken: the escalation ends when it is met. Until then it would restart at once.")


class DayIsOver(Refused):
    clause = "A3"
    field = "day"
    template = _("%(day)s has passed, and promises were already evaluated with it. Announce a future day.")


class AlreadyWithdrawn(Refused):
    clause = "A3"
    template = _("This announcement has been withdrawn already.")


class MayNotStop(Refused):
    clause = "W1"
    field = "clocks"
    template = _("This clock may not stop for this cause now: %(what)s. Remove it, or choose another cause.")


class PromiseInThePast(Refused):
    clause = "W1"
    field = "party_promise_at"
    template = _("The third party's promise must come after the time it was given. Correct the time.")


class NotAThirdParty(Refused):
    clause = "W1"
    template = _("This wait is not for a third party: nobody outside has promised anything.")


class WaitIsOver(Refused):
    clause = "W1"
    template = _("This wait is over: nothing is promised for it any more.")


class WaitStaysOver(Refused):
    clause = "W1"
    field = "until"
    template = _("This wait is over and cannot start again. Say until what time it lasted, or open a new one.")


class WaitEndsBeforeItBegins(Refused):
    clause = "W1"
    field = "until"
    template = _("This wait would end before it begins. Correct one of the two times.")


class NotOfThisCase(Refused):
    clause = "W1"
    template = _("This wait belongs to another case.")


class WaitIsRuledOn(Refused):
    clause = "P7"
    template = _("The quality manager has ruled on this wait: the ruling stands.")


class NothingToContest(Refused):
    clause = "P7"
    field = "waits"
    template = _("Choose at least one stop of the clock that the customer objects to.")


class NothingContested(Refused):
    clause = "P7"
    template = _("No objection on this case is waiting for a ruling.")


class OnlyTheQualityManager(Refused):
    clause = "P7"
    template = _("Only the quality manager can rule on an objection.")


class CaseWasWithdrawn(Refused):
    clause = "P7"
    template = _("This case was withdrawn: nothing was promised any more that could be ruled on.")


class OnlyAContact(Refused):
    clause = "E1"
    template = _("Only a contact of the company may ask for the next level of its case.")


class NoLevelAbove(Refused):
    clause = "E1"
    template = _("The highest level has already been paged. Please call it.")


class RequestedTooSoon(Refused):
    clause = "E1"
    template = _(
        "A level was requested less than %(minutes)d minutes ago. The next one may be requested from %(hour)s."
    )


class ObjectionStands(Refused):
    clause = "P7"
    template = _(
        "%(who)s has objected to the closing since %(hour)s. Answer the customer first, or record the relapse."
    )


class NotClosedYet(Refused):
    clause = "P7"
    template = _("There is no closing report to check yet. Write to us instead.")


class NothingToObjectTo(Refused):
    clause = "P6"
    template = _("There is no solution to object to now. Write to us instead, or escalate.")


class ActsTooOften(Refused):
    template = _("That was too much in a few minutes. Please wait a moment, or call us.")


class NotAColleague(Refused):
    field = "colega"
    template = _("Choose a contact at your company, or enter the name and email address of a new one.")


class NotProvisional(Refused):
    clause = "L4"
    field = "service"
    template = _("Choose a provisional service and the service on file that it turned out to be.")


class OneOfManyCompanies(Refused):
    clause = "L4"
    field = "service"
    template = _("This service was reported by %(company)s, which is on file. Choose one of its services.")


class HasCases(Refused):
    clause = "L4"
    template = _("It has cases: say which service it is, or that it is a new one.")
