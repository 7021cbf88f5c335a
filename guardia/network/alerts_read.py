"""The bytes of a message into what it says, by the kind of its source. Whatever comes is read or refused, in words."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from django.utils.translation import gettext as _

from guardia.network.alert import SourceKind
from guardia.network.alert_message import Message, Unreadable
from guardia.network.alerts_alertmanager import alertmanager
from guardia.network.alerts_kinds import generic, icinga, librenms, zabbix

MOST_FIELDS = 200
READERS: Mapping[str, Callable[[Mapping[str, Any]], Message]] = {
    SourceKind.ALERTMANAGER: alertmanager,
    SourceKind.ZABBIX: zabbix,
    SourceKind.ICINGA: icinga,
    SourceKind.LIBRENMS: librenms,
    SourceKind.GENERIC: generic,
}


def read(kind: str, body: bytes) -> Message:
    """JSON where it begins like JSON, else a form. Raises Unreadable, and Unfit naming the field."""
    text = body.decode("utf-8-sig", errors="replace").strip()
    if not text:
        raise Unreadable(_("The message is empty."))
    return READERS[kind](object_in(text) if text[0] in '{["' else form_in(text))


def object_in(text: str) -> Mapping[str, Any]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise Unreadable(_("The message is no JSON.")) from wrong
    if not isinstance(said, dict):
        raise Unreadable(_("The message must be one JSON object."))
    return said


def form_in(text: str) -> Mapping[str, Any]:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=MOST_FIELDS)
    except ValueError as wrong:
        raise Unreadable(_("The message has more than %(most)s values.") % {"most": MOST_FIELDS}) from wrong
    if not pairs:
        raise Unreadable(_("The message is neither JSON nor a form."))
    return dict(pairs)
