"""What runs by itself: its name, the pause between two rounds in seconds, and the function of one round.

A round gets the event that says that the worker stops; it returns when nothing is due. What gives way can wait a
moment when the machine is busy: a page that somebody waits for comes before ten thousand letters.

Between two rounds a loop waits for its pause, and then rests for as long as it has nothing to do: until somebody has
written something, or an hour has come (``worker/lookout.py``), but no longer than its rest says.
"""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Rest:
    """How long a loop may rest after its round, in seconds, the pause included. Whether anybody's write ends it, or
    only a row that waits for this loop.
    """

    seconds: float
    ends_with_any_write: bool = True


NO_REST = Rest(0)
"""It looks at what is not in the database, or tells others that this process lives."""

SHORT_REST = Rest(25)
"""It also goes by hours that the lookout does not know, and can be late by as many seconds. Whoever adds a loop need
not think about it: this one is always right.
"""

UNTIL_A_WRITE = Rest(300)
"""All that it does by the second begins with a write, or with an hour in ``DUE`` of ``worker/lookout.py``. What it does
beside that, as forgetting what is old, can be five minutes late where nobody does anything meanwhile.
"""

UNTIL_ITS_ROWS = Rest(300, ends_with_any_write=False)
"""The same, and ``DUE`` names every row that gives it something to do: other writes do not concern it."""


@dataclass(frozen=True)
class Periodic:
    name: str
    seconds: float
    function: str
    gives_way: bool = False
    rest: Rest = SHORT_REST


TIMETABLE = (
    Periodic("deadlines", 1, "guardia.worker.rounds.deadlines"),
    Periodic("calendars", 2, "guardia.worker.rounds.calendars", rest=UNTIL_A_WRITE),
    Periodic("failed pages", 2, "guardia.worker.rounds.failed_pages", rest=UNTIL_ITS_ROWS),
    Periodic("failed notices", 2, "guardia.worker.rounds.failed_notices", rest=UNTIL_A_WRITE),
    Periodic("announcements", 2, "guardia.worker.rounds.announcements", rest=UNTIL_A_WRITE),
    Periodic("reports of the month", 300, "guardia.worker.rounds.month_reports"),
    Periodic("morning list", 30, "guardia.worker.rounds.morning_list"),
    Periodic("panorama", 60, "guardia.worker.rounds.panorama"),
    Periodic("mail", 1, "guardia.worker.rounds.mail", gives_way=True, rest=UNTIL_ITS_ROWS),
    Periodic("short messages", 1, "guardia.worker.rounds.short_messages", rest=UNTIL_ITS_ROWS),
    Periodic("pages by mail", 1, "guardia.worker.rounds.pages_by_mail", rest=UNTIL_ITS_ROWS),
    Periodic("pages by Apprise", 1, "guardia.worker.rounds.pages_by_apprise", rest=UNTIL_ITS_ROWS),
    Periodic("promises at risk", 5, "guardia.worker.team_channels.promises"),
    Periodic("news to teams", 1, "guardia.worker.team_channels.news"),
    Periodic("webhooks", 1, "guardia.worker.rounds.webhooks", gives_way=True, rest=UNTIL_ITS_ROWS),
    Periodic("old webhooks", 3600, "guardia.worker.rounds.old_webhooks"),
    Periodic("tickets to third parties", 1, "guardia.worker.rounds.tickets_sent", rest=UNTIL_ITS_ROWS),
    Periodic("tickets at third parties", 2, "guardia.worker.rounds.tickets_asked", rest=UNTIL_ITS_ROWS),
    Periodic("mailbox", settings.IMAP_SECONDS, "guardia.worker.mail_in.read", rest=NO_REST),
    Periodic("mail that came in", 1, "guardia.worker.mail_in.route_mails"),
    Periodic("answers to mail", 2, "guardia.worker.mail_in.keep_honest"),
    Periodic("probes", 1, "guardia.worker.probing.probes", rest=UNTIL_ITS_ROWS),
    Periodic("silent watches", 30, "guardia.worker.probing.silent_watches", rest=UNTIL_A_WRITE),
    Periodic("alerts", 1, "guardia.worker.rounds.act_on_alerts", rest=UNTIL_ITS_ROWS),
    Periodic("old alerts", 3600, "guardia.worker.rounds.thin_alerts"),
    Periodic("acts of the field", 5, "guardia.worker.rounds.acts_left_behind"),
    Periodic("heartbeat", 5, "guardia.worker.rounds.heartbeat", rest=NO_REST),
    Periodic("calls", 5, "guardia.worker.dead_man.calls"),
    Periodic("shifts", 10, "guardia.worker.dead_man.shifts"),
    Periodic("outages", 2, "guardia.worker.rounds.outages", rest=UNTIL_A_WRITE),
    Periodic("planned work", 5, "guardia.worker.rounds.planned_work", rest=UNTIL_A_WRITE),
    Periodic("acts on many cases", 2, "guardia.worker.rounds.acts_on_many"),
    Periodic("files of no case", 6 * 3600, "guardia.worker.rounds.sweep_files"),
    Periodic("journal of exchanges", 3600, "guardia.worker.rounds.prune_journal"),
    Periodic("old watches", 3600, "guardia.worker.probing.old_watches"),
    Periodic("sessions that are over", 3600, "guardia.worker.rounds.old_sessions"),
    Periodic("codes and sessions", 3600, "guardia.worker.rounds.forget_sign_ins"),
    Periodic("requests about persons", 2, "guardia.worker.persons.look", rest=UNTIL_A_WRITE),
    Periodic("imports of history", 2, "guardia.worker.history_imports.work", rest=UNTIL_A_WRITE),
    Periodic("log of histories", 5, "guardia.worker.rounds.log_histories"),
    Periodic("nightly verify", 60, "guardia.worker.verifying.nightly"),
    Periodic("sign of life", settings.DEADMAN_SECONDS, "guardia.worker.dead_man.ping", rest=NO_REST),
)
