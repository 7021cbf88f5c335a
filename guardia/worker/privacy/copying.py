"""The copy: a ZIP with one readable page in the person's language, the same as JSON, and the files beside them."""

import json
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from guardia.privacy.gathering import Held
from guardia.privacy.tables import GROUPS
from guardia.privacy.who import Person


def packed(held: Held, person: Person, at: datetime) -> bytes:
    """The whole file; ``at`` (UTC): when it was looked for."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as file:
        with translation.override(person.language):
            file.writestr(f"{_('your-data')}.html", page(held, person, at))
        file.writestr("data.json", as_json(held, person, at))
        for path, content in held.files.items():
            file.writestr(path, content)
    return out.getvalue()


def as_json(held: Held, person: Person, at: datetime) -> str:
    said = {
        "made_at": at.isoformat(),
        "looked_for": {
            "names": person.marks.names,
            "addresses": person.marks.addresses,
            "numbers": person.marks.numbers,
            "shared_and_not_looked_for": person.shared,
        },
        "records": held.records,
        "files": sorted(held.files),
        "files_left_out": held.left_out,
    }
    return json.dumps(said, ensure_ascii=False, indent=2, default=str)


def page(held: Held, person: Person, at: datetime) -> str:
    groups = [
        {"words": words, "records": [shown(one) for one in held.records[key]]}
        for key, words in GROUPS.items()
        if key in held.records
    ]
    context = {
        "language": person.language,
        "at": localtime(at),
        "groups": groups,
        "marks": person.marks.all,
        "shared": person.shared,
        "files": sorted(held.files),
        "left_out": held.left_out,
    }
    return render_to_string("privacy/copy.html", context)


def shown(record: Mapping[str, Any]) -> dict[str, Any]:
    values = [(name.replace("_", " "), said(value)) for name, value in record["values"].items()]
    return {"of": f"{record['table'].replace('_', ' ')} {record['id']}", "values": values}


def said(value: Any) -> str:
    if isinstance(value, datetime):
        return localtime(value).strftime("%Y-%m-%d %H:%M")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
