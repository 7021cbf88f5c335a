"""How Guardia is switched on: one file, everything from the environment, defaults that run on a laptop.

Numbers of the promise are not settings: they are the procedure's data.
"""

import os
import re
import sys
from importlib.util import find_spec
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured

from guardia.config import address, languages
from guardia.config.countries import written_zone
from guardia.config.pkcs11_address import must_be_usable
from guardia.config.saml import saml_provider

ROOT = Path(__file__).resolve().parent.parent.parent


def text(name: str, default: str = "") -> str:
    """The variable, or the content of the file that NAME_FILE names (for secrets kept in files).

    Raises ImproperlyConfigured for a file that cannot be read or has nothing in it.
    """
    file = os.environ.get(f"{name}_FILE")
    return content_of(f"{name}_FILE", file) if file else os.environ.get(name, default)


def content_of(variable: str, file: str) -> str:
    """What stands in the file that this variable names. Raises ImproperlyConfigured, without repeating any of it."""
    put_right = f"Put {variable} right, or take it out of the environment"
    try:
        content = Path(file).read_text(encoding="utf-8").strip()
    except FileNotFoundError as wrong:
        raise ImproperlyConfigured(f"{variable} names {file}, and there is no such file. {put_right}") from wrong
    except IsADirectoryError as wrong:
        raise ImproperlyConfigured(f"{variable} names {file}, which is a folder. {put_right}") from wrong
    except PermissionError as wrong:
        raise ImproperlyConfigured(
            f"{variable} names {file}, which this account (uid {os.geteuid()}) may not read. Let it: owned by root, "
            "mode 0640, of the group of the account that runs Guardia, and so each folder above it"
        ) from wrong
    except UnicodeDecodeError:
        raise ImproperlyConfigured(f"{variable} names {file}, which is no text in UTF-8. {put_right}") from None
    except OSError as wrong:
        raise ImproperlyConfigured(
            f"{variable} names {file}, which cannot be read ({wrong.strerror}). {put_right}"
        ) from wrong
    if not content:
        raise ImproperlyConfigured(f"{variable} names {file}, which is empty. Write the value into it. {put_right}")
    return content


def flag(name: str, default: bool) -> bool:
    value = text(name, "1" if default else "0").lower()
    if value not in {"0", "1", "true", "false", "yes", "no"}:
        raise ImproperlyConfigured(f"{name} is {value!r}: write 1 or 0")
    return value in {"1", "true", "yes"}


def number(name: str, default: int) -> int:
    value = text(name, str(default))
    if not value.isdigit():
        raise ImproperlyConfigured(f"{name} is {value!r}: write a whole number")
    return int(value)


def words(name: str, default: str) -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def database(url: str, name: str = "DATABASE_URL") -> dict:
    return address.database(url, prepare=flag("DATABASE_PREPARE", True), name=name)


# --- what this installation is ---
DEBUG = flag("DEBUG", False)
LAPTOP_KEY = "only-for-a-laptop-set-SECRET_KEY-on-a-real-installation"
SECRET_KEY = text("SECRET_KEY", LAPTOP_KEY)
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is empty: write into it what `openssl rand -base64 48` prints")
SECRET_KEY_FALLBACKS = words("SECRET_KEY_FALLBACKS", "")  # keys of before: what they signed and sealed is still read
# They sign the log of all histories: 32 bytes, or the pkcs11: address of a key in a device; without any, keys that
# follow from SECRET_KEY.
PROOF_KEY = words("PROOF_KEY", "")
PROOF_KEY_PIN_FILE = os.environ.get("PROOF_KEY_PIN_FILE", "")  # of the device; read each time that it is needed
PROOF_VERIFIERS = words("PROOF_VERIFIERS", "")  # the published keys of who signed it before
must_be_usable(PROOF_KEY)
PROOF_WITNESSES = words("PROOF_WITNESSES", "")  # who else signs it: name+id+key=https://…, asked with each signature
PROOF_TSA = text("PROOF_TSA")  # who stamps the hour of each signature (RFC 3161): https://…; empty: nobody
if PROOF_TSA and not (urlsplit(PROOF_TSA).hostname and urlsplit(PROOF_TSA).scheme in {"http", "https"}):
    raise ImproperlyConfigured("PROOF_TSA is no address: write it as https://tsa.example.com/…")
PROOF_TSA_CA = text("PROOF_TSA_CA")  # in PROOF_TSA_CA_FILE: PEM certificates; its own must come from one of them
ALLOWED_HOSTS = words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
PUBLIC_URL = text("PUBLIC_URL", "http://localhost:8000")
if SECRET_KEY == LAPTOP_KEY and urlsplit(PUBLIC_URL).hostname not in {"localhost", "127.0.0.1", "::1"}:
    raise ImproperlyConfigured("SECRET_KEY is not set: everybody knows the laptop's. Set it, or SECRET_KEY_FILE")
STATE_DIR = Path(text("STATE_DIR", str(ROOT / "var")))
DEMO = flag("GUARDIA_DEMO", False)

# --- database: DATABASE_URL wins; without it an embedded PostgreSQL is started by `guardia` and named in it ---
DATABASE_URL = text("DATABASE_URL", "postgresql:///guardia")
# Migrations, LISTEN and advisory locks need a direct connection with the owner's rights behind a pooler.
DATABASE_DIRECT_URL = text("DATABASE_DIRECT_URL", DATABASE_URL)
DATABASES = {"default": database(DATABASE_URL), "direct": database(DATABASE_DIRECT_URL, "DATABASE_DIRECT_URL")}
DATABASES["direct"]["TEST"] = {"MIRROR": "default"}
# Whatever is asked by it begins with `database_roles.behind`, which notices a connection that died and takes another.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = False
# Where it is named, what the portal shows is read by a login of its own, which can become no other role. Not prepared:
# each transaction begins by forgetting what its session has prepared (config/database_roles.py).
DATABASE_PORTAL_URL = text("DATABASE_PORTAL_URL")
if DATABASE_PORTAL_URL:
    DATABASES["portal"] = address.database(DATABASE_PORTAL_URL, prepare=False, name="DATABASE_PORTAL_URL")
    DATABASES["portal"]["OPTIONS"]["server_side_binding"] = True  # one statement at a time, whatever is smuggled in
# Where it is named, what a customer's person does, and how that person signs in, goes by a login of its own too.
DATABASE_PORTAL_ACTS_URL = text("DATABASE_PORTAL_ACTS_URL")
if DATABASE_PORTAL_ACTS_URL:
    acting = address.database(DATABASE_PORTAL_ACTS_URL, prepare=False, name="DATABASE_PORTAL_ACTS_URL")
    acting["OPTIONS"]["server_side_binding"] = True
    DATABASES["portal_acts"] = acting
# Where it is named, `guardia worker` works by this login in place of DATABASE_URL's; web and worker never read the
# owner's, DATABASE_DIRECT_URL (config/database.py).
DATABASE_WORKER_URL = text("DATABASE_WORKER_URL")
# Where it is named, passwords, second steps and sessions of staff are read and written by this login alone.
DATABASE_SIGN_IN_URL = text("DATABASE_SIGN_IN_URL")
if DATABASE_SIGN_IN_URL:
    DATABASES["sign_in"] = database(DATABASE_SIGN_IN_URL, "DATABASE_SIGN_IN_URL")
# Where it is named, reports, exports and the search read this replica, by the login of the desk that stands in it; the
# portal's logins go there with their own passwords. Where it does not answer, the primary is read (ADR 0085).
DATABASE_REPLICA_URL = text("DATABASE_REPLICA_URL")
if DATABASE_REPLICA_URL:
    replica = database(DATABASE_REPLICA_URL, "DATABASE_REPLICA_URL")
    replica["OPTIONS"]["connect_timeout"] = min(2, int(replica["OPTIONS"]["connect_timeout"]))
    replica["CONN_HEALTH_CHECKS"] = False
    DATABASES["default_replica"] = replica
    for login in {"portal", "portal_acts"} & set(DATABASES):
        DATABASES[f"{login}_replica"] = address.on_replica(DATABASES[login], replica)
DATABASE_ROUTERS = ["guardia.config.asking.LoginRouter"]

# --- mail out; docs/operations/mail.md ---
# What an administrator may enter on screen too (Settings, Mail and messages): where the environment says anything of
# one connection, all of it is the environment's, and the screen shows it as such.
FROM_ENVIRONMENT: set[str] = set()


def connection(name: str, default: str = "") -> str:
    """``text``, noted as the environment's where it names it; one that is empty there says nothing."""
    if os.environ.get(name) or os.environ.get(f"{name}_FILE"):
        FROM_ENVIRONMENT.add(name)
        return text(name, default)
    return default


def connection_number(name: str, default: int) -> int:
    return number(name, default) if connection(name) else default


def certificates(name: str) -> str:
    """The content of the file that NAME_FILE names: PEM certificates, of an authority of one's own."""
    pem = connection(name)
    if pem and "-----BEGIN CERTIFICATE-----" not in pem:
        raise ImproperlyConfigured(f"{name}_FILE must name a file of certificates that begin with -----BEGIN")
    return pem


def token(name: str) -> tuple[str, str]:
    """A token, and the name of the file that holds it: that one is read each time it is needed, not here."""
    if os.environ.get(name) or os.environ.get(f"{name}_FILE"):
        FROM_ENVIRONMENT.add(name)
    return os.environ.get(name, ""), os.environ.get(f"{name}_FILE", "")


def tokens(prefix: str, user: str) -> tuple[str, str, str, str, str, str, str]:
    """OAuth2 (XOAUTH2) in place of a password, for ``SMTP`` or ``IMAP``, in the order of ``people.connections.OAUTH``.

    Either a token that something else renews, best in a file, which is read again each time; or a refresh token, by
    which Guardia asks the address for one itself. Raises ImproperlyConfigured.
    """
    given, file = token(f"{prefix}_OAUTH_TOKEN")
    renews, url = connection(f"{prefix}_OAUTH_REFRESH_TOKEN"), connection(f"{prefix}_OAUTH_TOKEN_URL")
    if renews and not url.startswith(("https://", "http://127.0.0.1")):
        raise ImproperlyConfigured(f"{prefix}_OAUTH_TOKEN_URL must be the https:// address that gives tokens")
    if (renews or given or file) and not user:
        raise ImproperlyConfigured(f"{prefix}_OAUTH_… is set and {prefix}_USER is not: write whose mailbox it is")
    who, secret = connection(f"{prefix}_OAUTH_CLIENT_ID"), connection(f"{prefix}_OAUTH_CLIENT_SECRET")
    return given, file, renews, url, who, secret, connection(f"{prefix}_OAUTH_SCOPE")


SMTP_HOST = connection("SMTP_HOST", "localhost")
# none, starttls (demanded: where it is not offered nothing is sent) or implicit (TLS from the first octet, port 465).
# Not said: none, and then no password goes to another machine. SMTP_STARTTLS=1 is the older name of starttls.
SMTP_STARTTLS = flag("SMTP_STARTTLS", False)
SMTP_TLS = connection("SMTP_TLS", "starttls" if SMTP_STARTTLS else "")
if os.environ.get("SMTP_STARTTLS"):
    FROM_ENVIRONMENT.add("SMTP_TLS")
if SMTP_TLS not in {"", "none", "starttls", "implicit"}:
    raise ImproperlyConfigured(f"SMTP_TLS is {SMTP_TLS!r}: write none, starttls or implicit")
if SMTP_STARTTLS and SMTP_TLS == "none":
    raise ImproperlyConfigured("SMTP_STARTTLS is 1 and SMTP_TLS is none: take one of them out")
SMTP_PORT = connection_number("SMTP_PORT", 465 if SMTP_TLS == "implicit" else 25)
SMTP_USER = connection("SMTP_USER")
SMTP_PASSWORD = connection("SMTP_PASSWORD")
SMTP_CA = certificates("SMTP_CA")  # in SMTP_CA_FILE; empty: those that the system trusts
(
    SMTP_OAUTH_TOKEN,
    SMTP_OAUTH_TOKEN_FILE,
    SMTP_OAUTH_REFRESH_TOKEN,
    SMTP_OAUTH_TOKEN_URL,
    SMTP_OAUTH_CLIENT_ID,
    SMTP_OAUTH_CLIENT_SECRET,
    SMTP_OAUTH_SCOPE,
) = tokens("SMTP", SMTP_USER)
SMTP_TIMEOUT_SECONDS = number("SMTP_TIMEOUT_SECONDS", 30)
# Connections of one worker while there is a lot to send: one that waits, for the server or for the mark of what it sent
# to reach the disk, holds no other up.
SMTP_CONNECTIONS = number("SMTP_CONNECTIONS", 4)
if not SMTP_CONNECTIONS:
    raise ImproperlyConfigured("SMTP_CONNECTIONS is 0: write over how many connections a worker may send")
MAIL_FROM = connection("MAIL_FROM", "casos@example.com")
# A page by Apprise: how long a gateway may take to connect, and again to answer, before it is tried once more.
PAGE_TIMEOUT_SECONDS = number("PAGE_TIMEOUT_SECONDS", 8)
if not PAGE_TIMEOUT_SECONDS:
    raise ImproperlyConfigured("PAGE_TIMEOUT_SECONDS is 0: write how many seconds a gateway may take to answer")

# --- short messages to customers: an Apprise address of the operator's gateway, the number stands at {number} ---
SMS_URL = connection("SMS_URL")
WHATSAPP_URL = connection("WHATSAPP_URL")
for _name, _url in (("SMS_URL", SMS_URL), ("WHATSAPP_URL", WHATSAPP_URL)):
    if _url and not ("://" in _url and "{number}" in _url):
        raise ImproperlyConfigured(
            f"{_name} must be an Apprise address with {{number}} where the telephone number goes"
        )

# --- mail in: by IMAP, or handed over by the mail server (`guardia mail take`); docs/operations/mail.md ---
IMAP_HOST = connection("IMAP_HOST")
IMAP_TLS = connection("IMAP_TLS", "ssl")  # ssl, starttls, or none (only on a network of one's own)
if IMAP_TLS not in {"ssl", "starttls", "none"}:
    raise ImproperlyConfigured(f"IMAP_TLS is {IMAP_TLS!r}: write ssl, starttls or none")
IMAP_PORT = connection_number("IMAP_PORT", 993 if IMAP_TLS == "ssl" else 143)
IMAP_USER = connection("IMAP_USER")
IMAP_PASSWORD = connection("IMAP_PASSWORD")
IMAP_FOLDER = connection("IMAP_FOLDER", "INBOX")
IMAP_CA = certificates("IMAP_CA")  # in IMAP_CA_FILE; empty: those that the system trusts
IMAP_SECONDS = number("IMAP_SECONDS", 15)
IMAP_TIMEOUT_SECONDS = number("IMAP_TIMEOUT_SECONDS", 60)
if not IMAP_SECONDS or not IMAP_TIMEOUT_SECONDS:
    raise ImproperlyConfigured("IMAP_SECONDS and IMAP_TIMEOUT_SECONDS must be whole numbers above 0")
(
    IMAP_OAUTH_TOKEN,
    IMAP_OAUTH_TOKEN_FILE,
    IMAP_OAUTH_REFRESH_TOKEN,
    IMAP_OAUTH_TOKEN_URL,
    IMAP_OAUTH_CLIENT_ID,
    IMAP_OAUTH_CLIENT_SECRET,
    IMAP_OAUTH_SCOPE,
) = tokens("IMAP", IMAP_USER)
if IMAP_HOST and not IMAP_USER:
    raise ImproperlyConfigured("IMAP_HOST is set and IMAP_USER is not: write whose mailbox is read")
# Whether answers to our mails come back to Guardia: then each of them says where to (casos+…@), and who is told so.
MAIL_IN = flag("MAIL_IN", bool(IMAP_HOST))
if os.environ.get("MAIL_IN"):
    FROM_ENVIRONMENT.add("MAIL_IN")
# With MAIL_IN each letter leaves with a return path of its own (casos+r…@, signed), so that a bounce names its letter.
# 0 where the mail server lets send as MAIL_FROM alone (Microsoft 365, Google Workspace).
MAIL_RETURN_PATHS = flag("MAIL_RETURN_PATHS", True)
MAIL_LIMIT_MB = number("MAIL_LIMIT_MB", 25)
MAIL_ANSWERS_PER_HOUR = number("MAIL_ANSWERS_PER_HOUR", 3)  # automatic answers to one address
MAIL_ANSWERS_PER_HOUR_IN_ALL = number("MAIL_ANSWERS_PER_HOUR_IN_ALL", 200)  # strangers get half of them at most
# Who sent a mail is said by the operator's receiving server, in the header it adds: under which names (RFC 8601,
# authserv-id; several with blanks between), and in which header. Empty: only an answer to a signed address is proven.
MAIL_AUTHSERV_ID = text("MAIL_AUTHSERV_ID").lower()
MAIL_SENDER_PROOF = text("MAIL_SENDER_PROOF", "authentication-results")
if MAIL_SENDER_PROOF not in {"authentication-results", "exchange", "received-spf"}:
    raise ImproperlyConfigured(
        f"MAIL_SENDER_PROOF is {MAIL_SENDER_PROOF!r}: write authentication-results, exchange or received-spf"
    )

# --- the telephone: an Asterisk or FreePBX that `guardia phone listen` listens to; docs/operations/telephone.md ---
# Exchanges that push (CTI) need nothing here: `guardia phone exchange add NAME --cti`.
AMI_HOST = text("AMI_HOST")
AMI_TLS = text("AMI_TLS", "ssl")  # ssl, none (only on the loopback), or none-anywhere (only on a network of one's own)
if AMI_TLS not in {"ssl", "none", "none-anywhere"}:
    raise ImproperlyConfigured(f"AMI_TLS is {AMI_TLS!r}: write ssl, none or none-anywhere")
AMI_PORT = number("AMI_PORT", 5039 if AMI_TLS == "ssl" else 5038)
AMI_CA_FILE = text("AMI_CA_FILE")
AMI_USER = text("AMI_USER")
AMI_SECRET = text("AMI_SECRET")
AMI_NAME = text("AMI_NAME", AMI_HOST)
AMI_QUEUE_LOG = text("AMI_QUEUE_LOG")
# What the desk asks the exchange to do (`r`): by a second manager user, so that the first one only reads.
AMI_ACTION_USER = text("AMI_ACTION_USER")
AMI_ACTION_SECRET = text("AMI_ACTION_SECRET")
AMI_ACTION_CONTEXT = text("AMI_ACTION_CONTEXT", "from-internal")  # in which extensions and numbers are dialled
AMI_ACTION_PHONE = text("AMI_ACTION_PHONE", "PJSIP/{extension}")  # the telephone of an extension
AMI_ACTION_PREFIX = text("AMI_ACTION_PREFIX")  # what the exchange wants before a number outside, such as 9
EXCHANGE_DAYS = number("EXCHANGE_DAYS", 90)  # what exchanges said is kept so long, as they said it; 0: for ever
if 0 < EXCHANGE_DAYS < 8:
    raise ImproperlyConfigured(f"EXCHANGE_DAYS is {EXCHANGE_DAYS}: write 8 or more, or 0 to keep everything")
if AMI_HOST and not (AMI_USER and AMI_SECRET):
    raise ImproperlyConfigured("AMI_HOST is set; AMI_USER and AMI_SECRET must be too: those of manager.conf")
if not 0 < AMI_PORT < 65536:
    raise ImproperlyConfigured(f"AMI_PORT is {AMI_PORT}: write a port from 1 to 65535")
if AMI_TLS == "none" and AMI_HOST and AMI_HOST not in {"localhost", "127.0.0.1", "::1"}:
    raise ImproperlyConfigured(
        f"AMI_TLS=none is only for this machine, and AMI_HOST is {AMI_HOST!r}: use ssl, "
        "or none-anywhere on a network of your own"
    )
if AMI_CA_FILE and not Path(AMI_CA_FILE).is_file():
    raise ImproperlyConfigured(f"AMI_CA_FILE names no file: {AMI_CA_FILE!r}")
if len(AMI_NAME) > 60 or not (AMI_NAME or "-").isprintable():
    raise ImproperlyConfigured("AMI_NAME must have at most 60 letters: it is the exchange's name in Guardia")
if any(mark in AMI_USER + AMI_SECRET + AMI_ACTION_USER + AMI_ACTION_SECRET for mark in "\r\n\0"):
    raise ImproperlyConfigured("AMI_USER, AMI_SECRET, AMI_ACTION_USER and AMI_ACTION_SECRET must be one line each")
if AMI_ACTION_USER and not (AMI_HOST and AMI_ACTION_SECRET):
    raise ImproperlyConfigured("AMI_ACTION_USER is set; AMI_HOST and AMI_ACTION_SECRET must be too")
if AMI_ACTION_USER and AMI_ACTION_USER == AMI_USER:
    raise ImproperlyConfigured("AMI_ACTION_USER must be another user than AMI_USER, which only reads")
if not re.fullmatch(r"[A-Za-z0-9_-]{1,79}", AMI_ACTION_CONTEXT):
    raise ImproperlyConfigured("AMI_ACTION_CONTEXT must be a context of the dial plan: letters, digits, _ and -")
if not re.fullmatch(r"[A-Za-z0-9]{2,10}/[A-Za-z0-9_.-]*\{extension\}[A-Za-z0-9_.@/-]*", AMI_ACTION_PHONE):
    raise ImproperlyConfigured(
        "AMI_ACTION_PHONE must be one telephone with {extension} in it, such as PJSIP/{extension}"
    )
if not re.fullmatch(r"[0-9*#]{0,8}", AMI_ACTION_PREFIX):
    raise ImproperlyConfigured("AMI_ACTION_PREFIX must be at most 8 digits, * or #")

# --- mailboxes of the other desks: what a known contact writes there is a request of that desk at once (A3) ---
DESK_MAILBOXES: dict[str, str] = {}
for _pair in text("DESK_MAILBOXES").split():
    _desk, _is, _address = _pair.partition("=")
    if not (_desk and "@" in _address.strip("@")):
        raise ImproperlyConfigured(
            f"DESK_MAILBOXES has {_pair!r}: write desk=address pairs, such as billing=facturacion@example.com"
        )
    DESK_MAILBOXES[_address.lower()] = _desk

# --- probes: tests that Guardia runs by itself; docs/operations/probes.md ---
# Networks whose addresses may be tested, 10.20.0.0/16,2001:db8::/32; empty: any but this machine's and its cloud's.
# A secret of SNMP goes to these networks alone: while it is empty no interface is asked by SNMP.
PROBE_NETWORKS = words("PROBE_NETWORKS", "")
PROBE_LOOPBACK = flag("PROBE_LOOPBACK", DEMO)
PROBES_AT_ONCE = number("PROBES_AT_ONCE", 100)
# A target is asked no more often than this by whomever; in the follow-up of the stability, once in WATCH_SECONDS.
PROBE_PAUSE_SECONDS = number("PROBE_PAUSE_SECONDS", 10)
WATCH_SECONDS = number("WATCH_SECONDS", 60)
# A service that stays down for so long in the follow-up has failed again: its case goes back to the diagnosis.
WATCH_RELAPSE_SECONDS = number("WATCH_RELAPSE_SECONDS", 300)
# The rounds of a watch are kept so many days after its case is closed; what is on record stays.
WATCH_KEPT_DAYS = number("WATCH_KEPT_DAYS", 30)
SNMP_COMMUNITY = text("SNMP_COMMUNITY")
# Accesses by name, to which a target refers; best in SNMP_CREDENTIALS_FILE: name=v2c:COMMUNITY, one to a word, or
# name=v3:USER:SHA256:PASSWORD:AES:PASSWORD. No name and no password holds a blank or a colon.
SNMP_CREDENTIALS: dict[str, str] = {}
for _access in text("SNMP_CREDENTIALS").split():
    _name, _is, _how = _access.partition("=")
    if not _name or len(_name) > 60 or _how.partition(":")[0] not in {"v2c", "v3"} or not _how.partition(":")[2]:
        raise ImproperlyConfigured(
            "SNMP_CREDENTIALS must hold name=v2c:COMMUNITY or name=v3:USER:SHA256:PASSWORD:AES:PASSWORD, one to a word"
        )
    if _how.startswith("v3:") and _how.count(":") not in {1, 3, 5}:
        raise ImproperlyConfigured(
            f"SNMP_CREDENTIALS: {_name} must be v3:USER, with :SHA256:PASSWORD, :AES:PASSWORD or not"
        )
    SNMP_CREDENTIALS[_name] = _how
for _network in PROBE_NETWORKS:
    try:
        ip_network(_network)
    except ValueError as _wrong:
        raise ImproperlyConfigured(f"PROBE_NETWORKS has {_network!r}: write networks such as 10.20.0.0/16") from _wrong
if not (PROBES_AT_ONCE and WATCH_SECONDS and WATCH_RELAPSE_SECONDS):
    raise ImproperlyConfigured("PROBES_AT_ONCE, WATCH_SECONDS and WATCH_RELAPSE_SECONDS must be whole numbers above 0")

# --- alerts: where SNMP traps are listened to (0.0.0.0:1162; empty: nowhere), and the users of SNMPv3, one to a word,
# best in SNMP_TRAP_USERS_FILE: USER:SHA256:PASSWORD:AES:PASSWORD@ENGINE; docs/operations/alerts.md ---
TRAPS_LISTEN = text("TRAPS_LISTEN")
if TRAPS_LISTEN:
    _where, _colon, _port = TRAPS_LISTEN.rpartition(":")
    try:
        ip_network(_where.strip("[]"))
    except ValueError as _wrong:
        raise ImproperlyConfigured(
            f"TRAPS_LISTEN is {TRAPS_LISTEN!r}: write ADDRESS:PORT, such as 0.0.0.0:1162"
        ) from _wrong
    if not (_port.isascii() and _port.isdigit() and 0 < int(_port) < 65_536):
        raise ImproperlyConfigured(f"TRAPS_LISTEN is {TRAPS_LISTEN!r}: its port must be from 1 to 65535")
SNMP_TRAP_USERS = words("SNMP_TRAP_USERS", "")
for _user in SNMP_TRAP_USERS:
    _how, _at, _engine = _user.partition("@")
    if (
        _how.count(":") not in {0, 2, 4}
        or not all(_how.split(":"))
        or (_at and not re.fullmatch(r"(0x)?[0-9A-Fa-f]{10,64}", _engine))
    ):
        raise ImproperlyConfigured(
            "SNMP_TRAP_USERS must hold USER:SHA256:PASSWORD:AES:PASSWORD@ENGINE, one to a word; of ENGINE the"
            " hexadecimal digits of the device's snmpEngineID, which informs do not need"
        )
# An alert that began longer ago is proposed to the desk, also where its source opens by itself: a source that is newly
# connected brings what has failed for weeks along. 0: no limit.
ALERTS_OLDEST_HOURS = number("ALERTS_OLDEST_HOURS", 24)
# Alerts that are over are kept so many days; those that a case or an outage stands on, for ever.
ALERT_DAYS = number("ALERT_DAYS", 30)
if not ALERT_DAYS:
    raise ImproperlyConfigured("ALERT_DAYS is 0: write how many days an alert that is over is kept")

# --- where what is typed on a screen may lead (mail servers, gateways, channels of pages, companies' providers): never
# to this machine, but for its ports of mail, and to an internal network only where it is named here, such as
# 10.20.0.0/16,fd00:20::/48. What the environment itself sets (SMTP_HOST, SMS_URL, DEADMAN_URL …) may stand anywhere.
EGRESS_LOOPBACK = flag("EGRESS_LOOPBACK", DEMO)
EGRESS_NETWORKS = words("EGRESS_NETWORKS", "")
for _network in EGRESS_NETWORKS:
    try:
        ip_network(_network)
    except ValueError as _wrong:
        raise ImproperlyConfigured(f"EGRESS_NETWORKS has {_network!r}: write networks such as 10.20.0.0/16") from _wrong

# --- tests that an outside system posts (/api/v1/tests/TOKEN): name=TOKEN:SECRET pairs, best in TEST_SOURCES_FILE ---
TEST_SOURCES: dict[str, tuple[str, str]] = {}
for _pair in text("TEST_SOURCES").split():
    _source, _is, _rest = _pair.partition("=")
    _token, _colon, _secret = _rest.partition(":")
    if not _source or len(_source) > 30 or min(len(_token), len(_secret)) < 16 or not _pair.isascii() or "/" in _token:
        raise ImproperlyConfigured(
            "TEST_SOURCES must hold name=TOKEN:SECRET pairs, token and secret of at least 16 letters or digits"
        )
    TEST_SOURCES[_source] = (_token, _secret)

# --- dead-man: an address outside (a healthchecks one) that is called while the deadlines are watched ---
DEADMAN_URL = text("DEADMAN_URL")
DEADMAN_SECONDS = number("DEADMAN_SECONDS", 30)
if DEADMAN_URL and not (DEADMAN_URL.startswith(("http://", "https://")) and urlsplit(DEADMAN_URL).hostname):
    raise ImproperlyConfigured("DEADMAN_URL must be a whole address that starts with https:// or http://")
if not DEADMAN_SECONDS:
    raise ImproperlyConfigured("DEADMAN_SECONDS is 0: write how many seconds lie between two signs of life")

# --- the month: on which day (1 to 28; 0: never by itself) and from which hour, in the operator's zone, each company is
# sent the report of the month before ---
MONTH_REPORT_DAY = number("MONTH_REPORT_DAY", 2)
MONTH_REPORT_HOUR = number("MONTH_REPORT_HOUR", 8)
if MONTH_REPORT_DAY > 28 or MONTH_REPORT_HOUR > 23:
    raise ImproperlyConfigured("MONTH_REPORT_DAY must be a day from 1 to 28, or 0; MONTH_REPORT_HOUR an hour up to 23")

# --- the morning: from which hour on, in the operator's zone, the supervisors are mailed what was confirmed by word and
# what was late without a reason since the morning before (P5) ---
MORNING_HOUR = number("MORNING_HOUR", 7)
if MORNING_HOUR > 23:
    raise ImproperlyConfigured("MORNING_HOUR must be an hour from 0 to 23")

# --- the map of dispatch: a map server of the operator's choice, as https://tiles.example.com/{z}/{x}/{y}.png; empty:
# the outline that comes with Guardia, and nothing is asked of the outside ---
MAP_TILES = text("MAP_TILES")
if MAP_TILES and not (MAP_TILES.startswith("https://") and all(part in MAP_TILES for part in ("{z}", "{x}", "{y}"))):
    raise ImproperlyConfigured("MAP_TILES must be an https:// address with {z}, {x} and {y}")

# --- the night: from which hour on, in the operator's zone and for three hours, the histories are verified ---
VERIFY_HOUR = number("VERIFY_HOUR", 3)
if VERIFY_HOUR > 23:
    raise ImproperlyConfigured("VERIFY_HOUR must be an hour from 0 to 23")

# --- the regulator: the file that has the columns of its form for interruptions; docs/operations/regulator.md ---
INTERRUPTIONS_FORM = text("INTERRUPTIONS_FORM")

# --- the installation ---
INSTALLED_APPS = [
    "guardia.app.Guardia",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
]
MIDDLEWARE = [
    "guardia.config.requests.RequestMiddleware",
    "guardia.config.requests.ProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "guardia.config.requests.BodyMiddleware",
    "guardia.config.replica.WroteMiddleware",
    "guardia.config.database_roles.DatabaseRoleMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "guardia.web.sign_in.watch.WatchMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "guardia.config.urls"
WSGI_APPLICATION = "guardia.config.wsgi.application"
AUTH_USER_MODEL = "guardia.Staff"
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "bench"
CSRF_FAILURE_VIEW = "guardia.web.shared.responses.too_old"
LOGOUT_REDIRECT_URL = "sign_in"

# --- how the operator's people sign in: django-allauth, switched to what one with known people needs (ADR 0022) ---
AUTHENTICATION_BACKENDS = ["guardia.people.sign_in_backend.StaffBackend"]
ACCOUNT_ADAPTER = "guardia.web.sign_in.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "guardia.web.sign_in.forms.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # nobody signs up; without it allauth asks for an e-mail
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
# Attempts are counted in the journal, which every process shares; allauth's own limits live in a cache of each.
ACCOUNT_RATE_LIMITS = False
MFA_RATE_LIMITS = False
MFA_ADAPTER = "guardia.web.sign_in.adapter.SecondStepAdapter"
MFA_FORMS = {
    "authenticate": "guardia.web.sign_in.forms.CodeForm",
    "reauthenticate": "guardia.web.sign_in.forms.CodeAgainForm",
    "activate_totp": "guardia.web.sign_in.forms.FirstCodeForm",
    "authenticate_webauthn": "guardia.web.sign_in.forms.KeyForm",
    "reauthenticate_webauthn": "guardia.web.sign_in.forms.KeyAgainForm",
    "add_webauthn": "guardia.web.sign_in.forms.NewKeyForm",
    "login_webauthn": "guardia.web.sign_in.forms.KeyAloneForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are an administrator's word, not a visitor's
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = "Guardia"
# Whose sign-in takes a second step, by role; whoever has none yet sets it up at the next sign-in, before anything else.
MFA_ROLES = words("MFA_ROLES", "administrator")
# Wrong attempts of one account, or from one address, within ATTEMPT_MINUTES; more are not even looked at.
ATTEMPTS_OF_ACCOUNT = number("ATTEMPTS_OF_ACCOUNT", 5)
ATTEMPTS_OF_ADDRESS = number("ATTEMPTS_OF_ADDRESS", 30)
ATTEMPT_MINUTES = number("ATTEMPT_MINUTES", 5)
if not (ATTEMPTS_OF_ACCOUNT and ATTEMPTS_OF_ADDRESS and ATTEMPT_MINUTES):
    raise ImproperlyConfigured("ATTEMPTS_OF_ACCOUNT, ATTEMPTS_OF_ADDRESS and ATTEMPT_MINUTES must be above 0")
# How many calls of the API one key may make in a minute, in each web process.
API_CALLS_PER_MINUTE = number("API_CALLS_PER_MINUTE", 600)
if not API_CALLS_PER_MINUTE:
    raise ImproperlyConfigured("API_CALLS_PER_MINUTE must be above 0")
# A lenient address of TMF621 for TM Forum's own test kit, which sends no key: the public part of an operator's key and
# a circuit, such as "gdk_abcdefgh ENL-0042". Only this machine reaches it, and only where PUBLIC_URL is this machine.
TMF621_KIT = text("TMF621_KIT", "")
# How often one person may try connections (Settings, Mail and messages; a company's provider) in an hour.
TRIALS_PER_HOUR = number("TRIALS_PER_HOUR", 30)
if not TRIALS_PER_HOUR:
    raise ImproperlyConfigured("TRIALS_PER_HOUR is 0: write how often one person may try connections in an hour")
# Links to customers' pages that are none of ours, from one address within ATTEMPT_MINUTES; more are not looked at.
GUESSES_OF_ADDRESS = number("GUESSES_OF_ADDRESS", 30)
if not GUESSES_OF_ADDRESS:
    raise ImproperlyConfigured("GUESSES_OF_ADDRESS is 0: write how many wrong links one address may try")
PASSWORD_RESET_BY_MAIL = flag("PASSWORD_RESET_BY_MAIL", True)  # whoever forgot a password asks for a link by mail
PASSWORD_RESET_TIMEOUT = 24 * 3600  # how long the link that an administrator hands over is good for

# --- sign-in by the operator's directory, over OpenID Connect; docs/operations/sign-in.md ---
OIDC_URL = text("OIDC_URL")
OIDC_NAME = text("OIDC_NAME", "OpenID")
OIDC_MATCH = text("OIDC_MATCH", "email")
OIDC_HAS_SECOND_STEP = flag("OIDC_HAS_SECOND_STEP", False)
if OIDC_MATCH not in {"email", "username"}:
    raise ImproperlyConfigured(f"OIDC_MATCH is {OIDC_MATCH!r}: write email or username")
if OIDC_URL and not OIDC_URL.startswith(("https://", "http://127.0.0.1", "http://localhost")):
    raise ImproperlyConfigured("OIDC_URL must be the https:// address of the directory")
SOCIALACCOUNT_ADAPTER = "guardia.web.sign_in.directory.DirectoryAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_PROVIDERS: dict[str, dict] = {}
if OIDC_URL:
    INSTALLED_APPS.append("allauth.socialaccount.providers.openid_connect")
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "oidc",
                "name": OIDC_NAME,
                "client_id": text("OIDC_CLIENT_ID"),
                "secret": text("OIDC_CLIENT_SECRET"),
                "settings": {"server_url": OIDC_URL},
            }
        ],
    }
# --- the same over SAML 2.0, with the extra `saml` (uv sync --extra saml, pip install 'guardia[saml]') ---
SAML_ENTITY_ID = text("SAML_ENTITY_ID")  # of the directory; its address, and the certificate by which it signs:
SAML_SSO_URL = text("SAML_SSO_URL")
SAML_CERTIFICATE = text("SAML_CERTIFICATE")
SAML_NAME = text("SAML_NAME", "SAML")
SAML_MATCH = text("SAML_MATCH", "email")
SAML_EMAIL_ATTRIBUTE = text("SAML_EMAIL_ATTRIBUTE")
SAML_USERNAME_ATTRIBUTE = text("SAML_USERNAME_ATTRIBUTE")
SAML_HAS_SECOND_STEP = flag("SAML_HAS_SECOND_STEP", False)
if SAML_MATCH not in {"email", "username"}:
    raise ImproperlyConfigured(f"SAML_MATCH is {SAML_MATCH!r}: write email or username")
if SAML_MATCH == "username" and SAML_ENTITY_ID and not SAML_USERNAME_ATTRIBUTE:
    raise ImproperlyConfigured("SAML_MATCH is username: write in SAML_USERNAME_ATTRIBUTE which attribute holds it")
if SAML_ENTITY_ID and not (SAML_SSO_URL.startswith(("https://", "http://127.0.0.1")) and SAML_CERTIFICATE):
    raise ImproperlyConfigured(
        "SAML_ENTITY_ID is set; SAML_SSO_URL must be the https:// address where people sign in, and "
        "SAML_CERTIFICATE_FILE the certificate by which the directory signs"
    )
if SAML_ENTITY_ID and not (find_spec("onelogin") and find_spec("xmlsec")):
    raise ImproperlyConfigured(
        "SAML_ENTITY_ID is set, and the extra for SAML is not installed: uv sync --extra saml, "
        "or pip install 'guardia[saml]'"
    )
if SAML_ENTITY_ID:
    INSTALLED_APPS.append("allauth.socialaccount.providers.saml")
    SOCIALACCOUNT_PROVIDERS["saml"] = saml_provider(
        SAML_ENTITY_ID, SAML_SSO_URL, SAML_CERTIFICATE, SAML_NAME, SAML_EMAIL_ATTRIBUTE, SAML_USERNAME_ATTRIBUTE
    )
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email")},
    },
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "guardia" / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
if DEBUG:
    del TEMPLATES[0]["OPTIONS"]["loaders"]  # type: ignore[attr-defined]
    TEMPLATES[0]["APP_DIRS"] = True  # type: ignore[assignment]

MESSAGE_STORAGE = "guardia.config.toasts.LastFew"
SESSION_ENGINE = "guardia.config.session_store"

# --- words and hours: Spanish first; the database speaks UTC, screens speak the operator's zone ---
LANGUAGE_CODE = text("LANGUAGE_CODE", "es")
LANGUAGES = languages.installed()
LOCALE_PATHS = [ROOT / "guardia" / "locale"]
USE_TZ = True
# The zone of every hour on the screens; telephones of its country are written without a country code. Where the
# environment does not name it, it is what the first steps in the browser wrote down (STATE_DIR/operator-zone).
TIME_ZONE = text("OPERATOR_ZONE") or written_zone(STATE_DIR) or "America/Guayaquil"
if LANGUAGE_CODE.partition("-")[0] not in dict(LANGUAGES):
    raise ImproperlyConfigured(f"LANGUAGE_CODE is {LANGUAGE_CODE!r}: write one of {', '.join(dict(LANGUAGES))}")
try:
    ZoneInfo(TIME_ZONE)
except (ZoneInfoNotFoundError, ValueError, OSError) as _wrong:
    raise ImproperlyConfigured(
        f"OPERATOR_ZONE is {TIME_ZONE!r}, which this machine does not know: write a name such as America/Guayaquil"
    ) from _wrong

# --- the panorama: how often, from which hour of which zone, and to whom of the staff its letter leaves by itself ---
PANORAMA_MAIL = text("PANORAMA_MAIL")
PANORAMA_HOUR = number("PANORAMA_HOUR", 7)
PANORAMA_ZONE = text("PANORAMA_ZONE") or TIME_ZONE
PANORAMA_TO = words("PANORAMA_TO", "")
if PANORAMA_MAIL not in {"", "weekly", "monthly"} or PANORAMA_HOUR > 23:
    raise ImproperlyConfigured("PANORAMA_MAIL must be weekly, monthly or empty; PANORAMA_HOUR an hour from 0 to 23")
try:
    ZoneInfo(PANORAMA_ZONE)
except (ZoneInfoNotFoundError, ValueError, OSError) as _wrong:
    raise ImproperlyConfigured(f"PANORAMA_ZONE must be an IANA time zone, not {PANORAMA_ZONE!r}") from _wrong

# --- files ---
STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "guardia" / "static"]
STATIC_ROOT = STATE_DIR / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# --- the public status page (/estado): outages and works that were made public, for anybody; off unless wanted ---
STATUS_PAGE = flag("STATUS_PAGE", False)

# --- attachments of cases: a folder of this machine or a shared one; docs/operations/attachments.md ---
ATTACHMENTS_DIR = Path(text("ATTACHMENTS_DIR", str(STATE_DIR / "attachments")))
# In place of the folder, a store that speaks S3 (`uv sync --extra s3`): s3://BUCKET/FOLDER.
ATTACHMENTS_URL = text("ATTACHMENTS_URL")
ATTACHMENTS_S3_ENDPOINT = text("ATTACHMENTS_S3_ENDPOINT")
ATTACHMENTS_S3_REGION = text("ATTACHMENTS_S3_REGION", "us-east-1")
ATTACHMENTS_S3_KEY_ID = text("ATTACHMENTS_S3_KEY_ID")
ATTACHMENTS_S3_SECRET = text("ATTACHMENTS_S3_SECRET")
ATTACHMENTS_S3_CA_FILE = text("ATTACHMENTS_S3_CA_FILE")
ATTACHMENTS_S3_TIMEOUT_SECONDS = number("ATTACHMENTS_S3_TIMEOUT_SECONDS", 20)
if ATTACHMENTS_URL and not (ATTACHMENTS_URL.startswith("s3://") and urlsplit(ATTACHMENTS_URL).hostname):
    raise ImproperlyConfigured("ATTACHMENTS_URL must be s3://BUCKET or s3://BUCKET/FOLDER")
if ATTACHMENTS_URL and not (ATTACHMENTS_S3_KEY_ID and ATTACHMENTS_S3_SECRET):
    raise ImproperlyConfigured("ATTACHMENTS_URL is set; ATTACHMENTS_S3_KEY_ID and ATTACHMENTS_S3_SECRET must be too")
if ATTACHMENTS_S3_ENDPOINT and not ATTACHMENTS_S3_ENDPOINT.startswith(("http://", "https://")):
    raise ImproperlyConfigured("ATTACHMENTS_S3_ENDPOINT must be the https:// address of the store, without the bucket")
if not ATTACHMENTS_S3_TIMEOUT_SECONDS:
    raise ImproperlyConfigured("ATTACHMENTS_S3_TIMEOUT_SECONDS is 0: write how many seconds the store may take")
ATTACHMENT_LIMIT_MB = number("ATTACHMENT_LIMIT_MB", 25)
if not ATTACHMENT_LIMIT_MB:
    raise ImproperlyConfigured("ATTACHMENT_LIMIT_MB is 0: write how many MB a file of a case may have")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # nothing is kept by default
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "attachments": {
        "BACKEND": "guardia.evidence.store.Folder",
        "OPTIONS": {"location": ATTACHMENTS_DIR, "base_url": None},
    },
}
if ATTACHMENTS_URL:
    STORAGES["attachments"] = {
        "BACKEND": "guardia.evidence.store.Bucket",
        "OPTIONS": {
            "url": ATTACHMENTS_URL,
            "endpoint": ATTACHMENTS_S3_ENDPOINT,
            "region": ATTACHMENTS_S3_REGION,
            "key_id": ATTACHMENTS_S3_KEY_ID,
            "secret": ATTACHMENTS_S3_SECRET,
            "ca_file": ATTACHMENTS_S3_CA_FILE,
            "timeout": ATTACHMENTS_S3_TIMEOUT_SECONDS,
        },
    }

# --- backups: where `guardia backup` puts them when no folder is named, and after how many hours one is too old ---
BACKUP_DIR = text("BACKUP_DIR")
BACKUP_HOURS = number("BACKUP_HOURS", 26)
if not BACKUP_HOURS:
    raise ImproperlyConfigured("BACKUP_HOURS is 0: write after how many hours a backup is too old")

# --- a container's health check: where the worker writes every few seconds that it lives, for `python -m
# guardia.config.processes`, which ends it where it does so no more; read by that alone. Empty: nowhere ---
ALIVE_FILE = text("ALIVE_FILE")

# --- figures: who may read /metrics: whoever sends this token, and without one only this machine ---
METRICS_TOKEN = text("METRICS_TOKEN")
if METRICS_TOKEN and len(METRICS_TOKEN) < 16:
    raise ImproperlyConfigured("METRICS_TOKEN must have at least 16 letters: whoever knows it reads how busy you are")

# --- what is sent to the web server: how many seconds it may take to arrive, and one more for each 4 KB (ADR 0031) ---
BODY_SECONDS = number("BODY_SECONDS", 20)
if not BODY_SECONDS:
    raise ImproperlyConfigured("BODY_SECONDS is 0: write how many seconds what is sent may take to arrive")

# --- what the browser is told to refuse ---
SECURE_CSP: dict[str, list[str]] = {
    "default-src": ["'self'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "frame-ancestors": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "object-src": ["'none'"],
}
HTTPS = flag("HTTPS", PUBLIC_URL.startswith("https://"))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# X-Forwarded-Proto and X-Forwarded-For are believed only of the proxies that stand on these networks.
BEHIND_PROXY = flag("BEHIND_PROXY", False)
TRUSTED_PROXIES = words("TRUSTED_PROXIES", "127.0.0.0/8,::1/128" if BEHIND_PROXY else "")
for _network in TRUSTED_PROXIES:
    try:
        ip_network(_network)
    except ValueError as _wrong:
        raise ImproperlyConfigured(f"TRUSTED_PROXIES has {_network!r}: write networks such as 10.0.0.0/24") from _wrong
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
X_FRAME_OPTIONS = "SAMEORIGIN"
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # a mail is shown in a sandboxed frame of our own page
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SESSION_COOKIE_AGE = 12 * 3600  # one long shift, from the sign-in on
SESSION_IDLE_MINUTES = number("SESSION_IDLE_MINUTES", 120)
WROTE_COOKIE_NAME = "escrito"  # whoever has just written reads the primary (config/replica.py)
COMPANY_COOKIE_NAME = "empresa"  # goes to the company's own pages alone
KNOWN_BROWSER_COOKIE_NAME = "conocido"  # wrong attempts of a browser that was let in before are counted apart
if HTTPS:  # a browser gives such a cookie back to this very host alone, and only over TLS
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    KNOWN_BROWSER_COOKIE_NAME = "__Host-conocido"
    WROTE_COOKIE_NAME = "__Host-escrito"
    COMPANY_COOKIE_NAME = "__Secure-empresa"  # bound to a path, which `__Host-` forbids
CSRF_COOKIE_HTTPONLY = True  # forms carry the token
LANGUAGE_COOKIE_SECURE, LANGUAGE_COOKIE_HTTPONLY, LANGUAGE_COOKIE_SAMESITE = HTTPS, True, "Lax"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# --- the log: to standard error; as lines for a person, or as JSON for whatever collects them; docs/operations.md ---
LOG_FORMAT = text("LOG_FORMAT", "text")
if LOG_FORMAT not in {"text", "json"}:
    raise ImproperlyConfigured(f"LOG_FORMAT is {LOG_FORMAT!r}: write text or json")
LOG_LEVEL = text("LOG_LEVEL", "INFO").upper()
if LOG_LEVEL not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
    raise ImproperlyConfigured(f"LOG_LEVEL is {LOG_LEVEL!r}: write DEBUG, INFO, WARNING or ERROR")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"()": "guardia.config.logs.Text"},
        "json": {"()": "guardia.config.logs.Json"},
    },
    "filters": {
        "secrets": {"()": "guardia.config.logs.WithoutTokens"},
        "context": {"()": "guardia.config.logs.WithContext"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["secrets", "context"],
            "stream": sys.stderr,
        }
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {"django.request": {"level": "ERROR"}},
}
