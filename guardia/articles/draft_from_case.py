"""The draft of an article that a closed case proposes: what was seen, found and done; nobody is named in it."""

from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guardia.articles.article import of_installation
from guardia.articles.editing import LONGEST_CAUSES, LONGEST_TEXT, LONGEST_TITLE, readers
from guardia.articles.identities import without_identities
from guardia.cases.case import Case, Status
from guardia.evidence.test_result import tests_since
from guardia.people.shifts import TECHNICAL

MOST_TESTS = 6
LONGEST_RESULT = 200


def may_be_drafted_from(case: Case) -> bool:
    """Whether the case is an incident that was closed with a cause or a solution on record."""
    return case.status == Status.CLOSED and case.desk == TECHNICAL and bool(case.cause or case.solution)


def draft_from(case: Case) -> dict[str, Any]:
    """The fields of a form, in the installation's language; companies, persons, places, circuits and numbers are out.

    Symptoms are those of the report, the diagnosis is the cause with the tests on record and the plan, the solution is
    what closed it. A text that was erased since is left out.
    """
    with translation.override(settings.LANGUAGE_CODE):
        parts = [
            (pgettext("article", "Symptoms"), case.symptoms),
            (pgettext("article", "Diagnosis"), "\n".join(part for part in (case.cause, case.plan) if part)),
            (pgettext("article", "Tests"), tests_of(case)),
            (pgettext("article", "Solution"), case.solution),
            (pgettext("article", "To prevent a recurrence"), case.prevention),
        ]
        reason = _("Drafted from a closed case")
    text = "\n\n".join(f"**{head}**\n{words.strip()}" for head, words in parts if words.strip())
    own = of_installation()
    cause = " ".join(without_identities(case.cause, case).split())
    element = case.part_of.element if case.part_of_id and case.part_of else None
    return {
        **dict.fromkeys(readers(), ""),
        f"title_{own}": shortened(" ".join(without_identities(case.subject, case).split()), LONGEST_TITLE),
        f"text_{own}": shortened(without_identities(text, case), LONGEST_TEXT),
        "causes": shortened(cause, min(LONGEST_CAUSES, 120)),
        "kinds": [element.kind] if element else [],
        "elements": element.code if element else "",
        "for_portal": False,
        "reason": reason,
    }


def tests_of(case: Case) -> str:
    """What was tested and how it came out, each on a line of a list."""
    found = tests_since(case, case.opened_at)[:MOST_TESTS]
    lines = [
        f"- {one.name}: {one.get_verdict_display()}. {' '.join(one.result.split())[:LONGEST_RESULT]}" for one in found
    ]
    return "\n".join(line.strip() for line in lines)


def shortened(words: str, longest: int) -> str:
    return words if len(words) <= longest else f"{words[: longest - 1].rstrip()}…"
