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
            _("The mail server does not take mail: %(why)s.") % {"why": in_words(one_line(trouble)).rstrip(".")},
            _(
                "Put SMTP_HOST, SMTP_PORT, SMTP_TLS, SMTP_USER and SMTP_PASSWORD right, or Settings, Mail and messages;"
                " letters wait meanwhile."
            ),
        )
        return
    if not server.is_encrypted and server.host not in HERE:
        yield warn(
            _("Letters go to %(place)s in the open.") % {"place": place},
            _("Set SMTP_TLS=starttls or SMTP_TLS=implicit, as the server offers it."),
        )
    else:
        yield ok(_("The mail server %(place)s takes mail.") % {"place": place})


def domain_of_sender() -> str:
    return setting("MAIL_FROM").rpartition("@")[2].lower()


@check()
def sender(installation: Installation) -> CheckResult:
    if domain_of_sender() in SAMPLE_DOMAINS:
        say = warn if is_local() else bad
        return say(
            _("MAIL_FROM is %(address)s, which is nobody's: letters are refused.") % {"address": setting("MAIL_FROM")},
            _("Set MAIL_FROM to an address of your own domain."),
        )
    return ok(_("Letters come from %(address)s.") % {"address": setting("MAIL_FROM")})


@check()
def sender_domain(installation: Installation) -> Iterator[CheckResult]:
    """SPF and DMARC: without them the letters of an unknown server end among the junk."""
    domain = domain_of_sender()
    if domain in SAMPLE_DOMAINS or "." not in domain:
        yield ok(_("The domain of a sample is not looked at."))
        return
    try:
        spf = has_record(domain, "v=spf1")
        dmarc = has_record(f"_dmarc.{domain}", "v=dmarc1")
    except dns.exception.DNSException as trouble:
        yield warn(
            _("The domain %(domain)s cannot be looked up: %(why)s.") % {"domain": domain, "why": one_line(trouble)},
            _("Let this machine ask a name server, or look at SPF and DMARC by hand."),
        )
        return
    for there, kind, where in ((spf, "SPF", domain), (dmarc, "DMARC", f"_dmarc.{domain}")):
        if not there:
            yield warn(
                _("The domain %(domain)s publishes no %(kind)s: letters may end among the junk.")
                % {"domain": domain, "kind": kind},
                _("Let who keeps the domain publish a TXT record of %(kind)s at %(where)s.")
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
            _("Nobody outside is told that this installation runs: if the machine fails, nothing on it can say so."),
            _("Set DEADMAN_URL to a check of a monitoring outside (docs/operations/health.md)."),
        )
    return ok(_("Signs of life go to %(host)s.") % {"host": urlsplit(settings.DEADMAN_URL).hostname})


@check(within=True)
def snmp(installation: Installation) -> CheckResult:
    """Accesses of SNMP go to PROBE_NETWORKS alone: what is written down outside of it is never asked."""
    if not (settings.SNMP_COMMUNITY or settings.SNMP_CREDENTIALS):
        return ok(_("No access of SNMP is set: nothing is asked by it."))
    if not settings.PROBE_NETWORKS:
        return warn(
            _("An access of SNMP is set and PROBE_NETWORKS is empty: nothing is asked by SNMP."),
            _("Set PROBE_NETWORKS to the networks that the access may go to, such as 10.20.0.0/16."),
        )
    places = ServiceTarget.objects.filter(kind=ProbeKind.SNMP, active=True).values_list("pinned", flat=True)
    if outside := sum(not may_hear_a_secret(place) for place in places):
        return warn(
            _("Tests by SNMP outside of PROBE_NETWORKS, which are never run: %(count)d.") % {"count": outside},
            _("Name their networks in PROBE_NETWORKS, or take these tests out."),
        )
    return ok(_("Accesses of SNMP go to PROBE_NETWORKS alone."))


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
            _("No mail comes in: whoever answers a letter is not heard."),
            _("Set IMAP_HOST, or let the mail server hand mail over (docs/operations/mail.md)."),
        )
    try:
        with mailbox_server.opened(replace(account, timeout=min(account.timeout, PATIENCE_SECONDS))):
            if account.tls == "none" and not is_loopback(account.host):
                return warn(
                    _("The mailbox %(name)s is read in the open, its password too.") % {"name": account.name},
                    _("Set IMAP_TLS=ssl or IMAP_TLS=starttls, as the server offers it."),
                )
            return ok(_("The mailbox %(name)s can be read.") % {"name": account.name})
    except mailbox_server.TROUBLES as trouble:
        return bad(
            _("The mailbox cannot be read: %(why)s.")
            % {"why": in_words(mailbox_server.why(trouble, account)).rstrip(".")},
            _(
                "Put IMAP_HOST, IMAP_PORT, IMAP_TLS, IMAP_USER, IMAP_PASSWORD and IMAP_FOLDER right, or Settings, Mail "
                "and messages."
            ),
        )


@check()
def senders(installation: Installation) -> CheckResult:
    """Whether anything proves who sent a mail; an answer to a signed address is proven without a setting."""
    if not settings.MAIL_IN:
        return ok(_("No mail comes in: nobody's sender is to be proven."))
    if mail_filing.receiver().is_known:
        return ok(_("Who sent a mail is read from what the mail server writes."))
    return warn(
        _("Nothing proves who sent a mail: only an answer to one of our letters counts as its sender's word."),
        _("Set MAIL_AUTHSERV_ID to the name that your mail server writes (docs/operations/mail.md)."),
    )


@check()
def exchange(installation: Installation) -> CheckResult:
    """Only its greeting is read: a second sign-in could take the place of the one that listens."""
    if not settings.AMI_HOST:
        return ok(_("No exchange is listened to; one that pushes needs nothing here."))
    account = ami_session.Account.of_settings()
    try:
        greeting = asyncio.run(greeted(account))
    except (ami_session.Unreachable, OSError, TimeoutError) as trouble:
        return bad(
            _("The exchange cannot be reached: %(why)s.") % {"why": one_line(trouble)},
            _("Put AMI_HOST, AMI_PORT and AMI_TLS right, and let manager.conf permit this machine."),
        )
    if not greeting.startswith(BANNER):
        return bad(
            _("What answers at %(place)s is no manager interface.") % {"place": account.place},
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
            _("No exchange is known: calls are entered by hand, and the minute of the reception is theirs to press."),
            _("Add one: guardia phone exchange add NAME --cti (docs/operations/telephone.md)."),
        )
    silent = [one.name for one, _since in exchanges.lost_since(installation.now)]
    silent += [one.name for one in exchanges.never_heard()]
    if silent:
        return bad(
            _("Not heard: %(names)s. What calls do there is not measured.") % {"names": ", ".join(sorted(silent))},
            _("Look whether guardia phone listen runs, and at its log."),
        )
    return ok(_("The exchanges are heard."))


@check(within=True)
def exchanges_named(installation: Installation) -> CheckResult:
    """Whether calls come in by a way that nobody has named: then they are heard, and on nobody's screen."""
    found = {
        one.name: unnamed(one, installation.now) for one in Exchange.objects.filter(is_active=True).order_by("name")
    }
    remedy = _("Open Settings, Telephone, the exchange: each is named there by one click.")
    contexts = {name: [each.name for each in seen.contexts] for name, seen in found.items() if seen.contexts}
    if contexts:
        return bad(
            _("Calls come in by contexts that nobody named, and are on nobody's screen: %(what)s.")
            % {"what": listed(contexts)},
            remedy,
        )
    others = {n: [each.name for each in (*seen.numbers, *seen.queues)] for n, seen in found.items() if seen}
    if others:
        return warn(
            _("Calls ring by numbers or queues that lead to no line of the procedure: %(what)s.")
            % {"what": listed(others)},
            remedy,
        )
    return ok(_("Whatever rings at the exchanges leads to a line of the procedure."))


def listed(names: Mapping[str, Sequence[str]]) -> str:
    """``central: from-isp, from-gsm; norte: …``, at most five of each."""
    few = {exchange: [*some[:5], *(["…"] if len(some) > 5 else [])] for exchange, some in names.items()}
    return "; ".join(f"{exchange}: {', '.join(some)}" for exchange, some in few.items())
