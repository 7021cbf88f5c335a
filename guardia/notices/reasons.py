"""Why a mail server, ours or a mailbox's, could not be used: a code with the place and the words of whoever said it.

It is kept so (``[expired] mx.example.com:587: certificate has expired``) and said in the reader's language where it is
shown.
"""

import re
import socket
import ssl

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guardia.people.egress import NotOutward

CODED = re.compile(r"(?:NoServer: )?\[([a-z-]{2,20})\] ([\s\S]*)")
SENTENCES: dict[str, Promise] = {
    "untrusted": _(
        "The certificate of the mail server is not signed by an authority that is trusted here, so nothing was sent "
        "(%(said)s). Have it signed by a public one, or name your own in SMTP_CA_FILE or IMAP_CA_FILE."
    ),
    "expired": _("The certificate of the mail server has expired, so nothing was sent (%(said)s). Renew it there."),
    "not-yet": _(
        "The certificate of the mail server is not valid yet, so nothing was sent (%(said)s). Check the clocks "
        "of both machines."
    ),
    "wrong-name": _(
        "The certificate of the mail server is made out to another name, so nothing was sent (%(said)s). Write the "
        "name of the certificate as the host."
    ),
    "weak": _(
        "The mail server's certificate or its TLS is too weak, so nothing was sent (%(said)s). It needs TLS 1.2 and a "
        "key of 2048 bits."
    ),
    "tls": _("TLS with the mail server fails, so nothing was sent (%(said)s)."),
    "not-tls": _(
        "What answers there does not start with TLS, so nothing was sent (%(said)s). Ports 465 and 993 use TLS "
        "from the first byte; 587, 25 and 143 use STARTTLS."
    ),
    "no-starttls": _(
        "The mail server does not offer STARTTLS, which is required: nothing was sent unencrypted (%(said)s). "
        "Make it offer STARTTLS, or use implicit TLS on port 465."
    ),
    "ca": _("The certificates of your own authority cannot be read (%(said)s). Give them as PEM."),
    "in-the-open": _(
        "A password would cross the network unencrypted, so nothing was sent (%(said)s). Choose STARTTLS or "
        "implicit TLS; on your own network set SMTP_TLS=none."
    ),
    "login": _("The mail server does not accept the user or its password (%(said)s)."),
    "no-login": _(
        "The mail server offers no login method known here (%(said)s). Make it offer PLAIN, LOGIN or XOAUTH2."
    ),
    "token": _("There is no token to sign in with (%(said)s)."),
    "sealed": _(
        "The stored password can no longer be decrypted: SECRET_KEY has changed (%(said)s). Enter it again "
        "under Settings, Mail and messages."
    ),
    "timeout": _("The mail server does not answer in time (%(said)s)."),
    "refused": _("Nobody answers at the mail server's port (%(said)s)."),
    "unknown-host": _("There is no mail server of that name (%(said)s). Check its name and the DNS servers."),
    "inside": _(
        "The mail server is in an internal network or on this machine, which nothing entered on screen may "
        "reach (%(said)s). Add its network to EGRESS_NETWORKS, or set the server in the environment."
    ),
    "unanswered": _(
        "The mail server had the whole email and the connection ended before its answer: it may have arrived "
        "(%(said)s)."
    ),
}
"""By code; ``said`` is the place with the far end's or the system's own words."""

OF_CERTIFICATES = {
    **dict.fromkeys((2, 18, 19, 20, 21), "untrusted"),
    **dict.fromkeys((62, 63, 64), "wrong-name"),
    **dict.fromkeys((66, 67, 68), "weak"),
    9: "not-yet",
    10: "expired",
}
"""What OpenSSL's verification says (X509_V_ERR_…)."""

OLD_TLS = ("UNSUPPORTED_PROTOCOL", "PROTOCOL_VERSION", "DH_KEY_TOO_SMALL", "HANDSHAKE_FAILURE", "NO_SHARED_CIPHER")
NO_TLS = ("WRONG_VERSION_NUMBER", "PACKET_LENGTH", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "BAD_RECORD_TYPE")
OWN_NUMBER = re.compile(r" ?\(_?ssl\.c:\d+\)|\[SSL[^\]]*\] ?")


def reason(code: str, said: str) -> str:
    return f"[{code}] {said}"


def code_of(wrong: BaseException) -> str:
    """The code of what the system or TLS raised; empty for any other trouble."""
    if isinstance(wrong, ssl.SSLCertVerificationError):
        return OF_CERTIFICATES.get(wrong.verify_code, "untrusted")
    if isinstance(wrong, ssl.SSLError):
        named = f"{wrong.reason or ''} {wrong}".upper()
        if any(one in named for one in NO_TLS):
            return "not-tls"
        return "weak" if any(one in named for one in OLD_TLS) else "tls"
    if isinstance(wrong, NotOutward):
        return "inside"
    if isinstance(wrong, TimeoutError):
        return "timeout"
    if isinstance(wrong, ConnectionRefusedError):
        return "refused"
    return "unknown-host" if isinstance(wrong, socket.gaierror) else ""


def of_trouble(wrong: BaseException, place: str) -> str:
    """A trouble as it is kept: with its code where it has one, else by the name of its kind."""
    words = OWN_NUMBER.sub("", " ".join(str(wrong).split()))
    code = code_of(wrong)
    return reason(code, f"{place}: {words}") if code else f"{place}: {type(wrong).__name__}: {words}"


def in_words(kept: str) -> str:
    """What is kept, also by a loop that failed of it, in the reader's language; a server's own words as they are."""
    found = CODED.fullmatch(kept)
    if not found or found[1] not in SENTENCES:
        return kept
    return str(SENTENCES[found[1]]) % {"said": found[2].rstrip(".")}


def tls_context(ca: str) -> ssl.SSLContext:
    """For a client that checks chain, dates and name. ``ca``: PEM of an authority of one's own; empty: the system's.

    Raises ssl.SSLError where they cannot be read.
    """
    context = ssl.create_default_context(cadata=ca or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca:  # small authorities leave out extensions that Python 3.13 asks for; all else is checked the same
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context
