"""``POST /campo/envios``: a batch of what was pressed, each kept first and then done in order; the answer is per key.

By session with its CSRF token, or by link, where the token of the address is the secret.
"""

import json
import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from guardia.cases import field_arrivals
from guardia.cases.case import Case
from guardia.cases.field_arrivals import Sent
from guardia.cases.queries import with_names
from guardia.config.now import now
from guardia.config.walls import Wall, behind
from guardia.field.visit import FieldAct
from guardia.people.policy import Right
from guardia.people.signed import LARGEST_ID
from guardia.web.desk.entry import asking
from guardia.web.field import answers
from guardia.web.field.answers import Refuse
from guardia.web.field.who import Phone, sendable

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
        phone = answers.phone_of(request, token)
        if not phone.may_send:
            raise Refuse(answers.NOT_YOURS, _("Only the crew itself sends from here. Enter it at the desk."))
        return answers.told({"acts": do(phone, read(request))})
    except Refuse as refusal:
        return answers.refused(refusal)


def read(request: HttpRequest) -> list[Any]:
    """Raises Refuse."""
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
            raise Refuse(answers.TOO_LARGE, _("Too much was sent at once."))
        said = json.loads(request.read(LARGEST + 1))
    except (ValueError, UnreadablePostError, RawPostDataException, RecursionError) as trouble:
        raise Refuse(answers.BAD, _("What was sent cannot be read.")) from trouble
    acts = said.get("acts") if isinstance(said, dict) else None
    if not isinstance(acts, list):
        raise Refuse(answers.BAD, _("What was sent cannot be read."))
    if len(acts) > MOST:
        raise Refuse(answers.TOO_LARGE, _("Too much was sent at once."))
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
    with behind(Wall.STAFF):
        visit = sendable(phone, visit_id)
        if visit is None:
            words = _("This visit is not of your crew. Tell the desk by telephone.")
            return {str(key): answer(str(key), "refused", words) for key in keys}
        before = set(FieldAct.objects.filter(key__in=keys).values_list("key", flat=True))
        if len(set(keys) - before) + visit.acts.count() > MOST_OF_A_VISIT:
            words = _("Too much was sent at once.")
            return {str(key): answer(str(key), "refused", words) for key in keys}
        field_arrivals.keep(visit, sent, phone.sender, now())
    apply(visit.case_id)
    with behind(Wall.STAFF):
        found = {act.key: act for act in FieldAct.objects.filter(key__in=keys, visit=visit)}
    return {str(key): state_of(key, found.get(key), known=key in before) for key in keys}


def apply(case_id: int) -> None:
    """The second step. What trouble leaves undone is done by the next sending, or by the worker."""
    try:
        with behind(Wall.STAFF):
            field_arrivals.apply_waiting(locked(case_id), now())
    except OperationalError as trouble:
        log.warning("acts of case %s wait: %s", case_id, " ".join(str(trouble).split()))


def locked(case_id: int) -> Case:
    cases = Case.objects.select_for_update(of=("self",), no_key=True)
    return with_names(cases).get(pk=case_id)


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
