"""What customers read of articles, asked of PostgreSQL itself as their login: what was published for them alone."""

import pytest
from django.db import DatabaseError, connection, transaction

from guardia.articles import editing, search, uses
from guardia.articles.draft_from_case import draft_from
from guardia.config.database_roles import DatabaseRole, behind


def rows(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


@pytest.fixture
def articles(story, write) -> dict:
    story.open_case()
    return {
        "desk": write("Solo para el centro"),
        "draft": write("Borrador para clientes", published=False, for_portal=True),
        "ours": write("Reiniciar el router", "Apagarlo y encenderlo.", for_portal=True),
        "retired": editing.retire(write("Vieja", for_portal=True), by=story.supervisor, at=story.now),
    }


@pytest.mark.parametrize("company", ["bank", "other", None])
def test_the_portal_reads_what_is_published_for_it_whatever_it_asks(story, articles, company):
    pk = getattr(story, company).pk if company else None
    with behind(DatabaseRole.PORTAL, pk):
        assert [number for (number,) in rows("SELECT number FROM article")] == [articles["ours"].number]
        assert rows("SELECT texts -> 'es' ->> 'title' FROM article_edition") == [("Reiniciar el router",)]
        assert [one.pk for one in search.listed_for_customers()] == [articles["ours"].pk]
        assert search.customers_article(articles["desk"].number) is None


def test_a_newer_edition_is_not_read_until_it_is_published_nor_an_older_one(story, articles):
    new = {"title_es": "Dos", "text_es": "Nuevo", "for_portal": True}
    article = editing.save(articles["ours"], new, by=story.engineer, at=story.now)
    with behind(DatabaseRole.PORTAL, story.bank.pk):
        assert rows("SELECT texts -> 'es' ->> 'title' FROM article_edition") == [("Reiniciar el router",)]
    editing.publish(article, by=story.supervisor, at=story.now)
    with behind(DatabaseRole.PORTAL, story.bank.pk):
        assert rows("SELECT texts -> 'es' ->> 'title' FROM article_edition") == [("Dos",)]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT from_case_id FROM article",
        "SELECT newest_id FROM article",
        "SELECT made_by_id FROM article_edition",
        "SELECT reason FROM article_edition",
        "SELECT causes FROM article_edition",
        "SELECT * FROM article_element",
        "SELECT * FROM article_use",
        "SELECT * FROM article_opinion",
        "UPDATE article SET for_portal = true",
        "INSERT INTO article_opinion (article_id, helped, day) VALUES (1, true, now())",
    ],
)
def test_neither_case_nor_author_nor_what_the_desk_says_is_the_portals(story, articles, sql):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():  # noqa: SIM117
        with behind(DatabaseRole.PORTAL, story.bank.pk):
            rows(sql)


def test_a_customer_counts_towards_what_a_customer_reads_and_nothing_else(story, articles):
    with behind(DatabaseRole.PORTAL_ACTS, story.bank.pk):
        uses.customer_says(articles["ours"], True, at=story.now)
    for name in ("desk", "draft", "retired"):
        with pytest.raises(DatabaseError, match="row-level"), transaction.atomic():  # noqa: SIM117
            with behind(DatabaseRole.PORTAL_ACTS, story.bank.pk):
                uses.customer_says(articles[name], True, at=story.now)
    counts = uses.counts_of([articles["ours"].pk])[articles["ours"].pk]
    assert (counts.customers_helped, counts.customers_failed, counts.cases) == (1, 0, 0)


def test_a_draft_from_a_case_of_one_company_is_not_another_companys(story, closed):
    """From the draft to the publication: nothing before, and afterwards none of the names."""
    draft = draft_from(closed) | {"for_portal": True}
    article = editing.save(None, draft, by=story.engineer, at=story.now, from_case=closed.pk)
    with behind(DatabaseRole.PORTAL, story.other.pk):
        assert rows("SELECT number FROM article") == rows("SELECT texts FROM article_edition") == []
    editing.publish(article, by=story.supervisor, at=story.now)
    with behind(DatabaseRole.PORTAL, story.other.pk):
        ((texts,),) = rows("SELECT texts::text FROM article_edition")
    for name in ("Austral", "ENL-0042", "0148", "jefe@", "203.0.113.7", "Jefe de Sistemas", "matriz"):
        assert name.lower() not in texts.lower()
