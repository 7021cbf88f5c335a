"""Send what is due: each message begun, sent and settled by itself, each step committed before the next begins."""

import logging
from collections import deque
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, suppress

from django.db import DatabaseError, connections

from guardia.notices import outbox
from guardia.notices.channel import Channel
from guardia.notices.notice import Delivery
from guardia.notices.outbox import LETTERS, Outgoing, Share
from guardia.notices.packing import pack
from guardia.notices.post import Mailer, Opened, Outlet, Post
from guardia.notices.server_answer import MailServerAnswer, NoServer, Verdict
from guardia.notices.team_packing import pack_team_news

__all__ = ["Mailer", "Opened", "Outlet", "Post", "send_due"]

log = logging.getLogger(__name__)

MOST_TOGETHER = 64
HANGS_AFTER_SECONDS = 3.0
"""A mail that is not answered by then is left to itself, and the next one leaves over another connection."""

MOST_HANGING = 12
LOOKS_AGAIN_AFTER_SECONDS = 1.0
"""So soon a page that is owed leaves although the answer to another one is still awaited."""


def send_due(outlet: Outlet | Mailer, post: Post, share: Share = LETTERS, more: Sequence[Opened] = ()) -> int:
    """Pack what is owed, then send until nothing of this share is due; returns how many messages were tried.

    ``more`` opens further outlets, which are used while there is a lot to do, each by a thread of its own. Raises
    NoServer when there is no mail server: everything waits as before, with the reason written beside.
    """
    if share.channel != Channel.MAIL:
        return send_together(outlet, post, share)
    assert isinstance(outlet, Mailer), "mail leaves over a connection of its own"
    return send_in_turn(outlet, post, share, more)


# --- one after the other, over one connection or a few ----------------------------------------------------------------


def send_in_turn(outlet: Mailer, post: Post, share: Share, more: Sequence[Opened] = ()) -> int:
    """Over one connection; over some more beside it once a whole batch is due, and in place of one that hangs."""
    tried, most = 0, outbox.CLAIM_AT_ONCE * (1 + len(more))
    with ExitStack() as stack:
        lines = stack.enter_context(Lines(outlet, post, more))
        others: list[Hand] = []
        while not post.stopping():
            packed, batch = pack_and_claim(post, share, most, lines.under_way)
            if more and not others and len(batch) > outbox.CLAIM_AT_ONCE:
                others = [
                    stack.enter_context(Hand(Lines(stack.enter_context(opened()), post, more))) for opened in more
                ]
            tried += send_batch(batch, lines, post, others)
            if not batch and not packed:
                if not lines.under_way:
                    break
                lines.settle_answered(LOOKS_AGAIN_AFTER_SECONDS)
    return tried


def send_batch(batch: Sequence[Delivery], lines: "Lines", post: Post, others: Sequence["Hand"] = ()) -> int:
    """Every connection takes the next mail as soon as it has settled the one before. Raises NoServer.

    Whatever is raised, what was leased and not tried waits again, with the reason.
    """
    waiting, trouble = deque(batch), ""
    helping = [other.helps_with(waiting) for other in others]
    try:
        tried = one_by_one(waiting, lines, post)
    except NoServer as wrong:
        tried, trouble = 0, str(wrong)
    except Exception as wrong:
        wait(helping)
        with suppress(Exception):  # without a database its lease ends with this process
            give_back(waiting, f"{type(wrong).__name__}: {wrong}", post)
        raise
    finally:
        wait(helping)
        for other in others:
            lines.take_over(other.lines)
    tried += sum(each.result() for each in helping)
    if waiting:
        give_back(waiting, trouble, post)
    if trouble:
        raise NoServer(trouble)
    return tried


class Line:
    """An outlet whose conversation is held by a thread of its own, so that one that hangs can be left to itself."""

    def __init__(self, outlet: Mailer) -> None:
        self.outlet = outlet
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="mail line")

    def send(self, message: Outgoing) -> Future[MailServerAnswer]:
        paths = {"return_path": message.return_path} if message.return_path else {}
        return self.thread.submit(self.outlet.send, message.address, message.content, message.wants_reports, **paths)


class Lines:
    """The line in use, and those on which a mail hangs: others leave meanwhile over a new one.

    Use as a context: at its end the last answers are awaited and settled. Nothing but the network is left to threads.
    """

    def __init__(self, outlet: Mailer, post: Post, more: Sequence[Opened] = ()) -> None:
        self.post, self.more = post, more
        self.line = Line(outlet)
        self.spare: list[Line] = []
        self.hanging: dict[Future[MailServerAnswer], tuple[Delivery, Line]] = {}
        self.stack = ExitStack()

    def __enter__(self) -> "Lines":
        return self

    def __exit__(self, *trouble: object) -> None:
        try:
            while self.hanging:
                self.settle_answered(None)
        finally:
            for line in (self.line, *self.spare, *(line for _delivery, line in self.hanging.values())):
                line.thread.shutdown(wait=False)
            self.stack.close()

    @property
    def under_way(self) -> list[Delivery]:
        return [delivery for delivery, _line in self.hanging.values()]

    @property
    def is_ready(self) -> bool:
        return self.line.outlet.is_ready

    def ready(self) -> None:
        """Raises NoServer."""
        self.line.outlet.ready()

    def send(self, delivery: Delivery, message: Outgoing) -> MailServerAnswer | None:
        """The answer; None where it is still awaited, and the next mail may leave over another line."""
        answer = self.line.send(message)
        may_wait = bool(self.more) and len(self.hanging) < MOST_HANGING
        if not may_wait or wait([answer], HANGS_AFTER_SECONDS).done:
            return answer.result()
        self.hanging[answer] = (delivery, self.line)
        self.line = self.spare.pop() if self.spare else Line(self.stack.enter_context(self.more[0]()))
        return None

    def settle_answered(self, seconds: float | None = 0) -> None:
        """What has been answered by now, or within so many seconds (None: however long it takes), is written down."""
        if not self.hanging:
            return
        for answer in wait(self.hanging, seconds, return_when=FIRST_COMPLETED).done:
            delivery, line = self.hanging.pop(answer)
            self.spare.append(line)
            settle(delivery, answer.result(), self.post)

    def take_over(self, other: "Lines") -> None:
        """What hangs on the lines of another thread is settled by this one."""
        self.hanging |= other.hanging
        other.hanging = {}


class Hand:
    """Some more lines, with a thread and its connection to the database: kept from batch to batch."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="mail")

    def __enter__(self) -> "Hand":
        return self

    def __exit__(self, *trouble: object) -> None:
        self.thread.submit(connections.close_all)
        self.thread.shutdown()
        self.lines.__exit__()

    def helps_with(self, waiting: deque[Delivery]) -> Future[int]:
        return self.thread.submit(self._send, waiting)

    def _send(self, waiting: deque[Delivery]) -> int:
        """Without a server it leaves the rest."""
        try:
            return one_by_one(waiting, self.lines, self.lines.post)
        except NoServer:
            return 0


def one_by_one(waiting: deque[Delivery], lines: Lines, post: Post) -> int:
    """Until none is left, or the process stops. What a server said is committed before the next mail leaves: in one
    transaction with the beginning of that one, unless the server must be called first. Raises NoServer.
    """
    tried, said = 0, ServerAnswer(post)
    while not post.stopping() and (delivery := next_waiting(waiting)):
        lines.settle_answered()
        try:
            if not lines.is_ready:
                said.settle()
                lines.ready()
            message = said.settle_and_begin(delivery)
        except (NoServer, DatabaseError):
            waiting.appendleft(delivery)
            raise
        except Exception as wrong:
            said.settle()
            cannot_be_begun(delivery, wrong, post)
            continue
        if message:
            if answer := lines.send(delivery, message):
                said.hear(delivery, answer)
            tried += 1
    said.settle()
    return tried


def next_waiting(waiting: deque[Delivery]) -> Delivery | None:
    try:
        return waiting.popleft()
    except IndexError:
        return None


class ServerAnswer:
    """The answer of the server to the last mail of one connection, until it is written down."""

    def __init__(self, post: Post) -> None:
        self.post = post
        self.last: tuple[Delivery, MailServerAnswer] | None = None

    def hear(self, delivery: Delivery, answer: MailServerAnswer) -> None:
        self.last = (delivery, answer)

    def settle(self) -> None:
        if self.last:
            settle(*self.last, self.post)
            self.last = None

    def settle_and_begin(self, delivery: Delivery) -> Outgoing | None:
        with self.post.begun() as now:
            message = outbox.begin(delivery, now, self.post.links, self.last)
        self.last = None
        return message


# --- all at once ------------------------------------------------------------------------------------------------------


def send_together(outlet: Outlet | Mailer, post: Post, share: Share) -> int:
    """Each by a thread of its own, and what is owed meanwhile too: a gateway that hangs holds up no other page.

    Only the network is left to the threads; what is begun and settled is written here.
    """
    tried, under_way = 0, dict[Future[MailServerAnswer], Delivery]()
    with ThreadPoolExecutor(MOST_TOGETHER, thread_name_prefix="page") as pool:
        while True:
            most = MOST_TOGETHER - len(under_way)
            packed, batch = (0, []) if post.stopping() else pack_and_claim(post, share, most, under_way.values())
            for delivery in batch:
                if message := begun_or_later(delivery, post):
                    under_way[pool.submit(outlet.send, message.address, message.content)] = delivery
                    tried += 1
            if not under_way and not batch and not packed:
                return tried
            answered, _waiting = wait(under_way, LOOKS_AGAIN_AFTER_SECONDS, return_when=FIRST_COMPLETED)
            for answer in answered:
                settle(under_way.pop(answer), answer.result(), post)


# --- the steps --------------------------------------------------------------------------------------------------------


def pack_and_claim(
    post: Post, share: Share, most: int, under_way: Collection[Delivery] = ()
) -> tuple[int, list[Delivery]]:
    """How many notices were packed or held, and the deliveries of this share that are leased now: so many at most."""
    with post.begun() as now:
        is_of_team = share.channel == Channel.TEAM
        packed = pack_team_news(now, post.teams) if is_of_team else pack(now, share.urgent, post.contacts, post.staff)
    with post.begun() as now:
        due = outbox.claim(now, post.sender_id, share, most, [each.pk for each in under_way])
        batch = outbox.leaving(due, now, post.links)
    return packed + len(due) - len(batch), batch


def begin(delivery: Delivery, post: Post) -> Outgoing | None:
    with post.begun() as now:
        return outbox.begin(delivery, now, post.links)


def begun_or_later(delivery: Delivery, post: Post) -> Outgoing | None:
    """One that cannot be begun is tried later, and holds up no other. Raises trouble of the database."""
    try:
        return begin(delivery, post)
    except DatabaseError:
        raise
    except Exception as wrong:
        cannot_be_begun(delivery, wrong, post)
        return None


def cannot_be_begun(delivery: Delivery, wrong: Exception, post: Post) -> None:
    log.exception("delivery %s cannot be begun; the others go on", delivery.pk)
    settle(delivery, MailServerAnswer(Verdict.LATER, f"{type(wrong).__name__}: {wrong}"), post)


def settle(delivery: Delivery, answer: MailServerAnswer, post: Post) -> None:
    """What comes between the answer and its commit is repeated, and marked."""
    with post.begun() as now:
        outbox.settle(delivery, answer, now)
        post.answered(delivery, answer, now)


def give_back(deliveries: Iterable[Delivery], answer: str, post: Post) -> None:
    with post.begun() as now:
        outbox.put_back(list(deliveries), answer, now)
