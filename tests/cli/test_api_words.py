"""The words of `guardia api` by the document alone: what they become, what is wrong with them, and every page."""

import json
import shlex

import pytest

from guardia.cli.api import json_text
from guardia.cli.api_document import FORM, JSON, ApiDocument, Kind, NoDocument, WrongUsage
from guardia.cli.api_manual import lines_of_list, lines_of_page
from guardia.cli.api_request import curl_of, request_of, value_of, words_of_example
from guardia.web.api.v2.api import api
from guardia.web.api.v2.operations import OPERATIONS


@pytest.fixture(scope="module")
def document() -> ApiDocument:
    return ApiDocument.read(json.loads(json.dumps(api.get_openapi_schema())))


def request_in(document: ApiDocument, name: str, *words: str, **more: str):
    return request_of(document.operation(name), words, **more)


def test_every_operation_has_its_page_and_stands_in_the_list(document):
    assert set(document.operations) == set(OPERATIONS)
    listed = "\n".join(lines_of_list(document.operations.values()))
    for name, one in document.operations.items():
        assert f"  {name} " in listed
        page = "\n".join(lines_of_page(one))
        assert page.startswith(f"{name}  {one.method} {one.path}\n{one.summary}\n")
        for field in one.fields.values():
            assert f"\n  {field.name} " in page, (name, field.name)
            assert field.kind.words
        assert f"guardia api call {name}" in page
        assert "\n  401  " in page


def test_the_example_of_every_page_is_a_call_that_sends_it(document, tmp_path):
    upload = tmp_path / "a.txt"
    upload.write_text("a")
    for name, one in document.operations.items():
        line = next(line for line in lines_of_page(one) if line.startswith("  guardia api call "))
        words = shlex.split(line)[4:]
        assert words == words_of_example(one)
        request = request_of(one, [word.replace("@PATH", f"@{upload}") for word in words])
        assert "{" not in request.path, name
        if one.example is not None and one.media == JSON:
            assert json.loads(request.body) == one.example, name
        elif one.bodies and one.media != FORM:
            assert isinstance(json.loads(request.body), dict), name
        assert bool(request.files) == (one.media == FORM), name


def test_no_name_stands_in_two_places_of_an_operation(document):
    """A field is named by its name alone; one of the body that the path has too is told apart."""
    for name, one in document.operations.items():
        of_address = [field.name for field in one.parameters]
        of_bodies = {field.name for body in one.bodies for field in body.fields}
        assert len(of_address) == len(set(of_address)), name
        assert not of_bodies & set(of_address), name
    link = request_in(document, "cases.link", "number=1042738", "body.number=104007")
    assert (link.path, json.loads(link.body)) == ("/api/v2/cases/1042738/link", {"number": "104007"})


def test_values_are_read_by_the_kind_of_their_field(document):
    request = request_in(document, "cases.open", "service=17", "symptoms=No link", "impact=down")
    assert json.loads(request.body) == {"service": 17, "symptoms": "No link", "impact": "down"}
    listed = request_in(document, "cases.list", "open=yes", "limit=3", "stage=diagnosis", "company=1")
    assert listed.query == [("open", "true"), ("limit", "3"), ("stage", "diagnosis"), ("company", "1")]
    assert listed.body is None
    feed = request_in(document, "events.read", "kind=diagnosed,restored", "kind=closed")
    assert feed.query == [("kind", "diagnosed"), ("kind", "restored"), ("kind", "closed")]
    read = request_in(document, "cases.read", "number=104/273 8")
    assert read.path == "/api/v2/cases/104%2F273%208"


def test_texts_come_from_files_and_lists_in_three_ways(document, tmp_path, monkeypatch):
    cause = tmp_path / "cause.txt"
    cause.write_text("Fibre cut, \nby road works\n")
    note = request_in(document, "cases.note", "number=1", f"text=@{cause}")
    assert json.loads(note.body) == {"text": "Fibre cut, \nby road works"}
    assert json.loads(request_in(document, "cases.note", "number=1", "text=@@ana says so").body) == {
        "text": "@ana says so"
    }
    texts = Kind("array", items=Kind("string"))
    for written in (["a, b"], ["a", "b"], ['["a", "b"]']):
        assert value_of(texts, written, "x") == ["a", "b"]
    assert value_of(texts, ['["a, b"]'], "x") == ["a, b"]
    assert value_of(texts, [""], "x") == []


def test_what_is_emptied_is_null_where_it_may_be(document):
    kind = document.operation("cases.open").fields["impact"].kind
    assert kind.may_be_null
    assert json.loads(request_in(document, "cases.open", "service=1", "symptoms=a", "impact=").body)["impact"] is None
    assert value_of(Kind("string", may_be_null=True), [""], "x") == ""


def test_a_number_too_long_or_a_word_is_no_whole_number():
    for text in ("17.5", "1e3", "seventeen", "", "٣"):
        with pytest.raises(WrongUsage, match=r"x: .* is not a whole number"):
            value_of(Kind("integer"), [text], "x")
    assert value_of(Kind("either", either=(Kind("string"), Kind("integer"))), ["17"], "x") == 17
    assert value_of(Kind("either", either=(Kind("string"), Kind("integer"))), ["a"], "x") == "a"


@pytest.mark.parametrize(
    ("name", "words", "complaint"),
    [
        ("cases.opn", [], "there is no operation “cases.opn”. Did you mean cases.open"),
        ("diagnose", [], "Did you mean cases.diagnose"),
        ("cases.open", ["servce=1"], "no field “servce”. Did you mean service"),
        ("cases.open", ["service=1", "symptoms=a", "impact=dwn"], "impact: “dwn” is not one of: .* Did you mean down"),
        ("cases.open", ["service=17"], r"missing: symptoms \(text"),
        ("cases.read", [], r"missing: number \(text"),
        ("cases.list", ["open=perhaps"], "open: “perhaps” is not true or false"),
        ("cases.list", ["limit=1", "limit=2"], "limit is given 2 times"),
        ("cases.list", ["true"], "“true” is no field: write it as name=value"),
        ("cases.note", ["number=1", "text=@/nonexistent/a"], "text: /nonexistent/a cannot be read: No such file"),
        ("cases.add_files", ["number=1", "files=a.jpg"], "files: name the file to upload, as files=@PATH"),
        ("cases.add_files", ["number=1", "files=@/nonexistent"], "files: there is no file /nonexistent"),
        ("cases.read", ["number="], "number: “” names nothing"),
        ("cases.note", ["number=..", "text=a"], "number: “..” names nothing"),
        ("requests.take", ["company=1", "desk=sales", "text=a", "fields={a"], "fields: “{a” is no JSON"),
    ],
)
def test_what_is_written_wrongly_is_named_with_what_is_near(document, name, words, complaint):
    with pytest.raises(WrongUsage, match=complaint):
        request_in(document, name, *words)


def test_a_whole_body_stands_alone_and_goes_as_it_was_written(document):
    body = '{"text":  "as it is"}'
    assert request_in(document, "cases.note", "number=1", whole_body=body).body == body
    with pytest.raises(WrongUsage, match="--json is the whole body: write text into it"):
        request_in(document, "cases.note", "number=1", "text=a", whole_body=body)
    with pytest.raises(WrongUsage, match=r"--json: cases\.read takes no JSON"):
        request_in(document, "cases.read", "number=1", whole_body=body)


def test_a_command_of_curl_takes_the_key_from_the_shell(document):
    command = curl_of(request_in(document, "cases.note", "number=1", "text=it's $HOME"), "https://guardia.example.com")
    words = shlex.split(command.replace("\\\n", ""))
    assert "Authorization: Bearer $GUARDIA_KEY" in words
    assert json.loads(words[words.index("--data-raw") + 1]) == {"text": "it's $HOME"}


def test_what_a_customer_wrote_moves_no_terminal():
    text = json_text({"symptoms": "\x1b[2J \x9b2J \x7f ñ"})
    assert text.isprintable()
    assert json.loads(text) == {"symptoms": "\x1b[2J \x9b2J \x7f ñ"}


def test_the_document_is_made_once_in_each_process():
    """Anybody may ask for it, and it takes more than a second of the processor."""
    assert api.get_openapi_schema() is api.get_openapi_schema()


def test_something_else_is_no_document():
    for content in ([], {}, {"paths": 3}, "text", None):
        with pytest.raises(NoDocument):
            ApiDocument.read(content)
