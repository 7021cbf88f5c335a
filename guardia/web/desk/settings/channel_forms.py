"""The forms of mail and messages: each is one connection, read into its settings by their names in the environment."""

import json
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from guardia.notices.reasons import tls_context
from guardia.notices.wire import BadAddress, wire_address
from guardia.people import connections
from guardia.people.channels import LONGEST, masked, not_allowed, stays_inside
from guardia.people.connections import SECRETS, Kind
from guardia.people.egress import leads_inside, leads_to_unnamed
from guardia.web.desk.companies.frame import prose, words

PASSWORD, TOKEN, NOBODY = "password", "token", "nobody"
MAIL_PORTS = {Kind.SMTP: {25, 465, 587, 2525}, Kind.IMAP: {143, 993}}
USUAL_PORT = {
    (Kind.SMTP, "implicit"): 465,
    (Kind.SMTP, "starttls"): 587,
    (Kind.SMTP, "none"): 25,
    (Kind.IMAP, "ssl"): 993,
    (Kind.IMAP, "starttls"): 143,
    (Kind.IMAP, "none"): 143,
}
WAYS_IN: list[tuple[str, Any]] = [
    (PASSWORD, gettext_lazy("With user name and password")),
    (TOKEN, gettext_lazy("By a token (OAuth2)")),
    (NOBODY, gettext_lazy("None: the server knows this machine")),
]
AS_TYPED = {"spellcheck": "false", "autocapitalize": "none", "autocomplete": "off"}


def unnamed(host: str) -> str:
    return (
        _(
            "“%s” is in an internal network that nobody has declared. Whoever runs Guardia adds the network to "
            "EGRESS_NETWORKS, such as 10.20.0.0/16, and restarts it."
        )
        % host
    )


def hidden(label: Any, longest: int = 1000) -> forms.CharField:
    """A secret: typed, never shown again. Not stripped: a blank may be part of it."""
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False)
    return forms.CharField(label=label, max_length=longest, required=False, strip=False, widget=widget)


def typed(label: Any, longest: int, **more: Any) -> forms.CharField:
    return words(label, longest, widget=forms.TextInput(dict(AS_TYPED)), **more)


class ChannelForm(forms.Form):
    """``kept``: the connection as it holds, with its secrets, which fill no field. Once valid, ``values`` are its
    settings and ``masks`` what people may see of its secrets.
    """

    kind: Kind
    use_required_attribute = False

    def __init__(self, data: Any = None, *, kept: Mapping[str, Any]) -> None:
        self.kept = kept
        super().__init__(data, initial=self.shown(), auto_id=f"{self.kind}_%s")
        self.values: dict[str, Any] = {}
        self.masks: dict[str, str] = {}

    def shown(self) -> dict[str, Any]:
        raise NotImplementedError

    def wrong(self, name: str, sentence: str) -> None:
        self.add_error(name, sentence)


class ServerForm(ChannelForm):
    """A mail server: where, how encrypted, who signs in and by what."""

    host = typed(gettext_lazy("Server"), 253, help_text=gettext_lazy("Its name, as it appears in its certificate."))
    tls = forms.ChoiceField(label=gettext_lazy("Encryption"))
    port = words(
        gettext_lazy("Port"),
        5,
        help_text=gettext_lazy("Empty: the usual one."),
        widget=forms.TextInput({"inputmode": "numeric", **AS_TYPED}),
    )
    sign_in = forms.ChoiceField(
        label=pgettext_lazy("mail server", "Sign-in"),
        choices=WAYS_IN,
    )
    user = typed(gettext_lazy("User"), 254)
    password = hidden(gettext_lazy("Password"))
    token_url = typed(gettext_lazy("Token address"), 300)
    client_id = typed(gettext_lazy("Client identifier"), 300)
    client_secret = hidden(gettext_lazy("Client secret"))
    refresh_token = hidden(gettext_lazy("Refresh token"), 4000)
    scope = typed(gettext_lazy("Scope"), 500)
    ca = prose(
        gettext_lazy("Certificates of your own CA (PEM)"),
        100_000,
        rows=3,
        help_text=gettext_lazy("Empty: the public ones. Needed if your own CA signed the server’s."),
    )
    tls_choices: tuple[tuple[str, Any], ...]

    def __init__(self, data: Any = None, *, kept: Mapping[str, Any]) -> None:
        super().__init__(data, kept=kept)
        self.fields["tls"].choices = self.tls_choices  # type: ignore[attr-defined]
        usual = {way: port for (kind, way), port in USUAL_PORT.items() if kind is self.kind}
        self.fields["tls"].widget.attrs["data-ports"] = json.dumps(usual)
        self.fields["tls"].required = self.fields["sign_in"].required = False
        for name in ("password", "client_secret", "refresh_token"):
            if kept.get(self.full(name)):
                self.fields[name].help_text = _("One is saved and not shown. Empty: it stays.")

    @property
    def ordinary(self) -> list[forms.BoundField]:
        """What everybody fills in; the rest stands apart."""
        return [field for field in self if field.name not in {*OF_TOKENS, "ca", "way"}]

    @property
    def of_tokens(self) -> list[forms.BoundField]:
        return [self[name] for name in OF_TOKENS]

    @property
    def by_token(self) -> bool:
        return self["sign_in"].value() == TOKEN

    def full(self, name: str) -> str:
        """The name of the setting that a field is."""
        short = f"OAUTH_{name.upper()}" if name in OF_TOKENS else name.upper()
        return f"{self.kind.value.upper()}_{short}"

    def shown(self) -> dict[str, Any]:
        names = ("host", "tls", "port", "user", "token_url", "client_id", "scope", "ca")
        found = {name: self.kept.get(self.full(name), "") for name in names}
        by_token = any(self.kept.get(self.full(name)) for name in ("token_url", "refresh_token"))
        found["sign_in"] = TOKEN if by_token else PASSWORD if found["user"] or not found["host"] else NOBODY
        return found

    def read_server(self) -> None:
        """The values of the server; each thing that is wrong at its field."""
        data = self.cleaned_data
        data["tls"] = data.get("tls") or self.tls_choices[0][0]
        data["sign_in"] = data.get("sign_in") or PASSWORD
        data["port"] = self.port_of(data)
        self.look_at_host(data)
        self.look_at_ca(data)
        stays = self.is_the_same(data)
        way = data.get("sign_in")
        taken = {PASSWORD: ("password",), TOKEN: ("client_secret", "refresh_token")}.get(way or "", ())
        secrets = {name: data.get(name) or (self.kept.get(self.full(name)) if stays else "") for name in taken}
        if way == NOBODY:
            data["user"] = ""
        elif not data.get("user"):
            self.wrong("user", _("Write the user, usually the whole email address."))
        if way == PASSWORD and not secrets["password"]:
            self.wrong("password", self.again(_("Write the password.")))
        if way == TOKEN:
            self.look_at_tokens(data, secrets)
        for name in ("host", "port", "tls", "user", "ca"):
            self.values[self.full(name)] = data.get(name) or ""
        for name in OF_TOKENS:
            self.values[self.full(name)] = (data.get(name) or "") if way == TOKEN else ""
        self.values[self.full("password")] = ""
        for name, value in secrets.items():
            self.values[self.full(name)] = value or ""
            if value:
                self.masks[self.full(name)] = "set"

    def again(self, sentence: str) -> str:
        """A password that is kept for one server goes to no other."""
        if self.kept.get(self.full("password")) or self.kept.get(self.full("refresh_token")):
            return _(
                "The server, encryption or user has changed: enter the password again. The stored one is "
                "sent to no other server."
            )
        return sentence

    def is_the_same(self, data: Mapping[str, Any]) -> bool:
        names = ("host", "port", "tls", "user", "ca", *(("token_url",) if data.get("sign_in") == TOKEN else ()))
        return all(str(data.get(name) or "") == str(self.kept.get(self.full(name)) or "") for name in names)

    def port_of(self, data: Mapping[str, Any]) -> int:
        written = str(data.get("port") or "").strip()
        if not written:
            return USUAL_PORT.get((self.kind, data.get("tls", "")), 0)
        if not (written.isascii() and written.isdigit() and 0 < int(written) < 65_536):
            self.wrong("port", _("Write a port from 1 to 65535, or leave it empty."))
            return 0
        return int(written)

    def look_at_host(self, data: Mapping[str, Any]) -> None:
        host, port = data.get("host") or "", data["port"]
        if not host:
            self.wrong("host", _("Write the name of the server, such as smtp.example.com."))
        elif any(mark in host for mark in "/:@ ") and host.count(":") < 2:
            self.wrong("host", _("Write only the name, without a port or an address around it: smtp.example.com."))
        elif leads_to_unnamed(host):
            self.wrong("host", unnamed(host))
        elif port and port not in MAIL_PORTS[self.kind] and leads_inside(host):
            sentence = _("On this machine itself only mail ports are used: %s. Or set EGRESS_LOOPBACK=1.")
            self.wrong("port", sentence % ", ".join(map(str, sorted(MAIL_PORTS[self.kind]))))

    def look_at_ca(self, data: Mapping[str, Any]) -> None:
        if not data.get("ca"):
            return
        try:
            tls_context(data["ca"])
        except (ssl.SSLError, ValueError):
            self.wrong("ca", _("This is not a certificate in PEM. It begins with -----BEGIN CERTIFICATE-----."))

    def look_at_tokens(self, data: Mapping[str, Any], secrets: Mapping[str, Any]) -> None:
        url = data.get("token_url") or ""
        host = urlsplit(url).hostname or "" if url.startswith("https://") else ""
        on_loopback = settings.EGRESS_LOOPBACK and url.startswith("http://127.0.0.1")
        if host and leads_to_unnamed(host):
            self.wrong("token_url", unnamed(host))
        elif not on_loopback and (not host or leads_inside(host)):
            self.wrong("token_url", _("Write the https:// address of the provider that gives tokens."))
        if not data.get("client_id"):
            self.wrong("client_id", _("Write the client identifier that the provider gave."))
        if not secrets["refresh_token"]:
            self.wrong("refresh_token", self.again(_("Write the refresh token that the provider gave.")))


OF_TOKENS = ("token_url", "client_id", "client_secret", "refresh_token", "scope")


class MailOutForm(ServerForm):
    """``kept`` holds MAIL_FROM too, which is a connection of its own: with the environment's server it may be set."""

    kind = Kind.SMTP
    tls_choices = (
        ("starttls", gettext_lazy("STARTTLS (port 587)")),
        ("implicit", gettext_lazy("Implicit TLS (port 465)")),
        ("none", gettext_lazy("None: unencrypted, only on your own network (port 25)")),
    )
    field_order = ("mail_from", "host", "tls", "port", "sign_in", "user", "password")
    mail_from = typed(
        gettext_lazy("Sent as"),
        254,
        help_text=gettext_lazy("The address that customers see and answer to: casos@ your domain."),
    )

    def __init__(self, data: Any = None, *, kept: Mapping[str, Any]) -> None:
        super().__init__(data, kept=kept)
        if connections.locked_by(Kind.SENDER):
            del self.fields["mail_from"]

    def shown(self) -> dict[str, Any]:
        return super().shown() | {"mail_from": self.kept.get("MAIL_FROM", "")}

    def clean(self) -> dict[str, Any]:
        if "mail_from" in self.fields:
            self.cleaned_data["mail_from"] = sender_address(self, self.cleaned_data.get("mail_from") or "")
        self.read_server()
        return self.cleaned_data


class SenderForm(ChannelForm):
    """As whom mail is sent, where its server is the environment's."""

    kind = Kind.SENDER
    mail_from = MailOutForm.base_fields["mail_from"]

    def shown(self) -> dict[str, Any]:
        return {"mail_from": self.kept.get("MAIL_FROM", "")}

    @property
    def ordinary(self) -> list[forms.BoundField]:
        return list(self)

    def clean(self) -> dict[str, Any]:
        self.values = {"MAIL_FROM": sender_address(self, self.cleaned_data.get("mail_from") or "")}
        return self.cleaned_data


def sender_address(form: forms.Form, address: str) -> str:
    """What may stand behind From; nothing, and an error at its field, where it may not."""
    try:
        validate_email(address)
        wire_address(address)
    except (forms.ValidationError, BadAddress):
        form.add_error("mail_from", _("Write one email address of your own domain, such as casos@example.com."))
        return ""
    return address


class MailInForm(ServerForm):
    kind = Kind.IMAP
    tls_choices = (
        ("ssl", gettext_lazy("Implicit TLS (port 993)")),
        ("starttls", gettext_lazy("STARTTLS (port 143)")),
        ("none", gettext_lazy("None: unencrypted, only on your own network (port 143)")),
    )
    field_order = ("way", "host", "tls", "port", "sign_in", "user", "password", "folder")
    way = forms.ChoiceField(
        label=gettext_lazy("How answers come in"),
        choices=[
            ("imap", gettext_lazy("Guardia reads a mailbox (IMAP)")),
            ("pipe", gettext_lazy("The mail server hands them over (guardia mail take)")),
            ("none", gettext_lazy("They do not: nobody is told to answer by mail")),
        ],
    )
    folder = words(gettext_lazy("Folder"), 200, help_text=gettext_lazy("Empty: INBOX."))

    def __init__(self, data: Any = None, *, kept: Mapping[str, Any]) -> None:
        super().__init__(data, kept=kept)
        self.fields["sign_in"].choices = WAYS_IN[:2]  # type: ignore[attr-defined]

    def shown(self) -> dict[str, Any]:
        way = "imap" if self.kept.get("IMAP_HOST") else "pipe" if self.kept.get("MAIL_IN") else "none"
        found = super().shown()
        if found["sign_in"] == NOBODY:
            found["sign_in"] = PASSWORD
        return found | {"way": way, "folder": self.kept.get("IMAP_FOLDER") or "INBOX"}

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("way") == "imap":
            self.read_server()
        else:
            self.values = dict.fromkeys(connections.NAMES[Kind.IMAP], "") | {"IMAP_TLS": "ssl", "IMAP_PORT": 993}
        self.values["IMAP_FOLDER"] = self.cleaned_data.get("folder") or "INBOX"
        self.values["MAIL_IN"] = self.cleaned_data.get("way") in {"imap", "pipe"}
        return self.cleaned_data


class GatewayForm(ChannelForm):
    """A gateway of short messages, by an Apprise address that holds its key."""

    url = hidden(gettext_lazy("Address of the gateway"), LONGEST)
    name: str

    def __init__(self, data: Any = None, *, kept: Mapping[str, Any]) -> None:
        super().__init__(data, kept=kept)
        self.fields["url"].help_text = (
            _("One is saved and not shown: %s. Empty: it stays.") % masked(str(kept[self.name]))
            if kept.get(self.name)
            else _(
                "As Apprise reads it, with {number} where the telephone number goes: twilio://SID:TOKEN@FROM/{number}"
            )
        )

    def shown(self) -> dict[str, Any]:
        return {}

    @property
    def ordinary(self) -> list[forms.BoundField]:
        return list(self)

    def clean(self) -> dict[str, Any]:
        url = (self.cleaned_data.get("url") or "").strip() or str(self.kept.get(self.name) or "")
        if not ("://" in url and "{number}" in url) or any(sign.isspace() for sign in url):
            self.wrong("url", _("Write an Apprise address with {number} where the telephone number goes."))
        elif stays_inside(url):
            self.wrong("url", _("This names a file or a program of the server itself, which reaches nobody."))
        elif refused := not_allowed(url):
            words = _(
                "“%s” is not used in a channel here. Write an SMS gateway (twilio, vonage) or a server of your own "
                "(jsons)."
            )
            self.wrong("url", words % (refused[1] or refused[0]))
        self.values = {self.name: url}
        self.masks = {self.name: masked(url)}
        return self.cleaned_data


class SmsForm(GatewayForm):
    kind, name = Kind.SMS, "SMS_URL"


class WhatsappForm(GatewayForm):
    kind, name = Kind.WHATSAPP, "WHATSAPP_URL"


FORMS: dict[Kind, type[ChannelForm]] = {
    Kind.SMTP: MailOutForm,
    Kind.SENDER: SenderForm,
    Kind.IMAP: MailInForm,
    Kind.SMS: SmsForm,
    Kind.WHATSAPP: WhatsappForm,
}


def without_secrets(kind: Kind, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The settings of a connection as they are shown where they cannot be changed: name and value, no secret."""
    return [
        (name, _("set, not shown") if name in SECRETS else "PEM" if name.endswith("_CA") else str(value))
        for name, value in values.items()
        if value not in ("", None, False)
    ]
