"""A change of the operator's own words, told: which notice, in which language, and each text before and after."""

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guardia.notices.own_words_editing import NOUN
from guardia.notices.own_words_fitting import FIELDS as TEXTS
from guardia.people.setting_change import SettingChange
from guardia.web.desk.settings.wording_events import event_in, name_of

NOUNS: dict[str, Promise] = {NOUN: _("Text of a notice")}
FIELDS: dict[str, Promise] = {"is_own": _("Own text"), **TEXTS}


def about(change: SettingChange) -> str:
    """``Diagnosis · Español``; what is no event is given back."""
    written, _slash, language = change.key.partition("/")
    event = event_in(written, language)
    return f"{name_of(*event)} · {dict(settings.LANGUAGES).get(language, language)}" if event else change.key
