"""The letter that brings the panorama to people of the operator: its main figures, and where the pictures are."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.notices.wording.hours import lasting
from guardia.notices.wording.letter import DESK
from guardia.notices.wording.notice_facts import NoticeFacts
from guardia.notices.wording.page_text import Listed, Page

PANORAMA = "panorama"
"""The kind of its alarm."""


def panorama_letter(told: NoticeFacts, address: str) -> Page:
    """``address``: where the pictures stand at the desk; the PDF goes with the mail."""
    count = int(told["open"] or 0)
    still_open = ngettext("%(n)d open case", "%(n)d open cases", count) % {"n": count}
    subject = _("Panorama: %(open)s") % {"open": still_open}
    subject = f"{_('Test')}: {subject}" if told["trial"] else subject
    lines = figures(told)
    return Page(
        subject=subject,
        title=subject,
        headline=_("The overview as of %(hour)s.") % {"hour": told.hours.zoned(told.hours.at(told.owed_at))},
        short=lines,
        answer=_("All charts, each with the cases behind it:"),
        button=_("Open the panorama"),
        address=address,
        listed=tuple(Listed(line) for line in lines),
        desk=str(told.procedure.desk(DESK).name),
        provider=told.procedure.provider.name,
        footer=_("It is sent automatically: whoever administers the installation decides how often, and to whom."),
    )


def figures(told: NoticeFacts) -> tuple[str, ...]:
    late, sites, restored = int(told["late"] or 0), int(told["sites"] or 0), int(told["restored"] or 0)
    facts = {
        "day": told.hours.at(datetime.fromisoformat(told["week_from"])),
        "kept": int(told["kept"] or 0),
        "judged": int(told["judged"] or 0),
    }
    return (
        ngettext(
            "%(n)d of the open cases has an overdue promise", "%(n)d of the open cases have an overdue promise", late
        )
        % {"n": late},
        _("Week from %(day)s: %(kept)d of %(judged)d promises kept") % facts,
        *(
            [
                _("MTTR of that week: %(mean)s, of %(n)d closed incidents")
                % {
                    "mean": lasting(int(told["restore_seconds"] or 0)),
                    "n": restored,
                }
            ]
            * bool(restored)
        ),
        ngettext("%(n)d site failed three times in thirty days", "%(n)d sites failed three times in thirty days", sites)
        % {"n": sites},
    )
