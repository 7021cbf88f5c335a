"""Drafts: what is being written is kept on the server, so that it is there on any screen after any interruption."""

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from guardia.cases.draft import keep_draft
from guardia.config.now import now
from guardia.people.policy import Right
from guardia.web.desk.case_page.act_form import saved_words
from guardia.web.desk.companies.frame import needs
from guardia.web.desk.entry import DeskRequest

NOT_KEPT = {"csrfmiddlewaretoken", "seen", "draft", "next"}
LONGEST_KEY, LONGEST_FIELD, MOST_FIELDS = 80, 4000, 40


@needs(Right.SEE_DESK)
@require_POST
def draft(request: DeskRequest) -> HttpResponse:
    """Keep the fields of a form under its key; answers with the words that say so, or goes on to ``next``.

    Whoever sees the desk may keep what is being written: nobody else sees it. A form's key names what it is about
    (``caso:17:nota``); others, such as a file that waits to be imported, are not written here.
    """
    key = request.POST.get("draft", "")
    if not (":" in key and len(key) <= LONGEST_KEY) or "\0" in key:
        return HttpResponse(status=400)
    fields = {storable(n): storable(str(v)[:LONGEST_FIELD]) for n, v in request.POST.items() if n not in NOT_KEPT}
    at = now()
    keep_draft(request.user, key, dict(list(fields.items())[:MOST_FIELDS]), at)
    following = request.POST.get("next", "")
    if following and url_has_allowed_host_and_scheme(following, {request.get_host()}):
        return HttpResponseRedirect(following)  # an address, never a name of one
    return HttpResponse(saved_words(at, at), content_type="text/plain; charset=utf-8")


def storable(words: str) -> str:
    """A draft is kept as it is, but for the one sign the database has no place for."""
    return words.replace("\0", "")
