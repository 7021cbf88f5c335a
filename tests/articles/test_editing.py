"""Editions follow one another and none is changed; what holds is what a supervisor published."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from guardia.articles import editing
from guardia.articles.article import ArticleEdition, ArticleState, text_in
from guardia.people.setting_change import latest_changes


def fields(title: str, **more) -> dict:
    return {"title_es": title, "text_es": "Se mide con el OTDR.", **more}


def test_each_change_is_an_edition_and_what_was_published_holds_until_the_next_is(story, write):
    article = write("Fibra cortada")
    article = editing.save(article, fields("Fibra rota", reason="otro nombre"), by=story.engineer, at=story.now)
    assert [one.edition for one in article.editions.order_by("edition")] == [1, 2]
    assert (article.state, article.published.title, article.newest.title) == (
        "published",
        "Fibra cortada",
        "Fibra rota",
    )
    article = editing.publish(article, by=story.supervisor, at=story.now)
    assert article.published.title == "Fibra rota"
    assert article.newest.made_by == story.engineer


def test_what_changes_nothing_is_no_edition(story, write):
    article = write("Fibra cortada")
    again = editing.save(article, fields("Fibra cortada"), by=story.colleague, at=story.now)
    assert again.newest.edition == 1


def test_going_back_is_a_new_edition(story, write):
    article = editing.save(write("Una"), fields("Dos"), by=story.engineer, at=story.now)
    article = editing.back_to(article, 1, by=story.colleague, at=story.now)
    assert (article.newest.edition, article.newest.title) == (3, "Una")
    assert article.published.edition == 1
    with pytest.raises(ValidationError):
        editing.back_to(article, 9, by=story.colleague, at=story.now)


def test_of_two_who_write_at_once_the_second_is_told(story, write):
    article = write("Una")
    editing.save(article, fields("Dos"), by=story.engineer, at=story.now, seen=1)
    with pytest.raises(ValidationError, match="Somebody else"):
        editing.save(article, fields("Tres"), by=story.colleague, at=story.now, seen=1)
    with pytest.raises(ValidationError, match="Somebody else"):
        editing.publish(article, by=story.supervisor, at=story.now, seen=1)


def test_the_installations_language_is_needed_and_another_is_whole(story):
    with pytest.raises(ValidationError) as refused:
        editing.save(None, {"title_es": "", "text_es": "x", "title_en": "Cut"}, by=story.engineer, at=story.now)
    assert set(refused.value.message_dict) == {"title_es"}
    with pytest.raises(ValidationError) as refused:
        editing.save(None, fields("Corte", title_en="Cut"), by=story.engineer, at=story.now)
    assert set(refused.value.message_dict) == {"text_en"}


def test_where_a_language_is_missing_that_of_the_installation_stands_and_says_so(write):
    texts = write("Fibra cortada", title_en="Fibre cut", text_en="Measure it.").newest.texts
    assert (text_in(texts, "en").title, text_in(texts, "en").is_missing) == ("Fibre cut", False)
    assert (text_in(texts, "pt").title, text_in(texts, "pt").is_missing) == ("Fibra cortada", True)


def test_who_changed_what_is_on_record(story, write):
    article = editing.retire(write("Fibra cortada"), by=story.supervisor, at=story.now, reason="ya no se usa")
    written, published, retired = reversed(latest_changes(noun="article"))
    assert (written.key, written.by, written.before) == (str(article.number), story.engineer, None)
    assert (published.by, published.after["article_state"]) == (story.supervisor, "published")
    assert (retired.after["article_state"], retired.after["reason"]) == ("retired", "ya no se usa")
    assert article.state == ArticleState.RETIRED


@pytest.mark.parametrize(
    "sql", ["UPDATE article_edition SET reason = 'x'", "UPDATE article_edition SET for_portal = true"]
)
def test_an_edition_is_never_changed_whoever_asks(write, sql):
    """Not even the owner of the tables may: what was published once stays what it was."""
    write("Fibra cortada")
    for role in ("guardia_staff", "guardia_worker", None):
        with pytest.raises(DatabaseError), transaction.atomic():
            run_as(role, sql)
    assert not ArticleEdition.objects.filter(for_portal=True).exists()


def run_as(role: str | None, sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', %s, true)", [role or "none"])
        cursor.execute(sql)
