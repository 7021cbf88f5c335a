"""How an interface is asked by SNMP: the installation's secrets by name, which stand in its settings and in no table.

A target of the kind SNMP names its access in ``expects``; without a name the community SNMP_COMMUNITY is used.
"""

from django.conf import settings

from guardia.evidence.target import ProbeKind, ServiceTarget

V2C, V3 = "v2c:", "v3:"


def secret_for(target: ServiceTarget) -> str:
    """What its probe needs to ask; empty where the installation has no such access, or where it needs none."""
    if target.kind != ProbeKind.SNMP:
        return ""
    if target.expects:
        return settings.SNMP_CREDENTIALS.get(target.expects, "")
    return V2C + settings.SNMP_COMMUNITY if settings.SNMP_COMMUNITY else ""


def known_names() -> list[str]:
    return sorted(settings.SNMP_CREDENTIALS)
