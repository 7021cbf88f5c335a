"""What of the client is generated is made of the document as it stands, and has every operation of it."""

import importlib.util
import inspect
from pathlib import Path
from types import ModuleType

import pytest
from django.utils.translation import override
from guardia_client import CompanyGuardia, Guardia

from guardia.web.api.v2.api import api
from guardia.web.api.v2.operations import OPERATIONS

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "clients" / "python" / "guardia_client"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("client_generator", ROOT / "bin" / "_client.py")
    assert spec
    assert spec.loader
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


@pytest.mark.process
@pytest.mark.parametrize("name", ["models", "operations"])
def test_what_is_committed_is_what_the_document_makes(generator, name):
    made = getattr(generator, name)(generator.document_of(""))
    assert (PACKAGE / f"{name}.py").read_text(encoding="utf-8") == made, "bin/client"


def test_a_client_is_made_of_the_document_that_an_installation_gives_too(generator, live_server):
    assert generator.document_of(f"{live_server.url}/api/v2/openapi.json") == generator.document_of("")


def test_the_document_is_the_same_in_each_language():
    documents = []
    for language in ("es", "en", "pt"):
        with override(language):
            documents.append(api.get_openapi_schema())
    assert documents[0] == documents[1] == documents[2]


def test_every_operation_is_a_method_with_its_scope():
    with Guardia("http://127.0.0.1", "gdk_none") as client:
        for name in OPERATIONS:
            group, _dot, verb = name.partition(".")
            method = getattr(getattr(client, group), verb)
            assert f"Scope: `{name}`." in (inspect.getdoc(method) or ""), name


def test_a_companys_key_has_what_it_may_do_and_nothing_else():
    with CompanyGuardia("http://127.0.0.1", "gdc_none") as client:
        methods = dict(inspect.getmembers(client.cases, inspect.ismethod))
    documented = {
        one["operationId"].partition(".")[2]: one["x-company-key"]["scope"]
        for methods in api.get_openapi_schema()["paths"].values()
        for one in methods.values()
        if "x-company-key" in one
    }
    assert set(documented) == {name for name in methods if not name.startswith("_")}
    for name, scope in documented.items():
        assert f"Scope: `{scope}`." in (inspect.getdoc(methods[name]) or "")
