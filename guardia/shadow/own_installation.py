"""What a replay takes from the operator's own installation: a copy. Nothing is written there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from guardia.clocks.calendars import journal
from guardia.procedure.version import ProcedureVersion, version_at


@dataclass(frozen=True)
class OwnInstallation:
    """``procedure``: its document; ``title``: what it is called; ``calendar``: the days that were announced."""

    procedure: Mapping[str, Any]
    title: str
    calendar: tuple[Mapping[str, Any], ...] = ()


def own_installation(at: datetime) -> OwnInstallation | None:
    """Of the database that this process is at; None where no procedure is in force at ``at`` (UTC)."""
    version = version_at(at)
    if version is None:
        return None
    document = ProcedureVersion.objects.values_list("document", flat=True).get(pk=version.pk)
    return OwnInstallation(document, str(version), tuple(map(dict, announced_days())))


def announced_days() -> list[dict[str, Any]]:
    """Rest days, decrees and withdrawals by their editions; who announced them stays where it is."""
    return [
        {
            "pk": change.pk,
            "kind": change.kind,
            "day": change.day.isoformat() if change.day else None,
            "canton": change.canton,
            "feast": change.feast,
            "withdraws_id": change.withdraws_id,
            "at": change.at.isoformat(),
        }
        for change in journal()
    ]
