"""The desk's screens of articles: found, read, written, published by a supervisor, said of in a case."""

import re

import pytest
from django.urls import reverse

from guardia.articles import uses
from guardia.articles.article import Article, ArticleState
from guardia.articles.editing import retire

HOSTILE = '<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1)) `<b>` & "q"'


def newest() -> Article:
    return Article.objects.select_related("newest", "published").get()


def sent(**more) -> dict:
    return {"title_es": "Fibra cortada", "text_es": "1. Medir\n2. Empalmar", "causes": "Corte de fibra", **more}


@pytest.fixture
def engineer(story, sign_in):
    return sign_in(story.engineer)


@pytest.fixture
def supervisor(story, sign_in):
    return sign_in(story.supervisor)


def page(browser, address: str, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def test_an_engineer_writes_it_and_a_supervisor_publishes_it(engineer, supervisor):
    answer = engineer.post(reverse("article_new"), sent(kinds=["node", "route"]))
    article = newest()
    assert answer.headers["Location"] == f"/articulos/{article.number}?edicion=1"
    assert (article.state, article.newest.kinds) == (ArticleState.DRAFT, ["node", "route"])
    turn = reverse("article_turn", args=[article.number, "publicar"])
    assert engineer.post(turn, {"seen": 1}).status_code == 403
    assert supervisor.post(turn, {"seen": 1}).status_code == 302
    assert newest().state == ArticleState.PUBLISHED
    text = page(engineer, f"/articulos/{article.number}")
    assert "<li>Medir</li>" in text
    assert "Corte de fibra" in page(engineer, "/articulos?causa=Corte+de+fibra")


def test_what_was_typed_wrong_is_marked_and_stays(engineer):
    answer = engineer.post(reverse("article_new"), sent(text_es="", elements="NADIE-1"))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "NADIE-1" in text
    assert "No element has this code" in text
    assert not Article.objects.exists()


def test_a_look_before_saving_keeps_nothing(engineer):
    answer = engineer.post(reverse("article_new"), sent(mirar="1", title_es=""))
    assert "<li>Empalmar</li>" in answer.content.decode()
    assert not Article.objects.exists()


def test_who_published_it_stands_in_the_record_of_changes(supervisor, write):
    write("Fibra cortada")
    text = page(supervisor, "/ajustes/cambios?que=article")
    assert "Fibra cortada" in text
    assert "Published edition" in text


def test_an_empty_tick_takes_the_article_from_customers(engineer, write):
    article = write("Una", for_portal=True)
    engineer.post(reverse("article_edit", args=[article.number]), sent(seen=1))
    assert newest().newest.for_portal is False


def test_of_two_who_write_at_once_the_second_sees_it_and_loses_nothing(engineer, write):
    article = write("Una")
    engineer.post(reverse("article_edit", args=[article.number]), sent(seen=1))
    answer = engineer.post(reverse("article_edit", args=[article.number]), sent(seen=1, title_es="La mía"))
    assert answer.status_code == 422
    assert "La mía" in answer.content.decode()
    assert "Somebody else changed this article" in answer.content.decode()
    assert newest().newest.edition == 2


def test_nothing_that_is_typed_becomes_html(engineer, write):
    article = write(HOSTILE[:100], HOSTILE)
    text = page(engineer, f"/articulos/{article.number}")
    body = text[text.index("<main") :]
    assert "<script>alert" not in text
    assert "<img" not in body
    assert "javascript:" not in re.sub(r"\[x\]\(javascript:alert\(1\)\)", "", body)
    assert "<code>&lt;b&gt;</code>" in body


def test_numbers_of_articles_and_addresses_become_links(engineer, write):
    first = write("Una")
    second = write("Otra", f"Como en {first.display_number}, o https://example.com/a?b=1&c=2.")
    text = page(engineer, f"/articulos/{second.number}")
    assert f'<a href="/articulos/{first.number}">{first.display_number}</a>' in text
    assert '<a href="https://example.com/a?b=1&amp;c=2" rel="noopener noreferrer">' in text


def test_two_editions_are_compared_and_the_older_comes_back(engineer, write):
    article = write("Fibra cortada en poste")
    engineer.post(reverse("article_edit", args=[article.number]), sent(seen=1, title_es="Fibra rota en poste"))
    text = page(engineer, f"/articulos/{article.number}?edicion=2&con=1")
    assert "<del>cortada</del><ins>rota</ins>" in text
    assert "Edition 2 is newer" in page(engineer, f"/articulos/{article.number}")
    engineer.post(reverse("article_back", args=[article.number]), {"edition": 1, "seen": 2})
    assert (newest().newest.edition, newest().newest.title) == (3, "Fibra cortada en poste")


@pytest.mark.parametrize("query", ["?edicion=99", "?edicion=x&con=-1", "?idioma=zz", "?edicion=1&con=1"])
def test_whatever_the_address_asks_for_an_article_is_read(engineer, write, query):
    assert "Una" in page(engineer, f"/articulos/{write('Una').number}{query}")


def test_what_names_a_customer_is_refused_with_its_words(supervisor, story, write):
    article = write("Como en Banco Austral", published=False, for_portal=True)
    answer = supervisor.post(reverse("article_turn", args=[article.number, "publicar"]))
    assert answer.status_code == 422
    assert "it still names: Banco Austral" in answer.content.decode()


def test_a_closed_case_proposes_an_article_and_names_nobody(engineer, story, closed):
    href = f"{reverse('article_new')}?caso={closed.number}"
    assert href in page(engineer, f"/casos/{closed.number}/")
    text = page(engineer, href)
    form = text[text.index('id="article"') :]
    assert "Read it once more" in text
    assert "[empresa]" in form
    assert "Austral" not in form
    engineer.post(reverse("article_new"), sent(caso=closed.number))
    assert newest().from_case_id == closed.pk
    assert newest().display_number in page(engineer, href)


def test_an_open_case_proposes_none(engineer, story):
    story.open_case()
    assert "article_new" not in page(engineer, f"/casos/{story.number}/")
    assert engineer.get(f"{reverse('article_new')}?caso={story.number}").status_code == 404


def test_the_desks_search_finds_articles_and_a_number_leads_to_its_own(engineer, write):
    article = write("Atenuación en el patchcord")
    assert article.display_number in page(engineer, "/buscar?q=atenuacion")
    answer = engineer.get(f"/buscar?q={article.display_number}")
    assert answer.headers["Location"] == f"/articulos/{article.number}"


# --- in a case --------------------------------------------------------------------------------------------------------
def test_in_a_case_one_says_whether_it_helped_and_takes_it_back(engineer, story, write):
    story.open_case()
    article, other = write("No tienen servicio: reiniciar"), write("Facturas")
    panel = reverse("articles_of_case", args=[story.number])
    text = page(engineer, panel)
    assert article.display_number in text
    assert other.display_number not in text
    says = reverse("article_in_case", args=[story.number, article.number])
    for word, counts in (
        ("sirvio", uses.Counts(1, 1, 0)),
        ("no-sirvio", uses.Counts(1, 0, 1)),
        ("usado", uses.Counts(1, 0, 0)),
        ("nada", uses.Counts()),
    ):
        assert engineer.post(says, {"dicho": word}).status_code == 302
        assert uses.counts_of([article.pk])[article.pk] == counts
    assert engineer.post(says, {"dicho": "otra cosa"}).status_code == 404


def test_the_panel_of_a_case_brings_a_part_and_its_history_no_event(engineer, story, write):
    story.open_case()
    article, before = write("No tienen servicio"), story.case.seq
    says = reverse("article_in_case", args=[story.number, article.number])
    answer = engineer.post(says, {"dicho": "sirvio"}, headers={"hx-request": "true"})
    assert 'aria-pressed="true"' in answer.content.decode()
    assert "used in this case by 1 person" in answer.content.decode()
    assert story.case.seq == before


def test_a_retired_article_takes_no_word(engineer, story, write):
    story.open_case()
    article = retire(write("No tienen servicio"), by=story.supervisor, at=story.now)
    says = reverse("article_in_case", args=[story.number, article.number])
    assert engineer.post(says, {"dicho": "sirvio"}).status_code == 404


def test_while_registering_they_follow_the_words(engineer, story, write):
    write("Fibra cortada")
    address = f"{reverse('articles_of_report')}?symptoms=fibra+rota"
    assert "Fibra cortada" in page(engineer, address)
    assert "No published article applies" in page(engineer, f"{reverse('articles_of_report')}?symptoms=otra")
