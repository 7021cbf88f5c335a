"""A new password: one's own, or by the link of one use that somebody was handed. Every other session ends."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from guardia.config.proxies import address_of
from guardia.config.walls import keeps
from guardia.doors.audit import note
from guardia.doors.desk.companies.frame import member
from guardia.doors.desk.page import say
from guardia.doors.desk.sign_in.adapter import refuse_when_limited
from guardia.doors.desk.sign_in.frame import INVALID, around, stays
from guardia.doors.desk.sign_in.password_forms import ChangeForm, NewPasswordForm
from guardia.doors.now import now
from guardia.people import access_link, sessions
from guardia.people.audit_entry import AuditKind

GONE = 410


@never_cache
@sensitive_post_parameters()
def change(request: HttpRequest) -> HttpResponse:
    staff = member(request)
    form = ChangeForm(request.POST or None, of=staff)
    if request.method == "POST" and form.is_valid():
        staff.set_password(form.cleaned_data["password1"])
        staff.save(update_fields=["password"])
        ended = sessions.end_all(staff, but=request.session.session_key or "")
        stays(request, staff)
        note(request, AuditKind.PASSWORD_CHANGED, about="staff", key=staff.pk, sessions=ended)
        say(request, _("Your password is changed. Every other browser is signed out."))
        return redirect("mfa_index")
    return answered(request, "password", {"form": form}, is_wrong=bool(form.errors))


@never_cache
def forgotten(request: HttpRequest) -> HttpResponse:
    """Who has forgotten the password is told whom to ask: an administrator, who makes a link of one use."""
    return render(request, "desk/sign_in/forgotten.html", around(request))


@never_cache
@sensitive_post_parameters()
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows, POST sets. A link that is none, was used or is too old says so, and counts as an attempt."""
    try:
        refuse_when_limited(request, "")
    except ValidationError as limited:
        return gone(request, " ".join(limited.messages), 429)
    staff = access_link.holder(token)
    if staff is None:
        note(request, AuditKind.LINK_FAILED)
        return gone(request, "", GONE)
    form = NewPasswordForm(request.POST or None, of=staff)
    if request.method == "POST" and form.is_valid():
        access_link.use(staff, form.cleaned_data["password1"], at=now(), address=address_of(request))
        say(request, _("Your password is set. Sign in with it."))
        return redirect("sign_in")
    return answered(request, "by_link", {"form": form, "holder": staff}, is_wrong=bool(form.errors))


def answered(request: HttpRequest, template: str, context: dict, *, is_wrong: bool) -> HttpResponse:
    """A wrong form keeps what it wrote: the attempt."""
    page = {**context, **around(request)}
    response = render(request, f"desk/sign_in/{template}.html", page, status=INVALID if is_wrong else 200)
    return keeps(response)


def gone(request: HttpRequest, words: str, status: int) -> HttpResponse:
    page = {**around(request), "words": words}
    return keeps(render(request, "desk/sign_in/link_over.html", page, status=status))
