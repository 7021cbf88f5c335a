"""Who watches the watchers: nobody on shift pages; a sign of life goes outside while the deadlines are watched."""

import logging
from http.client import HTTPException
from threading import Event
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from django.conf import settings

from guardia.cases import alarms
from guardia.clocks import watch
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.intake import late_calls
from guardia.people.egress import outward_only, own_word, proxies
from guardia.worker.lookout import lookout

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 10


def calls(stopping: Event) -> None:
    """One look whether calls are past their promise and somebody must be called for them (P1, P2)."""
    with behind(DatabaseRole.WORKER):
        if not late_calls.is_something_open():
            return
        late_calls.settle_forgotten(now())
        late_calls.settle_spoken(now())
    with behind(DatabaseRole.WORKER):
        late_calls.end_silent(now())
    with behind(DatabaseRole.WORKER):
        late_calls.watch_calls(now())


def shifts(stopping: Event) -> None:
    """One look who of those on shift is there, and whether anybody is at the technical desk (A1)."""
    with behind(DatabaseRole.WORKER):
        gone = alarms.look_at_shifts(now())
        if not gone:
            lookout.overlook(moves_hours=False)
    for shift in gone:
        log.warning("the shift of %s at the technical desk is over: %s", shift.staff_id, shift.ended_as)
    with behind(DatabaseRole.WORKER):
        alarms.watch_hand_over(now())
    with behind(DatabaseRole.WORKER):
        pages = alarms.watch_shifts(now())
    if pages:
        people = ", ".join(str(page.staff_id) for page in pages)
        words = "somebody is on shift again" if pages[0].moment == alarms.ALARM_ENDED else "nobody is on shift"
        log.warning("%s at the technical desk; round %s pages people %s", words, pages[0].round, people)


class SignOfLife:
    """Calls the configured address while the sweep works, and only then; says each change once in the log."""

    def __init__(self) -> None:
        self.said = ""

    def send(self, url: str, alive: bool) -> bool:
        """One round; whether the address was called and answered. Without an address nothing happens."""
        if not url:
            return False
        place = urlsplit(url).hostname  # the rest of the address is a secret
        trouble = called(url) if alive else "it is not called, since the deadlines are not watched"
        if trouble:
            self._say(logging.WARNING, f"no sign of life to {place}: {trouble}")
        else:
            self._say(logging.INFO, f"signs of life go to {place}")
        return not trouble

    def _say(self, level: int, words: str) -> None:
        if words != self.said:
            log.log(level, "%s", words)
            self.said = words


sign_of_life = SignOfLife()


def ping(stopping: Event) -> None:
    """One sign of life to DEADMAN_URL, if there is one; the call itself holds no transaction."""
    with behind(DatabaseRole.WORKER):
        alive = watch.is_alive("sweep", now())
    sign_of_life.send(settings.DEADMAN_URL, alive)


def called(url: str) -> str:
    """Call an address of the environment, which may stand anywhere; where it redirects to may not (``egress``).

    Empty if it answered well, else why not, in words.
    """
    try:
        with (
            outward_only(proxies() | own_word(url)),
            urlopen(Request(url, headers={"User-Agent": "Guardia"}), timeout=TIMEOUT_SECONDS),
        ):
            return ""
    except HTTPError as refused:
        return f"it answers {refused.code}"
    except URLError as trouble:
        return " ".join(f"{type(trouble).__name__}: {trouble.reason}".split())
    except (OSError, HTTPException, ValueError) as trouble:
        return type(trouble).__name__  # its own words may repeat the address
