"""The address of a key in a token of PKCS#11, as RFC 7512 writes it: which module, which token, which key.

``pkcs11:token=guardia;object=log?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/guardia/pin``
"""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, unquote_to_bytes

from django.core.exceptions import ImproperlyConfigured

SCHEME = "pkcs11:"
TOKEN = ("token", "serial", "manufacturer", "model")
PATH = (*TOKEN, "object", "id", "type")
QUERY = ("module-path", "pin-source")


@dataclass(frozen=True, slots=True)
class KeyAddress:
    """``token``: what is named of it, by the names of RFC 7512; ``label`` and ``id`` of the key, empty where they are
    not named; ``pin_file`` is empty where the address names none."""

    module: str
    token: tuple[tuple[str, str], ...]
    label: str
    id: bytes
    pin_file: str

    def __str__(self) -> str:
        """What of it names the key, for a person."""
        named = [f"{name}={value}" for name, value in self.token]
        named += [f"object={self.label}"] * bool(self.label) + [f"id={self.id.hex()}"] * bool(self.id)
        return SCHEME + ";".join(named)


def read_key_address(words: str, name: str = "PROOF_KEY") -> KeyAddress:
    """``name``: of the setting in which it stands. Raises ImproperlyConfigured, and never repeats a PIN."""
    path, _mark, query = words.removeprefix(SCHEME).partition("?")
    parts = attributes(path, ";", PATH, name)
    further = attributes(query, "&", QUERY, name)
    token = tuple((each, unquote(parts[each])) for each in TOKEN if each in parts)
    module = unquote(further.get("module-path", ""))
    if not token or not ("object" in parts or "id" in parts):
        raise ImproperlyConfigured(
            f"{name}: the address of the key must name the token and the key: pkcs11:token=…;object=…?module-path=…"
        )
    if not Path(module).is_absolute():
        raise ImproperlyConfigured(
            f"{name}: the address of the key must end with ?module-path= and the whole path of the device's library "
            "(such as /usr/lib/softhsm/libsofthsm2.so)"
        )
    label, identity = unquote(parts.get("object", "")), unquote_to_bytes(parts.get("id", ""))
    return KeyAddress(module, token, label, identity, pin_file(further.get("pin-source", ""), name))


def attributes(words: str, between: str, allowed: tuple[str, ...], name: str) -> dict[str, str]:
    """As they stand there, by their names. Raises ImproperlyConfigured."""
    found: dict[str, str] = {}
    for each in words.split(between) if words else ():
        attribute, equals, value = each.partition("=")
        if attribute == "pin-value":
            raise ImproperlyConfigured(
                f"{name}: a PIN does not belong in an address, where every list of processes and settings shows it. "
                "Write it into a file, and name that with pin-source=file:/… or PROOF_KEY_PIN_FILE"
            )
        if attribute not in allowed or not equals or not value or attribute in found:
            raise ImproperlyConfigured(
                f"{name}: {attribute!r} cannot stand in the address of the key, or stands there empty or twice: "
                f"it is made of {', '.join((*PATH, *QUERY))}; a comma, a semicolon or a space in a name is written "
                "%2C, %3B, %20"
            )
        found[attribute] = value
    return found


def pin_file(source: str, name: str) -> str:
    """The path of the file that pin-source names; empty where it names none. Raises ImproperlyConfigured."""
    path = unquote(source.removeprefix("file:").removeprefix("//"))
    if source and not Path(path).is_absolute():
        raise ImproperlyConfigured(f"{name}: pin-source must be file: and the whole path of a file that holds the PIN")
    return path


def must_be_usable(keys: Iterable[str], name: str = "PROOF_KEY") -> None:
    """Of the keys in the setting ``name``, those that are in a device: addresses, and the extra is there. Raises
    ImproperlyConfigured."""
    addresses = [read_key_address(each, name) for each in keys if each.startswith(SCHEME)]
    if addresses and not find_spec("pkcs11"):
        raise ImproperlyConfigured(
            f"{name} names a key in a device, and the extra for it is not installed: uv sync --extra hsm, "
            "or pip install 'guardia[hsm]'"
        )
