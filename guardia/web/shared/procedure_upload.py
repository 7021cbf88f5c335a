"""A procedure that arrives as a file in a form: its text, or what to do about a file that is none."""

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from guardia.procedure.problems import ProcedureFileRefused
from guardia.procedure.yaml_file import LARGEST, decoded


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
