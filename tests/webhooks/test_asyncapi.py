"""The AsyncAPI document is one by the standard's own schema, names every kind, and what is sent is as it says."""

import gzip
import json
from pathlib import Path

import pytest
from django.test import Client
from jsonschema import Draft7Validator
from jsonschema.validators import validator_for
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

from guardia.events.families import FAMILIES, FORMER
from guardia.procedure.vocabulary import Moment
from guardia.web.api.asyncapi import document

SCHEMA = json.loads(gzip.decompress((Path(__file__).parent / "asyncapi-3.0.0.json.gz").read_bytes()))
"""As @asyncapi/specs 6.11.1 has it (Apache-2.0)."""


def test_it_is_a_document_by_the_schema_of_asyncapi():
    assert validator_for(SCHEMA) is Draft7Validator
    found = [
        f"{list(error.absolute_path)}: {error.message[:200]}"
        for error in Draft7Validator(SCHEMA).iter_errors(document())
    ]
    assert found == []


def test_every_kind_that_may_be_followed_is_a_message():
    messages = document()["components"]["messages"]
    assert set(messages) == {str(moment) for moment in Moment if moment not in FORMER} | {"trial"}
    assert set(FAMILIES) == set(Moment) - FORMER


def test_every_reference_leads_somewhere():
    said = document()

    def refs(part):
        if isinstance(part, dict):
            yield from ([part["$ref"]] if "$ref" in part else [])
            for value in part.values():
                yield from refs(value)
        elif isinstance(part, list):
            for value in part:
                yield from refs(value)

    for ref in set(refs(said)):
        there = said
        for name in ref.removeprefix("#/").split("/"):
            there = there[name]


def test_anybody_reads_it(db):
    answer = Client().get("/api/v2/asyncapi.json")
    assert answer.status_code == 200
    assert answer.json() == json.loads(json.dumps(document()))


@pytest.mark.parametrize("with_texts", [False, True])
def test_what_is_sent_is_as_it_says(story, following, receiver, with_texts):
    following.follow(receiver, with_texts=with_texts)
    story.open_case()
    story.diagnosis()
    story.minutes_pass(600)
    story.the_sweep_runs()
    following.send()
    said = json.loads(json.dumps(document()))
    registry = Registry().with_resource("urn:guardia", Resource.from_contents(said, default_specification=DRAFT7))
    for hit in receiver.hits:
        body = json.loads(hit.body)
        kind = body["type"].removeprefix("guardia.case.")
        payload = {"$ref": f"urn:guardia#/components/messages/{kind}/payload"}
        headers = {"$ref": "urn:guardia#/components/schemas/headers"}
        Draft7Validator(payload, registry=registry).validate(body)
        Draft7Validator(headers, registry=registry).validate(hit.headers)
    assert len(receiver.hits) > 6
