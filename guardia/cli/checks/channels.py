"""What leaves and what comes in: letters, short messages, the sign of life, the mailbox, the exchange."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

import dns.exception
import dns.resolver
from django.conf import settings
from django.utils.translation import gettext as _

from guardia.calls import exchanges
from guardia.calls.exchange import Exchange
from guardia.cases import mail_filing
from guardia.cli.checks.finding import CheckResult, Installation, bad, check, ok, one_line, warn
from guardia.cli.checks.machine import HERE, is_local
from guardia.evidence.addresses import may_hear_a_secret
from guardia.evidence.target import ProbeKind, ServiceTarget
from guardia.intake.phone_first_call import unnamed
from guardia.notices.reasons import in_words
from guardia.notices.server_answer import NoServer
from guardia.notices.smtp import Outlet, Server
from guardia.people.connections import setting
from guardia.people.egress import is_loopback
from guardia.web.phone import ami_session
from guardia.web.phone.ami_session import BANNER
from guardia.worker import mail_server as mailbox_server

# --- outgoing ---------------------------------------------------------------------------------------------------------
PATIENCE_SECONDS = 10.0
SAMPLE_DOMAINS = ("example.com", "example.org", "example.net")


@check()
def mail_server(installation: Installation) -> Iterator[CheckResult]:
    """It is greeted and signed in to, as the worker does; no mail is sent."""
    server = Server.of_settings()
    place = server.place
    try:
        with Outlet(replace(server, timeout=min(server.timeout, PATIENCE_SECONDS)), setting("MAIL_FROM")) as outlet:
            outlet.ready()
    except NoServer as trouble:
        yield bad(
            _("The mail server does not accept mail: %(why)s.") % {"why": in_words(one_line(trouble)).rstrip(".")},
            _(
                "Correct SMTP_HOST, SMTP_PORT, SMTP_TLS, SMTP_USER and SMTP_PASSWORD, or Settings, Mail and "
                "messages; emails wait meanwhile."
            ),
        )
        return
    if not server.is_encrypted and server.host not in HERE:
        yield warn(
            _("Emails go to %(place)s unencrypted.") % {"place": place},
            _("Set SMTP_TLS=starttls or SMTP_TLS=implicit, as the server offers it."),
        )
    else:
        yield ok(_("The mail server %(place)s accepts mail.") % {"place": place})


def domain_of_sender() -> str:
    return setting("MAIL_FROM").rpartition("@")[2].lower()


@check()
def sender(installation: Installation) -> CheckResult:
    if domain_of_sender() in SAMPLE_DOMAINS:
        say = warn if is_local() else bad
        return say(
            _("MAIL_FROM is %(address)s, which belongs to nobody: emails are refused.")
            % {"address": setting("MAIL_FROM")},
            _("Set MAIL_FROM to an address of your own domain."),
        )
    return ok(_("Emails are sent from %(address)s.") % {"address": setting("MAIL_FROM")})


@check()
def sender_domain(installation: Installation) -> Iterator[CheckResult]:
    """SPF and DMARC: without them the letters of an unknown server end among the junk."""
    domain = domain_of_sender()
    if domain in SAMPLE_DOMAINS or "." not in domain:
        yield ok(_("The domain of a sample is not checked."))
        return
    try:
        spf = has_record(domain, "v=spf1")
        dmarc = has_record(f"_dmarc.{domain}", "v=dmarc1")
    except dns.exception.DNSException as trouble:
        yield warn(
            _("The domain %(domain)s cannot be looked up: %(why)s.") % {"domain": domain, "why": one_line(trouble)},
            _("Let this machine query a name server, or check SPF and DMARC by hand."),
        )
        return
    for there, kind, where in ((spf, "SPF", domain), (dmarc, "DMARC", f"_dmarc.{domain}")):
        if not there:
            yield warn(
                _("The domain %(domain)s publishes no %(kind)s: emails may end up in spam.")
                % {"domain": domain, "kind": kind},
                _("Ask whoever manages the domain to publish a TXT record for %(kind)s at %(where)s.")
                % {"kind": kind, "where": where},
            )
    if spf and dmarc:
        yield ok(_("The domain %(domain)s publishes SPF and DMARC.") % {"domain": domain})


def has_record(name: str, begins: str) -> bool:
    """Whether a TXT record of this name begins so. Raises dns.exception.DNSException where nobody answers."""
    try:
        found = resolver().resolve(name, "TXT", lifetime=PATIENCE_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return False
    return any(b"".join(each.strings).decode(errors="replace").lower().startswith(begins) for each in found)


def resolver() -> dns.resolver.Resolver:
    return dns.resolver.Resolver()


@check()
def sign_of_life(installation: Installation) -> CheckResult:
    if not settings.DEADMAN_URL:
        return warn(
            _(
                "Nothing outside monitors that this installation is running: if the machine fails, nothing on it "
                "can report it."
            ),
            _("Set DEADMAN_URL to a check of an external monitoring service (docs/operations/health.md)."),
        )
    return ok(_("Heartbeats go to %(host)s.") % {"host": urlsplit(settings.DEADMAN_URL).hostname})


@check(within=True)
def snmp(installation: Installation) -> CheckResult:
    """Accesses of SNMP go to PROBE_NETWORKS alone: what is written down outside of it is never asked."""
    if not (settings.SNMP_COMMUNITY or settings.SNMP_CREDENTIALS):
        return ok(_("No SNMP credentials are set: nothing is queried by SNMP."))
    if not settings.PROBE_NETWORKS:
        return warn(
            _("SNMP credentials are set and PROBE_NETWORKS is empty: nothing is queried by SNMP."),
            _("Set PROBE_NETWORKS to the networks that the access may reach, such as 10.20.0.0/16."),
        )
    places = ServiceTarget.objects.filter(kind=ProbeKind.SNMP, active=True).values_list("pinned", flat=True)
    if outside := sum(not may_hear_a_secret(place) for place in places):
        return warn(
            _("SNMP tests outside PROBE_NETWORKS, which are never run: %(count)d.") % {"count": outside},
            _("Add their networks to PROBE_NETWORKS, or remove these tests."),
        )
    return ok(_("SNMP credentials are used only within PROBE_NETWORKS."))


# --- incoming ---------------------------------------------------------------------------------------------------------
# What comes in: the mailbox, the telephone exchange.


@check()
def mailbox(installation: Installation) -> CheckResult:
    """It is signed in to and its folder is opened; nothing is read."""
    account = mailbox_server.Account.of_settings()
    if not account.host:
        if setting("MAIL_IN"):
            return ok(_("The mail server hands mail over; no mailbox is read."))
        return warn(
            _("No mail is received: nobody reads replies to our emails."),
            _("Set IMAP_HOST, or let the mail server hand mail over (docs/operations/mail.md)."),
        )
    try:
        with mailbox_server.opened(replace(account, timeout=min(account.timeout, PATIENCE_SECONDS))):
            if account.tls == "none" and not is_loopback(account.host):
                return warn(
                    _("The mailbox %(name)s is read unencrypted, and so is its password.") % {"name": account.name},
                    _("Set IMAP_TLS=ssl or IMAP_TLS=starttls, as the server offers it."),
                )
            return ok(_("The mailbox %(name)s can be read.") % {"name": account.name})
    except mailbox_server.TROUBLES as trouble:
        return bad(
            _("The mailbox cannot be read: %(why)s.")
            % {"why": in_words(mailbox_server.why(trouble, account)).rstrip(".")},
            _(
                "Correct IMAP_HOST, IMAP_PORT, IMAP_TLS, IMAP_USER, IMAP_PASSWORD and IMAP_FOLDER, or Settings, "
                "Mail and messages."
            ),
        )


@check()
def senders(installation: Installation) -> CheckResult:
    """Whether anything proves who sent a mail; an answer to a signed address is proven without a setting."""
    if not settings.MAIL_IN:
        return ok(_("No mail is received: there are no senders to verify."))
    if mail_filing.receiver().is_known:
        return ok(_("The sender of an email is read from what the mail server writes."))
    return warn(
        _("Nothing proves who sent an email: only a reply to one of our emails counts as coming from its sender."),
        _("Set MAIL_AUTHSERV_ID to the name that your mail server writes (docs/operations/mail.md)."),
    )


@check()
def exchange(installation: Installation) -> CheckResult:
    """Only its greeting is read: a second sign-in could take the place of the one that listens."""
    if not settings.AMI_HOST:
        return ok(_("No exchange is listened to; one that pushes events needs nothing here."))
    account = ami_session.Account.of_settings()
    try:
        greeting = asyncio.run(greeted(account))
    except (ami_session.Unreachable, OSError, TimeoutError) as trouble:
        return bad(
            _("The exchange cannot be reached: %(why)s.") % {"why": one_line(trouble)},
            _("Correct AMI_HOST, AMI_PORT and AMI_TLS, and allow this machine in manager.conf."),
        )
    if not greeting.startswith(BANNER):
        return bad(
            _("What answers at %(place)s is not a manager interface (AMI).") % {"place": account.place},
            _("Set AMI_PORT to the port of manager.conf: 5038, or 5039 with TLS."),
        )
    return ok(_("The exchange at %(place)s answers.") % {"place": account.place})


async def greeted(account: ami_session.Account) -> str:
    reader, writer = await ami_session.connect(account, PATIENCE_SECONDS)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return (await reader.readline()).decode(errors="replace")
    finally:
        writer.close()


@check(within=True)
def exchanges_heard(installation: Installation) -> CheckResult:
    if not Exchange.objects.filter(is_active=True).exists():
        return warn(
            _(
                "No exchange is configured: calls are entered by hand, and the reception minute depends on who "
                "presses the button."
            ),
            _("Add one: guardia phone exchange add NAME --cti (docs/operations/telephone.md)."),
        )
    silent = [one.name for one, _since in exchanges.lost_since(installation.now)]
    silent += [one.name for one in exchanges.never_heard()]
    if silent:
        return bad(
            _("Not connected: %(names)s. Calls there are not measured.") % {"names": ", ".join(sorted(silent))},
            _("Check whether guardia phone listen is running, and its log."),
        )
    return ok(_("The exchanges are connected."))


@check(within=True)
def exchanges_named(installation: Installation) -> CheckResult:
    """Whether calls come in by a way that nobody has named: then they are heard, and on nobody's screen."""
    found = {
        one.name: unnamed(one, installation.now) for one in Exchange.objects.filter(is_active=True).order_by("name")
    }
    remedy = _("Open Settings, Telephone, the exchange: each is named there with one click.")
    contexts = {name: [each.name for each in seen.contexts] for name, seen in found.items() if seen.contexts}
    if contexts:
        return bad(
            _("Calls come in through contexts that are not configured, and appear on nobody's screen: %(what)s.")
            % {"what": listed(contexts)},
            remedy,
        )
    others = {n: [each.name for each in (*seen.numbers, *seen.queues)] for n, seen in found.items() if seen}
    if others:
        return warn(
            _("Calls ring on numbers or queues that lead to no line of the procedure: %(what)s.")
            % {"what": listed(others)},
            remedy,
        )
    return ok(_("Whatever rings at the exchanges leads to a line of the procedure."))


def listed(names: Mapping[str, Sequence[str]]) -> str:
    """``central: from-isp, from-gsm; norte: …``, at most five of each."""
    few = {exchange: [*some[:5], *(["…"] if len(some) > 5 else [])] for exchange, some in names.items()}
    return "; ".join(f"{exchange}: {', '.join(some)}" for exchange, some in few.items())
