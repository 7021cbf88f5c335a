"""The address of a channel of a team: from what its service gives out to one that Apprise reads, and why not.

Each kind has its guided fields. One of them is the secret, which is sealed and never shown; the others are no secret.
"""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from django.utils.translation import gettext as _

from guardia.customers.values import Misfit
from guardia.people.channels import channels
from guardia.people.egress import leads_inside, leads_to_unnamed

SLACK, TEAMS, MATTERMOST, TELEGRAM, WHATSAPP, OTHER = "slack", "teams", "mattermost", "telegram", "whatsapp", "other"

KINDS: Mapping[str, str] = {
    SLACK: "Slack",
    TEAMS: "Microsoft Teams",
    MATTERMOST: "Mattermost",
    TELEGRAM: "Telegram",
    WHATSAPP: "WhatsApp Business",
    OTHER: "Apprise",
}
"""The kinds by their names, which no language translates."""

PLACE_FIELDS: Mapping[str, tuple[str, ...]] = {
    TELEGRAM: ("chat",),
    WHATSAPP: ("phone_id", "numbers", "template", "template_language"),
}
"""What the address of a kind needs beside its secret."""

NO_PICTURE = "image=no"
"""Else a message shows a picture that whoever reads it loads from a server of Apprise."""

SLACK_PATH = re.compile(r"/services/(T[A-Z0-9]+)/(B[A-Z0-9]+)/([A-Za-z0-9]+)/?")
TEAMS_PATH = re.compile(
    r"(?P<direct>/powerautomate/automations/direct(?:/cu/(?P<route>[A-Za-z0-9_-]+))?)?"
    r"/workflows/(?P<flow>[A-Za-z0-9]+)/triggers/manual/paths/invoke/?"
)
TEAMS_HOST = re.compile(r"[a-z0-9.-]+\.(logic\.azure\.com|api\.powerplatform\.com)")
MATTERMOST_PATH = re.compile(r"(?P<path>(?:/[A-Za-z0-9._~-]+)*?)/hooks/(?P<key>[a-z0-9]{20,32})/?")
TELEGRAM_TOKEN = re.compile(r"[0-9]{6,12}:[A-Za-z0-9_-]{30,50}")
TELEGRAM_CHAT = re.compile(r"(-?[0-9]{4,20}(:[0-9]{1,10})?|@[A-Za-z][A-Za-z0-9_]{4,31})")
WHATSAPP_TOKEN = re.compile(r"[A-Za-z0-9]{20,500}")
MOST_NUMBERS = 20


def address_of(kind: str, place: Mapping[str, str], secret: str) -> str:
    """The Apprise address of a channel whose parts were read by ``secret_read`` and ``place_read``."""
    return MAKERS[kind](place, secret)


def slack_address(place: Mapping[str, str], secret: str) -> str:
    return "slack://" + "/".join(matched(SLACK_PATH, urlsplit(secret).path).groups()) + f"/?{NO_PICTURE}"


def teams_address(place: Mapping[str, str], secret: str) -> str:
    parts = urlsplit(secret)
    path, given = matched(TEAMS_PATH, parts.path), {name: one[0] for name, one in parse_qs(parts.query).items()}
    more = {"ver": given.get("api-version", "")}
    more |= {"pa": "yes"} if path["direct"] else {}
    more |= {"routeid": path["route"]} if path["route"] else {}
    query = urlencode({name: value for name, value in more.items() if value})
    signature = quote(given.get("sig", ""), safe="")
    return f"workflows://{parts.netloc.lower()}/{path['flow']}/{signature}/?{query}&{NO_PICTURE}"


def mattermost_address(place: Mapping[str, str], secret: str) -> str:
    parts = urlsplit(secret)
    path = matched(MATTERMOST_PATH, parts.path)
    scheme = "mmost" if parts.scheme == "http" else "mmosts"
    return f"{scheme}://{parts.netloc.lower()}{path['path']}/{path['key']}/?{NO_PICTURE}"


def telegram_address(place: Mapping[str, str], secret: str) -> str:
    return f"tgram://{secret}/{place['chat']}/"


def whatsapp_address(place: Mapping[str, str], secret: str) -> str:
    """With a template the text is its first parameter: outside of 24 hours after an answer Meta takes nothing else."""
    numbers = "/".join(place["numbers"].split())
    if not place.get("template"):
        return f"whatsapp://{secret}@{place['phone_id']}/{numbers}/"
    query = urlencode({"lang": place["template_language"], ":body": "1"}, safe=":")
    return f"whatsapp://{place['template']}:{secret}@{place['phone_id']}/{numbers}/?{query}"


def other_address(place: Mapping[str, str], secret: str) -> str:
    return secret


def matched(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    found = pattern.fullmatch(text)
    assert found is not None, "it was read before it was stored"
    return found


MAKERS = {
    SLACK: slack_address,
    TEAMS: teams_address,
    MATTERMOST: mattermost_address,
    TELEGRAM: telegram_address,
    WHATSAPP: whatsapp_address,
    OTHER: other_address,
}


# --- what may stand in a field ----------------------------------------------------------------------------------------


def secret_read(kind: str, typed: str) -> str:
    """The secret of this kind as it is stored. Raises Misfit with what to write instead."""
    written = typed.strip()
    if kind == OTHER:
        return other_read(written)
    if kind == TELEGRAM:
        return fitting(TELEGRAM_TOKEN, written, _("Write the token that @BotFather gave for the bot: 123456789:AAE…"))
    if kind == WHATSAPP:
        return fitting(WHATSAPP_TOKEN, written, _("Write the permanent access token of the Meta app: letters, digits."))
    return webhook_read(kind, written)


def webhook_read(kind: str, written: str) -> str:
    """The address of an incoming webhook. Raises Misfit."""
    try:
        parts = urlsplit(written)
        host, _port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise Misfit(WEBHOOKS[kind]()) from None
    is_plain = not (parts.username or parts.password or any(sign.isspace() for sign in written))
    fits = {
        SLACK: lambda: host == "hooks.slack.com" and SLACK_PATH.fullmatch(parts.path),
        TEAMS: lambda: (
            TEAMS_HOST.fullmatch(host) and TEAMS_PATH.fullmatch(parts.path) and parse_qs(parts.query).get("sig")
        ),
        MATTERMOST: lambda: host and MATTERMOST_PATH.fullmatch(parts.path),
    }
    schemes = {"http", "https"} if kind == MATTERMOST else {"https"}
    if not (parts.scheme in schemes and is_plain and fits[kind]()):
        raise Misfit(WEBHOOKS[kind]())
    if kind == MATTERMOST:
        must_lead_outward(host)
    return written


def must_lead_outward(host: str) -> None:
    """Raises Misfit for a server of this machine, or of an internal network that EGRESS_NETWORKS does not name."""
    if leads_to_unnamed(host):
        sentence = _(
            "“%s” is in an internal network that nobody has declared. Whoever runs Guardia adds the network to "
            "EGRESS_NETWORKS, such as 10.20.0.0/16, and restarts it."
        )
        raise Misfit(sentence % host)
    if leads_inside(host):
        raise Misfit(_("“%s” leads to this machine itself. Write the server that your team reads.") % host)


def other_read(written: str) -> str:
    """One Apprise address of a kind that may be used here. Raises Misfit."""
    found = channels(written)
    if len(found) != 1:
        raise Misfit(_("Write one address, as Apprise reads it: rockets://TOKEN@chat.example.com/#noc"))
    return found[0]


WEBHOOKS = {
    SLACK: lambda: _("Write the incoming webhook of Slack: https://hooks.slack.com/services/T…/B…/…"),
    TEAMS: lambda: _(
        "Write the address of the Teams workflow “when a webhook request is received”, with its sig= at the end. The "
        "old connectors of Office 365 are switched off."
    ),
    MATTERMOST: lambda: _("Write the incoming webhook of Mattermost: https://chat.example.com/hooks/…"),
}


def place_read(kind: str, fields: Mapping[str, str]) -> dict[str, str]:
    """The fields beside the secret as they are stored. Raises PlaceUnfit with a sentence for each that is wrong."""
    readers = {name: PLACE_READERS[name] for name in PLACE_FIELDS.get(kind, ())}
    found, wrong = {}, {}
    for name, reader in readers.items():
        try:
            found[name] = reader(str(fields.get(name) or "").strip())
        except Misfit as misfit:
            wrong[name] = str(misfit)
    if found.get("template") and not found.get("template_language"):
        wrong.setdefault("template_language", _("Write the language of the template as Meta has it: es, es_EC, pt_BR."))
    if wrong:
        raise PlaceUnfit(wrong)
    return {name: value for name, value in found.items() if value}


class PlaceUnfit(ValueError):
    """The fields of an address that cannot be stored, each with its sentence."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__(", ".join(problems))


def chat(written: str) -> str:
    remedy = _("Write the number of the chat, like -1001234567890, or the @name of a public channel.")
    return fitting(TELEGRAM_CHAT, written, remedy)


def phone_id(written: str) -> str:
    return fitting(
        re.compile(r"[0-9]{6,20}"), written, _("Write the identifier of the telephone number at Meta: digits.")
    )


def numbers(written: str) -> str:
    """Telephone numbers with their country, one blank between them."""
    found = [re.sub(r"[().\s-]", "", one) for one in re.split(r"[\n,;]+", written) if one.strip()]
    if not 0 < len(found) <= MOST_NUMBERS or not all(re.fullmatch(r"\+[1-9][0-9]{7,14}", one) for one in found):
        sentence = _("Write from one to %d numbers with their country, one on each line: +593 99 000 0000")
        raise Misfit(sentence % MOST_NUMBERS)
    return " ".join(dict.fromkeys(found))


def template(written: str) -> str:
    remedy = _("Write the name of the template as Meta has it, in small letters: noc_news. Or leave it empty.")
    return fitting(re.compile(r"[a-z0-9_]{1,100}"), written, remedy) if written else ""


def template_language(written: str) -> str:
    remedy = _("Write the language of the template as Meta has it: es, es_EC, pt_BR.")
    return fitting(re.compile(r"[a-z]{2}(_[A-Z]{2})?"), written, remedy) if written else ""


def fitting(pattern: re.Pattern[str], written: str, remedy: str) -> str:
    if not pattern.fullmatch(written):
        raise Misfit(remedy)
    return written


PLACE_READERS = {
    "chat": chat,
    "phone_id": phone_id,
    "numbers": numbers,
    "template": template,
    "template_language": template_language,
}
