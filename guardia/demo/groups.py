"""The sample resolver groups, with the case that each has tonight."""

from datetime import datetime, timedelta
from typing import Any

from guardia.cases.case import Case
from guardia.cases.group_editing import save
from guardia.demo.staffing import Team
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Actor
from guardia.procedure.vocabulary import Stage

GROUPS = (
    ({"es": "Transporte", "en": "Transport", "pt": "Transporte"}, 60, "revisar la atenuación del tramo"),
    (
        {"es": "IP y enrutamiento", "en": "IP and routing", "pt": "IP e roteamento"},
        30,
        "las rutas caen cada diez minutos",
    ),
    ({"es": "Energía", "en": "Power", "pt": "Energia"}, 90, ""),
)
"""Names, the internal target in minutes, and why a case was passed to it; empty: it has none."""
LATELY = timedelta(minutes=40)


def write_groups(team: Team, now: datetime) -> None:
    """Write them, and pass a case of tonight to those that have one, forty minutes before ``now`` (UTC)."""
    stages = [Stage.DIAGNOSIS, Stage.EXECUTION]
    cases = Case.objects.filter(closed_at=None, desk=TECHNICAL, stage__in=stages, opened_at__lt=now - LATELY)
    open_cases = list(cases.order_by("-opened_at").select_related("customer", "site__city", "service")[: len(GROUPS)])
    for place, (names, target, reason) in enumerate(GROUPS):
        fields: dict[str, Any] = {f"name_{code}": name for code, name in names.items()}
        members = [one.pk for one in team.engineers[place : place + 2]]
        group = save(
            None, {**fields, "target_minutes": target, "members": members}, by=team.supervisor, at=now - LATELY
        )
        if reason and place < len(open_cases):
            by = Actor.of_staff(team.engineers[0])
            open_cases[place].pass_to_group(group, reason, by=by, at=now - LATELY, now=now)
