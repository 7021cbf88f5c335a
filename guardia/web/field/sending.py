"""`POST /campo/envios`, `/campo/fotos`: what was pressed is stored first, then done in order; each key counts once."""

import json
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.urls import path
from django.utils.datastructures import MultiValueDictKeyError
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from guardia.cases import case_files
from guardia.cases.case import Case
from guardia.cases.queries import locked_cases
from guardia.cases.refusals import Refused
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.evidence import files
from guardia.evidence.files import is_key_known
from guardia.field.visit import FieldAct, acts_by_key, keys_known
from guardia.intake import field_arrivals
from guardia.intake.field_arrivals import Sent
from guardia.people.policy import Right
from guardia.people.signed import LARGEST_ID, LinkHasExpired, LinkIsInvalid
from guardia.people.staff import Actor, ActorKind
from guardia.web.desk.entry import asking
from guardia.web.field.telephone import Phone, of_link, of_staff, owner_now, sendable
from guardia.web.shared.responses import private

# --- answers ----------------------------------------------------------------------------------------------------------
# What a telephone is told in JSON, and how it is refused.
SIGNED_OUT, NOT_YOURS, GONE, NOT_FOUND, TOO_LARGE, BAD, LATER = 401, 403, 410, 404, 413, 400, 503


class Refuse(Exception):
    """The sending as a whole is not taken."""

    def __init__(self, status: int, words: str) -> None:
        self.status, self.words = status, words
        super().__init__(words)


def json_answer(said: dict[str, Any], status: int = 200) -> HttpResponse:
    return private(JsonResponse(said, status=status, json_dumps_params={"ensure_ascii": False}))


def refused(refusal: Refuse) -> HttpResponse:
    return json_answer({"error": refusal.words}, refusal.status)


def phone_of(request: HttpRequest, token: str = "") -> Phone:
    """Whose telephone sends, in a step of its own. Raises Refuse, PermissionDenied."""
    with behind(DatabaseRole.STAFF):
        if token:
            return _by_link(token)
        staff = owner_now(request)
        if staff is None:
            raise Refuse(SIGNED_OUT, _("Sign in again: what is saved on this telephone is kept and sent afterwards."))
        phone = of_staff(staff, request.GET.get("cuadrilla", ""))
        return phone


def _by_link(token: str) -> Phone:
    try:
        return of_link(token, now())
    except LinkHasExpired as late:
        raise Refuse(GONE, _("This link expired with its visit. Call the desk.")) from late
    except LinkIsInvalid as wrong:
        raise Refuse(NOT_FOUND, _("This is not a link of ours.")) from wrong


# --- sending ----------------------------------------------------------------------------------------------------------
# ``POST /campo/envios``: a batch of what was pressed, each kept first and then done in order; the answer is per key.
# By session with its CSRF token, or by link, where the token of the address is the secret.
log = logging.getLogger(__name__)

LARGEST, MOST, LARGEST_ACT = 1024 * 1024, 50, 256 * 1024
LARGEST_ORDER = 2**31 - 1
MOST_OF_A_VISIT = 2000
"""No crew presses so often; whoever has found a link fills no disk with it."""


@asking(None, Right.WORK_IN_FIELD)
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    return taken(request)


@csrf_exempt
@require_POST
def take_by_link(request: HttpRequest, token: str) -> HttpResponse:
    return taken(request, token)


def taken(request: HttpRequest, token: str = "") -> HttpResponse:
    """200 with an answer for each act; else nothing was taken, and the telephone keeps everything."""
    try:
        phone = phone_of(request, token)
        if not phone.may_send:
            raise Refuse(NOT_YOURS, _("Only the crew itself can send from here. Enter it at the desk."))
        return json_answer({"acts": do(phone, read(request))})
    except Refuse as refusal:
        return refused(refusal)


def read(request: HttpRequest) -> list[Any]:
    """Raises Refuse."""
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
            raise Refuse(TOO_LARGE, _("Too much was sent at once."))
        said = json.loads(request.read(LARGEST + 1))
    except (ValueError, UnreadablePostError, RawPostDataException, RecursionError) as trouble:
        raise Refuse(BAD, _("What was sent cannot be read.")) from trouble
    acts = said.get("acts") if isinstance(said, dict) else None
    if not isinstance(acts, list):
        raise Refuse(BAD, _("What was sent cannot be read."))
    if len(acts) > MOST:
        raise Refuse(TOO_LARGE, _("Too much was sent at once."))
    return acts


def do(phone: Phone, acts: list[Any]) -> list[dict[str, str]]:
    """Keep all of it, then do what waits, case by case; what cannot be kept is answered at once."""
    by_visit: dict[int, list[Sent]] = defaultdict(list)
    answered: dict[str, dict[str, str]] = {}
    for one in acts:
        key, visit_id, sent = as_sent(one)
        if sent is None:
            answered[key] = answer(key, "refused", _("The telephone sent something that cannot be read."))
        else:
            by_visit[visit_id].append(sent)
    for visit_id, sent_of_visit in by_visit.items():
        answered |= taken_of(phone, visit_id, sent_of_visit)
    return list(answered.values())


def taken_of(phone: Phone, visit_id: int, sent: Sequence[Sent]) -> dict[str, dict[str, str]]:
    keys = [one.key for one in sent]
    with behind(DatabaseRole.STAFF):
        visit = sendable(phone, visit_id)
        if visit is None:
            words = _("This visit does not belong to your crew. Call the desk.")
            return {str(key): answer(str(key), "refused", words) for key in keys}
        before = keys_known(keys)
        if len(set(keys) - before) + visit.acts.count() > MOST_OF_A_VISIT:
            words = _("Too much was sent at once.")
            return {str(key): answer(str(key), "refused", words) for key in keys}
        field_arrivals.keep(visit, sent, phone.sender, now())
    apply(visit.case_id)
    with behind(DatabaseRole.STAFF):
        found = acts_by_key(keys, visit)
    return {str(key): state_of(key, found.get(key), known=key in before) for key in keys}


def apply(case_id: int) -> None:
    """The second step. What trouble leaves undone is done by the next sending, or by the worker."""
    try:
        with behind(DatabaseRole.STAFF):
            field_arrivals.apply_waiting(locked(case_id), now())
    except OperationalError as trouble:
        log.warning("acts of case %s wait: %s", case_id, " ".join(str(trouble).split()))


def locked(case_id: int) -> Case:
    return locked_cases().get(pk=case_id)


def as_sent(one: Any) -> tuple[str, int, Sent | None]:
    """Its key as it was written, its visit, and the act; None where it cannot even be kept."""
    said = one if isinstance(one, dict) else {}
    written = str(said.get("key", ""))[:60]
    try:
        key, facts, order = UUID(written), said["facts"], said["order"]
        happened, visit_id, kind = datetime.fromisoformat(said["at"]), said["visit"], said["kind"]
        whole = all(isinstance(n, int) and not isinstance(n, bool) for n in (order, visit_id))
        text = json.dumps([kind, facts], ensure_ascii=False, allow_nan=False)
        size = len(text.encode())
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return written, 0, None
    fits = whole and isinstance(facts, dict) and isinstance(kind, str) and named(kind) and "\\u0000" not in text
    in_range = fits and 0 <= order <= LARGEST_ORDER and 0 < visit_id <= LARGEST_ID and size <= LARGEST_ACT
    if not in_range or happened.tzinfo is None or not 2000 < happened.year < 2200:
        return written, 0, None
    return str(key), visit_id, Sent(key, order, kind, facts, happened.astimezone(UTC))


def named(kind: str) -> bool:
    """A kind stands in what the desk reads: letters only, nothing that turns the line round."""
    return kind.isascii() and kind.isidentifier()


def state_of(key: UUID, act: FieldAct | None, *, known: bool) -> dict[str, str]:
    if act is None:
        return answer(str(key), "refused", _("The telephone sent something that cannot be read."))
    if act.refused:
        return answer(str(key), "refused", act.refused)
    if act.applied_at is None:
        return answer(str(key), "waiting", "")
    return answer(str(key), "known" if known else "applied", "")


def answer(key: str, state: str, sentence: str) -> dict[str, str]:
    """``waiting``: it is with us and will be done; the telephone need not keep it."""
    return {"key": key, "state": state, "sentence": sentence}


# --- plain forms ------------------------------------------------------------------------------------------------------
# A step as a plain form sends it, without a script: the same facts as those of the telephone's queue.
NAMES = ("place", "solution", "why", "condition", "text", "name", "position", "box")
MOST_MINUTES = 7 * 24 * 60
FORECAST_LASTS = timedelta(minutes=30)


class Unreadable(Exception):
    """What to mend, in a sentence."""


def new_key() -> str:
    """Drawn with the page: the same form sent twice is one step."""
    return str(uuid4())


def number(written: str) -> int:
    return int(written) if written.isascii() and written.isdigit() and len(written) < 18 else 0


def step_in(form: Mapping[str, str], at: datetime, used: Sequence[Any]) -> Sent:
    """``at`` (UTC) is when it was pressed, for whoever has signal presses at once; ``used``: the parts written so far.

    Raises Unreadable.
    """
    try:
        key = UUID(form.get("key", ""))
    except ValueError as wrong:
        raise Unreadable(_("This page has been open too long. Open it again.")) from wrong
    facts: dict[str, object] = {name: written(form, name, 4000) for name in NAMES if form.get(name)}
    if form.get("finished"):
        facts["finished"] = form["finished"] == "1"
    if minutes := number(form.get("minutes", "")):
        facts |= hours_ahead(form.get("kind", ""), at + timedelta(minutes=min(minutes, MOST_MINUTES)))
    if part := written(form, "part").strip():
        quantity = number(form.get("quantity", "")) or 1
        facts["parts"] = [*used, {"name": part, "quantity": quantity, "serial": written(form, "serial")}]
    kind = written(form, "kind", 30)
    return Sent(key, 0, kind if kind.isascii() and kind.isidentifier() else "?", facts, at)


def written(form: Mapping[str, str], name: str, most: int = 160) -> str:
    """A field without what no database keeps; lines end as they do everywhere else."""
    return form.get(name, "").replace("\0", "").replace("\r\n", "\n")[:most]


def hours_ahead(kind: str, then: datetime) -> dict[str, str]:
    """When it is decided again, or between which hours the crew arrives."""
    if kind == "block":
        return {"next_decision_at": then.isoformat()}
    return {"from": then.isoformat(), "to": (then + FORECAST_LASTS).isoformat()}


# --- photographs ------------------------------------------------------------------------------------------------------
# ``POST /campo/fotos``: one photograph, after the actions; by its key it arrives once.
# What cannot be taken (no picture, too large, too many) is kept as an act that was refused: the desk learns of it.
@asking(None, Right.WORK_IN_FIELD)
@require_POST
def take_photograph(request: HttpRequest) -> HttpResponse:
    return photograph_taken(request)


@csrf_exempt
@require_POST
def take_photograph_by_link(request: HttpRequest, token: str) -> HttpResponse:
    return photograph_taken(request, token)


def photograph_taken(request: HttpRequest, token: str = "") -> HttpResponse:
    """The answer for its key, as of an act; a plain form is led back to the page."""
    try:
        phone = phone_of(request, token)
        if not phone.may_send:
            raise PermissionDenied
        said = add_photograph(phone, *photograph_in(request))
    except Refuse as refusal:
        return refused(refusal)
    if request.POST.get("back"):
        return HttpResponseRedirect(f"/campo/v/{token}" if token else "/campo", status=303)
    return json_answer(said)


def photograph_in(request: HttpRequest) -> tuple[UUID, int, datetime, str, UploadedFile]:
    """Key, visit, hour, caption, picture. Raises Refuse."""
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > files.limit() + 64 * 1024:
            raise Refuse(TOO_LARGE, _("This photograph is too large."))
        form, picture = request.POST, request.FILES["photo"]
        key, said = UUID(form["key"]), form.get("at", "")
        taken_at = datetime.fromisoformat(said) if said else now()
        assert isinstance(picture, UploadedFile)
    except (ValueError, MultiValueDictKeyError, UnreadablePostError) as trouble:
        raise Refuse(BAD, _("What was sent cannot be read.")) from trouble
    if taken_at.tzinfo is None or not 2000 < taken_at.year < 2200:
        raise Refuse(BAD, _("What was sent cannot be read."))
    return key, number(form.get("visit", "")), taken_at, written(form, "caption", 400), picture


def add_photograph(
    phone: Phone, key: UUID, visit_id: int, taken_at: datetime, caption: str, picture: UploadedFile
) -> dict:
    """Kept on the case, by the crew, at the hour it was taken; what is refused is kept as an act of that key."""
    content, name = picture.read(), (picture.name or "").replace("\0", "") or "foto.jpg"
    with behind(DatabaseRole.STAFF):
        visit = sendable(phone, visit_id, formerly=False)
        if visit is None:
            return answer(str(key), "refused", _("This visit does not belong to your crew. Call the desk."))
        if is_key_known(key):
            return answer(str(key), "known", "")
    try:
        ready = case_files.ready(content, name)
        with behind(DatabaseRole.STAFF):
            case, at = locked(visit.case_id), now()
            by = Actor.of_staff(phone.staff) if phone.staff else Actor(ActorKind.SYSTEM)
            case_files.add_ready(
                case,
                ready,
                by=by,
                at=min(taken_at, at),
                now=at,
                caption=caption,
                visit=visit,
                key=key,
                by_name=phone.sender.name,
            )
    except Refused as refusal:
        if getattr(refusal, "is_only_now", False):
            raise Refuse(LATER, str(refusal)) from refusal  # the telephone keeps it
        with behind(DatabaseRole.STAFF):
            at = now()
            facts = {"name": name[:200], "size": len(content), "caption": caption}
            sent = Sent(key, 0, "photo", facts, min(taken_at, at))
            field_arrivals.keep_refused(visit, sent, phone.sender, refusal, at)
        return answer(str(key), "refused", str(refusal))
    return answer(str(key), "applied", "")


urlpatterns = [
    path("envios", take, name="field_send"),
    path("envios/<str:token>", take_by_link, name="field_link_send"),
    path("fotos", take_photograph, name="field_photo"),
    path("fotos/<str:token>", take_photograph_by_link, name="field_link_photo"),
]
