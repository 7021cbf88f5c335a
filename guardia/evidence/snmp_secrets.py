"""How an interface is asked by SNMP: the installation's secrets by name, which stand in its settings and in no table.

A target of the kind SNMP names its access in ``expects``; without a name the community SNMP_COMMUNITY is used. None of
them leaves for an address outside of PROBE_NETWORKS.
"""

from django.conf import settings

from guardia.evidence.addresses import may_hear_a_secret
from guardia.evidence.target import ProbeKind, ServiceTarget

V2C, V3 = "v2c:", "v3:"


def secret_for(target: ServiceTarget) -> str:
    """What its probe needs to ask; empty where the installation has no such access, or it may not go there."""
    if target.kind != ProbeKind.SNMP or not may_hear_a_secret(target.pinned):
        return ""
    if target.expects:
        return settings.SNMP_CREDENTIALS.get(target.expects, "")
    return V2C + settings.SNMP_COMMUNITY if settings.SNMP_COMMUNITY else ""


def known_names() -> list[str]:
    return sorted(settings.SNMP_CREDENTIALS)
