"""The form of an article: a title and a text for each language, what it speaks of, for whom it is; with a preview."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from guardia.articles import editing
from guardia.articles.article import Article, of_installation
from guardia.articles.draft_from_case import draft_from, may_be_drafted_from
from guardia.articles.search import causes_in_use, drafted_from
from guardia.cases.case import Case
from guardia.cases.case_rows import case_for_desk
from guardia.config.languages import language_codes
from guardia.config.now import now
from guardia.network.element import ElementKind
from guardia.web.desk.articles.frame import articles_page, as_html, found_or_404, href_of, writes
from guardia.web.desk.companies.frame import DeskForm, member, prose, words
from guardia.web.desk.page import case_href, page, say
from guardia.web.desk.settings.frame import number_in
from guardia.web.shared.act import INVALID, Refusal, attempt


class ArticleForm(DeskForm):
    causes = prose(
        gettext_lazy("Causes"),
        editing.LONGEST_CAUSES,
        rows=2,
        help_text=gettext_lazy("Which faults it covers, one per line, as written in a case: fibre cut."),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Kinds of element"),
        required=False,
        choices=ElementKind.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    elements = words(
        gettext_lazy("Elements of the network"),
        600,
        help_text=gettext_lazy(
            "Their codes, separated by commas. It is proposed for anything that runs over one of them."
        ),
    )
    for_portal = forms.BooleanField(
        label=gettext_lazy("Customers read it too, once it is published"),
        required=False,
    )
    reason = words(
        gettext_lazy("Why it is changed"),
        editing.LONGEST_REASON,
        help_text=gettext_lazy("Kept in its edition history; customers do not see it."),
    )

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data)
        own = of_installation()
        for code in language_codes():
            needed = code == own
            self.fields[f"title_{code}"] = words(
                pgettext_lazy("article", "Title"), editing.LONGEST_TITLE, needed=needed
            )
            text = prose(gettext_lazy("Text"), editing.LONGEST_TEXT, rows=12 if needed else 8)
            text.required = needed
            self.fields[f"text_{code}"] = text
        self.readers = editing.readers()
        self.initial = initial or {}

    @property
    def languages(self) -> list[dict[str, Any]]:
        """The pair of fields of each language, the installation's first; the others unfold where they are filled."""
        own = of_installation()
        names = sorted(settings.LANGUAGES, key=lambda one: one[0] != own)
        return [
            {
                "code": code,
                "name": name,
                "is_own": code == own,
                "title": self[f"title_{code}"],
                "text": self[f"text_{code}"],
                "is_open": any(self[f"{part}_{code}"].value() or self[f"{part}_{code}"].errors for part in PARTS),
            }
            for code, name in names
        ]


PARTS = ("title", "text")


@writes
def new(request: HttpRequest) -> HttpResponse:
    """A new article; with ``?caso=`` as a closed case proposes it."""
    case = case_in(request)
    if request.method != "POST":
        return sheet(request, None, ArticleForm(initial=draft_from(case) if case else {}), case)
    return sent(request, None, case)


@writes
def edit(request: HttpRequest, number: int) -> HttpResponse:
    """The next edition of an article, begun on the newest."""
    one = found_or_404(number)
    if request.method != "POST":
        assert one.newest is not None
        return sheet(request, one, ArticleForm(initial=editing.fields_of(one.newest)))
    return sent(request, one, None)


@writes
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The article beside the form, while somebody types."""
    return page(request, "desk/articles/_preview.html", {"previews": previews_of(ArticleForm(request.POST))})


def sent(request: HttpRequest, one: Article | None, case: Case | None) -> HttpResponse:
    form = ArticleForm(request.POST)
    if "mirar" in request.POST:
        return sheet(request, one, form, case, status=200 if form.is_valid() else INVALID)
    seen = number_in(request.POST["seen"]) if one and "seen" in request.POST else None
    given = {name: form.data.get(name, "") for name in form.fields if name != "kinds"}
    done = attempt(
        lambda: editing.save(
            one,
            {**given, "kinds": request.POST.getlist("kinds")},
            by=member(request),
            at=now(),
            seen=seen,
            from_case=case.pk if case else None,
        ),
        form,
    )
    if isinstance(done, Refusal):
        return sheet(request, one, form, case, status=INVALID)
    words = _("Saved: %s. A supervisor publishes it.") if one is None else _("Saved: %s.")
    say(request, words % done.display_number)
    edition = f"?edicion={done.newest.edition}" if done.newest else ""
    return redirect(f"{reverse('article', args=[done.number])}{edition}")


def case_in(request: HttpRequest) -> Case | None:
    """The case that proposes the article, by its number. Raises Http404 where it is none that may."""
    written = request.POST.get("caso", "") if request.method == "POST" else request.GET.get("caso", "")
    if not written:
        return None
    case = case_for_desk(written.replace("-", "")[:20])
    if case is None or not may_be_drafted_from(case):
        raise Http404
    return case


def sheet(
    request: HttpRequest, one: Article | None, form: ArticleForm, case: Case | None = None, *, status: int = 200
) -> HttpResponse:
    newest = one.newest if one else None
    context = {
        "form": form,
        "article": one,
        "title": one.display_number if one else _("New article"),
        "seen": number_in(request.POST["seen"]) if "seen" in request.POST else newest.edition if newest else 0,
        "case": case,
        "case_href": case_href(case) if case else "",
        "drafted_before": [(each.display_number, href_of(each.number)) for each in drafted_from(case)] if case else [],
        "action": reverse("article_edit", args=[one.number]) if one else reverse("article_new"),
        "back": reverse("article", args=[one.number]) if one else reverse("articles"),
        "causes_in_use": causes_in_use(),
        "previews": previews_of(form),
    }
    return articles_page(request, "form", context, status=status)


def previews_of(form: ArticleForm) -> list[dict[str, Any]]:
    """Each language that has a word, as it will be read."""
    found = []
    for one in form.languages:
        title, text = (str(one[part].value() or "").replace("\0", "") for part in PARTS)
        if title or text:
            html = as_html(text[: editing.LONGEST_TEXT])
            found.append({"name": one["name"], "code": one["code"], "title": title, "html": html})
    return found


urlpatterns = [
    path("articulos/nuevo", new, name="article_new"),
    path("articulos/nuevo/vista", preview, name="article_preview"),
    path("articulos/<int:number>/editar", edit, name="article_edit"),
]
