"""What leaves the house: letters, short messages, the sign of life."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import dns.exception
import dns.resolver
from django.conf import settings
from django.utils.translation import gettext as _

from guardia.cli.checks.finding import House, Said, bad, check, ok, one_line, warn
from guardia.cli.checks.settings import HERE, is_local
from guardia.evidence.addresses import may_hear_a_secret
from guardia.evidence.target import ProbeKind, ServiceTarget
from guardia.notices.answer import NoServer
from guardia.notices.reasons import in_words
from guardia.notices.smtp import Outlet, Server
from guardia.people.connections import setting

PATIENCE_SECONDS = 10.0
SAMPLE_DOMAINS = ("example.com", "example.org", "example.net")


@check()
def mail_server(house: House) -> Iterator[Said]:
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
def sender(house: House) -> Said:
    if domain_of_sender() in SAMPLE_DOMAINS:
        say = warn if is_local() else bad
        return say(
            _("MAIL_FROM is %(address)s, which is nobody's: letters are refused.") % {"address": setting("MAIL_FROM")},
            _("Set MAIL_FROM to an address of your own domain."),
        )
    return ok(_("Letters come from %(address)s.") % {"address": setting("MAIL_FROM")})


@check()
def sender_domain(house: House) -> Iterator[Said]:
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
def sign_of_life(house: House) -> Said:
    if not settings.DEADMAN_URL:
        return warn(
            _("Nobody outside is told that this house lives: if the whole machine goes, nothing on it can say so."),
            _("Set DEADMAN_URL to a check of a monitoring outside (docs/operations/health.md)."),
        )
    return ok(_("Signs of life go to %(host)s.") % {"host": urlsplit(settings.DEADMAN_URL).hostname})


@check(within=True)
def snmp(house: House) -> Said:
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
