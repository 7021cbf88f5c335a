"""A further language is a catalogue and the operator's texts: here the toy language xx, whose words bear a mark."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from django.conf import settings
from django.test import Client, override_settings
from django.utils import translation

from guardia.cli.catalogues import read, texts
from guardia.config.now import now
from guardia.procedure import version
from guardia.procedure.schema import ProcedureFileRefused, load
from tests.notices.sender import Sender
from tests.procedure import story as stories

MARK = "xx:"


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory) -> Path:
    """Spanish with a mark, as a catalogue of its own; its numbers are not written down."""
    catalogue = Catalog(locale="es", fuzzy=False)
    for message in texts(read("es")):
        marked = (
            tuple(map(with_mark, message.string)) if isinstance(message.string, tuple) else with_mark(message.string)
        )
        catalogue.add(message.id, marked, context=message.context)
    folder = tmp_path_factory.mktemp("locale")
    (folder / "xx" / "LC_MESSAGES").mkdir(parents=True)
    with (folder / "xx" / "LC_MESSAGES" / "django.mo").open("wb") as file:
        write_mo(file, catalogue)
    return folder


@contextmanager
def installed(catalogue: Path) -> Iterator[None]:
    paths, languages = [*settings.LOCALE_PATHS, catalogue], [*settings.LANGUAGES, ("xx", "Toy")]
    with override_settings(LOCALE_PATHS=paths, LANGUAGES=languages):
        load.cache_clear()  # outside of tests, a process has the same languages as long as it lives
        yield
    load.cache_clear()


@pytest.fixture
def toy(catalogue) -> Iterator[None]:
    with installed(catalogue):
        yield


@pytest.fixture
def procedure(tmp_path) -> Path:
    """The sample procedure, each text of which is in the toy language too."""
    content = yaml.load(stories.PROCEDURE.read_text(), yaml.CSafeLoader)
    marked(content)
    path = tmp_path / "operator.yaml"
    path.write_text(yaml.dump(content, allow_unicode=True))
    return path


def with_mark(words: str) -> str:
    return f"{MARK}{words}"


def marked(part: object) -> None:
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        marked(inner)
    if isinstance(part, dict) and {"es", "en", "pt"} <= part.keys():
        part["xx"] = with_mark(part["es"])


def test_a_text_that_lacks_it_is_refused_at_its_line(toy):
    with pytest.raises(ProcedureFileRefused) as refused:
        load(stories.PROCEDURE.read_text(), "operator.yaml")
    assert {"title.xx", "provider.country.xx"} <= {problem.key for problem in refused.value.problems}


def test_a_text_in_a_language_that_is_not_installed_is_refused(procedure):
    with pytest.raises(ProcedureFileRefused) as refused:
        load(procedure.read_text(), "operator.yaml")
    assert any(problem.key == "title.xx" and "es, en, pt" in problem.remedy for problem in refused.value.problems)


def test_a_version_from_before_stays_readable_and_so_does_one_from_after(as_staff, procedure, catalogue):
    before = version.publish(stories.PROCEDURE.read_text(), "before.yaml", None, now() - timedelta(days=2))
    with installed(catalogue), translation.override("xx"):
        after = version.publish(procedure.read_text(), "after.yaml", None, now() - timedelta(days=1))
        version.of.cache_clear()
        assert str(before.procedure.title) == "Procedimiento de atención al cliente"
        assert str(after.procedure.title) == "xx:Procedimiento de atención al cliente"
        assert str(after.procedure.stage("diagnosis").time) == "xx:No superior a xx:20 minutos."
    version.of.cache_clear()
    for language in ("es", "en", "pt", "xx"):
        with translation.override(language):
            assert str(after.procedure.title) == str(before.procedure.title)


@pytest.fixture
def story(toy, procedure, as_staff, monkeypatch) -> stories.Story:
    """A case of now at an operator that speaks it, with a contact and an engineer who do."""
    monkeypatch.setattr(stories, "PROCEDURE", procedure)
    monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", now() - timedelta(minutes=10))
    found = stories.Story()
    for reader in (found.head, found.engineer):
        reader.language = "xx"
        reader.save(update_fields=["language"])
    found.open_case()
    return found


def test_the_case_is_opened_in_it(story):
    client = Client(headers={"accept-language": "xx"})
    client.force_login(story.engineer)
    page = client.get(f"/casos/{story.number}/").content.decode()
    assert '<html lang="xx"' in page
    assert f"{MARK}Diagnóstico" in page


def test_the_letter_is_written_in_it(story, post_office):
    Sender(post_office, story.now).sends()
    mail = next(mail for mail in post_office.mails if "jefe@example.com" in str(mail["To"]))
    assert mail["Content-Language"] == "xx"
    assert "xx:Registramos su reporte" in mail.get_body(("plain",)).get_content()


def test_the_published_document_is_read_in_it(story):
    answer = Client().get("/procedimiento", {"lang": "xx"})
    assert answer["Content-Language"] == "xx"
    assert "xx:Procedimiento de atención al cliente" in answer.content.decode()
