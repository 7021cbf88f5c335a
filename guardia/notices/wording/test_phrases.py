"""Tests and what they prove (P3, P5, P6): what Guardia measured in the language of the reader, the rest as written."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from guardia.notices.wording.notice_facts import NoticeFacts, moment_of

WITHOUT_EVIDENCE = {
    "none": gettext_lazy("We have no good test that proves that your service is stable."),
    "few": gettext_lazy("We have fewer tests than we promise to prove that your service is stable."),
    "bad": gettext_lazy("The last test of your service was not good."),
}


def tests(told: NoticeFacts, found: Iterable[dict[str, Any]]) -> str:
    """``Ping: 100 % loss (03:04); OTDR: cut at 1.2 km (03:11)``."""
    measured_one, typed_one = _("%(name)s: %(result)s (%(hour)s)"), _("%(name)s: %(result)s (%(hour)s, typed by hand)")
    return "; ".join(
        (typed_one if t.get("typed") else measured_one)
        % {
            "name": capfirst(in_own_language(t.get("names"), t["name"])),
            "result": result_of(t),
            "hour": told.hours.stamp(measured(t)),
        }
        for t in found
    )


def result_of(test: dict[str, Any]) -> str:
    return in_own_language(test.get("results"), test["result"])


def in_own_language(said: Mapping[str, str] | None, otherwise: str) -> str:
    """What the house said by itself, in the active language; what a person wrote, as it was written."""
    return (said or {}).get(get_language() or "", "") or otherwise


def what_was_seen(told: NoticeFacts) -> str:
    """By a probe, in the active language; by a person, as it was written."""
    return in_own_language(told["saw"] or None, told.text("what"))


def measured(test: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(test["at"])


def tests_to_show(told: NoticeFacts) -> list[dict[str, Any]]:
    """Those on record; once the service is back, only those that were taken since."""
    back = told.hour("restored_at")
    return [test for test in told["tests"] or () if back is None or measured(test) >= back]


def evidence(told: NoticeFacts) -> list[dict[str, Any]]:
    """The good tests of the green window (P6)."""
    since = moment_of(told.data.get("green_since"))
    return [t for t in told["tests"] or () if t["verdict"] == "good" and (since is None or measured(t) >= since)]


def no_evidence(told: NoticeFacts) -> str:
    """That nothing proves the stability, in one honest sentence; empty where something does (P6, P7)."""
    words = WITHOUT_EVIDENCE.get(told.data.get("without_evidence", ""))
    return str(words) if words else ""


def evidence_text(told: NoticeFacts) -> str:
    """The tests that prove it, or that there are none."""
    return no_evidence(told) or tests(told, evidence(told))
