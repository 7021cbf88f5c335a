"""Short pages by what the operator has (an SMS gateway, a messenger, a voice call), through Apprise.

Apprise is loaded when the first page leaves, which takes seconds; only the worker sends. Its own log is kept out of
ours, because it may speak of keys; what it says about one page is that page's answer, with the secrets taken out.
"""

import logging
import re
from email import message_from_bytes, policy
from typing import Any
from urllib.parse import unquote

from django.conf import settings

from guardia.notices.answer import Answer, Verdict
from guardia.notices.wire import one_line
from guardia.people.channels import HOST_IS_A_SERVER, INCIDENTS, named_hosts, not_allowed, stays_inside
from guardia.people.egress import leads_inside, leads_to_unnamed, outward_only, proxies

TIMEOUT_SECONDS = 8.0
MOST_WORDS = 500
NUMBER = r"(?:%2B|\+)?[0-9]{1,20}"
"""A telephone number as it stands in the address of a gateway."""
SHORTEST_SECRET = 4


class Pager:
    """Hands pages over, each to one address. ``timeout`` in seconds, to connect and again to wait for an answer."""

    def __init__(self, timeout: float = TIMEOUT_SECONDS) -> None:
        self.timeout = timeout

    def ready(self) -> None:
        """Each address is a server of its own: there is none that all pages need."""

    def send(self, address: str, content: bytes) -> Answer:
        """Hand over one page; ``address`` is the whole URL. The answer is the service's own. Never raises."""
        kind = kind_of(address)
        if stays_inside(address):
            return Answer(Verdict.REFUSED, f"it names a file or a program of the server: {kind}://…")
        is_own = is_own_gateway(address)
        if not is_own and (refused := not_allowed(address)):
            return Answer(Verdict.REFUSED, f"no channel that is used here: {kind}://… {refused[1]}".rstrip())
        try:
            service = self.service_of(address)
            if service is None:
                return Answer(Verdict.REFUSED, f"Apprise knows no such address: {kind}://…")
            if is_own:
                return handed_over(service, *read(content), address)
            servers = [service.host or ""] if kind in HOST_IS_A_SERVER else []
            hosts = [*servers, *named_hosts(address)]
            if any(map(leads_to_unnamed, hosts)):
                return Answer(
                    Verdict.REFUSED, f"it leads to an internal network that EGRESS_NETWORKS does not name: {kind}://…"
                )
            if any(map(leads_inside, hosts)):
                return Answer(Verdict.REFUSED, f"it leads to this machine or its surroundings: {kind}://…")
            with outward_only(proxies()):
                return handed_over(service, *read(content), address)
        except Exception as trouble:
            return Answer(Verdict.LATER, without_secrets(f"{type(trouble).__name__}: {trouble}", address))

    def service_of(self, address: str) -> Any:
        """The service, patient for as long as we are: that an attempt failed, and when it is made anew, is ours to say.

        None if the address is none that Apprise understands.
        """
        apprise = loaded()
        asset = apprise.AppriseAsset(
            app_id="Guardia", app_desc="Guardia", app_url="", async_mode=False, service_timeout=0, secure_logging=True
        )
        service = apprise.Apprise.instantiate(address, asset=asset)
        if service is not None:
            service.socket_connect_timeout = min(service.socket_connect_timeout, self.timeout)
            service.socket_read_timeout = min(service.socket_read_timeout, self.timeout)
            service.retry, service.optional = 0, False
        return service


def is_own_gateway(address: str) -> bool:
    """Whether the environment names this address (SMS_URL, WHATSAPP_URL): where its gateway stands is its business.
    What somebody typed on a screen is looked at like any other address.

    Only the whole address counts: another path or port of the same machine is somebody's guess.
    """
    templates = [one.split("{number}") for one in (settings.SMS_URL, settings.WHATSAPP_URL) if one]
    return any(re.fullmatch(NUMBER.join(map(re.escape, parts)), address) for parts in templates)


def handed_over(service: Any, title: str, body: str, address: str) -> Answer:
    apprise = loaded()
    one = apprise.Apprise()
    one.add(service)
    kind = apprise.NotifyType.FAILURE if kind_of(address) in INCIDENTS else apprise.NotifyType.INFO
    result = one.notify(body=body, title=title, notify_type=kind, body_format=apprise.NotifyFormat.TEXT)
    if result:
        return Answer(Verdict.ACCEPTED, f"{service.service_name}: accepted")
    words = "; ".join(dict.fromkeys(one_line(entry.message) for entry in result.logs()))
    return Answer(Verdict.LATER, without_secrets(f"{service.service_name}: {words or 'not accepted'}", address))


def read(content: bytes) -> tuple[str, str]:
    """Title and body of a page; of a repeat the title ends with the number of the attempt."""
    message = message_from_bytes(content, policy=policy.default)
    part = message.get_body(("plain",))
    repeats = int(message["X-Guardia-Repeat"] or 0)
    title = str(message["Subject"]) + (f" ({repeats + 1})" if repeats else "")
    return title, "\n".join(part.get_content().split("\r\n")).strip() if part else ""


def without_secrets(words: str, address: str) -> str:
    """What was said, without any part of the address that could be a key or a password."""
    parts = re.split(r"[/:@?&=#,]+", address.partition("://")[2])
    for secret in sorted({*parts, *map(unquote, parts)}, key=len, reverse=True):
        if len(secret) >= SHORTEST_SECRET:
            words = words.replace(secret, "…")
    return words[:MOST_WORDS]


def kind_of(address: str) -> str:
    kind = address.partition("://")[0].strip().lower()
    return kind if re.fullmatch(r"[a-z][a-z0-9]{0,19}", kind) else ""


def loaded() -> Any:
    """Apprise itself, its log and that of its connections silenced before it says its first word."""
    log = logging.getLogger("apprise")
    if log.propagate:
        log.propagate = False
        log.addHandler(logging.NullHandler())
        logging.getLogger("urllib3").setLevel(logging.ERROR)
    import apprise

    return apprise
