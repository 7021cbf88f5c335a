"""Those who were paged by an alarm (nobody on shift, A1; late calls, P1) are told that it is over."""

from django.utils.translation import gettext as _

from guardia.notices.wording import page_text
from guardia.notices.wording.letter import DESK
from guardia.notices.wording.notice_facts import NoticeFacts, moment_of
from guardia.notices.wording.page_alarm import CALLS_OVERDUE, HANDOVER_LATE, WORK_OVERRAN, desk_name, since
from guardia.notices.wording.page_text import Page
from guardia.notices.wording.prose import rows_of


def alarm_over(told: NoticeFacts) -> Page:
    """The end of an alarm; it asks nothing, so no answer is offered."""
    taken_at, hours = moment_of(told["ended_at"]) or told.owed_at, told.hours
    if told["kind"] == CALLS_OVERDUE:
        subject, headline = _("No call is late any more"), _("No call is late any more: nothing more is asked of you.")
        rows = ((_("Over"), hours.zoned(hours.at(taken_at))), (_("Late"), hours.zoned(hours.since(since(told)))))
    elif told["kind"] == WORK_OVERRAN:
        subject = _("Planned work %(number)s is over") % {"number": told["desk"]}
        headline = _("The planned work that overran is over: nothing more is asked of you.")
        over = hours.zoned(hours.at(taken_at))
        rows = (
            (_("Over"), f"{told['by']}, {over}" if told["by"] else over),
            (_("Late"), hours.zoned(hours.since(since(told)))),
        )
    elif told["kind"] == HANDOVER_LATE:
        subject = _("The hand-over is not late any more: %(desk)s") % {"desk": desk_name(told)}
        headline = _("The hand-over is not late any more: nothing more is asked of you.")
        over = hours.zoned(hours.at(taken_at))
        rows = (
            (_("Signed"), f"{told['by']}, {over}") if told["by"] else (_("Over"), over),
            (_("Late"), hours.zoned(hours.since(since(told)))),
        )
    else:
        subject = _("Somebody is on shift again: %(desk)s") % {"desk": desk_name(told)}
        headline = _("Somebody is on shift again: nothing more is asked of you.")
        rows = (
            (_("Takes over"), f"{told['by']}, {hours.zoned(hours.at(taken_at))}"),
            (_("Nobody was there"), hours.zoned(hours.since(since(told)))),
        )
    return Page(
        subject=subject,
        title=subject,
        headline=headline,
        short=(*page_text.late_in_short(told), headline),
        said=tuple(page_text.late_words(told)),
        rows=rows_of((_("Desk"), desk_name(told)), *rows),
        desk=str(told.procedure.desk(DESK).name),
        provider=told.procedure.provider.name,
        footer=_("You were paged for it."),
    )
