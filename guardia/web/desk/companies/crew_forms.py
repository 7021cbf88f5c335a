"""The forms of a crew and of its people."""

from typing import Any, cast

from django import forms
from django.db.models import Case, Q, When
from django.utils.translation import gettext_lazy as _

from guardia.customers.phones import spoken
from guardia.field import crews, members
from guardia.field.crew import Crew, CrewMember, Specialty
from guardia.people.staff import Role, Staff
from guardia.web.desk.companies.contact_form import Ticks, ticks
from guardia.web.desk.companies.forms import DeskForm, prose, words


class CrewForm(DeskForm):
    readers = crews.READERS
    name = words(_("Name"), 120, needed=True)
    phone = words(_("Telephone"), 40, help_text=_("One number: where the desk reaches the crew on the road."))
    base = words(_("Base"), 120, help_text=_("Where the crew leaves from."))
    contractor = words(_("Contractor"), 120, help_text=_("The company it is of. Empty: the operator's own crew."))
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
    readers = members.READERS
    name = words(_("Name"), 160, needed=True)
    document = words(_("Document"), 40, help_text=_("Identity card or passport, as the guard at the gate reads it."))
    phone = words(_("Telephone"), 40)
    staff = AccountField(
        Staff.objects.none(),
        label=_("Account"),
        required=False,
        empty_label=_("none: the visit is sent as a link"),
        help_text=_("Whoever has one sees the crew's visits on the telephone, under /campo."),
    )

    def __init__(self, data: Any = None, *, of: CrewMember) -> None:
        super().__init__(data, of=of)
        field = cast("forms.ModelChoiceField", self.fields["staff"])
        there = Staff.objects.filter(Q(is_active=True) | Q(pk=of.staff_id))
        field.queryset = there.order_by(Case(When(role=Role.TECHNICIAN, then=0), default=1), "name")
        self.initial["phone"] = spoken(of.phone)
