"""Articles as an engineer writes them, of the story's operator; everybody reads English."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from guardia.articles import editing
from guardia.articles.article import Article
from guardia.cases.case import Case
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.people.staff import Staff
from tests.procedure import story as stories
from tests.procedure.story import Story


@pytest.fixture(autouse=True)
def in_english():
    cache.clear()
    with translation.override("en"):
        yield


@pytest.fixture
def story(db, monkeypatch) -> Story:
    with behind(DatabaseRole.STAFF):
        monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", now() - timedelta(minutes=10))
        yield stories.Story()


@pytest.fixture
def write(story) -> Callable[..., Article]:
    """Write an article in Spanish; ``published`` by the supervisor where it says so."""

    def written(title: str, text: str = "Se mide con el OTDR.", *, published: bool = True, **fields) -> Article:
        given = {"title_es": title, "text_es": text, **fields}
        article = editing.save(None, given, by=story.engineer, at=story.now)
        return editing.publish(article, by=story.supervisor, at=story.now) if published else article

    return written


@pytest.fixture
def closed(story) -> Case:
    """The story's case, closed, with names, numbers and circuits in what was written."""
    story.open_case()
    texts = {
        "subject": "Sin servicio en agencia matriz de Banco Austral, ENL-0042",
        "symptoms": "Llama el Ing. Jefe de Sistemas de BANCO AUSTRAL desde 072 555 0148: no navegan.\n"
        "Escribir a jefe@example.com. La IP 203.0.113.7 no responde.",
        "cause": "Corte de fibra en Av. Loja y Calle Larga, frente a la agencia matriz",
        "plan": "Ir con ingeniero1 y empalmar el circuito enl-0042",
        "solution": "Se empalmó la fibra. Confirma el Gerente de TI del Hospital Los Arrayanes.",
    }
    Case.objects.filter(pk=story.case.pk).update(
        status="closed", closed_at=story.now, reporter=story.head, confirmed_by="Rosa Quizhpe", **texts
    )
    return Case.objects.select_related("customer", "reporter").get(pk=story.case.pk)


@pytest.fixture
def sign_in() -> Callable[[Staff], Client]:
    def signed_in(staff: Staff) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(staff)
        return client

    return signed_in
