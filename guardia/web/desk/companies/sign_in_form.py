"""The form of a company's own sign-in. What may stand in a field is decided by the room; the secret is never shown."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.customers.own_sign_in import OwnSignIn
from guardia.customers.own_sign_in_editing import READERS, Standing, standing_of
from guardia.web.desk.companies.forms import DeskForm, words
from guardia.web.desk.settings.told_sign_in import STANDINGS


class OwnSignInForm(DeskForm):
    readers = {name: read for name, read in READERS.items() if name != "standing"}
    standing = forms.ChoiceField(
        label=gettext_lazy("How its people come in"),
        choices=list(STANDINGS.items()),
        initial=Standing.OFF.value,
        error_messages={
            "required": gettext_lazy("Choose how its people come in."),
            "invalid_choice": gettext_lazy("Choose how its people come in."),
        },
    )
    issuer = words(
        gettext_lazy("Address of the provider (issuer)"),
        300,
        needed=True,
        help_text=gettext_lazy("OpenID Connect, as the provider calls itself: https://login.example.com."),
        error_messages={
            "required": gettext_lazy(
                "Write the address of the provider as it calls itself, such as https://login.example.com."
            )
        },
    )
    client_id = words(
        gettext_lazy("Client identifier"),
        200,
        needed=True,
        error_messages={"required": gettext_lazy("Write the client identifier that the provider gave.")},
    )
    secret = words(
        gettext_lazy("Client secret"),
        500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    domains = words(
        gettext_lazy("Domains of its mailboxes"),
        2000,
        needed=True,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": gettext_lazy("Write what stands after the @ of its mailboxes, such as example.com.")
        },
        help_text=gettext_lazy("What stands after the @, parted by commas. Its word counts for no other."),
    )
    vouches = forms.BooleanField(
        label=gettext_lazy("It does not say email_verified: a mailbox of these domains counts as checked"),
        required=False,
    )

    def __init__(self, data: Any = None, *, of: OwnSignIn | None = None) -> None:
        super().__init__(data, of=of)
        has_secret = of is not None and bool(of.secret)
        if of is not None:
            more = {"domains": ", ".join(of.domains), "standing": standing_of(of).value, "secret": ""}
            self.initial = {**self.initial, **more}
        self.fields["secret"].help_text = (
            _("There is one. Write another only to change it.")
            if has_secret
            else _("None is kept. Leave it empty where the provider gave none.")
        )
