"""An article as it is written: each change a new edition, read, kept, on record; published and retired by a supervisor.

Whoever handles cases writes (the web asks for the right); what customers and the desk's panels show is the edition that
a supervisor published, whatever was written since.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from guardia.articles.article import NOUN, Article, ArticleEdition, ArticleState, of_installation
from guardia.articles.identities import identities_in
from guardia.cases.trade_words import meanings_in
from guardia.config.languages import language_codes
from guardia.config.sql_rows import take_turn
from guardia.customers.values import Misfit, Reader, fields_of_titled_texts, line, lines, read, titled_texts
from guardia.network.element import Element, ElementKind
from guardia.network.element_editing import codes
from guardia.notices.own_words_trial import paragraphs
from guardia.people.setting_change import put_on_record
from guardia.people.staff import Staff

LONGEST_TITLE, LONGEST_TEXT, LONGEST_CAUSES, LONGEST_REASON = 120, 4_000, 600, 200


def kinds(value: Iterable[str]) -> list[str]:
    """The kinds of element, each once, in their own order. Raises Misfit."""
    wanted = set(value or ())
    if wanted - set(ElementKind.values):
        raise Misfit(_("There is no such kind of element. Choose from the list."))
    return [kind for kind in ElementKind.values if kind in wanted]


def readers() -> dict[str, Reader]:
    """By field of the form: a title and a text for each language of the installation, whose own is needed."""
    own = of_installation()
    return {
        **{f"title_{code}": line(LONGEST_TITLE, needed=code == own) for code in language_codes()},
        **{f"text_{code}": paragraphs(LONGEST_TEXT) for code in language_codes()},
        "causes": lines(LONGEST_CAUSES),
        "kinds": kinds,
        "elements": lambda value: codes(value or ""),
        "for_portal": bool,
        "reason": line(LONGEST_REASON),
    }


def fields_of(edition: ArticleEdition) -> dict[str, Any]:
    """The fields of a form that would write this edition once more."""
    return {
        **fields_of_titled_texts(edition.texts),
        "causes": edition.causes,
        "kinds": edition.kinds,
        "elements": ", ".join(codes_of(edition)),
        "for_portal": edition.for_portal,
    }


def codes_of(edition: ArticleEdition) -> list[str]:
    """The codes of the elements of which it speaks."""
    return list(edition.elements.order_by("folded_code").values_list("code", flat=True))


def editions_of(article: Article) -> QuerySet[ArticleEdition]:
    """All its editions with who made them, the newest first."""
    return article.editions.select_related("made_by").defer("search").order_by("-edition")


def save(
    article: Article | None,
    fields: Mapping[str, Any],
    *,
    by: Staff | None,
    at: datetime,
    seen: int | None = None,
    from_case: int | None = None,
) -> Article:
    """Write a new article as a draft, or the next edition of one; nothing where nothing changes. ``at`` is UTC.

    ``seen``: the edition on which this one was written; where another has come since, it is refused. ``from_case``: the
    case whose story a new article was drafted from. Raises ValidationError, at the fields.
    """
    given = read(readers(), fields)
    texts = titled_texts(given)
    article = new_article(from_case) if article is None else held(article)
    before = article.newest
    if seen is not None and seen != (before.edition if before else 0):
        raise changed_meanwhile()
    # A language that this installation no longer has stays as it is.
    others = {code: text for code, text in (before.texts if before else {}).items() if code not in language_codes()}
    edition = ArticleEdition(
        texts={**others, **texts},
        causes=given.get("causes", ""),
        kinds=given.get("kinds", []),
        for_portal=given.get("for_portal", False),
        reason=given.get("reason", ""),
    )
    return following(article, edition, given.get("elements", []), by, at)


def new_article(from_case: int | None) -> Article:
    take_turn("number of an article")
    last = Article.objects.aggregate(last=Max("number"))["last"] or 0
    return Article.objects.create(number=last + 1, from_case_id=from_case)


def held(article: Article) -> Article:
    """The article as it is now, held until the transaction ends: whoever changes it goes one after the other."""
    rows = Article.objects.select_for_update(of=("self",)).select_related("newest", "published")
    return rows.get(pk=article.pk)


def following(
    article: Article, edition: ArticleEdition, elements: Iterable[Element], by: Staff | None, at: datetime
) -> Article:
    """Keep it as the next edition, unless it says what the newest says."""
    before, ids = article.newest, sorted(one.pk for one in elements)
    same_elements = before and ids == sorted(before.elements.values_list("pk", flat=True))
    if before and same_elements and not edition.changes_against(before):
        return article
    edition.article, edition.edition = article, (before.edition if before else 0) + 1
    edition.made_at, edition.made_by = at, by
    edition.meanings = " ".join(meanings_in([*every_text(edition), edition.causes]))
    edition.save(force_insert=True)
    edition.elements.set(ids)
    was = recorded_values(article) if before else None
    article.newest = edition
    article.save(update_fields=["newest"])
    note(article, was, by, at, edition.reason)
    return article


def back_to(article: Article, number: int, *, by: Staff | None, at: datetime, seen: int | None = None) -> Article:
    """Write a new edition that repeats the one of this number. Raises ValidationError, where there is none too."""
    article = held(article)
    if seen is not None and article.newest and seen != article.newest.edition:
        raise changed_meanwhile()
    older = article.editions.filter(edition=number).first()
    if older is None:
        raise ValidationError(_("There is no edition of this number. Choose one from the history."))
    names = ("texts", "causes", "kinds", "for_portal")
    edition = ArticleEdition(**{name: getattr(older, name) for name in names})
    edition.reason = _("Back to edition %(n)d") % {"n": older.edition}
    return following(article, edition, older.elements.all(), by, at)


def publish(article: Article, *, by: Staff | None, at: datetime, seen: int | None = None) -> Article:
    """The newest edition holds from now on. ``seen``: the edition that was read; a newer one is refused.

    What customers are to read is refused while it still names a company, a person or a circuit: nothing of one company
    is shown to another. Raises ValidationError.
    """
    article = held(article)
    assert article.newest is not None, "an article has an edition"
    if seen is not None and seen != article.newest.edition:
        raise changed_meanwhile()
    if article.newest.for_portal and (named := identities_left(article)):
        words = _("Customers would read it, and it still names: %s. Remove that first, or keep it for the desk.")
        raise ValidationError(words % ", ".join(named))
    return turned(article, ArticleState.PUBLISHED, by, at)


def identities_left(article: Article) -> list[str]:
    """What in the newest edition tells of whom it speaks."""
    assert article.newest is not None
    return identities_in("\n".join(every_text(article.newest)), article.from_case)


def every_text(edition: ArticleEdition) -> list[str]:
    """Its titles and texts, in all languages."""
    return [part for one in edition.texts.values() for part in one.values()]


def retire(article: Article, *, by: Staff | None, at: datetime, reason: str = "") -> Article:
    """It is proposed to nobody any more, and stays to be read by the desk. Raises ValidationError."""
    return turned(held(article), ArticleState.RETIRED, by, at, line(LONGEST_REASON)(reason))


def turned(article: Article, state: ArticleState, by: Staff | None, at: datetime, reason: str = "") -> Article:
    was = recorded_values(article)
    article.state = state
    if state == ArticleState.PUBLISHED:
        article.published = article.newest
    article.for_portal = bool(state == ArticleState.PUBLISHED and article.published and article.published.for_portal)
    article.save(update_fields=["state", "published", "for_portal"])
    note(article, was, by, at, reason)
    return article


def recorded_values(article: Article) -> dict[str, Any]:
    """What is on record of an article; its words stand in its editions."""
    newest, published = article.newest, article.published
    return {
        "title": newest.title if newest else "",
        "edition": newest.edition if newest else 0,
        "published": published.edition if published else None,
        "article_state": article.state,
        "for_portal": newest.for_portal if newest else False,
    }


def note(article: Article, was: dict[str, Any] | None, by: Staff | None, at: datetime, reason: str) -> None:
    put_on_record(NOUN, article.number, was, recorded_values(article), by=by, at=at, reason=reason)


def changed_meanwhile() -> ValidationError:
    words = _("Somebody else changed this article meanwhile; nothing was saved. Look at the newest edition first.")
    return ValidationError(words, code="changed")
