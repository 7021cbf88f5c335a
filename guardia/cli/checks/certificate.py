"""The certificate by which PUBLIC_URL shows who it is: what a customer's browser would say of it."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from guardia.cli.checks.finding import House, Said, bad, check, ok, one_line, warn

PATIENCE_SECONDS = 10.0
SOON = timedelta(days=21)
EXPIRED, NOT_YET, WRONG_NAME, WRONG_ADDRESS = 10, 9, 62, 64
"""Of OpenSSL's X509_V_ERR codes."""


@check()
def certificate(house: House) -> Said:
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
            _("Look at the proxy that answers there, and at its certificate and key."),
        )
    except OSError as wrong:
        return warn(
            _("%(place)s does not answer this machine, so its certificate was not seen: %(why)s.")
            % {"place": place, "why": one_line(wrong)},
            _("Open PUBLIC_URL from outside; let this machine reach its own address."),
        )
    left = ends - house.now
    words = _("The certificate of %(host)s is good until %(date)s.")
    said = words % {"host": address.hostname, "date": ends.strftime("%Y-%m-%d")}
    if left < SOON:
        return warn(
            _("The certificate of %(host)s ends in %(days)d days.")
            % {"host": address.hostname, "days": left // timedelta(days=1)},
            _("Renew it now, and look why that does not happen by itself (certbot, the proxy)."),
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


def refused(wrong: ssl.SSLCertVerificationError, host: str) -> Said:
    """Why a browser would stop here, and what to do."""
    if wrong.verify_code == EXPIRED:
        return bad(
            _("The certificate of %(host)s has expired: browsers warn of it, and no link in a letter opens.")
            % {"host": host},
            _("Renew it now, and look why that does not happen by itself (certbot, the proxy)."),
        )
    if wrong.verify_code == NOT_YET:
        return bad(
            _("The certificate of %(host)s is not good yet.") % {"host": host},
            _("Look at the clock of this machine, and at the date in the certificate."),
        )
    if wrong.verify_code in (WRONG_NAME, WRONG_ADDRESS):
        return bad(
            _("The certificate that answers for %(host)s is of another name.") % {"host": host},
            _("Give the proxy a certificate for the name in PUBLIC_URL, or put PUBLIC_URL right."),
        )
    return bad(
        _("Nobody vouches for the certificate of %(host)s: %(why)s.") % {"host": host, "why": wrong.verify_message},
        _("Let a known authority sign it, with the whole chain in the proxy; add one of your own to this machine."),
    )
