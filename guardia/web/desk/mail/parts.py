"""The parts of a mail that a browser could be harmed by: its HTML in a locked frame, its files only as downloads."""

import base64
import re

from django.http import Http404, HttpResponse
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET

from guardia.mailroom.files import content_of
from guardia.mailroom.reading import FileFound, Unreadable, read
from guardia.mailroom.taking import limit
from guardia.mailroom.types import OCTETS, PASSIVE
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.entry import desk_page
from guardia.web.desk.mail import reading
from guardia.web.desk.mail_frame import FRAME_POLICY
from guardia.web.shared.files import FILE_POLICY, download

OWN_IMAGE = re.compile(r'src="cid:(\d{1,5})"')
MOST_IMAGES = 8 * 1024 * 1024  # bytes of pictures put into the HTML


@desk_page
@require_GET
@csp_override(FRAME_POLICY)
def html(request: DeskRequest, message_id: int) -> HttpResponse:
    """The HTML alone, made safe. It may run nothing and fetch nothing: its policy says so."""
    raw = raw_or_404(message_id)
    try:
        found = read(raw, limit())
    except Unreadable as unreadable:
        raise Http404 from unreadable
    if not found.html:
        raise Http404
    pictures = Pictures(raw, found.files)
    return HttpResponse(OWN_IMAGE.sub(lambda match: pictures.source(int(match[1])), found.html))


class Pictures:
    """The mail's own pictures, put into its HTML: the frame may fetch none."""

    def __init__(self, raw: bytes, files: tuple[FileFound, ...]) -> None:
        self.raw, self.left = raw, MOST_IMAGES
        self.shown = {one.part: one for one in files if one.type in PASSIVE and one.type.startswith("image/")}
        self.sources: dict[int, str] = {}

    def source(self, part: int) -> str:
        """Each showing counts: a picture that is named a thousand times must not make a page of gigabytes."""
        found = self.shown.get(part)
        if found is None or found.refused or found.size > self.left:
            return 'src=""'
        self.left -= found.size
        if part not in self.sources:
            data = base64.b64encode(content_of(self.raw, part)).decode()
            self.sources[part] = f'src="data:{found.type};base64,{data}"'
        return self.sources[part]


@desk_page
@require_GET
@csp_override(FILE_POLICY)
def original(request: DeskRequest, message_id: int) -> HttpResponse:
    """The mail byte for byte, as a file for a mail program."""
    return download(raw_or_404(message_id), f"correo-{message_id}.eml", OCTETS)


@desk_page
@require_GET
@csp_override(FILE_POLICY)
def attachment(request: DeskRequest, message_id: int, part: int) -> HttpResponse:
    """A file of the mail; one that is refused is not there."""
    kept = reading.file_of(message_id, part)
    if kept is None:
        raise Http404
    try:
        content = content_of(raw_or_404(message_id), part)
    except (LookupError, Unreadable) as gone:
        raise Http404 from gone
    return download(content, kept.name, kept.type if kept.type in PASSIVE else OCTETS)


def raw_or_404(message_id: int) -> bytes:
    raw = reading.bytes_of(message_id)
    if not raw:  # of a mail that was erased the row stays, without a byte
        raise Http404
    return raw
