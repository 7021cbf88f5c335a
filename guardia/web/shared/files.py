"""Files of others: given out so that no browser can be harmed by them, and a procedure read from a form."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from guardia.mailroom.types import OCTETS, PASSIVE
from guardia.procedure.problems import ProcedureFileRefused
from guardia.procedure.yaml_file import LARGEST, decoded

# --- files of others --------------------------------------------------------------------------------------------------
FILE_POLICY: dict[str, Any] = {"sandbox": True, "default-src": ["'none'"], "frame-ancestors": ["'none'"]}


def download(content: bytes, name: str, type_: str) -> HttpResponse:
    """Never shown within our own pages: an attachment, of the type that we found, and of no other."""
    answer = HttpResponse(content, content_type=type_)
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store, private"
    return answer


def served(content: bytes, name: str, type_: str, *, in_place: bool) -> HttpResponse:
    """A picture in place, where that is asked for; all else as a file, of a type that a browser never runs."""
    answer = download(content, name, type_ if type_ in PASSIVE else OCTETS)
    if in_place and is_picture(type_):
        answer.headers["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    return answer


def is_picture(type_: str) -> bool:
    """Whether a browser shows it within a page, without a danger."""
    return type_ in PASSIVE and type_.startswith("image/")


# --- a procedure ------------------------------------------------------------------------------------------------------
# A procedure that arrives as a file in a form: its text, or what to do about a file that is none.
def text_of(file: UploadedFile | None) -> str:
    """The text of the file; empty without one. Raises ValidationError, in the reader's language."""
    if not file:
        return ""
    if (file.size or 0) > LARGEST:
        raise ValidationError(_("The file is too large to be a procedure. Choose the YAML file."))
    try:
        return decoded(file.read(), file.name or "")
    except ProcedureFileRefused as refused:
        raise ValidationError([f"{one.message}. {one.remedy}." for one in refused.problems]) from refused
