"""A certification authority of one's own, and the certificates that it makes: one as it should be, and bad ones."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)
GOOD, EXPIRED, NOT_YET, WRONG_NAME, SELF_SIGNED, WEAK = "good", "expired", "not-yet", "wrong-name", "untrusted", "weak"
BAD = (EXPIRED, NOT_YET, WRONG_NAME, SELF_SIGNED, WEAK)
SIGNS = x509.KeyUsage(*(name in {5, 6} for name in range(9)))
"""Certificates and lists of revoked ones: what an authority's own key may do, as strict readers want it said."""
HERE = (x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1")))


def name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


class Authority:
    """Makes certificates into ``folder``; ``pem`` is its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = key()
        self.name = name("Autoridad de pruebas")
        self.certificate = self._signed(self.name, self.key, self.key, x509.BasicConstraints(ca=True, path_length=0))
        self.pem = self.certificate.public_bytes(serialization.Encoding.PEM).decode()
        self.made: dict[str, tuple[Path, Path]] = {}

    def _signed(self, subject, of, by, constraints, begin=-DAY, end=30 * DAY, names=()) -> x509.Certificate:
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject if of is by else self.name)
            .public_key(of.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + begin)
            .not_valid_after(now + end)
            .add_extension(constraints, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(of.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
        )
        if constraints.ca:
            made = made.add_extension(SIGNS, critical=True)
        if names:
            made = made.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return made.sign(by, hashes.SHA256())

    def files(self, kind: str) -> tuple[Path, Path]:
        """The certificate and its key, made once."""
        if kind not in self.made:
            of = key(1024 if kind == WEAK else 2048)
            begin, end = {EXPIRED: (-9 * DAY, -DAY), NOT_YET: (DAY, 9 * DAY)}.get(kind, (-DAY, 9 * DAY))
            names = (x509.DNSName("otro.example.com"),) if kind == WRONG_NAME else HERE
            by = of if kind == SELF_SIGNED else self.key
            leaf = x509.BasicConstraints(ca=False, path_length=None)
            made = self._signed(name("localhost"), of, by, leaf, begin, end, names)
            certificate, secret = self.folder / f"{kind}.pem", self.folder / f"{kind}.key"
            certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
            secret.write_bytes(
                of.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.TraditionalOpenSSL,
                    serialization.NoEncryption(),
                )
            )
            self.made[kind] = (certificate, secret)
        return self.made[kind]

    def context(self, kind: str = GOOD) -> ssl.SSLContext:
        """For a server that shows this certificate; it lets itself be weak, whatever the system forbids."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.load_cert_chain(*map(str, self.files(kind)))
        return context
