"""One round of each thing that runs by itself. Every step is a transaction with the worker's role."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache, partial
from threading import Event

from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import translation
from django.utils.translation import gettext as _

from guardia.carriers import carrier_rounds
from guardia.cases import bulk, bulk_act, calendar_change, case_files, sweep
from guardia.cases import failed_notices as failed_notices_of
from guardia.cases.queries import locked_cases
from guardia.clocks import watch
from guardia.clocks.quarantine import Quarantine
from guardia.config import meters
from guardia.config.database_roles import DatabaseRole, behind, behind_at
from guardia.config.now import now
from guardia.customers import codes, sessions
from guardia.intake import field_arrivals, late_calls
from guardia.network import alert_store as thinning
from guardia.network.alert import AlertSource
from guardia.network.alert_store import is_troubled
from guardia.notices import announcing, leases
from guardia.notices.channel import Channel
from guardia.notices.outbox import LETTERS, LETTERS_BY_SMS, LETTERS_BY_WHATSAPP, PAGES_BY_APPRISE, PAGES_BY_MAIL
from guardia.notices.page import Pager
from guardia.notices.sending import Post, send_due
from guardia.notices.server_answer import MailServerAnswer
from guardia.notices.smtp import Outlet, Server
from guardia.outages import bulk_cause, from_alerts, moving_services, proposing, restoring, work_announcing, work_course
from guardia.people import api_answers, password_reset
from guardia.people.connections import setting
from guardia.proof import log as history_log
from guardia.proof import sealed_rows, witnessing
from guardia.reports import by_word, month_sending, panorama_sending, signed_log
from guardia.webhooks import sending as webhook_sending
from guardia.worker.lookout import lookout
from guardia.worker.loop import beat
from guardia.worker.posting import LINKS, this_process

log = logging.getLogger(__name__)


# --- ways out ---------------------------------------------------------------------------------------------------------
class CountedOutlet(Outlet):
    """Each attempt is counted by what became of it: for /metrics."""

    def send(self, address: str, content: bytes, wants_reports: bool = True, return_path: str = "") -> MailServerAnswer:
        answer = super().send(address, content, wants_reports, return_path)
        meters.message_tried(Channel.MAIL, answer.verdict)
        return answer


class CountedPager(Pager):
    """``channel``: by which the message goes, since one gateway looks like the other."""

    def __init__(self, timeout: float, channel: str) -> None:
        super().__init__(timeout)
        self.channel = channel

    def send(self, address: str, content: bytes) -> MailServerAnswer:
        answer = super().send(address, content)
        meters.message_tried(self.channel, answer.verdict)
        return answer


# --- rounds -----------------------------------------------------------------------------------------------------------
CONTACTS, STAFF = Quarantine("contact"), Quarantine("staff")
"""Those for whom nothing can be packed: they hold up nobody else's messages."""
ANNOUNCEMENTS = Quarantine("announcement")


def step() -> AbstractContextManager[None]:
    return behind(DatabaseRole.WORKER)


def step_at() -> AbstractContextManager[datetime]:
    return behind_at(DatabaseRole.WORKER)


def batches(stopping: Event, full: int, one: Callable[[datetime], int]) -> None:
    """``one`` again and again, each time in a transaction of its own, until it finds fewer than a ``full`` batch."""
    found = full
    while found >= full and not stopping.is_set():
        with step():
            found = one(now())


def deadlines(stopping: Event) -> None:
    """Record what fell due, batch after batch until nothing is; each says that the sweep is alive."""
    found = 1
    while found and not stopping.is_set():
        with step():
            at = now()
            found = sweep.sweep(at)
            if found:
                watch.seen("sweep", at)
        beat()
    with step():
        watch.seen("sweep", now())
        lookout.overlook(moves_hours=False)


def calendars(stopping: Event) -> None:
    """After a day was announced or taken back: let the running promises follow, batch after batch (A3 D)."""
    batches(stopping, calendar_change.BATCH, calendar_change.follow)


def failed_pages(stopping: Event) -> None:
    """A page that no way delivered moves its escalation on (E D)."""
    with step():
        failed_notices_of.record_failed_pages(now())


def failed_notices(stopping: Event) -> None:
    """A notice that did not reach its contact goes on by the next way, then to the next contact (P D)."""
    with step():
        failed_notices_of.record_failed(now())


def announcements(stopping: Event) -> None:
    """What the companies are told that is about no case becomes owed to contact after contact."""
    batches(stopping, announcing.AT_ONCE, tell_more)


def tell_more(at: datetime) -> int:
    """One step; how many contacts. An announcement that raises is set aside, and the next one has the step."""
    told: list[int] = []
    while announcement := announcing.next_to_tell(ANNOUNCEMENTS.left_out(at)):
        if ANNOUNCEMENTS.each([announcement], lambda one: told.append(announcing.tell(one, at)), at):
            return told[0]
    return 0


def month_reports(stopping: Event) -> None:
    """On the operator's day of the month each company with activity is owed the report of the month before, once."""
    batches(stopping, month_sending.AT_ONCE, month_sending.send_due)


def morning_list(stopping: Event) -> None:
    """From the operator's hour on the supervisors are owed the night's list, once a day (P5 D)."""
    with step():
        by_word.bring(now())


def panorama(stopping: Event) -> None:
    """From the operator's hour of a week or a month on its people are owed the panorama, once."""
    with step():
        panorama_sending.send_due(now())


def mail(stopping: Event) -> None:
    """Send the letters that are owed over one connection, and over more while there is a lot to do. Raises NoServer."""
    more = [mail_outlet] * (settings.SMTP_CONNECTIONS - 1)
    with mail_outlet() as outlet:
        send_due(outlet, post(stopping), LETTERS, more)


def short_messages(stopping: Event) -> None:
    """Send what is owed by SMS and by WhatsApp through the operator's gateways (round the dead link)."""
    for share in (LETTERS_BY_SMS, LETTERS_BY_WHATSAPP):
        send_due(CountedPager(settings.PAGE_TIMEOUT_SECONDS, share.channel), post(stopping), share)


def pages_by_mail(stopping: Event) -> None:
    """Send the pages that are owed by mail, over a connection of their own. Raises NoServer."""
    with mail_outlet() as outlet:
        send_due(outlet, post(stopping), PAGES_BY_MAIL)


def pages_by_apprise(stopping: Event) -> None:
    """Send the pages that are owed by what the operator has: a gateway, a messenger, a voice call."""
    pager = CountedPager(settings.PAGE_TIMEOUT_SECONDS, PAGES_BY_APPRISE.channel)
    send_due(pager, post(stopping), PAGES_BY_APPRISE)


def webhooks(stopping: Event) -> None:
    """Send the events that are queued for systems that follow them."""
    with step():
        number = this_process.number(now())
    webhook_sending.send_due(webhook_sending.Posting(step, now, number, stopping.is_set))


def old_webhooks(stopping: Event) -> None:
    """Forget what was sent a month ago, so many at a time."""
    batches(stopping, webhook_sending.FORGOTTEN_AT_ONCE, webhook_sending.forget)


def tickets_sent(stopping: Event) -> None:
    """Say to the interfaces of carriers what is queued for our tickets there."""
    carrier_rounds.send_due(turn_of(stopping))


def tickets_asked(stopping: Event) -> None:
    """Ask the interfaces of carriers what became of our tickets there."""
    carrier_rounds.ask_due(turn_of(stopping))


def turn_of(stopping: Event) -> carrier_rounds.Turn:
    with step():
        number = this_process.number(now())
    return carrier_rounds.Turn(step, now, number, stopping.is_set)


def mail_outlet() -> CountedOutlet:
    return CountedOutlet(Server.of_settings(), setting("MAIL_FROM"))


def post(stopping: Event) -> Post:
    with step():
        number = this_process.number(now())
    links = replace(LINKS, signed_log=cache(signed_log.newest))  # read with the first letter of the round
    return Post(step, now, number, links, stopping.is_set, step_at, CONTACTS, STAFF)


def heartbeat(stopping: Event) -> None:
    """This process lives: nobody takes over what it holds. Those that died long ago are forgotten."""
    with step():
        at = now()
        this_process.is_seen(at)
        lookout.overlook(moves_hours=False)
        leases.forget_the_dead(at)


# --- outages ----------------------------------------------------------------------------------------------------------
# Mass outages: what piles up is proposed to the desk, and what has no open case any more is over.
# Beside them the services whose day has come pass to another company.
def outages(stopping: Event) -> None:
    """Three steps, each a transaction of its own."""
    with step():
        proposing.propose_from_cases(now())
    with step():
        restoring.end_of_themselves(now())
    with step():
        moving_services.move_due(now())


# --- planned work -----------------------------------------------------------------------------------------------------
# Planned work goes by its hours: told once more, begun, overrun; and the cases inside a window know it.
STEPS: tuple[Callable[[datetime], int], ...] = (
    work_announcing.remind_due,
    work_course.start_due,
    work_course.overrun_due,
    work_course.page_due,
    work_course.link_due,
)


def planned_work(stopping: Event) -> None:
    """One round: each step goes on until nothing is due."""
    for one in STEPS:
        batches(stopping, 1, one)


# --- field ------------------------------------------------------------------------------------------------------------
# What a telephone sent and a process that ended between storing and doing left behind is done (P4).
LEFT_BEHIND = timedelta(seconds=10)
"""The request that brought it does it at once: what waits longer was left behind."""


def acts_left_behind(stopping: Event) -> None:
    """Case by case, each in a transaction of its own; one in trouble holds up no other."""
    with step():
        cases = field_arrivals.left_behind(now() - LEFT_BEHIND)
    for case_id in cases:
        if stopping.is_set():
            return
        try:
            with step():
                case = locked_cases().get(pk=case_id)
                field_arrivals.apply_waiting(case, now())
        except Exception:
            log.exception("acts of case %s wait still", case_id)


# --- acts on many cases -----------------------------------------------------------------------------------------------
# What somebody began at the bench and left, or a process that ended, goes on; what is a month old is forgotten.
UNWATCHED = timedelta(seconds=5)
"""The page that waits for an act goes on with it by itself, several times a second."""


def acts_on_many(stopping: Event) -> None:
    """Act by act, some cases in each transaction, until nothing is left of it or somebody else is at it."""
    with step():
        at = now()
        bulk_act.forget(at)
        acts = bulk_act.left_behind(at - UNWATCHED)
    for act in acts:
        found = 1
        while found and not stopping.is_set():
            with step():
                found = bulk.go_on(act, bulk_cause.DEEDS, now())
            beat()


# --- files ------------------------------------------------------------------------------------------------------------
# Four times a day: bytes of files that no case has any more go.
def sweep_files(stopping: Event) -> None:
    """What was withdrawn while the store did not answer, and what a crash left behind a week ago."""
    with step():
        at = now()
    if removed := case_files.remove_orphaned_bytes(at):
        log.info("%d files that belong to no case were removed from the store", removed)


# --- sessions that have ended -----------------------------------------------------------------------------------------
# What is over is taken away: sessions that no browser can use any more, also those of visitors who never signed in.
BATCH = 5_000


def old_sessions(stopping: Event) -> None:
    """Batch after batch, the oldest first, until none is left."""
    batches(stopping, BATCH, end_sessions)


def end_sessions(at: datetime) -> int:
    """By their hours alone: the worker reads the key of none."""
    ended = Session.objects.filter(expire_date__lt=at).order_by("expire_date").values_list("expire_date", flat=True)
    last = next(iter(ended[BATCH - 1 : BATCH]), at)
    return Session.objects.filter(expire_date__lt=at, expire_date__lte=last).delete()[0]


# --- journal ----------------------------------------------------------------------------------------------------------
# Once an hour: what exchanges said long ago goes, call by call; the calls and their clocks stay. So do codes and
# sessions of the portal that are long over.
def prune_journal(stopping: Event) -> None:
    """Step after step, each a transaction of its own, through all that is older than EXCHANGE_DAYS."""
    if not settings.EXCHANGE_DAYS:
        return
    before = now() - timedelta(days=settings.EXCHANGE_DAYS)
    looked: datetime | None = late_calls.BEGINNING
    while looked is not None and not stopping.is_set():
        with step_at():
            looked = late_calls.prune(before, looked)


def forget_sign_ins(stopping: Event) -> None:
    """Codes and links of yesterday, answers to machines, and sessions of last month, so many at a time."""
    found = 1
    while found and not stopping.is_set():
        with step_at() as at:
            found = codes.forget(at) + sessions.forget(at) + password_reset.forget(at) + api_answers.forget_old(at)


# --- alerts -----------------------------------------------------------------------------------------------------------
# Once a second, what is due of monitoring's alerts; once an hour, old ones go.
SOURCES = Quarantine("alert source")


def act_on_alerts(stopping: Event) -> None:
    """Step after step until nothing is due; each cause is a transaction of its own."""
    looked = 1
    while looked and not stopping.is_set():
        looked = from_alerts.act(now(), alone=partial(behind, DatabaseRole.WORKER))


def thin_alerts(stopping: Event) -> None:
    """Batch after batch until nothing is old; and the settings say of which source too much fires."""
    gone = thinning.BATCH
    while gone >= thinning.BATCH and not stopping.is_set():
        with step_at() as at:
            gone = thinning.thin(at, settings.ALERT_DAYS)
    with step_at() as at, translation.override(settings.LANGUAGE_CODE):
        sources = AlertSource.objects.filter(is_active=True).exclude(pk__in=SOURCES.left_out(at)).order_by("pk")
        SOURCES.each(sources, look_at_source, at)


def look_at_source(source: AlertSource) -> None:
    if thinning.too_many(source):
        words = _("More than %d of its alerts are firing at once: check what it treats as an alert.")
        is_troubled(source, words % thinning.MOST_FIRING)


signers_must_sign = cache(history_log.signers_must_sign)
"""Once in a process, until it goes well: a key that is missing is known at the start."""


def log_histories(stopping: Event) -> None:
    """What was recorded goes into the log of all histories, before a signature what no event says, and it is signed."""
    appended = history_log.AT_ONCE
    while appended == history_log.AT_ONCE and not stopping.is_set():
        with step_at() as at:
            appended = history_log.append(at)
        beat()
    signers_must_sign()
    with step_at() as at:
        if history_log.is_due(at, history_log.newest_checkpoint()) and sealed_rows.seal(at) == sealed_rows.AT_ONCE:
            return  # the next round goes on
        signed = history_log.sign(at, history_log.remembered())
    if signed:
        history_log.remember(signed.note)
        witnessing.ask_others(signed)
