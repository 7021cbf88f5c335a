"""``/mi-empresa/trabajos``: the planned works that touch the company, each with its answer."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from guardia.config.now import now
from guardia.web.portal.company.frame import SignedIn, company_page, page
from guardia.web.portal.visitor import text_in
from guardia.web.portal.work import answering
from guardia.web.portal.work.shown import all_shown, work_of, works_of

UNFIT = 422


@require_http_methods(["GET", "HEAD"])
@company_page
def works(request: HttpRequest, who: SignedIn) -> HttpResponse:
    return shown(request, who)


@require_POST
@company_page
def answer(request: HttpRequest, who: SignedIn, pk: int, act: str) -> HttpResponse:
    """``de-acuerdo`` or ``objetar``. Raises Http404 for a work that does not touch the company."""
    work = work_of(pk, who.customer_id)
    if work is None or act not in answering.ACTS:
        raise Http404
    if refused := answering.answer(request, who.contact, work.pk, act):
        return shown(request, who, refused, pk)
    return HttpResponseRedirect(f"{reverse('company_works')}?hecho={act}#TP-{work.number:04d}", status=303)


def shown(request: HttpRequest, who: SignedIn, refused: str = "", refused_pk: int = 0) -> HttpResponse:
    at = now()
    found = list(works_of(who.customer_id, at))
    cards = [
        {
            "work": card,
            "agree_href": reverse("company_work_answer", args=[work.pk, "de-acuerdo"]),
            "object_href": reverse("company_work_answer", args=[work.pk, "objetar"]),
            "refused": refused if work.pk == refused_pk else "",
            "text": text_in(request, "texto", 500) if work.pk == refused_pk else "",
        }
        for work, card in zip(found, all_shown(found, who.contact, at), strict=True)
    ]
    done = request.GET.get("hecho", "") if request.method != "POST" else ""
    return page(request, "works", {"cards": cards, "done": done}, who=who, status=UNFIT if refused else 200)
