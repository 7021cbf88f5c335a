"""Which manager interface is listened to, and how it is reached."""

import asyncio
import ipaddress
import ssl
from dataclasses import dataclass, field

from django.conf import settings

TLS, PLAIN, PLAIN_ANYWHERE = "ssl", "none", "none-anywhere"
"""``none`` is for the loopback alone: the secret would not be seen, but who calls whom would be."""


class Unreachable(Exception):
    """There is no connection, or the other end is not who it should be."""


@dataclass(frozen=True)
class Account:
    """``ca_file``: the certificate of the authority that signed the exchange's; empty: those the system trusts."""

    host: str
    port: int
    user: str
    secret: str = field(repr=False)
    name: str = ""
    tls: str = TLS
    ca_file: str = ""

    @classmethod
    def of_settings(cls) -> "Account":
        return cls(
            settings.AMI_HOST,
            settings.AMI_PORT,
            settings.AMI_USER,
            settings.AMI_SECRET,
            settings.AMI_NAME,
            settings.AMI_TLS,
            settings.AMI_CA_FILE,
        )

    @property
    def place(self) -> str:
        return f"{self.host}:{self.port}"

    def context(self) -> ssl.SSLContext | None:
        """Raises Unreachable."""
        if self.tls != TLS:
            if self.tls == PLAIN and not is_loopback(self.host):
                raise Unreachable(f"{self.place} is not this machine: AMI_TLS=none is only for the loopback")
            return None
        try:
            context = ssl.create_default_context(cafile=self.ca_file or None)
            if self.ca_file:
                # Asterisk's own script (ast_tls_cert) makes an authority without the extensions that Python 3.13 asks
                # for; chain, dates and name are checked all the same.
                context.verify_flags &= ~ssl.VERIFY_X509_STRICT
            return context
        except (OSError, ssl.SSLError) as trouble:
            raise Unreachable(f"AMI_CA_FILE {self.ca_file!r} cannot be read: {said(trouble)}") from trouble


def is_loopback(host: str) -> bool:
    """A name other than localhost may lead anywhere."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


type Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def connect(account: Account, patience: float) -> Streams:
    """``patience`` in seconds. Raises Unreachable, with what to do where that is known."""
    context = account.context()
    try:
        async with asyncio.timeout(patience):
            return await asyncio.open_connection(account.host, account.port, ssl=context)
    except ssl.SSLCertVerificationError as trouble:
        raise Unreachable(
            f"{account.place}: its certificate is not trusted ({trouble.verify_message or said(trouble)}); "
            "AMI_CA_FILE must name the authority that signed it, AMI_HOST the name in it"
        ) from trouble
    except ssl.SSLError as trouble:
        raise Unreachable(
            f"{account.place} speaks no TLS there ({said(trouble)}); is it the port of tlsbindaddr?"
        ) from trouble
    except TimeoutError as trouble:
        raise Unreachable(f"{account.place} does not answer within {patience:g} s") from trouble
    except (OSError, UnicodeError, ValueError) as trouble:
        raise Unreachable(f"{account.place} cannot be reached: {said(trouble)}") from trouble


def said(trouble: BaseException) -> str:
    """In one line, with the kind of trouble where it has no words of its own."""
    return " ".join(str(trouble).split()) or type(trouble).__name__
