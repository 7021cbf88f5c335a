"""A key of the log in a hardware security module (PKCS#11 3.0, CKM_EDDSA): it signs there and never leaves it.

Each signature has a session of its own, so that a device that was taken out, began anew or was gone for a while is
found again without anybody's doing. After an error the module is begun anew (C_Finalize, C_Initialize), and it is tried
once more. A PIN that was refused is not sent again by this process: devices lock after a few wrong ones.

The library, python-pkcs11, is an extra (``guardia[hsm]``) and loaded by whoever signs or names the keys.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _

from guardia.config.pkcs11_address import KeyAddress
from guardia.config.settings import content_of

if TYPE_CHECKING:
    import pkcs11

KEY = 32
"""The length of a public key of Ed25519, in bytes; RFC 8032."""
POINT_BEGINS = (b"", b"\x04\x20", b"\x03\x21\x00")
"""How devices write it: as it is (PKCS#11 3.1), as an OCTET STRING (2.40), as a BIT STRING (3.0)."""


class KeyUnavailable(RuntimeError):
    """The device does not sign. ``what`` is wrong and the ``remedy``, in the reader's language; neither has the PIN."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what} {remedy}")
        self.what, self.remedy = what, remedy


class KeyMissing(KeyUnavailable):
    """The token does not show it: not at all, or not before a login."""


class PinTrouble(KeyUnavailable):
    """Trying again would not help, or make it worse."""


_one_at_a_time = Lock()
"""A module is begun without locks of its own, and a login is the whole process's."""
type PinOfToken = tuple[str, bytes, bytes]
"""The module, the serial of the token, and the SHA-256 of the PIN."""
_accepted: set[PinOfToken] = set()
_refused: set[PinOfToken] = set()


@dataclass(frozen=True)
class HardwareKey:
    """A ``note.SigningKey``. To make one asks the device for its public key, for which most want no PIN: whoever only
    verifies needs none.

    Raises KeyUnavailable; ImproperlyConfigured for a file of the PIN that cannot be read.
    """

    address: KeyAddress
    public: bytes = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "public", self._public())

    def _public(self) -> bytes:
        def found(session: "pkcs11.Session") -> bytes:
            return _public_key(session, self.address)

        try:
            return _in_session(self.address, found)
        except KeyMissing:
            if not _pin_file(self.address):
                raise
            return _in_session(self.address, found, logged_in=True)

    def sign(self, message: bytes) -> bytes:
        """The signature, checked by the public key that stands beside the private one. Raises as the class does."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from pkcs11 import Mechanism, ObjectClass

        def signed(session: "pkcs11.Session") -> bytes:
            private = _key(session, ObjectClass.PRIVATE_KEY, self.address)
            return private.sign(message, mechanism=Mechanism.EDDSA)

        signature = _in_session(self.address, signed, logged_in=True)
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            raise KeyUnavailable(
                _("The key %(key)s does not match the public key stored beside it.") % {"key": self.address},
                _(
                    "Check with pkcs11-tool --list-objects: the public and private keys must be one pair, with "
                    "the same id."
                ),
            ) from None
        return signature


def _in_session[T](address: KeyAddress, work: Callable[["pkcs11.Session"], T], *, logged_in: bool = False) -> T:
    """What ``work`` does in a session of its own, tried once more with the module begun anew. Raises KeyUnavailable."""
    from pkcs11 import PKCS11Error

    with _one_at_a_time:
        for is_last in (False, True):
            try:
                with _session(address, logged_in) as session:
                    return work(session)
            except PinTrouble:
                _begin_anew(address)
                raise
            except (PKCS11Error, KeyUnavailable) as trouble:
                _begin_anew(address)
                if is_last:
                    raise trouble if isinstance(trouble, KeyUnavailable) else _of_device(address, trouble) from trouble
    raise AssertionError("the second time it has returned or raised")


@contextmanager
def _session(address: KeyAddress, logged_in: bool) -> Iterator["pkcs11.Session"]:
    from pkcs11 import TokenFlag
    from pkcs11.exceptions import PinIncorrect, PinInvalid, PinLenRange, PinLocked

    token = _token(address)
    if not logged_in:
        with token.open() as session:
            yield session
        return
    pin = _pin(address)
    this = (address.module, token.serial, sha256(pin.encode()).digest())
    if this in _refused:
        raise _wrong_pin(address)
    if this not in _accepted and token.flags & TokenFlag.USER_PIN_FINAL_TRY:
        raise _nearly_locked(address)
    try:
        session = token.open(user_pin=pin)
    except (PinIncorrect, PinInvalid, PinLenRange):
        _refused.add(this)
        raise _wrong_pin(address) from None
    except PinLocked:
        raise _locked(address) from None
    _accepted.add(this)
    with session:
        yield session


def _begin_anew(address: KeyAddress) -> None:
    """The module forgets every session and what it knew of its tokens; the next one that needs it begins it."""
    import pkcs11

    with suppress(pkcs11.PKCS11Error):
        pkcs11.lib(address.module).finalize()


# --- what is looked for -----------------------------------------------------------------------------------------------


def _token(address: KeyAddress) -> "pkcs11.Token":
    """The one token that the address names. Raises KeyUnavailable, PKCS11Error."""
    import pkcs11

    try:
        module = pkcs11.lib(address.module)
    except pkcs11.PKCS11Error as trouble:
        raise KeyUnavailable(
            _("The library of the signing device, %(path)s, cannot be used: %(why)s.")
            % {"path": address.module, "why": _reason(trouble)},
            _(
                "Install the PKCS#11 module from the device's manufacturer, let this account read it, and "
                "correct module-path in PROOF_KEY."
            ),
        ) from trouble
    present = list(module.get_tokens())
    found = [token for token in present if _names(token).items() >= dict(address.token).items()]
    if len(found) != 1:
        words = (
            _("Several tokens are called %(key)s.")
            if found
            else _("The library shows no token for %(key)s: %(there)s.")
        )
        there = ", ".join(token.label for token in present if token.label) or "–"
        raise KeyUnavailable(
            words % {"key": address, "there": there},
            _(
                "Connect the device, and name its token in PROOF_KEY as pkcs11-tool --module %(path)s "
                "--list-slots shows it; serial tells apart two with the same name."
            )
            % {"path": address.module},
        )
    return found[0]


def _names(token: "pkcs11.Token") -> dict[str, str]:
    """By the names of RFC 7512."""
    serial = token.serial.decode(errors="replace")
    return {"token": token.label, "serial": serial, "manufacturer": token.manufacturer_id, "model": token.model}


def _key(session: "pkcs11.Session", kind: "pkcs11.ObjectClass", address: KeyAddress) -> Any:
    """The one key of Ed25519 of this kind that the address names. Raises KeyUnavailable, PKCS11Error."""
    from pkcs11 import Attribute, KeyType, ObjectClass

    wanted: dict[Attribute, Any] = {Attribute.CLASS: kind}
    if address.label:
        wanted[Attribute.LABEL] = address.label
    if address.id:
        wanted[Attribute.ID] = address.id
    found: list[Any] = list(session.get_objects(wanted))
    if found:
        if len(found) > 1 or found[0].key_type != KeyType.EC_EDWARDS:
            raise _no_such_kind(address)
        return found[0]
    words = _("The token holds no public key %(key)s.")
    if kind is ObjectClass.PRIVATE_KEY:
        words = _("The token holds no private key %(key)s, or does not show it to this PIN.")
    raise KeyMissing(
        words % {"key": address},
        _(
            "Create the pair with pkcs11-tool --module %(path)s --login --keypairgen --key-type EC:edwards25519 "
            "--label … --id …, and name it in PROOF_KEY with object and id."
        )
        % {"path": address.module},
    )


def _public_key(session: "pkcs11.Session", address: KeyAddress) -> bytes:
    """Raises KeyUnavailable, PKCS11Error."""
    from pkcs11 import Attribute, ObjectClass

    point = bytes(_key(session, ObjectClass.PUBLIC_KEY, address)[Attribute.EC_POINT])
    if len(point) < KEY or point[:-KEY] not in POINT_BEGINS:
        raise _no_such_kind(address)
    return point[-KEY:]


# --- the PIN ----------------------------------------------------------------------------------------------------------


def _pin_file(address: KeyAddress) -> str:
    return address.pin_file or settings.PROOF_KEY_PIN_FILE


def _pin(address: KeyAddress) -> str:
    """Read anew each time, so that a new one needs no new process. Raises KeyUnavailable, ImproperlyConfigured."""
    file = _pin_file(address)
    if not file:
        raise PinTrouble(
            _("No PIN is set for the key %(key)s.") % {"key": address},
            _("Write it into a file that the worker's account alone may read, and name that in PROOF_KEY_PIN_FILE."),
        )
    return content_of("pin-source" if address.pin_file else "PROOF_KEY_PIN_FILE", file)


# --- what is wrong ----------------------------------------------------------------------------------------------------


def _wrong_pin(address: KeyAddress) -> PinTrouble:
    return PinTrouble(
        _("The token refuses the PIN in %(file)s for the key %(key)s.") % {"file": _pin_file(address), "key": address},
        _(
            "Write the right one into that file. This one is not tried again until the worker restarts: a few "
            "wrong ones lock the token."
        ),
    )


def _nearly_locked(address: KeyAddress) -> PinTrouble:
    return PinTrouble(
        _("One more wrong PIN locks the token of %(key)s, so the PIN in %(file)s was not tried.")
        % {"file": _pin_file(address), "key": address},
        _(
            "Check by hand whether it is right, which also resets the token's counter: pkcs11-tool --module "
            "%(path)s --login --list-objects"
        )
        % {"path": address.module},
    )


def _locked(address: KeyAddress) -> PinTrouble:
    return PinTrouble(
        _("The token of %(key)s is locked: too many wrong PINs were entered.") % {"key": address},
        _("Whoever keeps the device sets a new PIN with that of its security officer; write it into %(file)s.")
        % {"file": _pin_file(address)},
    )


def _no_such_kind(address: KeyAddress) -> KeyUnavailable:
    return KeyUnavailable(
        _("%(key)s is not a single Ed25519 key: it is of another type, or several have that name.") % {"key": address},
        _(
            "Check with pkcs11-tool --module %(path)s --login --list-objects, and name one EC_EDWARDS pair, 255 "
            "bits, in PROOF_KEY with object and id."
        )
        % {"path": address.module},
    )


def _of_device(address: KeyAddress, trouble: Exception) -> KeyUnavailable:
    """An error of the module, under the name that PKCS#11 gives it."""
    return KeyUnavailable(
        _("The signing device of %(key)s answers with an error: %(why)s.") % {"key": address, "why": _reason(trouble)},
        _("Check the device, its connection and its own log. Signing is retried automatically."),
    )


def _reason(trouble: Exception) -> str:
    return " ".join(str(trouble).split()) or type(trouble).__name__
