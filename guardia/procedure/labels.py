"""The words of the closed lists on paper and on screen, in the reader's language."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guardia.procedure.rules import NoticeItem
from guardia.procedure.vocabulary import Answerer

ITEM_NAMES: dict[NoticeItem, Promise] = {
    NoticeItem.NUMBER: _("the number of the case"),
    NoticeItem.SYMPTOMS: _("the symptoms reported"),
    NoticeItem.NEXT: _("what happens next"),
    NoticeItem.BY_WHEN: _("by when"),
    NoticeItem.CAUSE: _("the cause"),
    NoticeItem.PLAN: _("the solution plan"),
    NoticeItem.CREW: _("who comes"),
    NoticeItem.SITE_CONTACT: _("the contact at the site"),
    NoticeItem.ACCESS_HOURS: _("the access hours"),
    NoticeItem.FORECAST: _("between which hours we expect to arrive"),
    NoticeItem.CONDITIONS: _("the conditions that block it"),
    NoticeItem.NEXT_DECISION: _("the time of the next decision"),
    NoticeItem.PLAN_EXECUTED: _("the plan that was executed"),
    NoticeItem.HOUR: _("the time"),
    NoticeItem.CONFIRMER: _("who of your company confirmed"),
    NoticeItem.ATTEMPTS: _("our attempts to reach you"),
    NoticeItem.EVIDENCE: _("the tests that prove it"),
    NoticeItem.FAULT: _("the fault"),
    NoticeItem.SOLUTION: _("its solution"),
    NoticeItem.AFFECTED_TIME: _("the affected time"),
    NoticeItem.NEWS: pgettext_lazy("notice item", "the news"),
    NoticeItem.CLOCK: _("which clock it is"),
    NoticeItem.ASKED_BY: _("who asked for it"),
    NoticeItem.REASON: _("why"),
    NoticeItem.PROOF: _("with what proof"),
    NoticeItem.DESK: _("which desk attends to it"),
    NoticeItem.DESK_OPENS: _("when the desk opens"),
    NoticeItem.ANSWER: _("the answer"),
}

ANSWERER_NAMES: dict[Answerer, Promise] = {
    Answerer.DESK_ON_SHIFT: _("the desk on shift"),
    Answerer.WHO_ANSWERED: _("who took the report"),
    Answerer.ENGINEER: _("the engineer of the case"),
    Answerer.DISPATCHER: _("who sends the crew"),
    Answerer.CREW: _("the crew"),
    Answerer.WHO_IS_PAGED: _("the level paged"),
    Answerer.WHO_ACKNOWLEDGED: _("who acknowledged"),
    Answerer.DESK: _("the desk of the request"),
    Answerer.QUALITY_MANAGER: _("the quality manager"),
}

# A notice as the customer meets it in the published document, by its trigger.
NOTICE_OCCASIONS: dict[str, Promise] = {
    "recovered": _("If the service comes back by itself"),
    "cause_corrected": _("If the cause has to be corrected"),
    "plan_changed": _("If the plan changes"),
    "dispatch_agreed": _("When the visit is agreed"),
    "departed": _("When the crew is on its way"),
    "arrived": _("When it arrives"),
    "blocked": _("If something blocks the visit"),
    "decision_set": _("When we set the time of the next decision"),
    "visit_resumed": _("When a blocked visit resumes"),
    "band_changed": _("If your site turns out to be of another travel band"),
    "dispatch_changed": _("If what was agreed for the visit changes"),
    "crew_changed": _("If another crew continues the visit"),
    "permit_letter_sent": _("When the letter for the guard is ready"),
    "left_site/unfinished": _("If the crew leaves before the work is done"),
    "restored": _("When the service is restored"),
    "confirmed/supervisor": _("If nobody at your company could confirm"),
    "relapsed": _("If the fault returns"),
    "outage_joined/caller": _("If your case is part of a mass outage"),
    "outage_joined/gathered": _("If a mass outage that is declared later explains your case"),
    "outage_left": _("If your service does not come back with the others of an outage"),
    "work_linked/inside": _("If your case lies within planned work"),
    "work_linked/overran": _("If planned work runs past its end"),
    "cancelled": _("If the case is withdrawn"),
    "transferred": _("If it turns out to be a request for another desk"),
}
