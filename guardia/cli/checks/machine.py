"""What stands in the environment: key, addresses, HTTPS, log, certificate."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host
from django.utils.translation import gettext as _

from guardia.cli.checks.finding import CheckResult, Installation, bad, check, ok, one_line, warn
from guardia.proof import log, time_stamp
from guardia.proof.hsm import KeyUnavailable
from guardia.proof.note import NoteIsWrong, Verifier, is_signed_by

# --- settings ---------------------------------------------------------------------------------------------------------
SHORTEST_KEY = 40
FEWEST_LETTERS = 12
HERE = ("localhost", "127.0.0.1", "::1")


def is_local() -> bool:
    """Whether this installation is one to try out on this machine."""
    return urlsplit(settings.PUBLIC_URL).hostname in HERE


@check()
def secret_key(installation: Installation) -> CheckResult:
    key = settings.SECRET_KEY
    remedy = _("Set SECRET_KEY_FILE to a file with the output of: openssl rand -base64 48")
    if key == settings.LAPTOP_KEY:
        return warn(_("The secret key is the publicly known one: only good for trying things out."), remedy)
    if len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_LETTERS:
        return bad(_("The secret key is so short or so plain that it can be guessed."), remedy)
    return ok(_("The secret key is your own, and long enough."))


@check(within=True)
def proof_key(installation: Installation) -> CheckResult:
    """Who signs the log of all histories: a key that the worker alone has, or whoever has SECRET_KEY."""
    try:
        own = log.verifiers()
        log.signers_must_sign()
    except KeyUnavailable as wrong:
        return bad(wrong.what, wrong.remedy)
    except ImproperlyConfigured as wrong:
        return bad(f"{one_line(wrong)}.", _("Correct it: docs/evidence.md, The key."))
    if settings.PROOF_KEY:
        return ok(_("The log of all histories is signed with its own key."))
    signed = log.newest_checkpoint()
    if signed and not is_ours(signed.note, own):
        return ok(_("The log of all histories is signed with a key that is not in this environment."))
    return warn(
        _(
            "PROOF_KEY is not set: the key that signs the log of all histories is derived from SECRET_KEY, so "
            "whoever has the web server's environment can sign too."
        ),
        _(
            "Give PROOF_KEY_FILE, a file with the output of: openssl rand -base64 32, to the worker only. Put "
            "the key used until now, which %(address)s shows, in PROOF_VERIFIERS."
        )
        % {"address": f"{settings.PUBLIC_URL}/estado/registro"},
    )


def is_ours(signed: str, own: list[Verifier]) -> bool:
    try:
        return is_signed_by(signed, own)
    except NoteIsWrong:
        return False


NEWEST = 30
"""Checkpoints among which one must have a time stamp: those of an hour or two, each twice where others answer."""


@check(within=True)
def time_stamps(installation: Installation) -> CheckResult:
    """Whether an authority stamps the hour of the log's signatures, and whether it must be a certain one."""
    if not settings.PROOF_TSA:
        return ok(_("No time stamps are requested: PROOF_TSA is not set in this environment."))
    try:
        trusted = time_stamp.authorities()
    except ImproperlyConfigured as wrong:
        return bad(f"{one_line(wrong)}.", _("Write the certificate of the authority into it, in PEM."))
    if not trusted:
        return warn(
            _("PROOF_TSA_CA_FILE is not set: a time stamp from whoever answers at %(host)s is stored.")
            % {"host": time_stamp.host()},
            _("Set PROOF_TSA_CA_FILE to the certificate of the authority, as it publishes it."),
        )
    stamps = list(log.HistoryCheckpoint.objects.order_by("-pk").values_list("stamp", flat=True)[:NEWEST])
    if stamps and not any(stamps):
        return warn(
            _("%(host)s has not stamped any of the newest signatures of the log.") % {"host": time_stamp.host()},
            _(
                "The worker's log says why. Make sure this machine can reach it, and test it: "
                "docs/operations/sign-in.md."
            ),
        )
    return ok(_("%(host)s stamps the signatures of the log.") % {"host": time_stamp.host()})


@check()
def addresses(installation: Installation) -> Iterator[CheckResult]:
    """PUBLIC_URL stands in every letter; ALLOWED_HOSTS must let it in."""
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    if not host:
        yield bad(_("PUBLIC_URL is not a complete address."), _("Write it as https://guardia.example.com"))
        return
    if not validate_host(host, settings.ALLOWED_HOSTS):
        yield bad(
            _("ALLOWED_HOSTS does not have %(host)s of PUBLIC_URL: whoever follows a link is refused.")
            % {"host": host},
            _("Set ALLOWED_HOSTS to: %(host)s") % {"host": host},
        )
    elif "*" in settings.ALLOWED_HOSTS:
        yield warn(
            _("ALLOWED_HOSTS accepts any name: a link can be made to lead elsewhere."),
            _("Set ALLOWED_HOSTS to: %(host)s") % {"host": host},
        )
    elif is_local():
        yield warn(
            _("PUBLIC_URL is %(url)s: links in emails lead nowhere.") % {"url": settings.PUBLIC_URL},
            _("Set PUBLIC_URL to the address under which customers reach this installation."),
        )
    else:
        yield ok(_("Links lead to %(url)s, which is allowed.") % {"url": settings.PUBLIC_URL})


@check()
def tmf621_kit(installation: Installation) -> CheckResult:
    """The address for TM Forum's test kit asks for no key: never on an installation that others reach."""
    if not settings.TMF621_KIT:
        return ok(_("The address for TM Forum's test kit is off."))
    if not is_local():
        return bad(
            _("TMF621_KIT is set although %(url)s is a public address.") % {"url": settings.PUBLIC_URL},
            _("Remove TMF621_KIT: it is for trying the kit on a machine of your own."),
        )
    return warn(
        _("The address for TM Forum's test kit takes requests without a key."), _("Remove TMF621_KIT afterwards.")
    )


@check()
def https(installation: Installation) -> CheckResult:
    if is_local():
        return ok(_("HTTPS is not needed for access from this machine only."))
    if not settings.HTTPS:
        return bad(
            _("Without HTTPS passwords and customers' data travel unencrypted."),
            _("Set PUBLIC_URL to https://…, and put a proxy with a certificate in front."),
        )
    if not settings.TRUSTED_PROXIES:
        return bad(
            _(
                "HTTPS is on, but no proxy is trusted to say that a request came over it: every page redirects to "
                "itself."
            ),
            _("Set BEHIND_PROXY=1 for a proxy on this machine, or TRUSTED_PROXIES to its network."),
        )
    return ok(_("HTTPS, through a proxy in %(networks)s.") % {"networks": ", ".join(settings.TRUSTED_PROXIES)})


@check()
def debug(installation: Installation) -> CheckResult:
    if settings.DEBUG:
        return bad(
            _("DEBUG is on: anybody who sees an error sees the settings."), _("Remove DEBUG from the environment.")
        )
    if settings.DEMO and not is_local():
        return bad(
            _("GUARDIA_DEMO is on: sample people with known passwords can sign in."),
            _("Remove GUARDIA_DEMO from the environment."),
        )
    return ok(_("No trial mode is enabled."))


@check()
def figures_for_prometheus(installation: Installation) -> CheckResult:
    """Without a token `/metrics` goes by the address: a proxy here that does not say for whom it asks looks like us."""
    if settings.METRICS_TOKEN:
        return ok(_("/metrics answers whoever sends its token."))
    if is_local():
        return ok(_("/metrics answers only this machine."))
    return warn(
        _("/metrics has no token: a proxy on this machine that does not add X-Forwarded-For opens it to everybody."),
        _("Set METRICS_TOKEN_FILE to a file with the output of: openssl rand -hex 24, and give it to Prometheus."),
    )


@check()
def log_destination(installation: Installation) -> CheckResult:
    if settings.LOG_LEVEL == "DEBUG":
        return warn(_("LOG_LEVEL is DEBUG: the log grows with every database query."), _("Set LOG_LEVEL to INFO."))
    if settings.LOG_LEVEL == "ERROR":
        return warn(
            _("LOG_LEVEL is ERROR: problems that resolve themselves are not logged."), _("Set LOG_LEVEL to INFO.")
        )
    words = _("The log goes to standard error (%(format)s); whatever starts the processes keeps it.")
    return ok(words % {"format": settings.LOG_FORMAT})


# --- certificate ------------------------------------------------------------------------------------------------------
# The certificate by which PUBLIC_URL shows who it is: what a customer's browser would say of it.
PATIENCE_SECONDS = 10.0
SOON = timedelta(days=21)
EXPIRED, NOT_YET, WRONG_NAME, WRONG_ADDRESS = 10, 9, 62, 64
"""Of OpenSSL's X509_V_ERR codes."""


@check()
def certificate(installation: Installation) -> CheckResult:
    """It is greeted as a browser does, from this machine; nothing is asked for."""
    address = urlsplit(settings.PUBLIC_URL)
    if address.scheme != "https" or not address.hostname:
        return ok(_("PUBLIC_URL needs no certificate."))
    place = f"{address.hostname}:{address.port or 443}"
    try:
        ends = end_of(address.hostname, address.port or 443)
    except ssl.SSLCertVerificationError as wrong:
        return refused(wrong, address.hostname)
    except ssl.SSLError as wrong:
        return bad(
            _("%(place)s does not speak TLS as a browser does: %(why)s.") % {"place": place, "why": one_line(wrong)},
            _("Check the proxy that answers there, and its certificate and key."),
        )
    except OSError as wrong:
        return warn(
            _("%(place)s does not answer this machine, so its certificate was not seen: %(why)s.")
            % {"place": place, "why": one_line(wrong)},
            _("Open PUBLIC_URL from outside; let this machine reach its own address."),
        )
    left = ends - installation.now
    words = _("The certificate of %(host)s is valid until %(date)s.")
    said = words % {"host": address.hostname, "date": ends.strftime("%Y-%m-%d")}
    if left < SOON:
        return warn(
            _("The certificate of %(host)s ends in %(days)d days.")
            % {"host": address.hostname, "days": left // timedelta(days=1)},
            _("Renew it now, and find out why it does not renew automatically (certbot, the proxy)."),
        )
    return ok(said)


def end_of(host: str, port: int) -> datetime:
    """The hour (UTC) until which the certificate is good. Raises ssl.SSLError, OSError."""
    context = ssl.create_default_context()
    with (
        socket.create_connection((host, port), timeout=PATIENCE_SECONDS) as raw,
        context.wrap_socket(raw, server_hostname=host) as secured,
    ):
        shown = secured.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), UTC)


def refused(wrong: ssl.SSLCertVerificationError, host: str) -> CheckResult:
    """Why a browser would stop here, and what to do."""
    if wrong.verify_code == EXPIRED:
        return bad(
            _("The certificate of %(host)s has expired: browsers warn about it, and no link in an email opens.")
            % {"host": host},
            _("Renew it now, and find out why it does not renew automatically (certbot, the proxy)."),
        )
    if wrong.verify_code == NOT_YET:
        return bad(
            _("The certificate of %(host)s is not valid yet.") % {"host": host},
            _("Check this machine's clock and the date in the certificate."),
        )
    if wrong.verify_code in (WRONG_NAME, WRONG_ADDRESS):
        return bad(
            _("The certificate presented for %(host)s is for another name.") % {"host": host},
            _("Give the proxy a certificate for the name in PUBLIC_URL, or correct PUBLIC_URL."),
        )
    return bad(
        _("Nobody vouches for the certificate of %(host)s: %(why)s.") % {"host": host, "why": wrong.verify_message},
        _(
            "Have it signed by a known CA, with the full chain in the proxy; if it is your own CA, add it to this "
            "machine."
        ),
    )
