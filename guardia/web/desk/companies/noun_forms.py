"""The forms of a contact, a crew and its people, an element of the network, and the test of a service."""

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from guardia.carriers import carrier
from guardia.cases.labels import CASE_KIND_NAMES, TOPIC_NAMES
from guardia.config.languages import in_language, translations
from guardia.customers import editing, ways
from guardia.customers.cities import all_cities
from guardia.customers.contact import Contact
from guardia.customers.lookup import services_to_choose, services_with_names
from guardia.customers.phones import spoken
from guardia.evidence import target_editing
from guardia.evidence.target import ProbeKind, ServiceTarget
from guardia.field import crews
from guardia.field.crew import Crew, CrewMember, Specialty
from guardia.network import element_editing
from guardia.network.element import Element, ElementKind
from guardia.network.element_editing import MOST_NAMED
from guardia.people.lookup import active_staff, technicians_first
from guardia.people.staff import Staff
from guardia.web.desk.companies.frame import DeskForm, city_choices, language, one_per_line, prose, way_name, words


# --- contact form -----------------------------------------------------------------------------------------------------
# The form of a contact: who it is, by which ways this person is reached, and what this person is told.
class Ticks(forms.CheckboxSelectMultiple):
    """Ticks whose template says that they were shown: a browser sends nothing for a list of which none is ticked."""

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}.shown" not in data


def ticks(label: Any, choices: list[tuple[str, Any]], **more: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, required=False, widget=Ticks, choices=choices, **more)


class ContactForm(DeskForm):
    readers = editing.CONTACT
    title = words(_("Courtesy title"), 40, help_text=_("As emails address this person: Ing., Sra., Dr."))
    name = words(_("Name"), 160, needed=True)
    position = words(_("Job title"), 120)
    language = language()
    email = words(_("E-mail"), 254, help_text=_("Every notice goes here: it is the record of what was said."))
    email_independent = forms.BooleanField(
        label=_("This mailbox can be read without the company's own service"), required=False
    )
    phones = one_per_line(_("Telephones"), 400, help_text=_("One per line. By these numbers a caller is recognised."))
    way_voice = one_per_line(
        way_name("voice"),
        400,
        help_text=_("Called first when an outage must be notified by voice; then the telephones."),
    )
    way_sms = one_per_line(
        way_name("sms"), 400, help_text=_("One per line. News of an outage goes there too, in brief.")
    )
    way_whatsapp = one_per_line(
        way_name("whatsapp"), 400, help_text=_("One per line. News of an outage goes there too, in brief.")
    )
    way_mail = one_per_line(
        way_name("mail"), 1500, help_text=_("One per line: a mailbox that is read without the company's service.")
    )
    ways_depending = ticks(
        _("These channels fail together with the company's service, and carry no news of an outage"),
        [(kind.value, way_name(kind.value)) for kind in ways.KINDS],
    )
    told = ticks(_("Is notified about"), [(topic.value, name) for topic, name in TOPIC_NAMES.items()])
    kinds = ticks(_("Kinds of case"), [(kind.value, name) for kind, name in CASE_KIND_NAMES.items()])
    administers = forms.BooleanField(
        label=_("Administers the company's contacts on the customer's page"),
        required=False,
        help_text=_("Edits who is notified of what. Each change is recorded, and you are notified of it."),
    )

    def __init__(self, data: Any = None, *, of: Contact) -> None:
        super().__init__(data, of=of)
        self.initial.update({name: as_typed(name, value) for name, value in ways.written(of).items()})
        self.initial["phones"] = "\n".join(map(spoken, of.phones))
        if not of.pk:
            self.initial.update(told=of.customer.told, kinds=of.kinds, language=of.customer.language)

    def clean(self) -> dict[str, Any]:
        """Ticks that were not shown to whoever sent the form stay as they are kept: nobody has cleared them."""
        found = super().clean()
        return {name: value for name, value in found.items() if not self._is_left_out(name)}

    def _is_left_out(self, name: str) -> bool:
        widget = self.fields[name].widget
        return isinstance(widget, Ticks) and widget.value_omitted_from_data(self.data, self.files, name)


def as_typed(field: str, value: list[str]) -> Any:
    """The addresses of a kind as they are typed, one per line."""
    if field == ways.DEPEND:
        return value
    return "\n".join(value if field == "way_mail" else map(spoken, value))


# --- carrier form -----------------------------------------------------------------------------------------------------
class CarrierForm(DeskForm):
    readers = carrier.READERS
    name = words(_("Name"), 160, needed=True)
    mailbox = words(
        _("Mailbox"),
        254,
        needed=True,
        help_text=_("Tickets go there. What it answers from there, or from a mailbox below, goes into its ticket."),
    )
    phones = one_per_line(_("Telephones"), 400)
    hours = words(_("Opening hours"), 200, help_text=_("When its desk answers."))
    language = language()
    answer_minutes = words(
        _("Answers within (minutes)"), 6, help_text=_("By contract. Empty: the contract does not say.")
    )
    restore_minutes = words(
        _("Restores within (minutes)"), 6, help_text=_("By contract. Empty: the contract does not say.")
    )
    contacts = one_per_line(
        _("Contacts by level"),
        carrier.LONGEST_CONTACTS,
        rows=4,
        help_text=_("One per line: level; name; telephone; mailbox."),
    )
    notes = prose(
        _("How a ticket is opened there"), 4000, rows=4, help_text=_("What it asks for, and what helps. For the desk.")
    )

    def __init__(self, data: Any = None, *, of: carrier.Carrier) -> None:
        super().__init__(data, of=of)
        self.initial["phones"] = "\n".join(map(spoken, of.phones))
        self.initial["contacts"] = carrier.contacts_in_lines(of.contacts)


# --- crew forms -------------------------------------------------------------------------------------------------------
class CrewForm(DeskForm):
    readers = crews.READERS
    name = words(_("Name"), 120, needed=True)
    phone = words(_("Telephone"), 40, help_text=_("A single number: where the desk reaches the crew on the road."))
    base = words(_("Base"), 120, help_text=_("Where the crew leaves from."))
    contractor = words(_("Contractor"), 120, help_text=_("The company it belongs to. Empty: the operator's own crew."))
    specialties = ticks(_("What it can do (none: any fault)"), Specialty.choices)
    plate = words(_("Plate of its vehicle"), 20, help_text=_("As the guard at the gate reads it."))
    email = words(_("Mailbox"), 254, help_text=_("Where its visits are sent if its people have no account."))
    tools = prose(_("Tools"), 2000, rows=4, help_text=_("What it carries in at a gate, one per line."))

    def __init__(self, data: Any = None, *, of: Crew) -> None:
        super().__init__(data, of=of)
        self.initial["phone"] = spoken(of.phone)

    def clean(self) -> dict[str, Any]:
        """Ticks that were not shown to whoever sent the form stay as they are kept."""
        found = super().clean()
        widget = cast("Ticks", self.fields["specialties"].widget)
        if widget.value_omitted_from_data(self.data, self.files, "specialties"):
            found.pop("specialties", None)
        return found


class AccountField(forms.ModelChoiceField):
    """An account, told from another one by what its person does here."""

    def label_from_instance(self, staff: Staff) -> str:
        return f"{staff.name} · {staff.get_role_display()}"


class MemberForm(DeskForm):
    readers = crews.MEMBER_READERS
    name = words(_("Name"), 160, needed=True)
    document = words(_("Document"), 40, help_text=_("Identity card or passport, as the guard at the gate reads it."))
    phone = words(_("Telephone"), 40)
    staff = AccountField(
        active_staff(),
        label=_("Account"),
        required=False,
        empty_label=_("none: the visit is sent as a link"),
        help_text=_("Whoever has one sees the crew's visits on the telephone, under /campo."),
    )

    def __init__(self, data: Any = None, *, of: CrewMember) -> None:
        super().__init__(data, of=of)
        field = cast("forms.ModelChoiceField", self.fields["staff"])
        field.queryset = technicians_first(of.staff_id)
        self.initial["phone"] = spoken(of.phone)


# --- element form -----------------------------------------------------------------------------------------------------
# The form of an element of the network: what it is called, what it hangs on, which services end there.
ANOTHER_WAY = _("It fails only if all its paths do.")


class ElementForm(DeskForm):
    readers = {name: reader for name, reader in element_editing.READERS.items() if name != "city"}
    code = words(_("Code"), 80, needed=True, help_text=_("As named by the inventory and the monitoring alerts."))
    name = words(_("Name"), 160, needed=True, help_text=_("As worded by the desk."))
    kind = forms.ChoiceField(label=_("Kind"), choices=ElementKind.choices)
    city = forms.ModelChoiceField(all_cities(), label=_("City"), required=False, empty_label=_("of no city"))
    uppers = one_per_line(_("It fails if one of these does (codes)"), 4000, rows=2)
    protected_uppers = one_per_line(_("It also has another path through (codes)"), 4000, rows=2, help_text=ANOTHER_WAY)
    services = one_per_line(_("Services that end here (circuits)"), 40_000, rows=3)
    protected_services = one_per_line(
        _("Services with an alternative path (circuits)"), 40_000, rows=3, help_text=ANOTHER_WAY
    )
    public_es = words(_("As customers read it, in Spanish"), 160, help_text=_("Empty: its kind and its city."))

    def __init__(self, data: Any = None, *, of: Element) -> None:
        super().__init__(data, of=of)
        for code in translations():
            self.fields[f"public_{code}"] = words(in_language(code), 160)
        self.fields["city"].widget.choices = [("", _("of no city")), *city_choices()]
        if of.pk:
            self._fill(of)

    def _fill(self, element: Element) -> None:
        """What hangs on it, by name; more services than a form holds are the file's, and not asked for here."""
        links = list(element.above.select_related("upper").order_by("upper__code"))
        ends = list(element.services.select_related("service").order_by("service__circuit")[: MOST_NAMED + 1])
        self.initial = {
            **self.initial,
            "uppers": " ".join(link.upper.code for link in links if not link.protected),
            "protected_uppers": " ".join(link.upper.code for link in links if link.protected),
            **{f"public_{lang}": text for lang, text in element.public_name.items()},
        }
        if len(ends) > MOST_NAMED:
            del self.fields["services"], self.fields["protected_services"]
            return
        self.initial["services"] = " ".join(end.service.circuit for end in ends if not end.protected)
        self.initial["protected_services"] = " ".join(end.service.circuit for end in ends if end.protected)


# --- target form ------------------------------------------------------------------------------------------------------
# The form of a test of a service: where it goes, and what counts as good.
LONGEST_ID = 19
WHAT_IS_EXPECTED = _(
    "DNS: the record's value. HTTP: the status, such as 200. SNMP: the name of its access; empty: SNMP_COMMUNITY."
)


class TargetForm(DeskForm):
    readers = {name: reader for name, reader in target_editing.READERS.items() if name != "service"}
    service = forms.ModelChoiceField(services_with_names(), label=_("Service"), empty_label=_("Choose a service"))
    kind = forms.ChoiceField(label=_("How it is tested"), choices=ProbeKind.choices)
    address = words(
        _("Address"),
        400,
        needed=True,
        help_text=_("A name or an IP address; for a web page, its full address, https://…; for DNS, the server."),
    )
    port = words(_("Port"), 5, help_text=_("For TCP. Where empty: DNS 53, SNMP 161; without ICMP 443."))
    asks = words(_("What is asked"), 255, help_text=_("DNS: the name, such as example.com MX. SNMP: the ifIndex."))
    expects = words(_("What is expected"), 255, help_text=WHAT_IS_EXPECTED)
    max_loss = words(_("Maximum loss (%)"), 3, help_text=_("More than this is bad. Empty: 1."))
    max_ms = words(_("Maximum average (ms)"), 5, help_text=_("Slower counts as bad. Empty: any time is good."))
    at_registration = forms.BooleanField(
        label=_("Run automatically when a case is opened"), required=False, initial=True
    )

    def __init__(self, data: Any = None, *, of: ServiceTarget) -> None:
        super().__init__(data, of=of)
        field = cast("forms.ModelChoiceField", self.fields["service"])
        field.queryset = services_to_choose(of.customer_id, of.service_id)
        if not of.pk:
            self.initial = {**(self.initial or {}), "service": of.service_id}


def for_the_service(target: ServiceTarget, asked: QueryDict) -> None:
    """``?servicio=7``: the link stood beside that service."""
    written = asked.get("servicio", "")
    if written.isascii() and written.isdigit() and len(written) < LONGEST_ID:
        target.service_id = int(written)
