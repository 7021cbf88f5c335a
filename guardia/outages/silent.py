"""Who has not called is told by a letter alone, where the procedure's rule says news and no case. Hours are UTC."""

from collections.abc import Collection

from guardia.notices.announcement import AnnouncementKind
from guardia.notices.announcing_each import ToEach, announce_each
from guardia.outages import gathering
from guardia.outages.outage import Membership, Outage, OutageNews, OutageService
from guardia.procedure.outage_rules import TellsSilent


def tell(outage: Outage, news: OutageNews, service_ids: Collection[int] | None = None) -> int:
    """Each company whose services are behind it without a case gets one letter with its own services, for this news.

    ``service_ids``: only about these. Returns how many contacts are written to.
    """
    if gathering.tells_silent(outage) is not TellsSilent.NEWS:
        return 0
    rows = OutageService.objects.filter(outage=outage, state=Membership.BEHIND)
    rows = rows if service_ids is None else rows.filter(service__in=service_ids)
    theirs: dict[int, list[list[str]]] = {}
    for row in rows.select_related("service__site__city").order_by("service__circuit"):
        site = row.service.site
        told = [row.service.circuit, f"{site.name}, {site.city.name}", site.zone]
        theirs.setdefault(row.customer_id, []).append(told)
    about = {
        "outage": outage.pk,
        "number": outage.display_number,
        "moment": news.moment,
        "names": outage.public_name,
        "words": news.words,
        "at": news.at.isoformat(),
        "started_at": outage.started_at.isoformat(),
        "forecast_at": outage.forecast_at.isoformat() if outage.forecast_at else "",
    }
    # A service that came behind it later is told of in a letter of its own, also to whom had one about others.
    later = "" if service_ids is None else f"+{min(service_ids, default=0)}"
    letters = [ToEach(pk, f"{news.pk}/{pk}{later}", {**about, "services": told}) for pk, told in theirs.items()]
    if not letters:
        return 0
    return announce_each(AnnouncementKind.OUTAGE, outage.procedure_version, letters, by=news.by_id, at=news.at)
