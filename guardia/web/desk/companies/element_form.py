"""The form of an element of the network: what it is called, what it hangs on, which services end there."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guardia.customers.city import City
from guardia.network.element import Element, ElementKind
from guardia.network.element_editing import MOST_NAMED, READERS
from guardia.web.desk.companies.choices import city_choices
from guardia.web.desk.companies.forms import DeskForm, prose, words

ANOTHER_WAY = _("It fails only if all of its ways do.")


class ElementForm(DeskForm):
    readers = {name: reader for name, reader in READERS.items() if name != "city"}
    code = words(_("Code"), 80, needed=True, help_text=_("As the inventory and the alerts of monitoring name it."))
    name = words(_("Name"), 160, needed=True, help_text=_("As the desk says it."))
    kind = forms.ChoiceField(label=_("Kind"), choices=ElementKind.choices)
    city = forms.ModelChoiceField(City.objects.all(), label=_("City"), required=False, empty_label=_("of no city"))
    uppers = prose(_("It fails if one of these does (codes)"), 4000, rows=2)
    protected_uppers = prose(_("It also has another way through (codes)"), 4000, rows=2, help_text=ANOTHER_WAY)
    services = prose(_("Services that end here (circuits)"), 40_000, rows=3)
    protected_services = prose(_("Services with another way (circuits)"), 40_000, rows=3, help_text=ANOTHER_WAY)
    public_es = words(_("As customers read it, in Spanish"), 160, help_text=_("Empty: its kind and its city."))
    public_en = words(_("In English"), 160)
    public_pt = words(_("In Portuguese"), 160)

    def __init__(self, data: Any = None, *, of: Element) -> None:
        super().__init__(data, of=of)
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
