"""The sentences that the page's script says, in the active language; ``{n}`` and ``{hour}`` are filled in there."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def script_words() -> dict[str, object]:
    hour, n = {"hour": "{hour}"}, {"n": "{n}"}
    return {
        "waiting": [
            ngettext(
                "%(n)s step saved on the telephone; it is sent when there is signal",
                "%(n)s steps saved on the telephone; they are sent when there is signal",
                count,
            )
            % n
            for count in (1, 2)
        ],
        "photos": [ngettext("%(n)s photograph to send", "%(n)s photographs to send", count) % n for count in (1, 2)],
        "sending": _("Sending…"),
        "sent": _("sent %(hour)s") % hour,
        "to_send": _("%(hour)s, to be sent") % hour,
        "waits": _("to be sent"),
        "to_go": _("%(n)s to send") % n,
        "all_of": _("%(n)s sent, the last one %(hour)s") % {**n, **hour},
        "no_signal": _("No signal"),
        "refused": _("Not taken:"),
        "understood": _("I have read it"),
        "signed_out": _("Your session is over. What you pressed is kept here: sign in, and it is sent."),
        "other": _("Steps of somebody else wait on this telephone. They are sent once that person signs in here."),
        "gone": _("This link is over; what is still here was not sent. Tell the desk by telephone."),
        "no_store": _(
            "This browser keeps nothing (private window, or storage is forbidden): the page works only with signal."
        ),
        "no_https": _("Without HTTPS this page works only with signal: ask for its https:// address."),
        "no_worker": _("This browser cannot open the page without signal. What you press is kept all the same."),
        "full": _("There is no room left on the telephone: this was not saved. Free some space and press again."),
        "not_kept": _("This was not saved. Press again."),
        "no_picture": _("This is no photograph that the telephone can read."),
        "newer": _("There is a newer version of this page."),
        "kept": _("Kept on the telephone, as of %(hour)s: it opens without signal.") % hour,
        "photo": _("Photograph"),
        "kinds": {
            "depart": _("I left for the site"),
            "arrive": _("I arrived at the site"),
            "permit": _("Work permit ready"),
            "restore": _("Service restored"),
            "leave": _("I leave the site"),
            "block": _("I cannot go on"),
            "resume": _("The visit goes on"),
            "note": _("Note"),
            "parts": _("Parts used"),
            "sign": _("Signature"),
            "check": _("Work permit"),
        },
    }
