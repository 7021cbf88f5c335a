"""The one gate through which all that is sent goes: what a rehearsal holds back, and what leaves with a mark.

In a rehearsal a message leaves only to the list by name, marked as a trial. Everything else ends as held: written as it
would have gone, visible, and never sent later. What was made before the installation went live is held after it too,
and so is whatever is about a case of the rehearsal. The way to a new password of the operator's own people always goes.

Every function is one step inside a transaction of its caller; ``now`` is UTC.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage, MIMEPart
from enum import Enum
from typing import TYPE_CHECKING

from django.db import connection
from django.utils import translation
from django.utils.translation import gettext as _

from guardia.notices.channel import Channel
from guardia.notices.leases import held as leased
from guardia.notices.notice import DeliveredNotice, Delivery, DeliveryState, Notice
from guardia.notices.wire import WIRE
from guardia.people import rehearsal
from guardia.people.rehearsal import NamedList
from guardia.people.staff import Staff

if TYPE_CHECKING:
    from guardia.cases.case import Case

REASON = "rehearsal"
"""Why a notice was held, as it stands beside it."""

MARKED = "X-Guardia-Rehearsal"


class Ruling(Enum):
    """What becomes of a message that is due."""

    LEAVES = "leaves"
    MARKED = "marked"  # it leaves, and says that it is a trial
    HELD = "held"  # it never leaves


@dataclass(frozen=True)
class Gate:
    """The state of the installation, as it was read."""

    state: rehearsal.State

    @property
    def is_open(self) -> bool:
        """True where no rehearsal ever was: then nothing need be looked at."""
        return self.state.running is None and self.state.live_at is None

    def ruling(self, delivery: Delivery, notices: Sequence[Notice]) -> Ruling:
        """What becomes of this message; ``notices`` are those that it carries, with their ``case``."""
        if self.is_open or delivery.reset_id:
            return Ruling.LEAVES
        if not (self.state.running or self.is_old(delivery, notices) or is_of_rehearsal(notices)):
            return Ruling.LEAVES
        if self.state.running and is_named(self.state.named, delivery, notices):
            return Ruling.MARKED
        return Ruling.HELD

    def is_old(self, delivery: Delivery, notices: Sequence[Notice]) -> bool:
        """Whether it, or what it tells, was made before the installation went live."""
        live_at = self.state.live_at
        return live_at is not None and min([delivery.created_at, *(one.owed_at for one in notices)]) < live_at


def gate() -> Gate:
    """The gate as it stands now. One query."""
    return Gate(rehearsal.state())


def is_of_rehearsal(notices: Sequence[Notice]) -> bool:
    return any(one.case is not None and one.case.in_rehearsal for one in notices)


def is_named(named: NamedList, delivery: Delivery, notices: Sequence[Notice]) -> bool:
    """Whether the list has whom it goes to: by mailbox or domain, by telephone, or as a person of the staff."""
    if notices and all(one.staff_id in named.people for one in notices):
        return True
    if delivery.channel == Channel.MAIL:
        return named.has_mailbox(delivery.address)
    return delivery.channel not in (Channel.APPRISE, Channel.TEAM) and named.has_telephone(delivery.address)


# --- what leaves with a mark ------------------------------------------------------------------------------------------


def marked_as_trial(content: bytes) -> bytes:
    """The message with ``[Ensayo]`` before its subject and a first line that says so, in the language of its reader.

    A message that has the mark already stays as it is.
    """
    message = message_from_bytes(content, policy=WIRE)
    if not isinstance(message, EmailMessage) or message[MARKED]:
        return content
    with translation.override(str(message["Content-Language"] or language_of_parts(message) or "") or None):
        mark = "[{}]".format(_("Rehearsal"))
        line = _("This is a test: customers are not notified of any of it.")
    subject = str(message["Subject"] or "")
    del message["Subject"]
    message["Subject"] = f"{mark} {subject}".strip()
    message[MARKED] = "1"
    for kind, write in (("plain", first_line), ("html", first_paragraph)):
        part = message.get_body((kind,))
        if part is not None:
            write_anew(part, write(part.get_content(), f"{mark} {line}"), kind)
    return message.as_bytes()


def language_of_parts(message: EmailMessage) -> str:
    part = message.get_body(("plain", "html"))
    return str(part["Content-Language"] or "") if part is not None else ""


def write_anew(part: MIMEPart, text: str, kind: str) -> None:
    headers = {name: part[name] for name in ("Content-Language", "Content-Disposition") if part[name]}
    part.set_content(text.replace("\r\n", "\n"), subtype=kind, cte="quoted-printable")
    for name, value in headers.items():
        del part[name]
        part[name] = value


def first_line(text: str, line: str) -> str:
    return f"{line}\n\n{text}"


def first_paragraph(html: str, line: str) -> str:
    """Within the body, where there is one."""
    begin = html.lower().find("<body")
    inside = html.find(">", begin) + 1 if begin >= 0 else 0
    return f"{html[:inside]}<p><strong>{line}</strong></p>{html[inside:]}"


# --- what is held -----------------------------------------------------------------------------------------------------


def hold(delivery: Delivery, content: bytes, now: datetime) -> bool:
    """This delivery, whose lease is ours, ends as held, with what it would have said; False if the lease was lost.

    What no other message carries to its person is held with it.
    """
    is_secret = delivery.code_id or delivery.reset_id or delivery.confirmation_id
    body = {} if is_secret or not content else {"body": content}
    ended = {"state": DeliveryState.HELD, "sender": None, "leased_until": None, "settled_at": now, "answer": ""}
    if not leased(delivery).update(**ended, **body):
        return False
    carried = list(DeliveredNotice.objects.filter(delivery=delivery.pk).values_list("notice", flat=True))
    hold_notices(carried)
    return True


HOLD_NOTICES = """
    UPDATE notice SET state = 'held', reason = %(reason)s
    WHERE id = ANY(%(notices)s) AND state IN ('owed', 'packed') AND NOT EXISTS (
        SELECT FROM delivered_notice o JOIN delivery d ON d.id = o.delivery_id
        WHERE o.notice_id = notice.id AND d.state IN ('waiting', 'sending', 'accepted'))
"""
HOLD_DELIVERIES = """
    UPDATE delivery SET state = 'held', sender_id = NULL, leased_until = NULL, settled_at = %(now)s
    WHERE state IN ('waiting', 'sending') AND reset_id IS NULL RETURNING id
"""
HOLD_OWED = "UPDATE notice SET state = 'held', reason = %(reason)s WHERE state = 'owed'"


def hold_notices(notices: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(HOLD_NOTICES, {"notices": list(notices), "reason": REASON})


def hold_all_that_waits(now: datetime) -> int:
    """All that is owed or waits ends as held; how many messages. A sender that holds one finds that its lease is lost.

    The table is held for the moment, so that nobody leases a message by what the state was before.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE delivery IN EXCLUSIVE MODE")
        cursor.execute(HOLD_DELIVERIES, {"now": now})
        messages = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(HOLD_OWED, {"reason": REASON})
        cursor.execute("SELECT DISTINCT notice_id FROM delivered_notice WHERE delivery_id = ANY(%s)", [messages])
        hold_notices([pk for (pk,) in cursor.fetchall()])
    return len(messages)


# --- the switch -------------------------------------------------------------------------------------------------------


def begin(named: NamedList, *, by: Staff | None, at: datetime) -> rehearsal.Rehearsal:
    """The rehearsal begins: what waits by then is held too. Where one is running, its list alone changes."""
    was_on = rehearsal.is_on()
    one = rehearsal.begin(named, by=by, at=at)
    if not was_on:
        hold_all_that_waits(at)
    return one


def go_live(*, by: Staff | None, at: datetime) -> rehearsal.Rehearsal | None:
    """From now on all is sent, and nothing of before; None where the installation is live already."""
    ended = rehearsal.end(by=by, at=at)
    if ended:
        hold_all_that_waits(at)
    return ended


def untold(cases: Iterable["Case"]) -> frozenset[int]:
    """The ids of those that tell nobody any more, since their rehearsal is over.

    One query, where one of them began in a rehearsal.
    """
    began_in_one = frozenset(case.pk for case in cases if case.in_rehearsal)
    return began_in_one if began_in_one and not rehearsal.is_on() else frozenset()
