"""The form of a contact: who it is, by which ways this person is reached, and what this person is told."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guardia.cases.words import CASE_KIND_NAMES, TOPIC_NAMES
from guardia.customers import records, ways
from guardia.customers.contact import Contact
from guardia.customers.phones import spoken
from guardia.web.desk.companies.choices import way_name
from guardia.web.desk.companies.forms import DeskForm, language, prose, words


class Ticks(forms.CheckboxSelectMultiple):
    """Ticks whose template says that they were shown: a browser sends nothing for a list of which none is ticked."""

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}.shown" not in data


def ticks(label: Any, choices: list[tuple[str, Any]], **more: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, required=False, widget=Ticks, choices=choices, **more)


class ContactForm(DeskForm):
    readers = records.CONTACT
    title = words(_("Courtesy title"), 40, help_text=_("As the mail greets this person: Ing., Sra., Dr."))
    name = words(_("Name"), 160, needed=True)
    position = words(_("Position"), 120)
    language = language()
    email = words(_("E-mail"), 254, help_text=_("Every notice goes here: it is the record of what was said."))
    email_independent = forms.BooleanField(
        label=_("This mailbox is read without the company's own service"), required=False
    )
    phones = prose(_("Telephones"), 400, help_text=_("One per line. By these numbers a caller is recognised."))
    way_voice = prose(
        way_name("voice"), 400, help_text=_("Rung first when an outage must be told by voice; then the telephones.")
    )
    way_sms = prose(way_name("sms"), 400, help_text=_("One per line. News of an outage goes there too, in short."))
    way_whatsapp = prose(
        way_name("whatsapp"), 400, help_text=_("One per line. News of an outage goes there too, in short.")
    )
    way_mail = prose(
        way_name("mail"), 1500, help_text=_("One per line: a mailbox that is read without the company's service.")
    )
    ways_depending = ticks(
        _("These ways stop when the company's service does, and carry no news of an outage"),
        [(kind.value, way_name(kind.value)) for kind in ways.KINDS],
    )
    told = ticks(_("Is told about"), [(topic.value, name) for topic, name in TOPIC_NAMES.items()])
    kinds = ticks(_("Kinds of case"), [(kind.value, name) for kind, name in CASE_KIND_NAMES.items()])
    administers = forms.BooleanField(
        label=_("Administers the company's contacts on the customer's page"),
        required=False,
        help_text=_("Edits who is told what. Each change is on record, and you are told of it."),
    )

    def __init__(self, data: Any = None, *, of: Contact) -> None:
        super().__init__(data, of=of)
        self.initial.update({name: shown(name, value) for name, value in ways.written(of).items()})
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


def shown(field: str, value: list[str]) -> Any:
    """The addresses of a kind as they are typed, one per line."""
    if field == ways.DEPEND:
        return value
    return "\n".join(value if field == "way_mail" else map(spoken, value))
