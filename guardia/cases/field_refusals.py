"""Why what a telephone sent cannot be taken: sentences for the crew and for the desk."""

from django.utils.translation import gettext_lazy as _

from guardia.cases.refusals import Refused


class NotUnderstood(Refused):
    clause = "P4"
    template = _("The telephone sent something that Guardia does not know (%(what)s). Tell the desk by telephone.")


class HandedOver(Refused):
    clause = "P4"
    template = _("This visit is of %(crew)s now. Tell the desk by telephone what you did and at what hour.")


class BeforeTheDispatch(Refused):
    clause = "P4"
    template = _(
        "The telephone says an hour (%(said)s) before the visit was decided (%(decided)s). "
        "Tell the desk the right hour: it enters it as reported by radio."
    )


class CouldNotBeTaken(Refused):
    clause = "P4"
    template = _("Guardia could not take this step, through no fault of yours. The desk enters it by hand.")


class OfAnotherVisit(Refused):
    clause = "P4"
    template = _("That visit is over and another one is open. Tell the desk what belongs to the first one.")
