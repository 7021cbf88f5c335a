"""What a PATCH wants of a ticket: read from a merge patch (RFC 7396) or a JSON patch (RFC 6902) as a few changes.

A ticket is no document that is written over: what may change of it is done by verbs (``ticket_acts.py``).
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import jsonpath
from django.http import HttpRequest
from django.utils.translation import gettext as _

from guardia.tmforum.ticket import IMPACTS, SEVERITIES
from guardia.tmforum.ticket_versions import TicketVersion
from guardia.web.api.tmforum.endpoint import conflict
from guardia.web.api.tmforum.ticket_bodies import (
    JSON_PATCH,
    JSON_PATCH_QUERY,
    LONGEST_REFERENCE,
    LONGEST_TEXT,
    MERGE_PATCH,
    MOST_IN_A_LIST,
    STATUSES,
    json_in,
    must_be_typed,
)
from guardia.web.api.tmforum.ticket_query import names_of
from guardia.web.api.v2.json_body import JSON
from guardia.web.api.v2.problems import ProblemRaised, of_fields

MOST_OPERATIONS = 50
OPERATIONS = ("add", "replace", "remove", "test")
"""Not ``copy`` and ``move``: nothing of a ticket is told by them, and what is copied into itself grows without end."""
IDENTITY = ("id", "href", "@type", "@baseType", "@schemaLocation")
Body = dict[str, Any]


@dataclass(frozen=True)
class TicketChanges:
    """What is to be done to a ticket; what is empty stays as it is. ``reason``: why its status changes."""

    status: str = ""
    reason: str = ""
    impact: str = ""
    reference: str | None = None
    notes: list[str] = field(default_factory=list)


def changes_in(request: HttpRequest, version: TicketVersion, now: Body) -> TicketChanges:
    """What the body of a PATCH changes of the ticket that is written ``now``. Raises ProblemRaised."""
    kinds = (JSON, MERGE_PATCH) if version.number == 4 else (JSON, MERGE_PATCH, JSON_PATCH, JSON_PATCH_QUERY)
    sent = json_in(request, kinds)
    if request.content_type in (JSON_PATCH, JSON_PATCH_QUERY):
        return changes_of(patched(sent, now, by_query=request.content_type == JSON_PATCH_QUERY), version, now)
    if not isinstance(sent, dict):
        raise of_fields({"body": [_("Send a JSON object as UTF-8.")]})
    if version.number == 5:
        must_be_typed({"@type": "", **sent})
    return changes_of(sent, version, now)


def changes_of(sent: Body, version: TicketVersion, now: Body) -> TicketChanges:
    """What differs between what was sent and what stands. Raises ProblemRaised for what no verb changes."""
    known = names_of(version)
    if unknown := [name for name in sent if name not in known]:
        raise of_fields({name[:100]: [_("This operation has no such field.")] for name in unknown})
    differs = {name: value for name, value in sent.items() if value != now.get(name)}
    if version.number == 5 and "@type" in differs and "@type" not in now:
        del differs["@type"]
    reason = text_in(differs, "statusChangeReason", LONGEST_TEXT)
    status = text_in(differs, "status", 40)
    if status and status not in STATUSES and status != "rejected":
        raise of_fields({"status": [_("Send one of: %(values)s.") % {"values": ", ".join([*STATUSES, "rejected"])}]})
    notes = new_notes(differs.pop("note"), now) if "note" in differs else []
    reference = reference_in(differs, version, now)
    impact = impact_in(differs)
    if wrong := next((name for name in IDENTITY if name in differs), ""):
        raise of_fields({wrong: [_("What names a ticket is never changed.")]})
    if differs:
        title = _("This is not changed on a ticket: %(names)s.") % {"names": ", ".join(sorted(differs))}
        raise conflict(title, _("What was reported stands; write what is new as a note."), "P2")
    return TicketChanges(status, reason or "", impact, reference, notes)


def text_in(differs: Body, name: str, most: int) -> str:
    """The text of this name, taken out; empty where it stays as it is."""
    if name not in differs:
        return ""
    value = differs.pop(name)
    if not isinstance(value, str):
        raise of_fields({name: [_("Send a text.")]})
    if len(value) > most:
        raise of_fields({name: [_("Send at most %(count)s characters.") % {"count": most}]})
    return value.replace("\0", "").strip()


def impact_in(differs: Body) -> str:
    severity = text_in(differs, "severity", 40)
    if not severity:
        return ""
    if severity.lower() not in IMPACTS:
        known = ", ".join(dict.fromkeys(SEVERITIES.values()))
        raise of_fields({"severity": [_("Send one of: %(values)s.") % {"values": known}]})
    return str(IMPACTS[severity.lower()])


def reference_in(differs: Body, version: TicketVersion, now: Body) -> str | None:
    if version.number == 4:
        return text_in(differs, version.external, LONGEST_REFERENCE) if version.external in differs else None
    if version.external not in differs:
        return None
    value = differs.pop(version.external)
    is_one = isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict)
    if not is_one:
        raise of_fields({version.external: [_("A ticket has one number of its caller. Send a list of one.")]})
    return text_in(dict(value[0]), "id", LONGEST_REFERENCE)


def new_notes(value: Any, now: Body) -> list[str]:
    """The texts of the notes that are new: those without an id. What stands is never edited nor removed (P2).

    A note that is left out stays. Raises ProblemRaised.
    """
    if not isinstance(value, list) or len(value) > MOST_IN_A_LIST + len(now.get("note", ())):
        raise of_fields({"note": [_("Send a list.")]})
    standing = {note["id"]: note for note in now.get("note", ())}
    found = []
    for number, note in enumerate(value):
        if not isinstance(note, dict):
            raise of_fields({f"note.{number}": [_("Send a JSON object as UTF-8.")]})
        if known := standing.get(note.get("id")) if isinstance(note.get("id"), str) else None:
            if any(known.get(name) != part for name, part in note.items() if name in ("text", "author", "date")):
                raise conflict(_("A note is never edited."), _("Write what is new as a note of its own."), "P2")
            continue
        words = text_in(dict(note), "text", LONGEST_TEXT)
        if not words:
            raise of_fields({f"note.{number}.text": [_("This is missing.")]})
        found.append(words)
    return found


# --- JSON patch -------------------------------------------------------------------------------------------------------
def patched(sent: Any, now: Body, *, by_query: bool) -> Body:
    """The ticket as the operations would have it, as far as it differs. Raises ProblemRaised where they do not fit."""
    if not isinstance(sent, list) or len(sent) > MOST_OPERATIONS or not all(isinstance(one, dict) for one in sent):
        raise of_fields(
            {"body": [_("Send a list of operations (RFC 6902), %(most)s at most.") % {"most": MOST_OPERATIONS}]}
        )
    if any(one.get("op") not in OPERATIONS for one in sent):
        raise of_fields({"op": [_("Send one of: %(values)s.") % {"values": ", ".join(OPERATIONS)}]})
    wanted, lists = deepcopy(now), {name for name, value in now.items() if isinstance(value, list)}
    for name in ("note", "externalIdentifier"):
        wanted.setdefault(name, [])
    operations = [{**one, "path": pointer(str(one.get("path", "")), wanted)} if by_query else one for one in sent]
    try:
        applied = jsonpath.patch.apply(operations, wanted)
    except jsonpath.JSONPatchTestFailure as failed:
        raise conflict(_("The ticket is not what a test of this patch expects."), str(failed)[:200]) from failed
    except (jsonpath.JSONPatchError, jsonpath.JSONPointerError, ValueError, TypeError, KeyError, IndexError) as wrong:
        raise of_fields(
            {"body": [_("This patch does not fit the ticket: %(why)s") % {"why": str(wrong)[:200]}]}
        ) from wrong
    wanted = applied if isinstance(applied, dict) else {}
    if wanted is not applied:
        raise of_fields({"body": [_("This patch does not fit the ticket: %(why)s") % {"why": "/"}]})
    must_keep_notes(wanted, now)
    gone = [name for name in now if name not in wanted]
    if gone:
        raise conflict(_("This is not changed on a ticket: %(names)s.") % {"names": ", ".join(gone)}, "", "P2")
    return {name: value for name, value in wanted.items() if value != now.get(name) and (value or name in lists)}


def must_keep_notes(wanted: Body, now: Body) -> None:
    """A JSON patch says exactly what it removes: none of the notes that stand (P2). Raises ProblemRaised."""
    ids = {note.get("id") for note in wanted.get("note", ()) if isinstance(note, dict)}
    if any(note["id"] not in ids for note in now.get("note", ())):
        raise conflict(_("A note is never edited."), _("Write what is new as a note of its own."), "P2")


def pointer(path: str, ticket: Mapping[str, Any]) -> str:
    """The JSON pointer of a path with a query, such as ``/note?id=12`` (TMF630). Raises ProblemRaised."""
    base, question, query = path.partition("?")
    if not question:
        return path
    name, equals, value = query.partition("=")
    rows = ticket.get(base.strip("/"))
    if equals and isinstance(rows, list):
        keys = unquote(name).split(".")[-1]
        for number, row in enumerate(rows):
            if isinstance(row, dict) and str(row.get(keys)) == unquote(value):
                return f"/{base.strip('/')}/{number}"
    raise ProblemRaised(400, _("Nothing of the ticket is found by %(path)s.") % {"path": path[:200]})
