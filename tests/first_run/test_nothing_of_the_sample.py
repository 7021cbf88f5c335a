"""An installation of another operator publishes nothing of the sample's: no name, telephone, office or function.

What it publishes is read as it goes out: each public page in each language, the closing report on paper, each letter,
the feed, and what crawlers ask for.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation
from pypdf import PdfReader

from guardia.cases import case_link
from guardia.config.database_roles import DatabaseRole, behind
from guardia.escalation import signed_links
from guardia.notices.notice import Notice
from guardia.procedure.template import Lines, Operator, procedure_of
from guardia.reports import report_history
from tests.notices import journeys
from tests.notices.reading import mail_of
from tests.procedure import story as stories
from tests.procedure.story import Story
from tests.procedure_room.test_template import facts_of_the_sample

GUARDIA = Path(__file__).parents[2] / "guardia"
OTHER = Operator(
    "Telecomunicaciones Ejemplo",
    "PE",
    {"es": "Perú", "en": "Peru", "pt": "Peru"},
    "America/Lima",
    ("es", "en", "pt"),
    Lines("01 555 0100", sales="01 555 0101"),
    offices=(("Lima", "Avenida Uno 100"),),
)
PLACES = {"Quito", "Guayaquil"}
"""Cities of the sample's offices: other things may stand in them."""
FACTS = [fact for fact in facts_of_the_sample() if fact not in PLACES]


@pytest.fixture
def as_staff(db) -> Iterator[None]:
    with behind(DatabaseRole.STAFF):
        yield


@pytest.fixture
def told(as_staff, monkeypatch, tmp_path, settings) -> Story:
    """A case of that operator with everything that may happen, until its closing."""
    settings.STATUS_PAGE = True
    file = tmp_path / "ejemplo.yaml"
    file.write_text(procedure_of(OTHER), encoding="utf-8")
    monkeypatch.setattr(stories, "PROCEDURE", file)
    story = Story()
    journeys.everything_happens(story)
    return story


def published(story: Story) -> Iterator[tuple[str, str]]:
    """What goes out: where it was read, and its text."""
    company, case, contact = story.bank.pk, story.case.pk, story.head.pk
    addresses = [
        *("/procedimiento", "/entrar", "/mi-empresa", "/estado", "/estado/feed", "/robots.txt", "/sitemap.xml"),
        *("/manifest.webmanifest", "/salud", "/api/v1/"),
        f"/c/caso/{case_link.token(company, case, contact)}",
        f"/c/informe/{report_history.token(company, case, contact)}",
        f"/c/quien-responde/{signed_links.customer_token(company)}",
        f"/escalar/{signed_links.escalate_token(company, case, contact)}",
    ]
    for notice in Notice.objects.exclude(contact=None).exclude(contact__email="").order_by("pk"):
        mail = mail_of(notice)
        parts = " ".join(part.get_content() for part in mail.walk() if part.get_content_maintype() == "text")
        yield f"letter {notice.moment}", f"{mail.items()} {parts}"
    for address in addresses:
        for language in ("es", "en", "pt"):
            answer = Client(headers={"accept-language": language}).get(f"{address}?lang={language}", follow=True)
            assert answer.status_code < 500, address
            yield address, f"{answer.headers} {answer.content.decode()}"
    report = Client().get(f"/c/informe/{report_history.token(company, case, contact)}/pdf")
    assert report.status_code == 200
    reader = PdfReader(io.BytesIO(report.content))
    yield "report on paper", f"{reader.metadata} " + " ".join(page.extract_text() for page in reader.pages)


def test_no_page_letter_or_paper_of_another_operator_names_the_samples(told):
    seen = {}
    with translation.override("es"):
        for place, written in published(told):
            seen[place] = text = " ".join(written.split())  # a number is held together by blanks that do not break
            digits = re.sub(r"(?<=\d)[ ().\-]+(?=\d)", "", text)
            found = [fact for fact in FACTS if fact.lower() in text.lower() or fact in digits]
            assert not found, (place, found)
    assert "Telecomunicaciones Ejemplo" in seen["/procedimiento"]
    assert "Avenida Uno 100" in seen["/procedimiento"]
    assert "01 555 0100" in seen["letter registered"]
    assert "letter closed" in seen
    assert any("Telecomunicaciones Ejemplo" in text for place, text in seen.items() if place.startswith("/c/"))


def test_the_programs_own_words_name_no_operator():
    """Templates, sources and translations: only the demonstration and the template know where the sample stands."""
    known = {GUARDIA / "procedure" / "template.py", GUARDIA / "demo" / "seed.py"}
    files = [file for end in ("py", "html", "po", "js", "txt") for file in GUARDIA.rglob(f"*.{end}")]
    assert len(files) > 1000
    for file in set(files) - known:
        text = file.read_text(encoding="utf-8").lower()
        assert "cirion" not in text, file
        assert "centurylink" not in text, file
