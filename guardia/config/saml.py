"""What allauth must know of a SAML directory: strict, signed, and only where it was asked."""

from typing import Any

MAIL = (
    "urn:oid:0.9.2342.19200300.100.1.3",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    "email",
    "mail",
)
SUBJECT = ("urn:oasis:names:tc:SAML:attribute:subject-id",)


def saml_provider(entity_id: str, sso_url: str, certificate: str, name: str, mail: str, login: str) -> dict[str, Any]:
    """The settings of the one directory. ``mail`` and ``login``: attributes that hold them, beside the usual ones."""
    mapping: dict[str, list[str]] = {"uid": list(SUBJECT), "email": [mail] if mail else list(MAIL)}
    if login:
        mapping["username"] = [login]
    advanced = {
        "strict": True,
        "want_assertion_signed": True,
        "reject_idp_initiated_sso": True,
        "reject_deprecated_algorithm": True,
        "want_name_id": True,
        "want_attribute_statement": False,
        "allow_single_label_domains": True,
    }
    app = {
        "provider_id": "saml",
        "name": name,
        "client_id": "directorio",
        "settings": {
            "attribute_mapping": mapping,
            "idp": {"entity_id": entity_id, "sso_url": sso_url, "x509cert": certificate},
            "advanced": advanced,
        },
    }
    return {"APPS": [app]}
