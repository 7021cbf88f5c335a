"""Mail servers that others wrote, each in a folder of its own: Debian's Dovecot (IMAP and submission) and OpenSMTPD.

Dovecot runs as whoever runs the tests. OpenSMTPD runs as root alone, in a namespace where its spool is another's.
"""

import base64
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import jwt

from guardia.notices.oauth import Given
from guardia.notices.smtp import Server
from guardia.worker.mail_server import Account
from tests.notices.authority import GOOD, Authority
from tests.notices.post_office import HOST, free_port

USER, PASSWORD = "casos@example.com", "contraseña-de-pruebas"
SECRET = "by this the tests' own office signs its tokens"
DOVECOT = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")
SUBMISSION = Path("/usr/lib/dovecot/submission")
OPENSMTPD = shutil.which("smtpd") or shutil.which("smtpd", path="/usr/sbin")


def why_no_dovecot() -> str:
    """Empty where it can run here."""
    if not DOVECOT:
        return "no Dovecot: apt install dovecot-imapd dovecot-submissiond"
    if not SUBMISSION.exists():
        return "no submission server: apt install dovecot-submissiond"
    version = subprocess.run([DOVECOT, "--version"], capture_output=True, text=True).stdout.split(".")
    if [int(part) for part in version[:2]] < [2, 4]:
        return "this Dovecot is older than 2.4, whose settings have other names"
    return ""


def why_no_opensmtpd() -> str:
    """Empty where it can run here."""
    if not OPENSMTPD or b"OpenSMTPD" not in subprocess.run([OPENSMTPD, "-h"], capture_output=True).stderr:
        return "no OpenSMTPD: apt install opensmtpd"
    if os.geteuid() != 0:
        return "OpenSMTPD is started by root alone"
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode:
        return "nothing may be mounted here: OpenSMTPD would use the machine's own spool"
    return ""


def token(of: str = USER, seconds: int = 600) -> Given:
    """A token for this user that is good for so long; it was good once where ``seconds`` is negative."""
    now = int(time.time())
    return Given(jwt.encode({"sub": of, "iat": now - 900, "exp": now + seconds}, SECRET, "HS256"))


class InFolder:
    """A program in a short-named folder under /tmp (the name of a socket takes 107 signs), and its log."""

    def __init__(self, authority: Authority) -> None:
        self.authority = authority
        self.folder = Path(tempfile.mkdtemp(prefix="mx"))
        self.folder.chmod(0o755)
        self.process: subprocess.Popen | None = None

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def run(self, command: list[str], ports: Iterable[int]) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        for port in ports:
            self._answers(port)

    def _answers(self, port: int) -> None:
        for _ in range(1000):
            with suppress(OSError), socket.create_connection((HOST, port), 10):
                return
            assert self.process
            assert self.process.poll() is None, self.log
            time.sleep(0.02)  # the server says nothing when it is ready
        raise AssertionError(self.log)

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=30)
        shutil.rmtree(self.folder)

    def files(self, certificate: str) -> tuple[Path, Path]:
        """Certificate and key, where this server may read them and nobody else."""
        found = tuple(self.folder / each.name for each in self.authority.files(certificate))
        for of, to in zip(self.authority.files(certificate), found, strict=True):
            shutil.copy(of, to)
            to.chmod(0o600)
        return found  # type: ignore[return-value]


DOVECOT_CONF = """
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
auth_verbose = yes
auth_failure_delay = 0
listen = {host}
protocols = imap submission
ssl = {ssl}
ssl_server_cert_file = {certificate}
ssl_server_key_file = {key}
ssl_cipher_list = ALL:@SECLEVEL=0
first_valid_uid = 0
mail_driver = maildir
mail_path = {folder}/box
submission_relay_host = {host}
submission_relay_port = {behind}
auth_mechanisms = plain login xoauth2
oauth2 {{
  introspection_mode = local
  username_attribute = sub
  oauth2_local_validation {{
    dict fs {{
      fs posix {{
        prefix = {folder}/keys/
      }}
    }}
  }}
}}
passdb static {{
  passdb_static_password = {{PLAIN}}{password}
  mechanisms_filter = plain login
}}
passdb oauth2 {{
  mechanisms_filter = xoauth2
}}
userdb static {{
  fields {{
    uid = {uid}
    gid = {gid}
    home = {folder}/home
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
  }}
}}
service submission-login {{
  chroot =
  inet_listener submission {{
    port = {submission}
  }}
  inet_listener submissions {{
    port = {submissions}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""
AS_NOBODY_ELSE = """
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
"""


class Dovecot(InFolder):
    """One mailbox, its owner's password and tokens that are signed with SECRET; what is submitted goes to ``behind``.

    ``ssl``: "required", or "no" where it knows no TLS at all.
    """

    def __init__(self, authority: Authority, certificate: str = GOOD, behind: int = 9, ssl: str = "required") -> None:
        super().__init__(authority)
        self.imap, self.imaps, self.submission, self.submissions = (free_port() for _ in range(4))
        self.ssl = ssl
        me = pwd.getpwuid(os.getuid())
        whose = me if os.getuid() else pwd.getpwnam("nobody")
        of, key = self.files(certificate)
        keys = self.folder / "keys/default/HS256"
        keys.mkdir(parents=True)
        (keys / "default").write_text(in_64(SECRET))
        for name in ("box", "home"):
            (self.folder / name).mkdir()
            os.chown(self.folder / name, whose.pw_uid, whose.pw_gid)
        written = DOVECOT_CONF.format(
            folder=self.folder,
            host=HOST,
            ssl=ssl,
            certificate=of,
            key=key,
            behind=behind,
            password=PASSWORD,
            uid=whose.pw_uid,
            gid=whose.pw_gid,
            imap=self.imap,
            imaps=self.imaps,
            submission=self.submission,
            submissions=self.submissions,
        )
        if os.getuid():
            group = subprocess.run(["id", "-gn"], capture_output=True, text=True, check=True).stdout.strip()
            written += AS_NOBODY_ELSE.format(user=me.pw_name, group=group)
        (self.folder / "conf").write_text(written)

    def start(self) -> None:
        assert DOVECOT
        ports = [self.imap, self.submission] if self.ssl == "no" else [self.imap, self.imaps, self.submissions]
        self.run([DOVECOT, "-F", "-c", str(self.folder / "conf")], ports)

    def account(self, tls: str, **more) -> Account:
        known = {"host": "localhost", "port": self.imaps if tls == "ssl" else self.imap, "user": USER, "tls": tls}
        known |= {"password": PASSWORD, "folder": "INBOX", "timeout": 30, "ca": self.authority.pem}
        return Account(**{**known, **more})

    def server(self, tls: str, **more) -> Server:
        port = self.submissions if tls == "implicit" else self.submission
        known = {"timeout": 30, "user": USER, "password": PASSWORD, "tls": tls, "ca": self.authority.pem}
        return Server("localhost", port, **{**known, **more})


def in_64(words: str) -> str:
    return base64.b64encode(words.encode()).decode()


class OpenSmtpd(InFolder):
    """A listener for each certificate and way of TLS, and one without; what it takes waits in its own queue."""

    def __init__(self, authority: Authority, certificates: Iterable[str]) -> None:
        super().__init__(authority)
        self.ports: dict[tuple[str, str], int] = {("none", GOOD): free_port()}
        lines, listens = [], [f"listen on {HOST} port {self.ports['none', GOOD]} hostname localhost"]
        for certificate in certificates:
            of, key = self.files(certificate)
            lines += [f'pki {certificate} cert "{of}"', f'pki {certificate} key "{key}"']
            for tls, words in (("starttls", "tls-require"), ("implicit", "smtps")):
                port = self.ports[tls, certificate] = free_port()
                listens.append(
                    f"listen on {HOST} port {port} {words} pki {certificate} auth <users> hostname localhost"
                )
        sealed = subprocess.run(["smtpctl", "encrypt", PASSWORD], capture_output=True, text=True, check=True)
        (self.folder / "users").write_text(f"{USER} {sealed.stdout}")
        lines += ['smtp ciphers "ALL:@SECLEVEL=0"', f"table users file:{self.folder}/users", *listens]
        lines += ['action kept relay host "smtp://127.0.0.1:9"', "match from any for any action kept"]
        (self.folder / "conf").write_text("\n".join(lines) + "\n")

    def start(self) -> None:
        """Its spool and its control socket are in places that were fixed when it was built: others, for it alone."""
        spool = "mount -t tmpfs tmpfs /var/spool && mkdir -m 711 /var/spool/smtpd"
        apart = f"{spool} && mount -t tmpfs tmpfs /run && exec "
        command = f"{apart}{OPENSMTPD} -d -v -f {self.folder}/conf"
        self.run(["unshare", "--mount", "sh", "-c", command], self.ports.values())

    def server(self, tls: str, certificate: str = GOOD, **more) -> Server:
        known = {"timeout": 30, "tls": tls, "ca": self.authority.pem}
        if tls != "none":
            known |= {"user": USER, "password": PASSWORD}
        return Server("localhost", self.ports[tls, certificate], **{**known, **more})
