"""``POST /campo/fotos``: one photograph, after the actions; by its key it arrives once.

What cannot be taken (no picture, too large, too many) is kept as an act that was refused: the desk learns of it.
"""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.request import UnreadablePostError
from django.utils.datastructures import MultiValueDictKeyError
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from guardia.cases import case_files, field_arrivals
from guardia.cases.field_arrivals import Sent
from guardia.cases.refusals import Refused
from guardia.config.now import now
from guardia.config.walls import Wall, behind
from guardia.evidence import files
from guardia.evidence.case_file import CaseFile
from guardia.people.actor import Actor, ActorKind
from guardia.people.policy import Right
from guardia.web.desk.entry import asking
from guardia.web.field import answers
from guardia.web.field.answers import Refuse
from guardia.web.field.plain_form import number, written
from guardia.web.field.sending import answer, locked
from guardia.web.field.who import Phone, sendable


@asking(None, Right.WORK_IN_FIELD)
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    return taken(request)


@csrf_exempt
@require_POST
def take_by_link(request: HttpRequest, token: str) -> HttpResponse:
    return taken(request, token)


def taken(request: HttpRequest, token: str = "") -> HttpResponse:
    """The answer for its key, as of an act; a plain form is led back to the page."""
    try:
        phone = answers.phone_of(request, token)
        if not phone.may_send:
            raise PermissionDenied
        said = do(phone, *read(request))
    except Refuse as refusal:
        return answers.refused(refusal)
    if request.POST.get("back"):
        return HttpResponseRedirect(f"/campo/v/{token}" if token else "/campo", status=303)
    return answers.told(said)


def read(request: HttpRequest) -> tuple[UUID, int, datetime, str, UploadedFile]:
    """Key, visit, hour, caption, picture. Raises Refuse."""
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > files.limit() + 64 * 1024:
            raise Refuse(answers.TOO_LARGE, _("This photograph is too large."))
        form, picture = request.POST, request.FILES["photo"]
        key, said = UUID(form["key"]), form.get("at", "")
        taken_at = datetime.fromisoformat(said) if said else now()
        assert isinstance(picture, UploadedFile)
    except (ValueError, MultiValueDictKeyError, UnreadablePostError) as trouble:
        raise Refuse(answers.BAD, _("What was sent cannot be read.")) from trouble
    if taken_at.tzinfo is None or not 2000 < taken_at.year < 2200:
        raise Refuse(answers.BAD, _("What was sent cannot be read."))
    return key, number(form.get("visit", "")), taken_at, written(form, "caption", 400), picture


def do(phone: Phone, key: UUID, visit_id: int, taken_at: datetime, caption: str, picture: UploadedFile) -> dict:
    """Kept on the case, by the crew, at the hour it was taken; what is refused is kept as an act of that key."""
    content, name = picture.read(), (picture.name or "").replace("\0", "") or "foto.jpg"
    with behind(Wall.STAFF):
        visit = sendable(phone, visit_id, formerly=False)
        if visit is None:
            return answer(str(key), "refused", _("This visit is not of your crew. Tell the desk by telephone."))
        if CaseFile.objects.filter(key=key).exists():
            return answer(str(key), "known", "")
    try:
        ready = case_files.ready(content, name)
        with behind(Wall.STAFF):
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
            raise Refuse(answers.LATER, str(refusal)) from refusal  # the telephone keeps it
        with behind(Wall.STAFF):
            at = now()
            facts = {"name": name[:200], "size": len(content), "caption": caption}
            sent = Sent(key, 0, "photo", facts, min(taken_at, at))
            field_arrivals.keep_refused(visit, sent, phone.sender, refusal, at)
        return answer(str(key), "refused", str(refusal))
    return answer(str(key), "applied", "")
