"""What cannot be taken or done as a file of a case, as the person reads it: with the way out."""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guardia.cases.refusals import Refused
from guardia.evidence.files import NotTaken, Why


class FileNotTaken(Refused):
    """``why`` decides the sentence."""

    field = "file"
    sentences: ClassVar[dict[Why, str | Promise]] = {
        Why.EMPTY: _("This file is empty. Choose it again, or look at it where it comes from."),
        Why.TOO_LARGE: _("This file is too large: at most %(most)d MB. Make it smaller, or split it."),
        Why.PROGRAM: _("This is a program, or is named like one: it is not taken. Send what it shows as a picture."),
        Why.RUNS: _("Pages and drawings that a browser runs are not taken. Save it as a PDF or as a picture."),
        Why.MACROS: _("This document contains macros. Save it without them, or as a PDF."),
        Why.UNKNOWN: _("This kind of file is not taken. Send a picture, a PDF, a text or a ZIP."),
        Why.BROKEN_PICTURE: _("This picture cannot be read. Save it as JPEG or PNG, or take it again."),
        Why.BUSY: _("Other photographs are being prepared just now. Send this one again in a minute."),
        Why.TOO_MANY_PIXELS: _(
            "This picture is too large: at most %(most)d megapixels. Take it with a lower resolution."
        ),
    }

    def __init__(self, refused: NotTaken) -> None:
        super().__init__(**refused.values)
        self.template = self.sentences[refused.why]
        self.is_only_now = refused.why is Why.BUSY  # the same, sent again, may well be taken


class TooManyFiles(Refused):
    field = "file"
    template = _("This case has %(most)d files already. Withdraw some, or put several into one ZIP.")


class StoreTakesNothing(Refused):
    field = "file"
    template = _(
        "The file could not be kept: the place for files is full or cannot be written. Nothing was added. "
        "Tell the administrator and try again."
    )


class VisitOfAnother(Refused):
    field = "visit"
    template = _("That visit belongs to another case. Choose one of this case.")


class FileOfAnother(Refused):
    field = "file"
    template = _("That file belongs to another case.")


class FileIsWithdrawn(Refused):
    field = "file"
    template = _("This file was withdrawn: it can no longer be shown. Add it again if it is needed.")
