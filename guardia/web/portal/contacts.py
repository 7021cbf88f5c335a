"""The company's own administrator: its contacts, what each is told, and who asks to be told of a case.

Every change is on record with who made it, and the desk is told of it (``ContactChange``).
"""

from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guardia.cases.labels import CASE_KIND_NAMES, TOPIC_NAMES
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers import confirming, editing, ways
from guardia.customers.contact import AddressConfirmation, ChangeOutcome, Contact
from guardia.customers.contacts import changes_requested_by, contact_of_company, contacts_of_company
from guardia.customers.phones import spoken
from guardia.customers.values import Unfit
from guardia.intake import colleagues
from guardia.notices.secret_mail import post_confirmations
from guardia.web.portal.visitor import SignedIn, administrator_page, in_language, page, text_in

UNFIT, OVER = 422, 410
LINES = ("title", "name", "position", "email", "phones", "way_sms", "way_whatsapp", "language")
"""The fields that a company writes itself. Who administers is the desk's to say."""


@require_safe
@administrator_page
def contacts(request: HttpRequest, who: SignedIn) -> HttpResponse:
    people = list(contacts_of_company(who.customer_id))
    waits = waiting_for(who, people)
    context = {
        "people": [
            (one, [str(TOPIC_NAMES[topic]) for topic in TOPIC_NAMES if topic.value in one.told], waits.get(one.pk, []))
            for one in people
        ],
        "asked": changes_requested_by(who.customer_id),
        "everything": len(TOPIC_NAMES),
    }
    return page(request, "contacts", context, who=who)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_page
def contact(request: HttpRequest, who: SignedIn, pk: int = 0) -> HttpResponse:
    """The form of one contact, or of a new one; kept, or each field that is wrong is named (422)."""
    if request.method != "POST":
        return form(request, who, theirs(who, pk))
    fields = {name: text_in(request, name, 2000) for name in LINES}
    fields |= {"told": request.POST.getlist("told"), "kinds": request.POST.getlist("kinds")}  # type: ignore[dict-item]
    try:
        with behind(DatabaseRole.PORTAL_ACTS, who.customer_id):
            at = now()
            kept = editing.save_contact(held(who, pk), fields, at=at, by_contact=who.contact.pk)
            post_confirmations(confirming.confirmations_requested_at(kept, at), at)
    except Unfit as unfit:
        return form(request, who, theirs(who, pk), unfit.problems, status=UNFIT)
    return HttpResponseRedirect(reverse("company_contacts"), status=303)


@require_POST
@administrator_page
def step(request: HttpRequest, who: SignedIn, pk: int, word: str) -> HttpResponse:
    """Deactivate or activate. Nobody shuts himself out: the last word on an administrator is the desk's."""
    if word not in ("desactivar", "activar") or pk == who.contact.pk:
        raise Http404
    with behind(DatabaseRole.PORTAL_ACTS, who.customer_id):
        editing.set_active(held(who, pk), word == "activar", by_contact=who.contact.pk, at=now())
    return HttpResponseRedirect(reverse("company_contacts"), status=303)


@require_POST
@administrator_page
def colleague(request: HttpRequest, who: SignedIn, pk: int, word: str) -> HttpResponse:
    """A yes or a no to a person whom a contact wants told of a case."""
    if word not in ("si", "no"):
        raise Http404
    with behind(DatabaseRole.PORTAL_ACTS, who.customer_id):
        asked = colleagues.locked(pk, who.customer_id)
        if asked is None:
            raise Http404
        if word == "si":
            at = now()
            if new := colleagues.confirm(asked, at=at, contact=who.contact):
                post_confirmations(confirming.confirmations_requested_at(new, at), at)
        else:
            colleagues.settle(asked, ChangeOutcome.DECLINED, at=now(), contact=who.contact)
    return HttpResponseRedirect(reverse("company_contacts"), status=303)


@require_POST
@administrator_page
def number(request: HttpRequest, who: SignedIn, pk: int, asked: int) -> HttpResponse:
    """The digits that a number was sent, as its owner read them out."""
    with behind(DatabaseRole.PORTAL_ACTS, who.customer_id):
        one = confirming.by_digits(asked, held(who, pk), text_in(request, "codigo", 40), now())
        if one:
            confirming.confirm(one, now())
    if one:
        return HttpResponseRedirect(reverse("company_contact", args=[pk]), status=303)
    words = _("These are not the digits that were sent, or they have expired. Try again, or enter the number again.")
    # Not an answer of 400 or more: those leave nothing written, and each try must count.
    return form(request, who, theirs(who, pk), refused=words)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The owner of a mailbox says yes to news there: looking does nothing, the button does it once."""
    with in_language(request):
        company = confirming.company_in(token)
        with behind(DatabaseRole.PORTAL_ACTS, company):
            one = confirming.by_link(token, now()) if company else None
            is_done = bool(one) and request.method == "POST"
            if one and is_done:
                confirming.confirm(one, now())
        context = {"asked": one, "is_done": is_done, "days": confirming.GOOD_FOR.days}
        return page(request, "confirm", context, status=200 if one else OVER)


def theirs(who: SignedIn, pk: int) -> Contact:
    """A contact of the company, or a new one. Raises Http404."""
    if not pk:
        return Contact(customer=who.contact.customer, told=list(who.contact.customer.told))
    found = contact_of_company(pk, who.customer_id)
    if found is None:
        raise Http404
    return found


def held(who: SignedIn, pk: int) -> Contact:
    """The same, held until the transaction ends: two who write go one by one."""
    if not pk:
        return Contact(customer=who.contact.customer)
    one = contact_of_company(pk, who.customer_id, locked=True)
    if one is None:
        raise Http404
    return one


def ways_of(who: SignedIn, contact: Contact) -> dict[str, list[str]]:
    """The further ways to a contact that was found under the company's row policies: the role that reads sees none of
    them.
    """
    with behind(DatabaseRole.PORTAL_ACTS, who.customer_id):
        return ways.written(contact)


def waiting_for(who: SignedIn, contacts: Iterable[Contact]) -> dict[int, list[AddressConfirmation]]:
    """What of these contacts waits for its owner's word: the role that reads sees none of it."""
    with behind(DatabaseRole.PORTAL_ACTS, who.customer_id):
        return confirming.waiting(contacts, now())


def form(
    request: HttpRequest,
    who: SignedIn,
    contact: Contact,
    problems: dict[str, str] | None = None,
    status: int = 200,
    refused: str = "",
) -> HttpResponse:
    sent = request.POST if problems else None
    known = ways_of(who, contact)
    values = {
        "title": contact.title,
        "name": contact.name,
        "position": contact.position,
        "email": contact.email,
        "phones": "\n".join(map(spoken, contact.phones)),
        "way_sms": "\n".join(map(spoken, known["way_sms"])),
        "way_whatsapp": "\n".join(map(spoken, known["way_whatsapp"])),
        "language": contact.language,
    }
    labels = {
        "title": (_("Courtesy title"), _("Ing., Sra., Dr.")),
        "name": (_("Name"), ""),
        "position": (_("Job title"), ""),
        "email": (_("E-mail"), _("Every notice goes here, once its owner has confirmed the email we send there.")),
        "phones": (_("Telephones"), _("One per line.")),
        "way_sms": ("SMS", _("One per line. News of an outage goes there too, in brief.")),
        "way_whatsapp": ("WhatsApp", _("One per line. News of an outage goes there too, in brief.")),
    }
    told = set(sent.getlist("told") if sent else contact.told)
    kinds = set(sent.getlist("kinds") if sent else contact.kinds)
    context = {
        "contact": contact,
        "fields": [
            {
                "name": name,
                "label": label,
                "hint": hint,
                "value": sent.get(name, "") if sent else values[name],
                "error": (problems or {}).get(name, ""),
                "is_long": name in ("phones", "way_sms", "way_whatsapp"),
            }
            for name, (label, hint) in labels.items()
        ],
        "language": sent.get("language", "") if sent else values["language"],
        "topics": [(topic.value, name, topic.value in told) for topic, name in TOPIC_NAMES.items()],
        "kinds": [(kind.value, name, kind.value in kinds) for kind, name in CASE_KIND_NAMES.items()],
        "other_problems": [words for name, words in (problems or {}).items() if name not in labels],
        "is_self": contact.pk == who.contact.pk,
        "waiting": waiting_for(who, [contact]).get(contact.pk, []) if contact.pk else [],
        "refused": refused,
    }
    return page(request, "contact", context, who=who, status=status)


urlpatterns = [
    path("contactos", contacts, name="company_contacts"),
    path("contactos/nuevo", contact, name="company_contact_new"),
    path("contactos/<int:pk>", contact, name="company_contact"),
    path("contactos/<int:pk>/<slug:word>", step, name="company_contact_step"),
    path("contactos/<int:pk>/numero/<int:asked>", number, name="company_number"),
    path("confirmar/<str:token>", confirm, name="company_confirm"),
    path("colegas/<int:pk>/<slug:word>", colleague, name="company_colleague"),
]
