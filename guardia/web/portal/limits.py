"""What one contact may take and send: whoever hammers is refused for a while, and nobody else of the company."""

from django.http import HttpRequest, HttpResponse

from guardia.config.now import now
from guardia.config.proxies import address_of
from guardia.config.walls import Wall, behind
from guardia.customers.contact import Contact
from guardia.people.attempts import FILES_COUNTED_FOR, one_more_file
from guardia.people.audit_entry import AuditKind
from guardia.web.portal.over import TOO_MANY, over


def takes(request: HttpRequest, contact: Contact) -> bool:
    """Whether a file is made for this contact now: a report, a workbook. Written down."""
    return counted(request, contact, AuditKind.EXPORTED)


def sends(request: HttpRequest, contact: Contact) -> bool:
    """Whether a file of this contact is looked at now."""
    return counted(request, contact, AuditKind.BROUGHT_IN)


def counted(request: HttpRequest, contact: Contact, kind: AuditKind) -> bool:
    with behind(Wall.STAFF):
        return one_more_file(kind, contact.pk, address_of(request), request.headers.get("User-Agent", ""), now())


def too_many(request: HttpRequest) -> HttpResponse:
    response = over(request, "files", TOO_MANY)
    response.headers["Retry-After"] = str(int(FILES_COUNTED_FOR.total_seconds()))
    return response
