"""An interface is asked with what the installation's secret says: a community, or a user of SNMPv3."""

from pysnmp.hlapi.v3arch.asyncio import (
    CommunityData,
    UsmUserData,
    usmAesCfb128Protocol,
    usmAesCfb256Protocol,
    usmDESPrivProtocol,
    usmHMAC192SHA256AuthProtocol,
    usmHMAC384SHA512AuthProtocol,
    usmHMACMD5AuthProtocol,
    usmHMACSHAAuthProtocol,
    usmNoAuthProtocol,
    usmNoPrivProtocol,
)

from guardia.evidence.target import V2C, V3

SIGNING = {
    "MD5": usmHMACMD5AuthProtocol,
    "SHA": usmHMACSHAAuthProtocol,
    "SHA256": usmHMAC192SHA256AuthProtocol,
    "SHA512": usmHMAC384SHA512AuthProtocol,
}
HIDING = {"DES": usmDESPrivProtocol, "AES": usmAesCfb128Protocol, "AES256": usmAesCfb256Protocol}


def access(secret: str) -> CommunityData | UsmUserData:
    """``v2c:COMMUNITY`` or ``v3:USER[:SHA256:PASSWORD[:AES:PASSWORD]]``. Raises ValueError for what is neither."""
    if not secret.startswith(V3):
        return CommunityData(secret.removeprefix(V2C), mpModel=1)
    parts = secret.removeprefix(V3).split(":")
    if len(parts) not in {1, 3, 5} or not all(parts):
        raise ValueError("an access of SNMPv3 is v3:USER, with :SHA256:PASSWORD and :AES:PASSWORD behind it or not")
    user, signing, signed, hiding, hidden = (*parts, *[""] * (5 - len(parts)))
    try:
        signs = SIGNING[signing] if signing else usmNoAuthProtocol
        hides = HIDING[hiding] if hiding else usmNoPrivProtocol
    except KeyError as strange:
        known = ", ".join((*SIGNING, *HIDING))
        raise ValueError(f"SNMPv3 knows no {strange.args[0]!r} here: {known}") from None
    return UsmUserData(user, signed or None, hidden or None, authProtocol=signs, privProtocol=hides)
