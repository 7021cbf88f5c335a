"""The page of privacy: requests, holds, how long each kind is kept, when old records last went, what would go now."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from guardia.config.now import now
from guardia.privacy import rules
from guardia.privacy.request import Erasure, PrivacyRequest, RetentionRun, State
from guardia.privacy.retention import due
from guardia.privacy.retention_kinds import BY_KEY, KINDS
from guardia.privacy.retention_rule import LegalHold
from guardia.web.desk.settings.privacy.frame import protects, shown, whom
from guardia.web.desk.settings.privacy.words import kept_for

LATEST, MOST_COUNTED, MOST_HOLDS, MOST_WAITING = 20, 1000, 100, 200
WAITING = (State.ASKED, State.READY, State.CONFIRMED, State.FAILED)


@protects
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    holds = LegalHold.objects.filter(lifted_at=None).select_related("customer", "case", "placed_by").order_by("-pk")
    context = {
        "requests": listed(),
        "holds": holds[:MOST_HOLDS],
        "kinds": kinds(),
        "last_run": last_run(),
        "tombs": tombs(),
        "under_way": RetentionRun.objects.filter(ended_at=None, is_dry=False).first(),
    }
    return shown(request, "home", context)


def listed() -> list[dict[str, Any]]:
    """All that waits for somebody first, since the law counts its days; then the latest."""
    found = PrivacyRequest.objects.defer("file").select_related("contact__customer", "staff", "asked_by")
    waiting = list(found.filter(state__in=WAITING).order_by("-pk")[:MOST_WAITING])
    settled = list(found.exclude(state__in=WAITING).order_by("-pk")[: max(0, LATEST - len(waiting))])
    return [{"request": one, "whom": whom(one), "waits": one.state in WAITING} for one in (*waiting, *settled)]


def kinds() -> list[dict[str, Any]]:
    at = now()
    days = rules.in_force()
    would = {one.kind.key: one.count for one in due(at, MOST_COUNTED)}
    return [
        {
            "kind": kind,
            "kept": kept_for(days[kind.key]),
            "is_own": days[kind.key] != kind.days,
            "least": kept_for(kind.least) if kind.least else "",
            "would": would.get(kind.key),
            "is_more": would.get(kind.key, 0) >= MOST_COUNTED,
        }
        for kind in KINDS
    ]


def tombs() -> list[dict[str, Any]]:
    """The latest tombstones that something lies under: by whose number a text that went is looked up."""
    found = Erasure.objects.select_related("request").exclude(counts={}).order_by("-pk")[:LATEST]
    return [
        {
            "tomb": tomb,
            "what": BY_KEY[tomb.rule].words if tomb.rule in BY_KEY else tomb.get_reason_display(),
            "count": sum(tomb.counts.values()),
        }
        for tomb in found
    ]


def last_run() -> dict[str, Any] | None:
    run = RetentionRun.objects.filter(ended_at__isnull=False, is_dry=False).order_by("-pk").first()
    if run is None:
        return None
    tombs = Erasure.objects.filter(run=run)
    return {"run": run, "count": sum(sum(tomb.counts.values()) for tomb in tombs)}
