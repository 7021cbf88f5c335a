"""The tests, photographs and documents of a case as its customer sees them, and new ones that are sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guardia.cases import case_files, case_link
from guardia.cases.case import Case
from guardia.cases.case_files import FileNotTaken, ready
from guardia.cases.refusals import Missing, TooLong
from guardia.customers.contact import Contact
from guardia.evidence import store
from guardia.evidence.files import Ready, file_for_company, files_for_company
from guardia.evidence.measured_sentences import typed
from guardia.evidence.probe import samples_of
from guardia.evidence.sample_chart import Picture, highest, picture
from guardia.evidence.test_result import TestResult, Verdict
from guardia.intake import customer_acts
from guardia.mail.taking import MEGABYTE, limit
from guardia.notices.wording.hours import Hours
from guardia.people.signed import LARGEST_ID, LinkIsInvalid
from guardia.web.desk.case_page.evidence import sampled
from guardia.web.portal.visitor import Visitor, sends, text_in, too_many
from guardia.web.shared import responses

# --- files ------------------------------------------------------------------------------------------------------------
LONGEST_CAPTION = 400
MOST_FILES = 60


@dataclass(frozen=True, slots=True)
class FileView:
    name: str
    words: str
    href: str
    small: str


def files_of(case: Case, visitor: Visitor) -> Sequence[FileView]:
    """Those that are shown to the company, in the order in which they were taken: its row policies hide all others."""
    kept = files_for_company(case.pk)[:MOST_FILES]
    return [
        FileView(
            name=one.name,
            words=one.caption,
            href=f"{visitor.home}/archivo/{one.pk}",
            small=f"{visitor.home}/archivo/{one.pk}?miniatura" if one.has_thumbnail else "",
        )
        for one in kept
    ]


def given(request: HttpRequest, case: Case, pk: int) -> HttpResponse:
    """The bytes of one that is shown: a picture in place, all else as a file. Raises Http404."""
    one = file_for_company(case.pk, pk) if pk <= LARGEST_ID else None
    if one is None:
        raise Http404
    is_small = "miniatura" in request.GET and one.has_thumbnail
    content = store.read(one.sha256, thumbnail=is_small)
    if content is None:
        raise Http404
    if is_small:
        return responses.served(content, f"{one.pk}.jpg", "image/jpeg", in_place=True)
    return responses.served(content, one.name, one.type, in_place=True)


ACT = "archivo"
MADE = "_file_made_ready"
NOT_LOOKED_AT = "_file_not_looked_at"


def may_send(request: HttpRequest, visitor: Visitor, case: Case) -> HttpResponse | None:
    """None where what was sent is worth looking at: by a page of ours that lies open, and not without end."""
    if request.method != "POST":
        return None
    try:
        case_link.nonce_in(request.POST.get("vez", ""), case.pk, visitor.contact.pk)
    except LinkIsInvalid:
        setattr(request, NOT_LOOKED_AT, True)  # the act itself says so, and keeps what was written
        return None
    return None if sends(request, visitor.contact) else too_many(request)


def make_ready(request: HttpRequest) -> None:
    """What was sent is looked at, and a picture decoded, before a transaction is begun: nothing waits for it."""
    file = request.FILES.get("archivo")
    if file is None or not file.size or file.size > limit() or hasattr(request, NOT_LOOKED_AT):
        return
    made: Ready | FileNotTaken
    try:
        made = ready(file.read(), file.name or "")
    except FileNotTaken as refused:
        made = refused
    setattr(request, MADE, made)


def add(request: HttpRequest, case: Case, contact: Contact, at: datetime) -> object:
    """What it is, is said by its content. The company sees it too. Raises Missing, TooLong, what the keeper refuses."""
    case.must_be_open()
    file = request.FILES.get("archivo")
    if file is None or not file.size:
        raise Missing("P2", "archivo", _("a photograph or a document"))
    if file.size > limit():
        raise TooLong("P2", "archivo", _("it"), limit() // MEGABYTE * MEGABYTE)
    caption = text_in(request, "texto", LONGEST_CAPTION)
    made: Ready | FileNotTaken = getattr(request, MADE)
    if isinstance(made, FileNotTaken):
        raise made
    by = customer_acts.by(contact)
    return case_files.add_ready(case, made, by=by, now=at, caption=caption, shown=True, by_name=str(contact))


# --- tests ------------------------------------------------------------------------------------------------------------
# The tests of the case as the customer sees them: what each showed before the solution and after, as a picture.
MOST_READ = 120
MOST_TESTS = 8
Samples = Mapping[int, Sequence[float | None]]


@dataclass(frozen=True, slots=True)
class SideView:
    id: str
    label: str
    hour: str
    result: str
    verdict: str
    word: str
    picture: Picture | None
    title: str
    described: str


@dataclass(frozen=True, slots=True)
class TestView:
    __test__ = False

    name: str
    sides: Sequence[SideView]


def tests_of(case: Case, hours: Hours) -> list[TestView]:
    """By the name of the test, in the order in which they were first made; the latest of each that says something."""
    tests = list(case.tests.order_by("-measured_at", "-pk")[:MOST_READ])[::-1]
    samples = samples_of(case.pk, [test.pk for test in tests]) if tests else {}
    by_name: dict[str, list[TestResult]] = {}
    for test in tests:
        by_name.setdefault(test.name, []).append(test)
    return [test_view(case, name, own, samples, hours) for name, own in list(by_name.items())[:MOST_TESTS]]


def test_view(case: Case, name: str, tests: Sequence[TestResult], samples: Samples, hours: Hours) -> TestView:
    restored = case.restored_at
    earlier = [test for test in tests if restored is None or test.measured_at <= restored]
    later = [test for test in tests if restored is not None and test.measured_at > restored]
    before = next((test for test in reversed(earlier) if test.verdict == Verdict.BAD), earlier[-1] if earlier else None)
    pair = [test for test in (before, later[-1] if later else None) if test]
    top = max((highest(samples.get(test.pk, ())) or 0 for test in pair), default=0) or None
    return TestView(name, [side(test, bool(later), test in later, samples, top, hours) for test in pair])


def side(
    test: TestResult, compares: bool, is_after: bool, samples: Samples, top: float | None, hours: Hours
) -> SideView:
    own = samples.get(test.pk, ())
    label = "" if not compares else gettext("After") if is_after else gettext("Before")
    return SideView(
        id=f"test-{test.pk}",
        label=label,
        hour=hours.stamp(test.measured_at),
        result=typed(test.result) if test.typed else test.result,
        verdict=test.verdict,
        word=test.get_verdict_display(),
        picture=picture(own, top) if own else None,
        title=gettext("Samples of %(test)s") % {"test": test.name},
        described=sampled(own),
    )
