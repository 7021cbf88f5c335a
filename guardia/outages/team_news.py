"""What becomes of a mass outage or of planned work is news for the channels of teams: once, whatever it is part of."""

from typing import TYPE_CHECKING

from guardia.events.kinds import TeamNews
from guardia.notices.team_message import owe
from guardia.procedure import version as versions

if TYPE_CHECKING:
    from guardia.outages.outage import Outage, OutageNews
    from guardia.outages.planned_work import PlannedWork, PlannedWorkTurn


def owe_of_outage(outage: "Outage", news: "OutageNews") -> int:
    """The channels that this piece of news is owed to; those of no interest to a team (a word to customers) to none."""
    facts = {
        "number": outage.display_number,
        "names": outage.public_name,
        "link": f"afectaciones/{outage.number}/",
        "moment": news.moment,
        "at": news.at.isoformat(),
        "forecast_at": news.forecast_at.isoformat() if news.forecast_at else None,
    }
    zone = versions.of(outage.procedure_version_id).provider.zone
    return owe(TeamNews.OUTAGE, f"outage/{news.pk}", facts, outage.impact, zone, news.at)


def owe_of_work(work: "PlannedWork", turn: "PlannedWorkTurn") -> int:
    """The channels that this turn is owed to; a draft or a reminder is owed to none."""
    facts = {
        "number": work.display_number,
        "names": work.public_name or {"es": work.name},
        "link": f"trabajos/{work.display_number}",
        "moment": str(turn.moment),
        "at": turn.at.isoformat(),
        "starts_at": work.starts_at.isoformat(),
        "ends_at": work.ends_at.isoformat(),
    }
    return owe(TeamNews.WORK, f"work/{turn.pk}", facts, "", work.zone, turn.recorded_at)
