"""P7 at the desk: close, or withdraw with a reason."""

from django.utils.translation import gettext_lazy as _

from guardia.doors.desk.acts.act import Act, ActForm, Doing, prose, when


class ClosingForm(ActForm):
    fault = prose(_("Fault"))
    solution = prose(_("Solution"))


class CancelForm(ActForm):
    reason = prose(_("Reason"))


def close(doing: Doing, fields: dict) -> object:
    return doing.case.close(fields["fault"], fields["solution"], **when(doing, fields))


def cancel(doing: Doing, fields: dict) -> object:
    return doing.case.cancel(fields["reason"], **when(doing, fields))


CLOSING_ACTS = (
    Act("cierre", _("Close the case"), ClosingForm, close),
    Act("anular", _("Cancel the case"), CancelForm, cancel),
)
