"""What runs by itself: its name, the pause between two rounds in seconds, and the function of one round.

A round gets the event that says that the worker stops; it returns when nothing is due. What gives way can wait a
moment when the machine is busy: a page that somebody waits for comes before ten thousand letters. What rests does no
round while nobody has written anything and nothing is due (``worker/lookout.py``).
"""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Periodic:
    name: str
    seconds: float
    function: str
    gives_way: bool = False
    rests: bool = True


TIMETABLE = (
    Periodic("deadlines", 1, "guardia.worker.rounds.deadlines"),
    Periodic("calendars", 2, "guardia.worker.rounds.calendars"),
    Periodic("failed pages", 2, "guardia.worker.rounds.failed_pages"),
    Periodic("failed notices", 2, "guardia.worker.rounds.failed_notices"),
    Periodic("announcements", 2, "guardia.worker.rounds.announcements"),
    Periodic("reports of the month", 300, "guardia.worker.rounds.month_reports"),
    Periodic("morning list", 30, "guardia.worker.rounds.morning_list"),
    Periodic("panorama", 60, "guardia.worker.rounds.panorama"),
    Periodic("mail", 1, "guardia.worker.rounds.mail", gives_way=True),
    Periodic("short messages", 1, "guardia.worker.rounds.short_messages"),
    Periodic("pages by mail", 1, "guardia.worker.rounds.pages_by_mail"),
    Periodic("pages by Apprise", 1, "guardia.worker.rounds.pages_by_apprise"),
    Periodic("promises at risk", 5, "guardia.worker.team_channels.promises"),
    Periodic("news to teams", 1, "guardia.worker.team_channels.news"),
    Periodic("webhooks", 1, "guardia.worker.rounds.webhooks", gives_way=True),
    Periodic("old webhooks", 3600, "guardia.worker.rounds.old_webhooks"),
    Periodic("tickets to third parties", 1, "guardia.worker.rounds.tickets_sent"),
    Periodic("tickets at third parties", 2, "guardia.worker.rounds.tickets_asked"),
    Periodic("mailbox", settings.IMAP_SECONDS, "guardia.worker.mail_in.read", rests=False),
    Periodic("mail that came in", 1, "guardia.worker.mail_in.route_mails"),
    Periodic("answers to mail", 2, "guardia.worker.mail_in.keep_honest"),
    Periodic("probes", 1, "guardia.worker.probing.probes"),
    Periodic("silent watches", 30, "guardia.worker.probing.silent_watches"),
    Periodic("alerts", 1, "guardia.worker.rounds.act_on_alerts"),
    Periodic("old alerts", 3600, "guardia.worker.rounds.thin_alerts"),
    Periodic("acts of the field", 5, "guardia.worker.rounds.acts_left_behind"),
    Periodic("heartbeat", 5, "guardia.worker.rounds.heartbeat", rests=False),
    Periodic("calls", 5, "guardia.worker.dead_man.calls"),
    Periodic("shifts", 10, "guardia.worker.dead_man.shifts"),
    Periodic("outages", 2, "guardia.worker.rounds.outages"),
    Periodic("planned work", 5, "guardia.worker.rounds.planned_work"),
    Periodic("acts on many cases", 2, "guardia.worker.rounds.acts_on_many"),
    Periodic("files of no case", 6 * 3600, "guardia.worker.rounds.sweep_files"),
    Periodic("journal of exchanges", 3600, "guardia.worker.rounds.prune_journal"),
    Periodic("old watches", 3600, "guardia.worker.probing.old_watches"),
    Periodic("sessions that are over", 3600, "guardia.worker.rounds.old_sessions"),
    Periodic("codes and sessions", 3600, "guardia.worker.rounds.forget_sign_ins"),
    Periodic("requests about persons", 2, "guardia.worker.persons.look"),
    Periodic("imports of history", 2, "guardia.worker.history_imports.work"),
    Periodic("log of histories", 5, "guardia.worker.rounds.log_histories"),
    Periodic("nightly verify", 60, "guardia.worker.verifying.nightly"),
    Periodic("sign of life", settings.DEADMAN_SECONDS, "guardia.worker.dead_man.ping", rests=False),
)
