"""What the desk asks an Asterisk to do: to hand a waiting call to somebody's telephone, to ring a number for somebody.

By a manager user of its own (AMI_ACTION_USER), on a short connection of the web process: whoever presses a key waits
five seconds at the most. Nothing is taken for answered because it was asked: the exchange's own events say so.
"""

import asyncio
import re
import threading
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import Future
from dataclasses import replace

import phonenumbers
from django.conf import settings
from django.utils.translation import gettext as _

from guardia.calls.call import Call, queues_of_waiting
from guardia.calls.exchanges import exchange_called
from guardia.customers.phones import home_region
from guardia.people.staff import Staff
from guardia.web.phone.ami_session import (
    Account,
    Broken,
    NotLetIn,
    Packet,
    Patience,
    Session,
    Unreachable,
    Unsendable,
    connect,
    value,
    words_of,
)

PATIENCE_SECONDS = 5.0
RINGS_MS = 30_000
TELEPHONE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,19}")
"""An extension that names one telephone, and neither a code of the exchange (*8) nor several (101&102)."""
DIALLED = re.compile(r"[0-9*#]{2,32}")
IDLE, NO_HINT = "0", "-1"


class CannotAct(Exception):
    """The exchange did not do it; the words say why, and what to do, to whoever pressed the key."""


class Refused(Exception):
    """The exchange answered with an error, in its own words."""


def acts(staff: Staff) -> bool:
    """Whether the exchange can be asked to do anything for this person."""
    return bool(settings.AMI_HOST and settings.AMI_ACTION_USER and TELEPHONE.fullmatch(staff.extension))


def may_be_taken(staff: Staff, calls: Iterable[Call]) -> dict[int, str]:
    """Of these calls those that the exchange can hand to this person's telephone → the queue in which each waits.

    Only out of a queue: there the exchange itself says whether the caller waits still.
    """
    if not acts(staff):
        return {}
    waiting = [call.pk for call in calls if call.is_waiting and call.exchange_id]
    if not waiting:
        return {}
    return queues_of_waiting(waiting, settings.AMI_NAME)


def take(staff: Staff, call: Call, queue: str) -> None:
    """The caller leaves the queue, and this person's telephone rings. Raises CannotAct."""
    extension = extension_of(staff)

    async def steps(session: Session) -> None:
        channel = await channel_in(session, queue, call.reference)
        await must_be_idle(session, extension)
        where = {"Channel": channel, "Context": settings.AMI_ACTION_CONTEXT, "Exten": extension, "Priority": "1"}
        await done(session, "Redirect", where)

    ask(steps, extension)


def dial(staff: Staff, number: str) -> str:
    """This person's telephone rings, and once it is picked up the exchange rings the number; returns what it dials.

    ``number`` is as it is kept (E.164), never as somebody typed it into a request. Raises CannotAct.
    """
    extension, exten = extension_of(staff), dialled_as(number)

    async def steps(session: Session) -> None:
        await must_be_idle(session, extension)
        rung = {"Channel": settings.AMI_ACTION_PHONE.format(extension=extension), "CallerID": extension}
        to = {"Context": settings.AMI_ACTION_CONTEXT, "Exten": exten, "Priority": "1"}
        await done(session, "Originate", {**rung, **to, "Timeout": str(RINGS_MS), "Async": "true"})

    ask(steps, extension)
    return exten


# --- what may be sent -------------------------------------------------------------------------------------------------


def extension_of(staff: Staff) -> str:
    """Raises CannotAct."""
    if not TELEPHONE.fullmatch(staff.extension):
        raise CannotAct(_("You have no extension at the exchange: it is entered in Settings, People."))
    return str(staff.extension)


def dialled_as(number: str) -> str:
    """As the exchange dials it: digits, of this country without its code, after AMI_ACTION_PREFIX. Raises CannotAct."""
    exchange = exchange_called(settings.AMI_NAME)
    region = exchange.country if exchange else home_region()
    try:
        if not re.fullmatch(r"\+[0-9]{5,17}", number.partition(";ext=")[0]):
            raise ValueError(number)
        parsed = phonenumbers.parse(number)
        written = phonenumbers.format_out_of_country_calling_number(parsed, region)
        if parsed.country_code == phonenumbers.country_code_for_region(region) and not phonenumbers.is_valid_number(
            parsed
        ):
            # Of a range that is not known the shape is not known either: then the trunk's digit goes before it.
            trunk = phonenumbers.ndd_prefix_for_region(region, strip_non_digits=True) or ""
            written = trunk + phonenumbers.national_significant_number(parsed)
    except (ValueError, phonenumbers.NumberParseException) as unfit:
        raise CannotAct(_("“%s” cannot be dialled: correct the number first.") % number[:40]) from unfit
    digits = "".join(sign for sign in written.partition(" ext")[0] if sign.isascii() and sign.isdigit())
    dialled = f"{settings.AMI_ACTION_PREFIX}{digits}"
    if not DIALLED.fullmatch(dialled):
        raise CannotAct(_("“%s” cannot be dialled: correct the number first.") % number[:40])
    return dialled


# --- the conversation -------------------------------------------------------------------------------------------------


async def channel_in(session: Session, queue: str, reference: str) -> str:
    """The channel of this caller, who waits in the queue at this moment. Raises Refused: it does not."""
    for entry in await session.ask("QueueStatus", {"Queue": queue}):
        if value(entry, "Event") == "QueueEntry" and value(entry, "Uniqueid") == reference:
            return value(entry, "Channel")
    raise Refused("gone")


async def must_be_idle(session: Session, extension: str) -> None:
    """Raises Refused where the exchange says that the telephone is taken or not there; without a hint it cannot say."""
    headers = {"Exten": extension, "Context": settings.AMI_ACTION_CONTEXT}
    said = (await session.ask("ExtensionState", headers))[0]
    status = value(said, "Status")
    if value(said, "Response").lower() == "success" and status not in ("", IDLE, NO_HINT):
        raise Refused("busy")


async def done(session: Session, name: str, headers: dict[str, str]) -> None:
    """Raises Refused."""
    said: Packet = (await session.ask(name, headers))[0]
    if value(said, "Response").lower() != "success":
        raise Refused(words_of(said))


def ask(steps: Callable[[Session], Awaitable[None]], extension: str) -> None:
    """One conversation, with an end whatever the other side does. Raises CannotAct."""
    account = replace(Account.of_settings(), user=settings.AMI_ACTION_USER, secret=settings.AMI_ACTION_SECRET)
    try:
        in_a_thread(lambda: asyncio.run(conversation(account, steps)))
    except NotLetIn as refused:
        raise CannotAct(
            _("The exchange does not let Guardia act: AMI_ACTION_USER and AMI_ACTION_SECRET must be in manager.conf.")
        ) from refused
    except (Unreachable, Broken, TimeoutError) as trouble:
        raise CannotAct(
            _("The exchange does not answer. Use the telephone itself; “guardia doctor” says more.")
        ) from trouble
    except Unsendable as unfit:
        raise CannotAct(_("This cannot be sent to the exchange: it holds a line break.")) from unfit
    except Refused as refusal:
        raise CannotAct(in_words(str(refusal), extension)) from refusal


def in_words(refusal: str, extension: str) -> str:
    if refusal == "gone" or "channel does not exist" in refusal.lower():
        return _("The caller is no longer waiting there: somebody took the call, or it has ended.")
    if refusal == "busy":
        return _("Your telephone %s is not free, or not connected. Nothing was done.") % extension
    if "permission" in refusal.lower():
        return _("The exchange does not let Guardia do this: manager.conf needs write=call,originate for %s.") % (
            settings.AMI_ACTION_USER
        )
    return _("The exchange did not do it. It says: %s") % refusal[:120]


async def conversation(account: Account, steps: Callable[[Session], Awaitable[None]]) -> None:
    """Raises Unreachable, Broken, TimeoutError, Refused."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        streams = await connect(account, PATIENCE_SECONDS)
        session = Session(streams, lambda _heard: None, Patience(answer=PATIENCE_SECONDS, silence=PATIENCE_SECONDS))
        reading = asyncio.create_task(session.read())
        try:
            await session.log_in(account, events="off")
            await steps(session)
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            streams[1].close()


def in_a_thread(work: Callable[[], None]) -> None:
    """A name server that hangs holds its thread, and nobody else. Raises what ``work`` raises, and TimeoutError."""
    result: Future[None] = Future()

    def run() -> None:
        try:
            work()
            result.set_result(None)
        except BaseException as trouble:
            result.set_exception(trouble)

    threading.Thread(target=run, name="exchange action", daemon=True).start()
    result.result(PATIENCE_SECONDS + 1)
