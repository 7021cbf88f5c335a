"""What somebody who tries the product writes as a customer: an answer to a mail, or a new report."""

from django import forms
from django.forms import Form
from django.utils.translation import gettext_lazy as _

from guardia.customers.contact import Contact

LONGEST_TEXT = 20_000
LONGEST_SUBJECT = 200


class AnswerForm(Form):
    text = forms.CharField(
        label=_("What this person answers"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReportForm(Form):
    contact = forms.ModelChoiceField(
        label=_("Who writes"), queryset=Contact.objects.none(), required=False, empty_label=_("Somebody unknown")
    )
    subject = forms.CharField(label=_("Subject"), max_length=LONGEST_SUBJECT)
    text = forms.CharField(label=_("Message"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        known = Contact.objects.filter(active=True, customer__active=True).exclude(email="")
        field = self.fields["contact"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = known.select_related("customer").order_by("customer__name", "name")
        field.label_from_instance = lambda obj: f"{obj.customer.name}: {obj.name}"  # type: ignore[method-assign]
