"""The cases linked to this one, as its page shows them: which, how they stand, and what a duplicate brought with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.cases.case import Case, Status
from guardia.cases.link import CaseLink, LinkKind
from guardia.cases.linking import links_of, other_end
from guardia.cases.words import name_of_stage
from guardia.people.policy import Right, may, may_handle
from guardia.people.staff import Staff
from guardia.web.desk.shown.bench_rows import case_href
from guardia.web.desk.shown.like import like_href
from guardia.web.shared import about


@dataclass(frozen=True, slots=True)
class LinkRow:
    """``brought``: what belongs to the duplicate, each with where it is read."""

    kind: str
    number: str
    href: str
    subject: str
    state: str
    brought: Sequence[tuple[str, str]] = ()
    unlink_href: str = ""


@dataclass(frozen=True, slots=True)
class LinksShown:
    rows: Sequence[LinkRow] = ()
    link_href: str = ""
    like_href: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.rows or self.link_href or self.like_href)

    @property
    def tag(self) -> str:
        return str([(row.kind, row.number, row.state, row.brought) for row in self.rows])


def links_shown(case: Case, staff: Staff) -> LinksShown:
    links, acts = list(links_of(case)), may_handle(staff, case.desk)
    ended = [link.case_id for link in links if link.kind == LinkKind.DUPLICATE and link.other_id == case.pk]
    brought = what_came_with(ended) if ended else {}
    makes = may(staff, Right.HANDLE_CASES) and not about.is_request(case)
    return LinksShown(
        rows=[row_of(link, case, acts, brought) for link in links],
        link_href=f"{reverse('act', args=[case.number, 'vincular'])}#act" if acts else "",
        like_href=like_href(case) if makes else "",
    )


def row_of(link: CaseLink, case: Case, acts: bool, brought: dict[int, Case]) -> LinkRow:
    other = other_end(link, case)
    related = link.kind == LinkKind.RELATED
    unlink = f"{reverse('act', args=[case.number, 'desvincular'])}?link={link.pk}#act" if related and acts else ""
    found = brought.get(other.pk)
    return LinkRow(
        kind=kind_words(link, case),
        number=other.display_number,
        href=case_href(other),
        subject=other.subject,
        state=state_of(other),
        brought=brought_words(found) if found else (),
        unlink_href=unlink,
    )


def kind_words(link: CaseLink, case: Case) -> str:
    if link.kind == LinkKind.RELATED:
        return _("Related")
    return _("This case goes on as") if link.case_id == case.pk else _("Its duplicate")


def state_of(case: Case) -> str:
    return name_of_stage(case.stage) if case.is_open else str(Status(case.status).label)


def what_came_with(cases: Sequence[int]) -> dict[int, Case]:
    """The duplicates with how many calls, messages and files each holds; one question for all."""
    live = Q(files__withdrawn_at=None)
    counted = Case.objects.filter(pk__in=cases).annotate(
        calls_held=Count("calls", distinct=True),
        mails_held=Count("messages", distinct=True),
        files_held=Count("files", filter=live, distinct=True),
    )
    return {case.pk: case for case in counted.defer("search")}


def brought_words(case: Case) -> list[tuple[str, str]]:
    page = case_href(case)
    calls, mails, files = (getattr(case, f"{what}_held") for what in ("calls", "mails", "files"))
    said = (
        (calls, ngettext("%(n)d call", "%(n)d calls", calls), f"{page}#log"),
        (mails, ngettext("%(n)d message", "%(n)d messages", mails), f"{page}?bitacora=cliente#log"),
        (files, ngettext("%(n)d file", "%(n)d files", files), f"{page}#files"),
    )
    return [(words % {"n": count}, href) for count, words, href in said if count]
