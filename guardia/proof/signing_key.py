"""What stands in PROOF_KEY: 32 bytes in base64, or the address of a key in a device."""

from base64 import b64decode

from django.core.exceptions import ImproperlyConfigured

from guardia.config import pkcs11_address
from guardia.proof.hsm import HardwareKey
from guardia.proof.note import SecretKey, SigningKey

SECRET = 32
"""The length of a private key of Ed25519, in bytes; RFC 8032."""


def read_key(words: str) -> SigningKey:
    """The key by which one of PROOF_KEY signs. Raises ImproperlyConfigured, hsm.KeyUnavailable."""
    if words.startswith(pkcs11_address.SCHEME):
        return HardwareKey(pkcs11_address.read_key_address(words))
    try:
        found = b64decode(words, validate=True)
    except ValueError:
        found = b""
    if len(found) != SECRET:
        raise ImproperlyConfigured(
            "PROOF_KEY is no key: write what `openssl rand -base64 32` prints, or the pkcs11: address of one in a "
            "device (a comma in it is written %2C)"
        )
    return SecretKey(found)
