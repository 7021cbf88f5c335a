"""How mail leaves: the limit of each domain, what waits of it, and the addresses that take no messages."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from math import ceil
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from guardia.config.now import now
from guardia.notices import address_marks, domain_limits, notice_rows
from guardia.notices.address_marks import AddressMark
from guardia.notices.notice_rows import Queued
from guardia.notices.pacing import DomainLimit
from guardia.people.policy import Right, may
from guardia.people.setting_change import SettingChange, last_change
from guardia.people.signed import LARGEST_ID
from guardia.web.desk.case_page.notices import mark_row
from guardia.web.desk.clock import stood
from guardia.web.desk.companies.frame import DeskForm, member, needs, words
from guardia.web.desk.page import Toast, Undo, say
from guardia.web.desk.settings.frame import changes, looks, number_in, settings_page
from guardia.web.desk.settings.setting_form import Setting, edited, pressed
from guardia.web.desk.shell import up_to_99
from guardia.web.shared.act import Doing

MARKS_SHOWN = 50
MINUTE = timedelta(minutes=1)
handles = needs(Right.HANDLE_CASES)
"""Whoever clears a mark on the page of a case clears it here too."""


@looks
def delivery(request: HttpRequest) -> HttpResponse:
    """The limits with what waits for each; the other domains for which mail waits; the marked addresses."""
    at, limits = now(), domain_limits.limits()
    found, is_more = notice_rows.queued([limit.domain for limit in limits])
    held = {each.domain: each for each in found}
    changes = domain_limits.last_changes(limit.domain for limit in limits)
    limited = {limit.domain for limit in limits}
    before = number_in(request.GET.get("antes", ""))
    marked = address_marks.all_marked(MARKS_SHOWN + 1, before)
    context = {
        "limits": [limit_row(limit, held.get(limit.domain), changes.get(limit.domain)) for limit in limits],
        "others": [queue_row(each) for each in found if each.domain not in limited],
        "is_more": is_more,
        "most_counted": notice_rows.MOST_QUEUED_COUNTED,
        "marked": [marked_row(mark, at) for mark in marked[:MARKS_SHOWN]],
        "older": f"?{urlencode({'antes': marked[MARKS_SHOWN - 1].pk})}#marked" if len(marked) > MARKS_SHOWN else "",
        "is_first": not before,
        "may_clear": may(member(request), Right.HANDLE_CASES),
    }
    return settings_page(request, "delivery", context, tab="settings_delivery")


def limit_row(limit: DomainLimit, waiting: Queued | None, change: SettingChange | None) -> dict[str, Any]:
    """A limit; how many mails wait for this domain, and how long they take at its pace."""
    return {
        "pk": limit.pk,
        "domain": limit.domain,
        "pace": pace_words(limit.per_minute),
        "by": change.by.name if change and change.by else "",
        "at": change.at if change else None,
        "waits": up_to_99(waiting.waiting) if waiting else "0",
        "tried": tried_words(waiting),
        "takes": stood(MINUTE * ceil(waiting.waiting / limit.per_minute)) if waiting else "",
    }


def pace_words(per_minute: int) -> str:
    return ngettext("%(n)d a minute", "%(n)d a minute", per_minute) % {"n": per_minute}


def tried_words(waiting: Queued | None) -> str:
    """Those that do not wait for their turn but for the far server."""
    if waiting is None or not waiting.tried:
        return ""
    words = ngettext("%(n)s was attempted and continues", "%(n)s were attempted and continue", waiting.tried)
    return words % {"n": up_to_99(waiting.tried)}


def queue_row(waiting: Queued) -> dict[str, str]:
    """A domain without a limit for which mail waits, and where it is given one."""
    return {
        "domain": waiting.domain,
        "waits": up_to_99(waiting.waiting),
        "tried": tried_words(waiting),
        "href": f"{reverse('settings_limit_new')}?{urlencode({'dominio': waiting.domain})}",
    }


def marked_row(mark: AddressMark, at: datetime) -> dict[str, Any]:
    company = mark.customer
    return {
        "mark": mark_row(mark, reverse("settings_mark_clear", args=[mark.pk]), at),
        "company": company.name if company else _("our own people"),
        "company_href": reverse("company", args=[company.pk]) if company else "",
    }


@handles
@require_POST
def clear_mark(request: HttpRequest, mark_id: int) -> HttpResponse:
    """This address takes messages again: it is written to from now on."""
    mark = get_object_or_404(AddressMark, pk=min(mark_id, LARGEST_ID))
    address_marks.clear(mark, member(request), now())
    say(request, _("%(address)s can receive emails again.") % {"address": mark.address})
    return redirect(f"{reverse('settings_delivery')}#marked")


def counts() -> dict[str, str]:
    """How many domains have a limit (empty: none), and how many addresses are marked."""
    limits = len(domain_limits.limits())
    return {"limits": str(limits or ""), "marked": up_to_99(len(address_marks.all_marked(100)))}


class LimitForm(DeskForm):
    """Of a limit that there is only the number changes; its domain is the title."""

    readers = domain_limits.FIELDS
    domain = words(
        gettext_lazy("Domain"),
        300,
        needed=True,
        error_messages={"required": domain_limits.NO_DOMAIN},
        help_text=gettext_lazy("What follows the @: example.com. A subdomain counts as a domain of its own."),
        widget=forms.TextInput({"spellcheck": "false", "autocapitalize": "none", "inputmode": "url"}),
    )
    per_minute = words(
        gettext_lazy("Emails per minute"),
        20,
        needed=True,
        error_messages={"required": domain_limits.NO_NUMBER},
        help_text=gettext_lazy("They are sent one after another, at an even pace: with 30, one every two seconds."),
        widget=forms.TextInput({"inputmode": "numeric"}),
    )

    def __init__(self, data: Any = None, *, of: DomainLimit | None = None, suggested: str = "") -> None:
        super().__init__(data, of=of)
        if of is not None:
            del self.fields["domain"]
        elif suggested:
            self.initial["domain"] = suggested


@changes
def new_limit(request: HttpRequest) -> HttpResponse:
    """A limit for a domain that has none (``?dominio=``: which one)."""
    suggested = request.GET.get("dominio", "").replace("\0", "")[:253] if request.method != "POST" else ""
    form = partial(LimitForm, suggested=suggested)
    return edited(request, limit_setting(request, form, _("Limit for a domain")))


@changes
def edit_limit(request: HttpRequest, limit_id: int) -> HttpResponse:
    """The number of a limit."""
    limit = get_object_or_404(DomainLimit, pk=min(limit_id, LARGEST_ID))
    return edited(request, limit_setting(request, partial(LimitForm, of=limit), limit.domain, limit))


def limit_setting(
    request: HttpRequest, form: Callable[[Any], LimitForm], title: str, limit: DomainLimit | None = None
) -> Setting:
    return Setting(
        tab="settings_delivery",
        title=title,
        lead=_(
            "Some servers refuse mail that arrives too fast. With a limit, the rest waits its turn and leaves "
            "minutes later; nothing is dropped, and mail to other domains is not delayed."
        ),
        form=form,
        save=lambda fields: say(
            request, pace_set(domain_limits.save(fields, by=member(request), at=now(), of=limit)).words
        ),
        noun=domain_limits.NOUN if limit else "",
        key=domain_limits.key_of(limit.domain) if limit else None,
    )


def pace_set(limit: DomainLimit) -> Toast:
    words = _("From now on %(pace)s leave for %(domain)s; the rest wait their turn.")
    return Toast(words % {"domain": limit.domain, "pace": pace_words(limit.per_minute)})


@changes
@require_POST
def remove_limit(request: HttpRequest, limit_id: int) -> HttpResponse:
    """No limit for this domain any more; it can be put back."""
    limit = get_object_or_404(DomainLimit, pk=min(limit_id, LARGEST_ID))
    domain_limits.remove(limit, by=member(request), at=now())
    removed = last_change(domain_limits.NOUN, domain_limits.key_of(limit.domain))
    undo = Undo(reverse("settings_limit_restore"), "cambio", str(removed))
    say(request, _("%s no longer has a limit: queued mail is sent within a minute.") % limit.domain, undo=undo)
    return redirect("settings_delivery")


@changes
@require_POST
def restore_limit(request: HttpRequest) -> HttpResponse:
    """The limit that was taken away, as it was."""
    change = number_in(request.POST.get("cambio", ""))
    return pressed(request, "settings_delivery", change, restored)


def restored(doing: Doing[int]) -> Toast:
    return pace_set(domain_limits.restore(doing.on, by=doing.who, at=doing.now))


urlpatterns = [
    path("entrega", delivery, name="settings_delivery"),
    path("entrega/nuevo", new_limit, name="settings_limit_new"),
    path("entrega/restablecer", restore_limit, name="settings_limit_restore"),
    path("entrega/<int:limit_id>", edit_limit, name="settings_limit"),
    path("entrega/<int:limit_id>/quitar", remove_limit, name="settings_limit_remove"),
    path("entrega/direcciones/<int:mark_id>", clear_mark, name="settings_mark_clear"),
]
