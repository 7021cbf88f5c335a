"""`/estado/registro`: the signed log of all histories, for anybody: its newest checkpoint, its keys and its tiles.

The tiles and the checkpoint are those of C2SP tlog-tiles: a program that checks a log of certificates reads them too.
They hold hashes alone, of which nobody reads a case; the leaves themselves are not published. Beside them lie the two
verifiers of a file of evidence, to be kept.
"""

import re
from base64 import b64decode
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import translation
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.notices.wording.hours import Hours, hours_of
from guardia.procedure.version import version_at
from guardia.proof import log, time_stamp
from guardia.proof.log import Tiles
from guardia.proof.merkle import HASH, TILE
from guardia.web.status.page import language_of

VERIFIERS = Path(log.__file__).parent / "offline"
PLACE = re.compile(r"(?:x\d{3}/)*\d{3}")
A_DAY, A_YEAR = 86_400, 31_536_000


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What it is for, the newest checkpoint, and the keys by which it is checked."""
    language = language_of(request)
    with translation.override(language), behind(DatabaseRole.PORTAL):
        at = now()
        signed, version = log.newest_checkpoint(), version_at(at)
        hours = hours_of(version.procedure.provider.zone, version.procedure, at) if version else Hours("UTC", "UTC", at)
        stamp = time_stamp.read(signed.stamp) if signed and signed.stamp else None
        context = {
            "operator": version.procedure.provider.name if version else "Guardia",
            "languages": [(code, name, code == language) for code, name in settings.LANGUAGES],
            "signed": signed,
            "signed_at": localtime(signed.at, ZoneInfo(hours.zone)) if signed else None,
            "stamped_at": localtime(stamp[0], ZoneInfo(hours.zone)) if stamp else None,
            "stamped_by": stamp[1] if stamp else "",
            "zone": hours.zone_words,
            "keys": signed.keys.splitlines() if signed else [],
        }
        return render(request, "status/log.html", context)


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest one, as it was signed. 404 before there is any."""
    with behind(DatabaseRole.PORTAL):
        signed = log.newest_checkpoint()
    if signed is None:
        raise Http404
    return plain(signed.note.encode(), "text/plain; charset=utf-8", "no-cache")


@require_safe
def token(request: HttpRequest) -> HttpResponse:
    """The time stamp of the newest checkpoint (RFC 3161, DER). 404 where no authority has stamped it."""
    with behind(DatabaseRole.PORTAL):
        signed = log.newest_checkpoint()
    if signed is None or not time_stamp.read(signed.stamp):
        raise Http404
    return plain(b64decode(signed.stamp), "application/vnd.etsi.timestamp-token", "no-cache")


@require_safe
def tile(request: HttpRequest, level: int, place: str, width: int = TILE) -> HttpResponse:
    """A tile, or the first ``width`` hashes of one that still grows. 404 for what is not there, or not signed yet."""
    if not PLACE.fullmatch(place) or not 0 < width <= TILE:
        raise Http404
    number = int(place.replace("x", "").replace("/", ""))
    with behind(DatabaseRole.PORTAL):
        signed = log.newest_checkpoint()
        known = signed.size >> (8 * level) if signed and level < 8 else 0
        hashes = Tiles().tile(level, number)[: width * HASH] if number * TILE + width <= known else b""
    if len(hashes) != width * HASH:
        raise Http404
    return plain(hashes, "application/octet-stream", f"public, max-age={A_YEAR}, immutable")


@require_safe
def verifier_page(_request: HttpRequest) -> HttpResponse:
    """The page that checks a file of evidence. It is saved and opened from there: here our own policy forbids scripts
    within a page, and what checks us is not to be fetched from us each time.
    """
    return saved("guardia-verificador.html", "text/html; charset=utf-8")


@require_safe
def verifier_program(_request: HttpRequest) -> HttpResponse:
    """The same as one Python file."""
    return saved("guardia_verify.py", "text/x-python; charset=utf-8")


def saved(name: str, kind: str) -> HttpResponse:
    response = plain(verifier(name), kind, f"public, max-age={A_DAY}")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@cache
def verifier(name: str) -> bytes:
    return (VERIFIERS / name).read_bytes()


def plain(content: bytes, kind: str, kept: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response.headers["Cache-Control"] = kept
    return response


urlpatterns = [
    path("registro", page, name="log_of_histories"),
    path("registro/checkpoint", checkpoint, name="log_checkpoint"),
    path("registro/checkpoint.tst", token, name="log_time_stamp"),
    path("registro/verificador.html", verifier_page, name="verifier_page"),
    path("registro/guardia_verify.py", verifier_program, name="verifier_program"),
    path("registro/tile/<int:level>/<path:place>.p/<int:width>", tile, name="log_part_of_tile"),
    path("registro/tile/<int:level>/<path:place>", tile, name="log_tile"),
]
