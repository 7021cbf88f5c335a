"""What stands in the environment: the key, the addresses, HTTPS, the log."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host
from django.utils.translation import gettext as _

from guardia.cli.checks.finding import House, Said, bad, check, ok, warn

SHORTEST_KEY = 40
FEWEST_LETTERS = 12
HERE = ("localhost", "127.0.0.1", "::1")


def is_local() -> bool:
    """Whether this installation is one to try out on this machine."""
    return urlsplit(settings.PUBLIC_URL).hostname in HERE


@check()
def secret_key(house: House) -> Said:
    key = settings.SECRET_KEY
    remedy = _("Set SECRET_KEY_FILE to a file with the output of: openssl rand -base64 48")
    if key == settings.LAPTOP_KEY:
        return warn(_("The secret key is the one that everybody knows: good for trying out alone."), remedy)
    if len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_LETTERS:
        return bad(_("The secret key is so short or so plain that it can be guessed."), remedy)
    return ok(_("The secret key is one's own, and long enough."))


@check()
def addresses(house: House) -> Iterator[Said]:
    """PUBLIC_URL stands in every letter; ALLOWED_HOSTS must let it in."""
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    if not host:
        yield bad(_("PUBLIC_URL is no whole address."), _("Write it as https://guardia.example.com"))
        return
    if not validate_host(host, settings.ALLOWED_HOSTS):
        yield bad(
            _("ALLOWED_HOSTS does not have %(host)s of PUBLIC_URL: whoever follows a link is refused.")
            % {"host": host},
            _("Set ALLOWED_HOSTS to: %(host)s") % {"host": host},
        )
    elif "*" in settings.ALLOWED_HOSTS:
        yield warn(
            _("ALLOWED_HOSTS lets every name in: a link can be made to lead elsewhere."),
            _("Set ALLOWED_HOSTS to: %(host)s") % {"host": host},
        )
    elif is_local():
        yield warn(
            _("PUBLIC_URL is %(url)s: links in letters lead nobody anywhere.") % {"url": settings.PUBLIC_URL},
            _("Set PUBLIC_URL to the address under which customers reach this installation."),
        )
    else:
        yield ok(_("Links lead to %(url)s, which is let in.") % {"url": settings.PUBLIC_URL})


@check()
def https(house: House) -> Said:
    if is_local():
        return ok(_("On this machine alone no HTTPS is needed."))
    if not settings.HTTPS:
        return bad(
            _("Without HTTPS passwords and customers' data travel in the open."),
            _("Set PUBLIC_URL to https://…, and put a proxy with a certificate in front."),
        )
    if not settings.TRUSTED_PROXIES:
        return bad(
            _("HTTPS is on, but no proxy is trusted to say that a request came by it: every page leads to itself."),
            _("Set BEHIND_PROXY=1 for a proxy on this machine, or TRUSTED_PROXIES to its network."),
        )
    return ok(_("HTTPS, by a proxy of %(networks)s.") % {"networks": ", ".join(settings.TRUSTED_PROXIES)})


@check()
def debug(house: House) -> Said:
    if settings.DEBUG:
        return bad(_("DEBUG is on: whoever sees an error sees the settings."), _("Take DEBUG out of the environment."))
    if settings.DEMO and not is_local():
        return bad(
            _("GUARDIA_DEMO is on: sample persons with known passwords may come in."),
            _("Take GUARDIA_DEMO out of the environment."),
        )
    return ok(_("No switch for trying out is on."))


@check()
def figures_for_prometheus(house: House) -> Said:
    """Without a token `/metrics` goes by the address: a proxy here that does not say for whom it asks looks like us."""
    if settings.METRICS_TOKEN:
        return ok(_("/metrics answers whoever sends its token."))
    if is_local():
        return ok(_("/metrics answers this machine alone."))
    return warn(
        _("/metrics has no token: a proxy on this machine that does not add X-Forwarded-For opens it to everybody."),
        _("Set METRICS_TOKEN_FILE to a file with the output of: openssl rand -hex 24, and give it to Prometheus."),
    )


@check()
def log_destination(house: House) -> Said:
    if settings.LOG_LEVEL == "DEBUG":
        return warn(
            _("LOG_LEVEL is DEBUG: the log grows by every question to the database."), _("Set LOG_LEVEL to INFO.")
        )
    if settings.LOG_LEVEL == "ERROR":
        return warn(_("LOG_LEVEL is ERROR: what passes by itself is not told."), _("Set LOG_LEVEL to INFO."))
    words = _("The log goes to standard error (%(format)s); who starts the processes keeps it.")
    return ok(words % {"format": settings.LOG_FORMAT})
