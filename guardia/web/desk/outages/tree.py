"""A mass outage as a tree: what failed, the services that run over it, whose they are."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.outages.outage import Outage, OutageService
from guardia.web.desk.outages.board import href_of
from guardia.web.shared.drawing import Branch, Drawing, Mark, tree

MOST = 20
"""A tree of more is no picture any more: the table below has them all."""


def tree_of(
    outage: Outage, services: Sequence[OutageService], rows: Sequence[dict[str, Any]], count: int
) -> Drawing | None:
    """``services`` with their ``rows`` of the table, in its order; ``count`` is how many stand like these in all."""
    if not services:
        return None
    pairs = list(zip(services, rows, strict=True))[:MOST]
    branches = [branch_of(service, row) for service, row in pairs]
    if (more := count - len(pairs)) > 0:
        words = ngettext("and %(n)d more service", "and %(n)d more services", more) % {"n": more}
        branches.append(Branch(Mark(more, words, f"{href_of(outage)}#outage-members", "", words)))
    root = Mark(count, outage.name, href_of_root(outage), "late" if outage.restored_at is None else "good", outage.name)
    described = _("%(outage)s: the services that run over it, and whose they are. The table says the same.")
    return tree(Branch(root, branches), described % {"outage": outage.name})


def href_of_root(outage: Outage) -> str:
    return reverse("element", args=[outage.element_id]) if outage.element_id else ""


def branch_of(service: OutageService, row: dict[str, Any]) -> Branch:
    tone = {"late": "late", "tick": "good"}.get(row["state"], "soon")
    company = Mark(1, row["company"], reverse("company", args=[service.customer_id]), "", row["company"])
    words = f"{row['circuit']}, {row['where']}: {row['stands']}"
    return Branch(Mark(1, words, row["case_href"], tone, row["circuit"]), [Branch(company)])
