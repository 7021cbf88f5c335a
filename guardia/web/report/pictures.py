"""Pictures on paper: one as PNG, or all of them as a PDF, by the compiler that writes every paper of ours."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guardia.procedure import version as versions
from guardia.web.report.document import ONE_AT_A_TIME, compiled, printable
from guardia.web.shared.drawing import Drawing, file_of

LAYOUT = Path(__file__).with_name("pictures.typ")
DOTS_PER_INCH = 192.0
ALONE = b"""#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg")
"""


class Pictured(Protocol):
    """What a page of the paper needs of a picture."""

    @property
    def title(self) -> str: ...
    @property
    def says(self) -> str: ...
    @property
    def empty(self) -> str: ...
    @property
    def drawing(self) -> Drawing | None: ...


def png_of(svg: str) -> bytes:
    """The picture on white, twice as fine as it is drawn. Raises typst.TypstError."""
    import typst

    with ONE_AT_A_TIME:
        made = typst.compile(ALONE, sys_inputs={"svg": svg}, format="png", ppi=DOTS_PER_INCH)
    return made if isinstance(made, bytes) else made[0]


def on_paper(pictures: Sequence[Pictured], at: datetime) -> bytes:
    """All of them, A4, PDF/A-3a and PDF/UA-1; ``at`` (UTC) is its date. Raises typst.TypstError."""
    ruling = versions.version_at(at)
    told = {
        "language": get_language() or "es",
        "title": _("Panorama"),
        "operator": str(ruling.procedure.provider.name) if ruling else "Guardia",
        "written": _("As of %(hour)s (%(zone)s)")
        % {"hour": date_format(localtime(at), "j M Y H:i"), "zone": settings.TIME_ZONE},
        "pictures": [
            {
                "title": each.title,
                "says": each.says,
                "empty": each.empty,
                "svg": file_of(each.drawing) if each.drawing else "",
            }
            for each in pictures
        ],
    }
    with ONE_AT_A_TIME:
        return compiled({"panorama": json.dumps(printable(told), ensure_ascii=False)}, round(at.timestamp()), LAYOUT)
