"""What a planned work does not allow; each refusal says what to do instead."""

from django.utils.translation import gettext_lazy as _

from guardia.cases.refusals import Refused


class WindowReversed(Refused):
    field = "ends_at"
    template = _("The window ends before it begins. Correct one of the two times.")


class WindowIsOver(Refused):
    field = "starts_at"
    template = _("The window must begin in the future. Correct its time.")


class WindowTooFar(Refused):
    field = "starts_at"
    template = _("This time is more than a year away. Correct its date.")


class WindowTooLong(Refused):
    field = "ends_at"
    template = _("A window lasts at most %(days)d days. Create several works, one for each night.")


class ExpectedTooLong(Refused):
    field = "expected_minutes"
    template = _("The services cannot be down for longer than the window lasts: %(minutes)d minutes.")


class NothingTouched(Refused):
    field = "circuits"
    template = _("No service is affected. Choose an element that carries services, or enter their circuits.")


class NoSuchCircuit(Refused):
    field = "circuits"
    template = _("No service is called: %(circuits)s. Enter each circuit as shown on the bill, one per line.")


class TooManyServices(Refused):
    field = "circuits"
    template = _("Please enter at most %(most)d circuits; choose their element for more.")


class WorkIsOver(Refused):
    template = _("%(number)s is over and can no longer be changed. Plan another work.")


class NotADraft(Refused):
    template = _("%(number)s has been announced. Move it or cancel it: the companies are notified.")


class NotAnnounced(Refused):
    template = _("%(number)s has not been announced yet. Announce it first.")


class UnderWay(Refused):
    template = _("%(number)s is under way: it can be ended, but not moved or cancelled.")


class NotUnderWay(Refused):
    template = _("%(number)s has not started. It starts at the announced time; move it if that has changed.")


class AnnouncedTooLate(Refused):
    field = "reason"
    template = _(
        "It starts in less than %(hours)d hours, the notice period that was promised. Enter the reason: the "
        "companies are told it."
    )


class SameWindow(Refused):
    field = "starts_at"
    template = _("It already has these hours. Write the new ones.")


class EndsInTheFuture(Refused):
    field = "at"
    template = _("This time is still to come. Write when the work ended, or leave it empty for now.")


class EndsBeforeItBegan(Refused):
    field = "at"
    template = _("The work cannot have ended before it began. Correct the time.")


class NobodyToAsk(Refused):
    template = _("No agreement is asked for this work. If something about it does not suit you, please call us.")


class TooLateToAnswer(Refused):
    template = _("The work has begun or was cancelled: an answer no longer changes it. Please call us.")


class NotOfThisWork(Refused):
    template = _("No service of %(company)s is affected by %(number)s.")


class NothingObjected(Refused):
    template = _("%(company)s has not objected: there is nothing to answer.")
