"""What the change log knows of each setting: its name, what it is about, and the words of its fields and codes.

A new setting has one entry in NOUNS, and those of its fields that no other has in FIELDS.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from guardia.articles.article import NOUN as ARTICLE
from guardia.articles.article import ArticleState
from guardia.calls.exchange import Exchange, ExchangeAgent
from guardia.calls.exchanges import AGENT, EXCHANGE
from guardia.carriers.carrier import RECORDED as CARRIER
from guardia.carriers.carrier_connection import RECORDED as CARRIER_INTERFACE
from guardia.cases.band_change import NOUN as BAND
from guardia.cases.band_notices import TOLD as BAND_TOLD
from guardia.cases.labels import BAND_NAMES, CASE_KIND_NAMES, IMPACT_NAMES, STAGE_NAMES, TOPIC_NAMES
from guardia.cases.resolver_group import NOUN as GROUP
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.customers.own_sign_in import RECORDED as SIGN_IN
from guardia.customers.own_sign_in import Standing
from guardia.events.kinds import KINDS as EVENT_KINDS
from guardia.evidence.target_editing import RECORDED as TARGET
from guardia.network.alert import AlertSource, AlertState, SourceKind, WhatItOpens
from guardia.network.alerts_listed import ALERT
from guardia.network.alerts_sources import SOURCE
from guardia.network.element import ElementKind
from guardia.network.element_editing import RECORDED as ELEMENT
from guardia.notices.domain_limits import NOUN as DOMAIN_LIMIT
from guardia.notices.own_words_editing import NOUN as WORDING
from guardia.notices.own_words_trial import FIELDS as TEXTS
from guardia.notices.team_address import KINDS as TEAM_KINDS
from guardia.notices.team_channel import NEWS_NAMES
from guardia.notices.team_channel import NOUN as TEAM_CHANNEL
from guardia.people.api_key_editing import NOUN as API_KEY
from guardia.people.connections import NAMES, SECRETS, Kind
from guardia.people.connections import RECORDED as CONNECTION
from guardia.people.rehearsal import NOUN as REHEARSAL
from guardia.people.staff import Role, Staff
from guardia.procedure.vocabulary import Moment, Stage
from guardia.quick_answers.quick_answer import NOUN as QUICK_ANSWER
from guardia.web.desk.companies.frame import WAY_NAMES
from guardia.web.desk.settings.webhook_words import FAMILY_NAMES, FORMAT_CHOICES, IMPACT_CHOICES, STATE_NAMES
from guardia.web.desk.settings.wording_list import event_in, name_of
from guardia.web.shared.key_rows import SCOPE_NAMES
from guardia.webhooks.subscription import NOUN as WEBHOOK

Words = str | Promise


@dataclass(frozen=True)
class Noun:
    """A kind of setting. What a change of it is about is said by the first of these that there is.

    ``about`` makes words of the change's key. ``name`` is the field of the change that names the thing. ``model``: the
    key, or the field ``id_field``, is the id of one of these, and ``names`` gives its name. Without any: the key.
    """

    words: Words
    about: Callable[[str], str] | None = None
    name: str = ""
    model: type[Model] | None = None
    id_field: str = ""
    names: Callable[[Any], str] = str


def seat(key: str) -> str:
    level, _dot, number = key.partition(".")
    return _("Level %(level)s, seat %(seat)s") % {"level": level, "seat": number}


def stage(key: str) -> str:
    return str(STAGE_NAMES[Stage(key)]) if key in set(Stage) else key


def notice(key: str) -> str:
    """``Diagnosis · Español``; what is no event is given back."""
    written, _slash, language = key.partition("/")
    event = event_in(written, language)
    return f"{name_of(*event)} · {dict(settings.LANGUAGES).get(language, language)}" if event else key


def day_words(written: str) -> str:
    """``lun 30/11/2026``; what is no day is given back."""
    try:
        return date_format(date.fromisoformat(written), "D d/m/Y")
    except ValueError:
        return written


CONNECTIONS: dict[str, Words] = {
    Kind.SMTP: pgettext_lazy("channel", "Mail that leaves"),
    Kind.SENDER: gettext_lazy("Sent as"),
    Kind.IMAP: pgettext_lazy("channel", "Mail that comes in"),
    Kind.SMS: gettext_lazy("SMS"),
    Kind.WHATSAPP: gettext_lazy("WhatsApp"),
}
OF_CONNECTIONS: dict[str, Words] = {
    "HOST": gettext_lazy("Server"),
    "PORT": gettext_lazy("Port"),
    "TLS": gettext_lazy("Encryption"),
    "USER": gettext_lazy("User"),
    "PASSWORD": gettext_lazy("Password"),
    "CA": gettext_lazy("Certificates of your own CA (PEM)"),
    "OAUTH_TOKEN": gettext_lazy("Token (OAuth2)"),
    "OAUTH_TOKEN_FILE": gettext_lazy("File of the token (OAuth2)"),
    "OAUTH_REFRESH_TOKEN": gettext_lazy("Refresh token"),
    "OAUTH_TOKEN_URL": gettext_lazy("Token address"),
    "OAUTH_CLIENT_ID": gettext_lazy("Client identifier"),
    "OAUTH_CLIENT_SECRET": gettext_lazy("Client secret"),
    "OAUTH_SCOPE": gettext_lazy("Scope"),
    "FOLDER": gettext_lazy("Folder"),
    "IN": gettext_lazy("How answers come in"),
}
"""What a setting of a mail server is, without the name of its connection."""
ENCRYPTIONS: dict[str, Words] = {
    "starttls": gettext_lazy("STARTTLS"),
    "implicit": gettext_lazy("Implicit TLS"),
    "ssl": gettext_lazy("Implicit TLS"),
    "none": gettext_lazy("None: unencrypted"),
}
NOUNS: dict[str, Noun] = {
    "level": Noun(gettext_lazy("Number of a level"), lambda key: _("Level %s") % key),
    "rota": Noun(gettext_lazy("Rota"), seat),
    "cover": Noun(gettext_lazy("Cover"), seat),
    "steps": Noun(gettext_lazy("Matrix steps"), stage),
    "answers": Noun(gettext_lazy("Times to answer")),
    "hours": Noun(gettext_lazy("Weekly hours")),
    "calendar": Noun(gettext_lazy("Rest days"), day_words),
    "staff": Noun(gettext_lazy("Person"), name="name", model=Staff, names=lambda staff: staff.name),
    "draft": Noun(gettext_lazy("Draft of the procedure")),
    "shift_plan": Noun(gettext_lazy("Shift times")),
    "letterhead": Noun(gettext_lazy("Letterhead")),
    "saved_view": Noun(gettext_lazy("Shared view")),
    "export": Noun(gettext_lazy("Export")),
    "retention": Noun(gettext_lazy("How long a kind is kept")),
    "legal_hold": Noun(gettext_lazy("Legal hold")),
    "company": Noun(gettext_lazy("What new contacts are told"), model=Customer),
    "contact": Noun(
        gettext_lazy("What a contact is told"), model=Contact, names=lambda contact: f"{contact}, {contact.customer}"
    ),
    WORDING: Noun(gettext_lazy("Text of a notice"), notice),
    DOMAIN_LIMIT: Noun(gettext_lazy("Limit of a domain"), name="domain"),
    EXCHANGE: Noun(gettext_lazy("Telephone exchange"), name="name", model=Exchange),
    AGENT: Noun(
        gettext_lazy("Name at the exchange"), model=ExchangeAgent, names=lambda one: f"{one.name}, {one.exchange.name}"
    ),
    TARGET: Noun(gettext_lazy("Service test"), name="address"),
    ELEMENT: Noun(gettext_lazy("Element of the network"), name="code"),
    CARRIER: Noun(gettext_lazy("Third party"), name="name"),
    CARRIER_INTERFACE: Noun(gettext_lazy("Interface of a third party"), name="url"),
    BAND: Noun(gettext_lazy("Band of sites"), model=Customer),
    BAND_TOLD: Noun(gettext_lazy("Band change notified"), model=Customer, id_field="customer"),
    SOURCE: Noun(gettext_lazy("Source of alerts"), name="name", model=AlertSource),
    ALERT: Noun(pgettext_lazy("monitoring", "Alert"), name="name"),
    SIGN_IN: Noun(gettext_lazy("Sign-in for a company’s people"), model=Customer),
    REHEARSAL: Noun(gettext_lazy("Rehearsal"), lambda key: ""),
    TEAM_CHANNEL: Noun(gettext_lazy("Team channel"), name="name"),
    GROUP: Noun(gettext_lazy("Resolver group"), name="name"),
    QUICK_ANSWER: Noun(gettext_lazy("Quick answer"), name="title"),
    ARTICLE: Noun(pgettext_lazy("change", "Article"), name="title"),
    API_KEY: Noun(gettext_lazy("Key of the API"), name="name"),
    WEBHOOK: Noun(gettext_lazy("Webhook"), name="name"),
    CONNECTION: Noun(gettext_lazy("Mail and messages"), lambda key: str(CONNECTIONS.get(key, key))),
}
"""By the noun that ``put_on_record`` is given, in the order in which the page of changes offers them."""

HIDDEN = frozenset({"reason", "domain", "sites", "undo", "customer"})
"""Fields that are no line: said beside the lines, or what a change is about."""
FIELDS: dict[str, Words] = {
    "phone": gettext_lazy("Number"),
    "format": gettext_lazy("Format"),
    "rows": gettext_lazy("Rows"),
    "asked": gettext_lazy("Filters"),
    "phone_name": gettext_lazy("Name of the number"),
    "hidden": gettext_lazy("Left out of the published document"),
    "members": gettext_lazy("People"),
    "every_days": gettext_lazy("Days per turn"),
    "starts_on": gettext_lazy("First turn"),
    "turns_at": gettext_lazy("Time of the change"),
    "zone": gettext_lazy("Time zone"),
    "from": pgettext_lazy("hour", "From"),
    "until": pgettext_lazy("hour", "Until"),
    "since": pgettext_lazy("hour", "From"),
    "withdrawn": gettext_lazy("Withdrawn"),
    "days": gettext_lazy("Days"),
    "of": gettext_lazy("Case or company"),
    "lifted": gettext_lazy("Lifted"),
    "staff": gettext_lazy("Who"),
    "rest_days": gettext_lazy("On rest days"),
    "move": gettext_lazy("To move the case"),
    "call": gettext_lazy("To make the night call"),
    "kind": gettext_lazy("What"),
    "username": gettext_lazy("User name"),
    "name": gettext_lazy("Name"),
    "title": pgettext_lazy("article", "Title"),
    "edition": gettext_lazy("Newest edition"),
    "published": gettext_lazy("Published edition"),
    "target_minutes": gettext_lazy("Internal target, in minutes"),
    "article_state": gettext_lazy("State"),
    "for_portal": gettext_lazy("For customers too"),
    "email": gettext_lazy("E-mail"),
    "role": gettext_lazy("Role"),
    "language": gettext_lazy("Language"),
    "position": gettext_lazy("Position"),
    "mobile": gettext_lazy("Mobile"),
    "desk_phone": gettext_lazy("Desk telephone"),
    "channels": gettext_lazy("Channels"),
    "is_active": gettext_lazy("Active"),
    "password": gettext_lazy("Password"),
    "hours": gettext_lazy("Hours"),
    "what_for": gettext_lazy("What changes, and why"),
    "effective_at": gettext_lazy("In force from (time)"),
    "tells_customers": gettext_lazy("Customers are notified"),
    "text": gettext_lazy("Text"),
    "state": gettext_lazy("State"),
    "version": gettext_lazy("Version"),
    "base": gettext_lazy("Based on version"),
    "sender": gettext_lazy("Who signs"),
    "heading": gettext_lazy("Heading"),
    "footer": gettext_lazy("Below the signature"),
    "logo": gettext_lazy("Logo"),
    "colour": gettext_lazy("Colour of the rule"),
    # what contacts are told
    "told": gettext_lazy("Is notified about"),
    "kinds": gettext_lazy("Kinds of case"),
    "mail": gettext_lazy("E-mail"),
    "email_independent": gettext_lazy("Mailbox works without the service"),
    "administers": gettext_lazy("Administers the company's contacts"),
    "active": gettext_lazy("Active"),
    "ways_depending": gettext_lazy("Contact channels that need the service"),
    **{f"way_{kind}": name for kind, name in WAY_NAMES.items()},
    # tests of a service
    "address": gettext_lazy("Address"),
    "pinned": gettext_lazy("Address to test"),
    "port": gettext_lazy("Port"),
    "asks": gettext_lazy("What is asked"),
    "expects": gettext_lazy("What is expected"),
    "max_loss": gettext_lazy("Maximum loss (%)"),
    "max_ms": gettext_lazy("Maximum average (ms)"),
    "at_registration": gettext_lazy("Run automatically when a case is opened"),
    # elements of the network
    "code": gettext_lazy("Code"),
    "city": gettext_lazy("City"),
    "public_name": gettext_lazy("As customers read it"),
    "uppers": gettext_lazy("Depends on"),
    "protected_uppers": gettext_lazy("With an alternative path"),
    "services": gettext_lazy("Services that end here"),
    # carriers
    "route": gettext_lazy("Route"),
    "token_url": gettext_lazy("Token address"),
    "ids": gettext_lazy("Buyer and seller"),
    "mailbox": gettext_lazy("Mailbox"),
    "contacts": gettext_lazy("Contacts"),
    "answer_minutes": gettext_lazy("Answers within (minutes)"),
    "restore_minutes": gettext_lazy("Restores within (minutes)"),
    # texts of notices, and how mail leaves
    "is_own": gettext_lazy("Custom text"),
    **TEXTS,
    "per_minute": gettext_lazy("Emails per minute"),
    # the telephone
    "extension": gettext_lazy("Extension"),
    "token": gettext_lazy("Address with its token"),
    "signed": gettext_lazy("Only signed messages"),
    "country": gettext_lazy("Country"),
    "queues": gettext_lazy("Queues and their desks"),
    "contexts": gettext_lazy("Trunk contexts"),
    # bands of sites (P4.1 to P4.3)
    "band": gettext_lazy("Band"),
    "cases": gettext_lazy("Notified by the case"),
    "how": gettext_lazy("How it was notified"),
    "undone": gettext_lazy("Undone"),
    # sources of alerts
    "source_kind": gettext_lazy("Kind"),
    "device": gettext_lazy("Address of the device"),
    "opens": gettext_lazy("What it opens"),
    "hold_seconds": gettext_lazy("Seconds it must be firing"),
    "calm_seconds": gettext_lazy("Seconds it must be clear"),
    "gathers": gettext_lazy("Services with the same cause"),
    "rules": gettext_lazy("Where its labels lead"),
    "paths": gettext_lazy("Where its fields stand"),
    "alert_state": gettext_lazy("State"),
    # a company's own sign-in
    "issuer": gettext_lazy("Address of the provider (issuer)"),
    "client_id": gettext_lazy("Client identifier"),
    "secret": gettext_lazy("Client secret"),
    "domains": gettext_lazy("Its email domains"),
    "vouches": gettext_lazy("Vouches for its domains"),
    "standing": gettext_lazy("How its people sign in"),
    # keys of the API
    "key": gettext_lazy("Public part"),
    "is_machine": gettext_lazy("Account of a machine"),
    "scopes": gettext_lazy("What it may do"),
    "networks": gettext_lazy("From which networks"),
    "expires_at": gettext_lazy("Expires"),
    "former_good_until": gettext_lazy("Former secret good until"),
    "ended_at": gettext_lazy("Ended"),
    # webhooks
    "url": gettext_lazy("Address"),
    "webhook_format": gettext_lazy("Format"),
    "webhook_kinds": gettext_lazy("Events"),
    "of_company": gettext_lazy("Of one company alone"),
    "least_impact": gettext_lazy("How the service is, at least"),
    "with_texts": gettext_lazy("Names and texts"),
    "webhook_state": gettext_lazy("State"),
    # the rehearsal
    "mailboxes": gettext_lazy("Mailboxes"),
    "telephones": gettext_lazy("Telephones"),
    "rehearses": gettext_lazy("Nothing is sent"),
    # channels of teams
    "channel_kind": gettext_lazy("Service"),
    "channel_secret": gettext_lazy("Secret of its address"),
    "channel_chat": gettext_lazy("Chat"),
    "channel_phone_id": gettext_lazy("Identifier of the sending number"),
    "channel_numbers": gettext_lazy("Numbers"),
    "channel_template": gettext_lazy("Template"),
    "channel_template_language": gettext_lazy("Language of the template"),
    "news": gettext_lazy("Which news"),
    "impacts": gettext_lazy("Status of the service"),
    "desks": gettext_lazy("Desks"),
    "resolver_groups": gettext_lazy("Resolver groups"),
    "companies": gettext_lazy("Companies"),
    "quiet_hours": gettext_lazy("Quiet hours"),
    "quiet_impacts": gettext_lazy("Sent in quiet hours all the same"),
    "with_company": gettext_lazy("Messages name the company and the circuit"),
    # mail and messages: each by the word of its field
    **{name: OF_CONNECTIONS[name.partition("_")[2]] for kind in (Kind.SMTP, Kind.IMAP) for name in NAMES[kind]},
    "MAIL_FROM": gettext_lazy("Sent as"),
    "MAIL_IN": gettext_lazy("How answers come in"),
    "SMS_URL": gettext_lazy("Address of the gateway"),
    "WHATSAPP_URL": gettext_lazy("Address of the gateway"),
}
"""Without the levels and the weekdays, which are numbers and days."""

REST_DAYS: dict[str, Words] = {
    "as_usual": gettext_lazy("as on any day"),
    "closed": pgettext_lazy("hours", "closed"),
    "open_all_day": gettext_lazy("all day"),
}
HOW_TOLD: dict[str, Words] = {
    "mail": gettext_lazy("by email"),
    "phone": gettext_lazy("by telephone"),
    "person": gettext_lazy("in person"),
}
STANDINGS: dict[str, Words] = {
    Standing.OFF: gettext_lazy("By code only"),
    Standing.OFFERED: gettext_lazy("By code or company account"),
    Standing.REQUIRED: gettext_lazy("By company account only"),
}
KINDS: dict[str, Words] = {
    "rest": gettext_lazy("day off"),
    "work": gettext_lazy("working day"),
    "observe": gettext_lazy("its local holiday is observed"),
    "withdraw": gettext_lazy("withdrawn"),
    "set": gettext_lazy("a new one"),
    **{kind.value: kind.label for kind in ElementKind},
}
IMPACTS: dict[str, Words] = {impact.value: name for impact, name in IMPACT_NAMES.items()}
ANEW: dict[str, Words] = {"set": gettext_lazy("a new one"), "removed": gettext_lazy("removed")}
CODES: Mapping[str, Mapping[str, Words]] = {
    "rest_days": REST_DAYS,
    "kind": KINDS,
    "password": KINDS,
    "secret": KINDS,
    "standing": STANDINGS,
    "role": dict(Role.choices),
    "band": {band.value: name for band, name in BAND_NAMES.items()},
    "how": HOW_TOLD,
    "told": {topic.value: name for topic, name in TOPIC_NAMES.items()},
    "kinds": {kind.value: name for kind, name in CASE_KIND_NAMES.items()},
    "ways_depending": WAY_NAMES,
    "source_kind": dict(SourceKind.choices),
    "opens": dict(WhatItOpens.choices),
    "alert_state": dict(AlertState.choices),
    "article_state": dict(ArticleState.choices),
    "scopes": SCOPE_NAMES,
    "channel_kind": TEAM_KINDS,
    "channel_secret": ANEW,
    "news": {news.value: name for news, name in NEWS_NAMES.items()},
    "impacts": IMPACTS,
    "quiet_impacts": IMPACTS,
    "webhook_kinds": {**{moment.value: EVENT_KINDS[moment].name for moment in Moment}, **FAMILY_NAMES},
    "webhook_format": dict(FORMAT_CHOICES),
    "webhook_state": STATE_NAMES,
    "least_impact": {str(rank): name for rank, name in IMPACT_CHOICES},
    **dict.fromkeys(SECRETS, ANEW),
    **dict.fromkeys(("SMTP_TLS", "IMAP_TLS"), ENCRYPTIONS),
}
"""The words of what a field may hold, or a list of it."""
