"""The procedure's owner at the desk: a draft in a browser, its mistakes, its approval, and the letters it owes."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.notices.announcement import Announcement
from guardia.notices.notice import Notice
from guardia.people.staff import Role
from guardia.procedure.drafting import DraftState, ProcedureDraft
from guardia.procedure.version import ProcedureVersion
from guardia.worker import rounds
from tests.settings.conftest import now, words

HOME = "/ajustes/procedimiento"


@pytest.fixture
def draft(supervisor) -> ProcedureDraft:
    supervisor.post(f"{HOME}/borrador", {"what_for": "A faster diagnosis"})
    return ProcedureDraft.objects.get()


def saved(client, draft: ProcedureDraft, source: str, **other):
    fields = {"what_for": draft.what_for, "source": source, "revision": draft.revision, "tells_customers": "on"}
    return client.post(f"{HOME}/borrador/{draft.pk}", {**fields, **other})


def shorter(draft: ProcedureDraft) -> str:
    return draft.source.replace("target: 20 min\n", "target: 15 min\n")


def step(client, draft: ProcedureDraft, name: str, **fields):
    return client.post(f"{HOME}/borrador/{draft.pk}/{name}", fields)


def test_the_page_teaches_while_nothing_is_drafted(supervisor):
    page = words(supervisor.get(HOME))
    assert "No draft is open" in page
    assert "in force" in page


def test_mistakes_are_told_by_line_and_the_text_is_kept(supervisor, draft):
    saved(supervisor, draft, draft.source.replace("target: 20 min\n", "target: soon\n"))
    page = words(supervisor.get(f"{HOME}/borrador/{draft.pk}"))
    line = draft.source[: draft.source.index("target: 20 min\n")].count("\n") + 1
    assert f"line {line}" in page
    assert "target: soon" in page
    assert step(supervisor, draft, "presentar").status_code == 409


def test_times_are_edited_in_fields(supervisor, draft):
    address = f"{HOME}/borrador/{draft.pk}/plazos"
    assert 'value="20 min"' in words(supervisor.get(address))
    supervisor.post(address, {"revision": draft.revision, "diagnosis": "15 min"})
    page = words(supervisor.get(f"{HOME}/borrador/{draft.pk}"))
    assert "20 minutes" in page
    assert "15 minutes" in page


def test_from_draft_to_the_customers_letters(supervisor, draft, sign_in, version):
    company = Customer.objects.create(name="Banco de ejemplo", external_id="B-1")
    for place in range(3):
        Contact.objects.create(customer=company, name=f"Contacto {place}", email=f"c{place}@example.com", language="en")
    saved(supervisor, draft, shorter(draft))
    step(supervisor, draft, "presentar")
    quality = sign_in(Role.QUALITY)
    page = words(quality.get(f"{HOME}/borrador/{draft.pk}"))
    assert "Approve and publish" in page
    assert "3 contacts are notified" in page
    assert "Approve and publish" not in words(supervisor.get(f"{HOME}/borrador/{draft.pk}"))
    step(quality, draft, "aprobar", reason="Agreed")
    new = ProcedureVersion.objects.order_by("-number").first()
    assert new.number == version.number + 1
    told = Announcement.objects.get()
    assert told.facts["changes"]["en"] == [
        "Promises · Cause and plan of solution: promised time: 15 minutes (before: 20 minutes)"
    ]
    assert rounds.tell_more(now()) == 3
    assert rounds.tell_more(now()) == 0, "each is told once"
    assert Notice.objects.filter(announcement=told).count() == 3
    page = words(quality.get(f"{HOME}/version/{new.number}"))
    assert "3 of 3 contacts" in page
    assert "Agreed" in words(quality.get(f"{HOME}/borrador/{draft.pk}"))


def test_only_the_quality_manager_decides(supervisor, draft, administrator, sign_in):
    saved(supervisor, draft, shorter(draft))
    step(supervisor, draft, "presentar")
    assert step(administrator, draft, "aprobar").status_code == 409
    assert step(sign_in(Role.ENGINEER), draft, "aprobar").status_code == 403
    draft.refresh_from_db()
    assert draft.state == DraftState.SUBMITTED


def test_sending_back_asks_for_words(supervisor, draft, sign_in):
    saved(supervisor, draft, shorter(draft))
    step(supervisor, draft, "presentar")
    quality = sign_in(Role.QUALITY)
    assert step(quality, draft, "devolver", reason=" ").status_code == 422
    assert step(quality, draft, "devolver", reason="The cause is missing").status_code == 302
    assert "The cause is missing" in words(supervisor.get(f"{HOME}/borrador/{draft.pk}"))


def test_the_draft_is_read_as_a_document_that_says_so(supervisor, draft):
    page = words(supervisor.get(f"{HOME}/borrador/{draft.pk}/documento"))
    assert "none of this is promised yet" in page


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"code: [", 302), (b"\xff\xfe\x00", 422), (b"x" * 600_000, 422), (b"", 422)],
)
def test_a_file_is_taken_or_refused_with_its_remedy(supervisor, content, status):
    file = SimpleUploadedFile("p.yaml", content)
    response = supervisor.post(f"{HOME}/borrador", {"what_for": "From a file", "file": file})
    assert response.status_code == status


def test_the_file_of_a_version_is_given_back_byte_by_byte(supervisor, version):
    response = supervisor.get(f"{HOME}/version/{version.number}/fuente")
    assert response.content.decode() == version.source
    assert "attachment" in response["Content-Disposition"]


@pytest.mark.parametrize(
    "path", ["borrador/99999", "borrador/9999999999999999999", "version/99999", "version/99999999999"]
)
def test_what_is_not_there_is_not_found(supervisor, path):
    assert supervisor.get(f"{HOME}/{path}").status_code == 404
