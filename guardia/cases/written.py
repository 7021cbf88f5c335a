"""L4 D: a technical report in writing (mail, portal, office) starts at P2, from its arrival, as an answered call does.
A4: one handed in at an office counts from its stamp. For another desk it has no clock of P: it waits to be taken (A3).

The request is a fact of ``calls``; what follows from it (its clock) is decided here. A case that grows out of it takes
its clock over. All hours are UTC.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from guardia.calls.call import Scan, WrittenRequest
from guardia.cases import writes
from guardia.cases.desk_hours import kind_of
from guardia.cases.mail_filing import NoScan, NoSuchOffice, ScanTooLarge
from guardia.cases.refusals import TimeInTheFuture
from guardia.cases.verbs import PRESSED_TWICE
from guardia.clocks.clock import Clock
from guardia.clocks.clock_state import Happening, unmarked_breaches
from guardia.clocks.effects import effects_of
from guardia.clocks.fold import Fold
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.mail.files import safe_name, type_of
from guardia.mail.message import Message
from guardia.mail.taking import MEGABYTE, limit
from guardia.people.shifts import TECHNICAL
from guardia.people.signed import LARGEST_ID
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.procedure.version import ProcedureVersion
from guardia.procedure.vocabulary import ClockKind, Moment

if TYPE_CHECKING:
    from guardia.cases.case import Case

CASE, JOINED, DISMISSED = "case", "joined", "dismissed"
"""What a request is settled as: it got a case, it belongs to one that was open, it is no report."""

SUBJECT_LENGTH = 200
SCANNED = frozenset({"application/pdf", "image/png", "image/jpeg", "image/webp", "image/gif", "image/tiff"})
"""What a scanner or a camera makes."""


def arrive(
    contact: Contact | None,
    *,
    way: str,
    subject: str,
    text: str,
    version: ProcedureVersion,
    received_at: datetime,
    now: datetime,
    taken_by: Staff | None = None,
    office: str = "",
    desk: str = TECHNICAL,
    customer: Customer | None = None,
    reference: str = "",
) -> WrittenRequest:
    """A report of this contact came in writing: its registration clock counts from ``received_at`` (P2, L4 D).

    ``way`` is mail, portal or office (then ``received_at`` is the stamp, ``taken_by`` who took it, ``office`` the city
    as the procedure names it, A4). ``customer``: of whom nobody knows the person. ``reference``: the company's own
    number. One that is known only later, at ``now``, has its breach dated when it fell due. Raises NoSuchOffice,
    TimeInTheFuture.
    """
    cities = [each.city for each in version.procedure.offices]
    if office and office not in cities:
        raise NoSuchOffice(offices=", ".join(cities))
    if received_at > now:
        raise TimeInTheFuture()
    request = WrittenRequest.objects.create(
        contact=contact,
        customer_id=contact.customer_id if contact else customer and customer.pk,
        procedure_version=version,
        way=way,
        office=office,
        desk=desk,
        subject=subject[:SUBJECT_LENGTH],
        text=text,
        customer_reference=reference,
        received_at=received_at,
        taken_by=taken_by,
    )
    keep_clocks(request, now)
    return request


def of_message(message: Message, contact: Contact | None, now: datetime) -> WrittenRequest | None:
    """The report that this mail of the contact is, since its own arrival, for the desk whose mailbox it came to; None
    where no procedure is published yet. Without a contact it is of nobody yet: ``is_of`` says it later.
    """
    version = versions.version_at(message.received_at) or versions.version_at(now)
    if version is None:
        return None
    return arrive(
        contact,
        way="mail",
        subject=message.subject,
        text=message.text,
        version=version,
        received_at=message.received_at,
        now=max(now, message.received_at),
        desk=message.desk,
    )


def is_of(request: WrittenRequest, contact: Contact, now: datetime) -> None:
    """The locked report, of nobody until now, is this contact's; its clock has run all the time and goes on."""
    request.contact, request.customer = contact, contact.customer
    WrittenRequest.objects.filter(pk=request.pk).update(contact=contact, customer=contact.customer_id)
    Clock.objects.filter(request=request.pk).update(customer=contact.customer_id)
    keep_clocks(request, now)


def attach_scan(request: WrittenRequest, name: str, content: bytes, *, by: Staff, at: datetime) -> Scan:
    """The paper as it was scanned or photographed (A4). What it is, is said by its content; its name is made safe.

    The same one twice is one. Raises NoScan for what is neither a PDF nor a picture, or empty; ScanTooLarge.
    """
    if len(content) > limit():
        raise ScanTooLarge(most=limit() // MEGABYTE)
    digest = hashlib.sha256(content).hexdigest()
    if same := Scan.objects.filter(request=request, sha256=digest).first():
        return same
    safe = safe_name(name, "")
    type_, extension = type_of(content, safe)
    if type_ not in SCANNED:
        raise NoScan()
    return Scan.objects.create(
        request=request,
        customer_id=request.customer_id,
        name=safe or f"escaneo{extension}",
        type=type_,
        size=len(content),
        sha256=digest,
        content=content,
        added_at=at,
        added_by=by,
    )


def locked(request_id: int) -> WrittenRequest:
    """The request, locked until the transaction ends. Raises WrittenRequest.DoesNotExist."""
    requests = WrittenRequest.objects.select_for_update(of=("self",)).select_related("contact", "customer")
    return requests.get(pk=request_id)


def settle(
    request: WrittenRequest, *, as_: str, at: datetime, by: Staff | None = None, case_id: int | None = None
) -> WrittenRequest:
    """Nothing more is owed for it: it belongs to an open case (``joined``) or is no report (``dismissed``).

    Settled twice, the first one stands. The request is locked by its caller.
    """
    if request.settled_at:
        return request
    request.settled_at, request.settled_as, request.settled_by, request.case_id = at, as_, by, case_id
    WrittenRequest.objects.filter(pk=request.pk).update(
        settled_at=at, settled_as=as_, settled_by=by, case=case_id, next_due_at=None
    )
    keep_clocks(request, at)
    return request


def becomes_a_case(request: WrittenRequest, case_id: int, customer_id: int, at: datetime, by: Staff | None) -> None:
    """A case was registered out of it at ``at``: its clock is the case's from now on, and nobody else settles it."""
    request.case_id, request.settled_at, request.settled_as = case_id, at, CASE
    WrittenRequest.objects.filter(pk=request.pk).update(
        case=case_id, customer=customer_id, settled_at=at, settled_as=CASE, settled_by=by, next_due_at=None
    )
    Scan.objects.filter(request=request.pk).update(customer=customer_id)


def happenings(request: WrittenRequest) -> Iterator[Happening]:
    """What happened to the request, as its clock (and later its case) sees it."""
    yield Happening(Moment.REQUEST_RECEIVED, request.way, request.received_at)


def fold_of(request: WrittenRequest) -> Fold:
    """The request's clocks as its facts alone give them: whether one fell due is not among them."""
    fold = Fold(effects_of(request.procedure_version_id, kind_of(request.desk))).apply_all(happenings(request))
    if request.settled_at:
        moment = Moment.ATTACHED if request.settled_as == JOINED else Moment.DISMISSED
        fold.apply(Happening(moment, "", request.settled_at))
    return fold


def fold_at(request: WrittenRequest, now: datetime) -> Fold:
    """The request's clocks at ``now``, each breach dated when it fell due: a request has no event that says so."""
    fold = fold_of(request)
    for clock in unmarked_breaches(list(fold.clocks.values()), now):
        data = {"clock": clock.kind, "ordinal": clock.ordinal}
        fold.apply(Happening(Moment.BREACHED, "", clock.fell_due_at or now, data))
    return fold


def keep_clocks(request: WrittenRequest, now: datetime) -> None:
    """Write the request's clocks as they follow from its facts, and its next due hour."""
    fold = fold_at(request, now)
    writes.upsert_request_clocks(request.pk, request.customer_id, fold.clocks.values())
    request.next_due_at = min((c.due_at for c in fold.running.values() if c.due_at), default=None)
    WrittenRequest.objects.filter(pk=request.pk).update(next_due_at=request.next_due_at)


def number_due_at(request: WrittenRequest) -> datetime | None:
    """By when the customer has the number of the case (P2); None where no hour is promised any more."""
    clock = Clock.objects.filter(request=request.pk, kind=ClockKind.REGISTRATION, ended_at=None).first()
    return clock.due_at if clock else None


def request_at_office(request_id: int) -> WrittenRequest | None:
    """Return the request with this id that was handed in at an office, with its names."""
    if request_id > LARGEST_ID:
        return None
    found = WrittenRequest.objects.filter(pk=request_id, way="office")
    return found.select_related("customer", "contact", "case", "taken_by").first()


def last_taken_at_office(staff: Staff) -> WrittenRequest | None:
    """Return the last request that this person took in at an office."""
    return WrittenRequest.objects.filter(taken_by=staff, way="office").order_by("-pk").first()


def same_request_just_taken(arrival: dict[str, Any], staff: Staff) -> WrittenRequest | None:
    """The same paper by the same person half a minute ago: a button pressed twice is one act."""
    near = (arrival["received_at"] - PRESSED_TWICE, arrival["received_at"] + PRESSED_TWICE)
    same = {name: arrival[name] for name in ("way", "office", "desk", "text", "customer")}
    found = WrittenRequest.objects.filter(taken_by=staff, received_at__range=near, **same)
    return found.select_related("case").order_by("-pk").first()


def scan_of_id(pk: int) -> Scan | None:
    """Return the scan with this id, with its bytes."""
    return Scan.objects.filter(pk=pk).first()


def scans_of(request: WrittenRequest) -> QuerySet[Scan]:
    """Return the scans of this request in the order they came, without their bytes."""
    return listed(Scan.objects.filter(request=request))


def scans_of_case(case: "Case") -> QuerySet[Scan]:
    """Return the scans of all that came in writing for this case in the order they came, without their bytes."""
    return listed(Scan.objects.filter(request__case=case))


def listed(scans: QuerySet[Scan]) -> QuerySet[Scan]:
    return scans.defer("content").order_by("added_at", "pk")[:100]
