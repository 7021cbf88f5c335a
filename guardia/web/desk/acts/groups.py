"""A case is passed to a resolver group and taken back: within the operator, and told to no customer."""

from django import forms
from django.utils.translation import gettext_lazy as _

from guardia.cases.case import Case
from guardia.cases.resolver_group import active_groups
from guardia.cases.verbs import Event
from guardia.web.desk.acts.case_act import ActForm, CaseAct, prose
from guardia.web.shared.act import Doing


class GroupForm(ActForm):
    group: forms.ModelChoiceField = forms.ModelChoiceField(None, label=_("Group"), empty_label=_("choose a group"))
    reason = prose(_("Why, and what is to be checked"))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = active_groups()  # type: ignore[attr-defined]


class BackForm(ActForm):
    reason = prose(_("What came of it"))


def pass_on(doing: Doing[Case]) -> Event | None:
    return doing.on.pass_to_group(doing.fields["group"], doing.fields["reason"], **doing.when)


def take_back(doing: Doing[Case]) -> Event | None:
    return doing.on.take_back_from_group(doing.fields["reason"], **doing.when)


GROUP_ACTS = (
    CaseAct(
        "grupo",
        _("Pass to a group"),
        GroupForm,
        pass_on,
        asks=_("Who works on it from now on. It stays within the team: the customer's promises are not affected."),
    ),
    CaseAct("del-grupo", _("Take back from the group"), BackForm, take_back),
)
