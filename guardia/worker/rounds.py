"""One round of each thing that runs by itself. Every step is a transaction behind the worker's wall."""

from contextlib import AbstractContextManager
from datetime import datetime
from threading import Event

from django.conf import settings

from guardia.cases import calendar_change, month_sending, morning, sweep
from guardia.cases import failed_notices as failed_notices_of
from guardia.cases import failed_pages as failed_pages_of
from guardia.clocks import watch
from guardia.clocks.aside import Aside
from guardia.config.now import now
from guardia.config.walls import Wall, behind, behind_at
from guardia.notices import announcing, sender
from guardia.notices.outbox import LETTERS, LETTERS_BY_SMS, LETTERS_BY_WHATSAPP, PAGES_BY_APPRISE, PAGES_BY_MAIL
from guardia.notices.sending import Post, send_due
from guardia.notices.smtp import Server
from guardia.people.connections import setting
from guardia.worker.counted import CountedOutlet, CountedPager
from guardia.worker.loop import beat
from guardia.worker.posting import LINKS, this_process

CONTACTS, STAFF = Aside("contact"), Aside("staff")
"""Those for whom nothing can be packed: they hold up nobody else's messages."""
ANNOUNCEMENTS = Aside("announcement")


def step() -> AbstractContextManager[None]:
    return behind(Wall.WORKER)


def step_at() -> AbstractContextManager[datetime]:
    return behind_at(Wall.WORKER)


def deadlines(stopping: Event) -> None:
    """Record what fell due, batch after batch until nothing is; each says that the sweep is alive."""
    found = 1
    while found and not stopping.is_set():
        with step():
            at = now()
            found = sweep.sweep(at)
            watch.seen("sweep", at)
        beat()


def calendars(stopping: Event) -> None:
    """After a day was announced or taken back: let the running promises follow, batch after batch (A3 D)."""
    looked = calendar_change.BATCH
    while looked >= calendar_change.BATCH and not stopping.is_set():
        with step():
            looked = calendar_change.follow(now())


def failed_pages(stopping: Event) -> None:
    """A page that no way delivered moves its escalation on (E D, design §4.10)."""
    with step():
        failed_pages_of.record_failed(now())


def failed_notices(stopping: Event) -> None:
    """A notice that did not reach its contact goes on by the next way, then to the next contact (P D)."""
    with step():
        failed_notices_of.record_failed(now())


def announcements(stopping: Event) -> None:
    """What the companies are told that is about no case becomes owed to contact after contact."""
    told = announcing.AT_ONCE
    while told >= announcing.AT_ONCE and not stopping.is_set():
        with step():
            told = tell_more(now())


def tell_more(at: datetime) -> int:
    """One step; how many contacts. An announcement that raises is set aside, and the next one has the step."""
    told: list[int] = []
    while announcement := announcing.next_to_tell(ANNOUNCEMENTS.left_out(at)):
        if ANNOUNCEMENTS.each([announcement], lambda one: told.append(announcing.tell(one, at)), at):
            return told[0]
    return 0


def month_reports(stopping: Event) -> None:
    """On the operator's day of the month each company with activity is owed the report of the month before, once."""
    made = month_sending.AT_ONCE
    while made >= month_sending.AT_ONCE and not stopping.is_set():
        with step():
            made = month_sending.send_due(now())


def morning_list(stopping: Event) -> None:
    """From the operator's hour on the supervisors are owed the night's list, once a day (P5 D)."""
    with step():
        morning.bring(now())


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


def mail_outlet() -> CountedOutlet:
    return CountedOutlet(Server.of_settings(), setting("MAIL_FROM"))


def post(stopping: Event) -> Post:
    with step():
        number = this_process.number(now())
    return Post(step, now, number, LINKS, stopping.is_set, step_at, CONTACTS, STAFF)


def heartbeat(stopping: Event) -> None:
    """This process lives: nobody takes over what it holds. Those that died long ago are forgotten."""
    with step():
        at = now()
        this_process.is_seen(at)
        sender.forget_the_dead(at)
