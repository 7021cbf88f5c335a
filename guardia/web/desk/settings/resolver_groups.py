"""Resolver groups (``/ajustes/grupos``): their names, who is in them, and their internal target."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.cases import group_editing
from guardia.cases.resolver_group import NOUN, ResolverGroup, all_groups, group_of_id
from guardia.config.languages import PUBLISHED_IN, language_codes
from guardia.config.now import now
from guardia.people.signed import LARGEST_ID
from guardia.web.desk.clock import stood
from guardia.web.desk.companies.frame import DeskForm, member, words
from guardia.web.desk.page import say
from guardia.web.desk.settings.frame import changes, looks, settings_page
from guardia.web.desk.settings.setting_form import Setting, edited, people_choices

HOME = "settings_groups"


class GroupForm(DeskForm):
    target_minutes = words(
        gettext_lazy("Internal target, in minutes"),
        6,
        help_text=gettext_lazy(
            "How long the group may hold a case. Empty: no target. It is not promised to any customer."
        ),
    )
    members = forms.MultipleChoiceField(
        label=gettext_lazy("Who is in it"), required=False, widget=forms.CheckboxSelectMultiple
    )
    active = forms.BooleanField(label=gettext_lazy("Cases can be passed to it"), required=False)

    def __init__(self, data: Any = None, *, initial: dict[str, Any]) -> None:
        super().__init__(data)
        self.readers = group_editing.readers()
        self.initial = initial
        names = dict(settings.LANGUAGES)
        for code in language_codes():
            label = _("Name in %(language)s") % {"language": names[code]}
            self.fields[f"name_{code}"] = words(label, group_editing.LONGEST_NAME, needed=code == PUBLISHED_IN)
        self.order_fields([f"name_{code}" for code in language_codes()])
        people = [one for _group, some in people_choices(initial.get("members", ())) for one in some]
        self.offer("members", sorted(people, key=lambda one: one[1]))


@looks
def groups(request: HttpRequest) -> HttpResponse:
    rows = [
        {
            "group": group,
            "members": ", ".join(sorted(one.name for one in group.members.all())),
            "target": stood(timedelta(minutes=group.target_minutes)) if group.target_minutes else "",
        }
        for group in all_groups()
    ]
    return settings_page(request, "groups", {"rows": rows}, tab=HOME)


@changes
def new(request: HttpRequest) -> HttpResponse:
    return edited(request, setting_of(request, None))


@changes
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    group = group_of_id(pk) if pk <= LARGEST_ID else None
    if group is None:
        raise Http404
    return edited(request, setting_of(request, group))


def setting_of(request: HttpRequest, group: ResolverGroup | None) -> Setting:
    def save(fields: dict[str, Any]) -> None:
        saved = group_editing.save(group, fields, by=member(request), at=now())
        say(request, _("Saved: %s.") % saved.name)

    initial = group_editing.fields_of(group) if group else {"active": True}
    return Setting(
        tab=HOME,
        title=group.name if group else _("New group"),
        lead=_("A case that the group already has keeps the target it was passed with."),
        form=lambda data: GroupForm(data, initial=initial),
        save=save,
        noun=NOUN,
        key=group.pk if group else None,
    )


urlpatterns = [
    path("grupos", groups, name=HOME),
    path("grupos/nuevo", new, name="settings_group_new"),
    path("grupos/<int:pk>", edit, name="settings_group"),
]
