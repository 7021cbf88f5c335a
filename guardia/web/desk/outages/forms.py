"""The forms of a mass outage: what must be known to declare it, and what is said of it later."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guardia.cases.labels import SAID_IMPACT_NAMES
from guardia.config.languages import in_language, language_codes, name_in_active, translations
from guardia.outages import outage_rows
from guardia.web.desk.acts.act import HoursForm, hour, one_of, prose, words

LANGUAGES = dict(settings.LANGUAGES)
MOST_CHOSEN = 20_000


def in_languages(name: str, fields: Mapping[str, Any]) -> dict[str, str]:
    """What was written in each language, by language; what is empty is left out."""
    found = {lang: fields.get(f"{name}_{lang}", "").strip() for lang in language_codes()}
    return {lang: text for lang, text in found.items() if text}


class DeclareForm(HoursForm):
    name = words(_("What it is, as the desk says it"))
    element = words(_("Element that failed"), required=False, limit=80)
    circuits = prose(_("Services that are named one by one (circuits)"), required=False, rows=2, limit=400_000)
    impact = one_of(_("How it is felt"), SAID_IMPACT_NAMES)
    started = hour(_("Since what hour (empty: now)"))
    forecast = hour(_("Expected back by"), ahead=True)
    cause = prose(_("Cause, if it is known"), required=False)
    public_es = words(_("As customers read it, in Spanish"), required=False)
    is_public = forms.BooleanField(label=_("Show it on the public status page"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in translations():
            self.fields[f"public_{code}"] = words(in_language(code), required=False)

    def translations(self) -> list[forms.BoundField]:
        return [self[f"public_{code}"] for code in translations()]

    def clean_element(self):
        code = self.cleaned_data["element"].strip()
        element = outage_rows.element_of(code)
        if code and element is None:
            raise forms.ValidationError(
                _("No element is called “%(code)s”. Choose one of the list, or name the circuits below."),
                params={"code": code},
            )
        return element

    def clean_circuits(self):
        services, lost = outage_rows.services_named(self.cleaned_data["circuits"])
        if lost:
            raise forms.ValidationError(
                _("No service has these circuits: %(circuits)s. Correct them, or leave them out."),
                params={"circuits": ", ".join(lost[:10]) + ("…" if len(lost) > 10 else "")},
            )
        if len(services) > MOST_CHOSEN:
            raise forms.ValidationError(
                _("Name at most %(n)d services; choose an element for more."), params={"n": MOST_CHOSEN}
            )
        return services

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or {}
        nothing = not fields.get("element") and not fields.get("circuits")
        if nothing and not self.errors and not self.initial.get("has_services"):
            raise forms.ValidationError(_("Say what is behind it: an element, or the circuits of the services."))
        return fields


class WhyForm(HoursForm):
    why = words(_("Why"), limit=300)


class NewsForm(HoursForm):
    words_es = prose(_("News, in Spanish"), rows=3)
    forecast = hour(_("Expected back by"), ahead=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in translations():
            label = gettext("In %(language)s (empty: the Spanish text, and it says so)")
            named = label % {"language": name_in_active(code)}
            self.fields[f"words_{code}"] = prose(named, required=False, rows=3)
        self.order_fields(["words_es", *(f"words_{code}" for code in translations())])


class CauseForm(HoursForm):
    cause = prose(_("Cause"))
    plan = prose(_("Plan of solution"))
    at = hour()


class RestoreForm(HoursForm):
    solution = prose(_("What was done"))
    at = hour()
    apart = prose(
        _("Services that are not back (circuits or case numbers): their cases go on by themselves"),
        required=False,
        limit=20_000,
    )

    def clean_apart(self):
        return clean_cases(self.cleaned_data["apart"])


class RelapseForm(HoursForm):
    why = prose(_("What is seen"))
    at = hour()


class CasesForm(HoursForm):
    cases = prose(_("Cases or circuits"), limit=20_000)

    def clean_cases(self):
        return clean_cases(self.cleaned_data["cases"])


class JoinForm(HoursForm):
    services = prose(_("Circuits, or numbers of open cases"), limit=400_000)


class LeaveForm(CasesForm):
    why = words(_("Why, as the customers will read it"), limit=300)


def clean_cases(written: str):
    """The open cases that were named. Raises ValidationError with the words that lead to none."""
    cases, lost = outage_rows.cases_named(written)
    if lost:
        raise forms.ValidationError(
            _("No open case has this number or circuit: %(words)s. Correct it, or leave it out."),
            params={"words": ", ".join(lost[:10]) + ("…" if len(lost) > 10 else "")},
        )
    return cases
