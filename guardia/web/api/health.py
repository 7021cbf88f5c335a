"""`/salud`: is the installation awake? 503 with the reason where the database or the watch over the deadlines is not.
`/salud/vivo`: does this process answer? `/salud/listo`: may it be sent requests, that is, does its database answer?

Anybody may ask, so it says how old things are and how many, never an address, a name or a driver's own words.
"""

import logging
from datetime import datetime, timedelta
from functools import cache
from threading import Lock
from time import monotonic

from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import override
from django.views.decorators.http import require_safe

from guardia.clocks import watch
from guardia.config import replica
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.languages import OF_THE_SOURCES
from guardia.config.now import now
from guardia.escalation import alarms
from guardia.notices import notice_rows
from guardia.people import rehearsal
from guardia.reports.finding_words import since_in_words
from guardia.reports.verification import BROKEN, Finding, is_overdue, last_run
from guardia.webhooks.outbox import TROUBLE as LOST_EVENTS

log = logging.getLogger(__name__)

UNAVAILABLE = 503
MOST_COUNTED = 100
Said = dict[str, object]


LATE_PAGE = timedelta(seconds=60)
LATE_MAIL = timedelta(minutes=10)
NOT_VERIFIED = "the histories have not been verified for two days: look at the worker's log"


class CachedAnswer:
    """The last answer, for a second: however many ask, the database is asked once. Whoever comes meanwhile waits."""

    SECONDS = 1.0

    def __init__(self) -> None:
        self.lock = Lock()
        self.until = 0.0
        self.answer: tuple[Said, int] = ({}, UNAVAILABLE)

    def get(self) -> tuple[Said, int]:
        with self.lock:
            if monotonic() >= self.until:
                self.answer = probe_answer()
                self.until = monotonic() + self.SECONDS
            return self.answer

    def forget(self) -> None:
        self.until = 0.0


kept = CachedAnswer()


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 while all is well; a machine asks, so the words are English and the hours ISO 8601, UTC."""
    return answered(*kept.get())


@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """Whether this process answers, whatever becomes of the others: for who would start it anew if it did not."""
    return answered({"process": "alive", "installation": installation_id()}, 200)


@cache
def installation_id() -> str:
    """What an installation is known by from outside (``guardia doctor --attack``): follows from SECRET_KEY, and nothing
    follows from it.
    """
    return salted_hmac("guardia.installation", "id", algorithm="sha256").hexdigest()[:16]


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Whether requests may be sent here: for a load balancer, which must not care that a worker is away."""
    try:
        with behind(DatabaseRole.STAFF), connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('django_migrations') IS NOT NULL")
            (there,) = cursor.fetchone()
    except Error as trouble:
        return answered(*no_database(trouble))
    if there:
        return answered({"database": "ok"}, 200)
    return answered({"database": "empty", "problem": "the database has no tables: run guardia migrate"}, UNAVAILABLE)


def answered(said: Said, status: int) -> JsonResponse:
    return JsonResponse(said, status=status, headers={"Cache-Control": "no-store"})


def probe_answer() -> tuple[Said, int]:
    try:
        with behind(DatabaseRole.STAFF):
            return state_of_the_installation(now())
    except Error as trouble:
        return no_database(trouble)


def no_database(trouble: Error) -> tuple[Said, int]:
    log.warning("/salud: the database does not answer: %s", " ".join(str(trouble).split()))
    return {"database": "unavailable", "problem": "the database does not answer"}, UNAVAILABLE


def state_of_the_installation(at: datetime) -> tuple[Said, int]:
    """What is known at ``at`` (UTC), and the status of the answer.

    A sweep that was never seen is not known to be due: a web server without its worker yet is no alarm.
    """
    silent, found = watch.state("sweep", at)
    said: Said = {"database": "ok", "sweep": sweep(at, silent), "mail": mail(at), "pages": pages(at)}
    said["verify"], doubts = verified(at)
    if running := rehearsal.state().running:
        said["rehearsal"] = {"since": iso_hour(running.began_at)}
    if loops := [failing(each) for each in found if each.kind == watch.LOOP]:
        said["failing"] = loops
    if aside := [f"{each.kind} {each.key}" for each in found if each.kind not in (watch.LOOP, BROKEN, LOST_EVENTS)]:
        said["set_aside"] = aside
    lost = [f"events are not taken for good by “{each.key}”" for each in found if each.kind == LOST_EVENTS]
    if worries := lost + warnings(at) + doubts + [f"the worker's loop “{each['loop']}” fails" for each in loops]:
        said["warnings"] = worries
    if silent is None:
        return said, 200
    problem = f"deadlines have not been watched since {silent.isoformat()}: the worker is not running"
    return {**said, "problem": problem}, UNAVAILABLE


def failing(trouble: watch.Failing) -> Said:
    """The kind of trouble alone: its own words may hold an address, and stand on the desk's screens and in the log."""
    kind = trouble.reason.partition(":")[0]
    return {"loop": trouble.key, "since": iso_hour(trouble.since), "times": trouble.times, "kind": kind}


def warnings(at: datetime) -> list[str]:
    """What is wrong and stops nothing, in words: no reason to take a server away, but to wake somebody."""
    found = []
    if alarms.is_anything_open(alarms.NOBODY_ON_SHIFT):
        found.append("nobody is on shift at the technical desk")
    if notice_rows.is_page_waiting(at - LATE_PAGE):
        found.append("a page has waited for more than a minute: look at the mail server and at the gateways")
    if notice_rows.is_mail_waiting(at - LATE_MAIL):
        found.append("mail has waited for more than ten minutes: look at the mail server")
    if replica.is_named() and not replica.standing().is_read:
        found.append("reports read the primary: the replica does not answer, or is more than a minute behind")
    return found


def verified(at: datetime) -> tuple[Said, list[str]]:
    """What the nightly comparison of all histories found last, and what is to be worried about.

    ``first``: the first findings, and since when; the case, and whom to ask, stand on the desk.
    """
    last = last_run()
    is_late = is_overdue(last, at)
    if last is None:
        return {"state": "overdue" if is_late else "never done"}, [NOT_VERIFIED] if is_late else []
    found = last.found
    said: Said = {
        "state": "broken" if found.breaks else "overdue" if is_late else "whole",
        "at": iso_hour(last.at),
        "age_seconds": age(last.at, at),
        "cases": found.cases,
        "events": found.events,
        "breaks": found.breaks,
    }
    if found.breaks:
        with override(OF_THE_SOURCES):
            said["first"] = [in_a_line(each) for each in found.first]
    doubts = [f"guardia verify found {found.breaks} contradictions in the histories"] if found.breaks else []
    return said, [*doubts, *([NOT_VERIFIED] if is_late else [])]


def in_a_line(found: Finding) -> str:
    """Without the case, what stands in its row, and who could have done it: anybody may read this page."""
    since = since_in_words(found)
    return f"{found.part}: {found.what}. {since}" if since else f"{found.part}: {found.what}"


def sweep(at: datetime, silent: datetime | None) -> Said:
    seen_at = watch.last_seen_at("sweep")
    return {
        "state": "silent" if silent else "at work" if seen_at else "never seen",
        "seen_at": iso_hour(seen_at),
        "age_seconds": age(seen_at, at),
    }


def mail(at: datetime) -> Said:
    """The outlet, by what it has done: since when the oldest mail waits, and when a server last accepted one.

    ``owed``: letters that are due and not written yet, as those to somebody who got many; ``held_back``: those that
    wait for their turn at the pace of their domain, or for another try.
    """
    return {
        "waiting": notice_rows.mails_waiting()[:MOST_COUNTED].count(),
        "held_back": notice_rows.mails_held_back(at)[:MOST_COUNTED].count(),
        "owed": notice_rows.letters_owed()[:MOST_COUNTED].count(),
        "oldest_waiting_seconds": age(notice_rows.oldest_letter(), at),
        "last_accepted_at": iso_hour(notice_rows.last_mail_accepted_at()),
    }


def pages(at: datetime) -> Said:
    """The oldest page to the operator's people that no server has accepted yet."""
    return {"oldest_unsent_seconds": age(notice_rows.oldest_page(), at)}


def iso_hour(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def age(since: datetime | None, at: datetime) -> int | None:
    """In whole seconds; None for what is not."""
    return max(0, int((at - since).total_seconds())) if since else None
