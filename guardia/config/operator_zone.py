"""The operator's time zone as the first steps in the browser wrote it down, for an environment without OPERATOR_ZONE.

It stands in a file of STATE_DIR, since settings are read before there is a database. OPERATOR_ZONE always wins.
"""

import os
import time
from pathlib import Path
from zoneinfo import ZoneInfo

NAME = "operator-zone"


def written_zone(state_dir: Path) -> str:
    """The IANA name in the file; empty where there is none, or none that this machine knows."""
    try:
        name = (state_dir / NAME).read_text(encoding="utf-8").strip()
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return ""
    return name


def is_named() -> bool:
    """Whether the environment says it, and nothing that is written down would be heard."""
    return bool(os.environ.get("OPERATOR_ZONE") or os.environ.get("OPERATOR_ZONE_FILE"))


def write_zone(state_dir: Path, zone: str) -> None:
    """Write it down for the next start of every process with this STATE_DIR. Raises OSError."""
    fresh = state_dir / f"{NAME}.new"
    fresh.write_text(f"{zone}\n", encoding="utf-8")
    fresh.replace(state_dir / NAME)


def use_zone(zone: str) -> None:
    """This process counts and shows its hours in that zone from now on, as if it had been started with it."""
    from django.conf import settings
    from django.utils import timezone

    settings.TIME_ZONE = zone
    os.environ["TZ"] = zone
    time.tzset()
    timezone.get_default_timezone.cache_clear()  # type: ignore[attr-defined]
