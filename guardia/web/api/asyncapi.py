"""``/api/v2/asyncapi.json``: what is sent to systems that follow events, as an AsyncAPI 3.0 document.

It follows from the table of kinds (``guardia/events/kinds.py``), and speaks English whoever reads it. It names kinds
alone and nothing of any case, so it is for anybody.
"""

from importlib.metadata import version
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from guardia.events.families import FAMILIES
from guardia.events.kinds import KINDS
from guardia.procedure.vocabulary import VARIANTS, Impact, Moment, RequestStage, Stage
from guardia.web.api.v2.problems import of_another_method
from guardia.webhooks.cloud_event import CONTENT_TYPE, TRIAL, TYPE

CHANNEL = "caseEvents"
HOUR = {"type": "string", "format": "date-time"}
TEXT = {"type": "string"}
PERHAPS = {"type": ["string", "null"]}


@csrf_exempt  # it is only read, and another method is refused as a problem
def asyncapi(request: HttpRequest) -> HttpResponse:
    """The document; it changes with the version alone."""
    if request.method not in {"GET", "HEAD"}:
        return of_another_method(request, "GET")
    answer = JsonResponse(document(), json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "public, max-age=3600"
    return answer


def document() -> dict[str, Any]:
    """Each kind of event that may be followed as a message of one channel, and the trial."""
    names = [*(str(moment) for moment in FAMILIES), "trial"]
    here = {name: {"$ref": f"#/components/messages/{name}"} for name in names}
    with translation.override("en"):
        messages = {str(moment): message_of(Moment(moment)) for moment in FAMILIES}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Guardia: events of the cases",
            "version": version("guardia"),
            "description": "Webhooks as Standard Webhooks has them; each body is a CloudEvent 1.0 in JSON. "
            "At least once, in order for each case; a repeat has the same id.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": CONTENT_TYPE.partition(";")[0],
        "servers": {
            "receiver": {
                "host": "{host}",
                "protocol": "https",
                "description": "The address of the subscription",
                "variables": {"host": {"description": "Where the receiver listens", "default": "example.com"}},
            }
        },
        "channels": {CHANNEL: {"address": "/", "description": "One POST for each event.", "messages": here}},
        "operations": {
            "sendCaseEvent": {
                "action": "send",
                "channel": {"$ref": f"#/channels/{CHANNEL}"},
                "summary": "Guardia sends each event that a subscription follows, and repeats it for 48 hours "
                "until it is answered with 2xx; 410 ends the subscription.",
                "bindings": {"http": {"method": "POST", "bindingVersion": "0.3.0"}},
                "messages": [{"$ref": f"#/channels/{CHANNEL}/messages/{name}"} for name in names],
            }
        },
        "components": {"messages": {**messages, "trial": trial_message()}, "schemas": SCHEMAS},
    }


def message_of(moment: Moment) -> dict[str, Any]:
    """One kind: its type, its variants, and of which texts it may have prose."""
    kind = KINDS[moment]
    variants, texts = list(VARIANTS.get(moment, ())), list(kind.texts) if kind.public else []
    data: dict[str, Any] = {"kind": {"const": str(moment)}, "public": {"const": kind.public}}
    if variants:
        data["variant"] = {"enum": [*map(str, variants), None]}
    if texts:
        data["texts"] = {"type": "object", "properties": dict.fromkeys(texts, TEXT), "additionalProperties": False}
    told = "The customer may see it." if kind.public else "Of the operator alone: it has no prose."
    return {
        "name": TYPE + moment,
        "title": str(kind.name),
        "summary": f"{told} Clause {kind.clause}." if kind.clause else told,
        "tags": [{"name": FAMILIES[moment].removesuffix(".*")}],
        "headers": {"$ref": "#/components/schemas/headers"},
        "payload": {
            "allOf": [
                {"$ref": "#/components/schemas/event"},
                {
                    "type": "object",
                    "properties": {
                        "type": {"const": TYPE + moment},
                        "data": {"type": "object", "properties": data},
                    },
                },
            ]
        },
    }


def trial_message() -> dict[str, Any]:
    return {
        "name": TRIAL,
        "title": "Trial",
        "summary": "Sent by hand from the settings; it speaks of no case.",
        "headers": {"$ref": "#/components/schemas/headers"},
        "payload": {
            "type": "object",
            "required": ["specversion", "id", "source", "type"],
            "properties": {
                **CONTEXT,
                "type": {"const": TRIAL},
                "data": {"type": "object", "required": ["subscription"], "properties": {"subscription": TEXT}},
            },
        },
    }


CONTEXT: dict[str, Any] = {
    "specversion": {"const": "1.0"},
    "id": {"type": "string", "description": "The same in each repeat; equal to the header webhook-id"},
    "source": {"type": "string", "format": "uri-reference", "description": "The address of the installation"},
    "type": TEXT,
    "time": HOUR,
    "datacontenttype": {"const": "application/json"},
}
SCHEMAS: dict[str, Any] = {
    "headers": {
        "type": "object",
        "required": ["webhook-id", "webhook-timestamp", "webhook-signature"],
        "properties": {
            "webhook-id": TEXT,
            "webhook-timestamp": {"type": "string", "pattern": "^[0-9]+$", "description": "Seconds since 1970"},
            "webhook-signature": {"type": "string", "description": "v1,… once for each secret that holds, by blanks"},
        },
    },
    "event": {
        "type": "object",
        "required": ["specversion", "id", "source", "type", "subject", "time", "seq", "hash", "data"],
        "properties": {
            **CONTEXT,
            "subject": {"type": "string", "description": "The number of the case"},
            "seq": {"type": "integer", "minimum": 1, "description": "Which event of its case this is"},
            "hash": {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "Of the chained history"},
            "data": {"$ref": "#/components/schemas/data"},
        },
    },
    "data": {
        "type": "object",
        "required": ["case", "seq", "hash", "kind", "public", "occurred_at", "recorded_at"],
        "properties": {
            "case": TEXT,
            "seq": {"type": "integer", "minimum": 1},
            "hash": TEXT,
            "kind": TEXT,
            "variant": PERHAPS,
            "public": {"type": "boolean", "description": "Whether the customer may see the event"},
            "stage": {
                "enum": [*Stage, *RequestStage, None],
                "description": "Of the case when the event was recorded; null where it is sent from a point that was "
                "not queued then",
            },
            "severity": {"enum": [*Impact, None], "description": "How the service is; null of a request"},
            "company": {"type": ["string", "null"], "description": "Its code, as it was imported"},
            "service": {"type": ["string", "null"], "description": "The circuit"},
            "occurred_at": HOUR,
            "recorded_at": HOUR,
            "codes": {"type": "object", "description": "Codes, ids and hours of this event; not for a company"},
            "company_name": TEXT,
            "texts": {"type": "object", "additionalProperties": TEXT},
        },
    },
}

urlpatterns = [path("asyncapi.json", asyncapi, name="api_asyncapi")]
