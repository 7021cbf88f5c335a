"""An article: what a fault looks like and how it is solved, in short, in several languages, for all who answer.

It is of no company. What was a draft from somebody's case names nobody any more once customers read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Func, GeneratedField, Q
from django.utils.translation import pgettext_lazy

from guardia.config.languages import PUBLISHED_IN, active

NOUN = "article"
"""Under which the changes of articles are on record, by their number."""


class ArticleState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("article", "Draft")
    PUBLISHED = "published", pgettext_lazy("article", "Published")
    RETIRED = "retired", pgettext_lazy("article", "Retired")


class Article(models.Model):
    """``published``: the edition that holds; a newer one is a proposal until somebody publishes it. ``for_portal`` is
    that of the published edition, so that one look at this row says whether a customer may read it.
    """

    number = models.IntegerField(unique=True, help_text="shown as AR-0042")
    state = models.CharField(max_length=10, choices=ArticleState.choices, default=ArticleState.DRAFT)
    for_portal = models.BooleanField(default=False, help_text="customers read it too, while it is published")
    published = models.ForeignKey("guardia.ArticleEdition", models.PROTECT, null=True, related_name="+")
    newest = models.ForeignKey("guardia.ArticleEdition", models.PROTECT, null=True, related_name="+")
    from_case = models.ForeignKey(
        "guardia.Case", models.PROTECT, null=True, related_name="+", help_text="whose story it was drafted from"
    )

    class Meta:
        app_label = "guardia"
        db_table = "article"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ArticleState.values), name="article_state_known"),
            models.CheckConstraint(
                condition=~Q(state=ArticleState.PUBLISHED) | Q(published__isnull=False), name="article_has_its_edition"
            ),
        ]
        indexes = [models.Index(fields=["state", "-number"], name="article_by_state")]

    def __str__(self) -> str:
        return self.display_number

    @property
    def display_number(self) -> str:
        return f"AR-{self.number:04d}"


class ArticleEdition(models.Model):
    """One edition, which is never changed: each change is a further one, and going back repeats an older one."""

    article = models.ForeignKey(Article, models.PROTECT, related_name="editions")
    edition = models.IntegerField(help_text="1, 2, … of this article")
    texts = models.JSONField(help_text='by language: {"es": {"title": …, "text": …}}')
    causes = models.TextField(blank=True, help_text="of which faults it speaks, a line each")
    meanings = models.TextField(
        blank=True, help_text="a word of the trade for each thing that it says in another way, to be found by"
    )
    kinds = models.JSONField(default=list, help_text="of ElementKind: where such a fault is found")
    elements = models.ManyToManyField("guardia.Element", related_name="+", db_table="article_element")
    for_portal = models.BooleanField(default=False, help_text="customers may read it once it is published")
    reason = models.CharField(max_length=200, blank=True, help_text="why it was changed")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    search = GeneratedField(
        expression=Func(
            "texts",
            "causes",
            "meanings",
            template="(to_tsvector('spanish'::regconfig, %(expressions)s))",
            arg_joiner=") || to_tsvector('spanish'::regconfig, ",
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        app_label = "guardia"
        db_table = "article_edition"
        constraints = [models.UniqueConstraint(fields=["article", "edition"], name="article_edition_once")]
        indexes = [GinIndex(fields=["search"], name="article_search")]

    def __str__(self) -> str:
        return f"{self.article_id}/{self.edition}"

    @property
    def cause_lines(self) -> list[str]:
        return self.causes.splitlines()

    @property
    def title(self) -> str:
        return text_in(self.texts).title

    def changes_against(self, other: "ArticleEdition | None") -> bool:
        """Whether it says anything else than the other; the elements, which stand beside, are not looked at."""
        names = ("texts", "causes", "kinds", "for_portal")
        return other is None or any(getattr(self, name) != getattr(other, name) for name in names)


class ArticleUse(models.Model):
    """An article in a case: one person used it there, and says whether it helped.

    This is a row of its own and no event of the case. It moves no promise, tells nobody, and whoever pressed may take
    it back; the history of a case is evidence towards its company, cannot be taken back, and has no room for what the
    desk thinks of its own texts.
    """

    article = models.ForeignKey(Article, models.PROTECT, related_name="uses")
    case = models.ForeignKey("guardia.Case", models.PROTECT, related_name="+")
    staff = models.ForeignKey("guardia.Staff", models.PROTECT, related_name="+", db_index=False)
    helped = models.BooleanField(null=True, help_text="null: used, and nothing said of it")
    at = models.DateTimeField()

    class Meta:
        app_label = "guardia"
        db_table = "article_use"
        constraints = [models.UniqueConstraint(fields=["article", "case", "staff"], name="article_use_once")]


class ArticleOpinion(models.Model):
    """Somebody of a company says whether an article helped. Of whom it is stands nowhere, nor its hour."""

    article = models.ForeignKey(Article, models.PROTECT, related_name="opinions")
    helped = models.BooleanField()
    day = models.DateField(help_text="UTC")

    class Meta:
        app_label = "guardia"
        db_table = "article_opinion"


@dataclass(frozen=True, slots=True)
class ArticleText:
    """``language`` in which it stands. ``is_missing``: it is asked for in another, in which it is not written."""

    title: str
    text: str
    language: str
    is_missing: bool = False


def of_installation() -> str:
    """The language that every article has; the others translate it."""
    return settings.LANGUAGE_CODE.partition("-")[0]


def text_in(texts: Mapping[str, Mapping[str, str]], wanted: str = "") -> ArticleText:
    """The text in the language ``wanted``, else in the active one; where it lacks, in that of the installation."""
    wanted = wanted or active()
    for language in dict.fromkeys((wanted, of_installation(), PUBLISHED_IN, *texts)):
        if (found := texts.get(language)) and found.get("title"):
            return ArticleText(found["title"], found.get("text", ""), language, language != wanted)
    return ArticleText("", "", wanted)
