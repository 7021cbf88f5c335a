"""A person is erased: nothing of them is left anywhere, and all that was proven before is proven still."""

import pytest
from django.test import Client
from django.urls import reverse

from guardia.calls.call import Call
from guardia.cases import chain, derived, rebuild
from guardia.cases.case import Case
from guardia.cases.event import EventText
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.evidence import store
from guardia.mail.message import Attachment, Message
from guardia.people import connections
from guardia.people.audit import AuditEntry
from guardia.people.connections import Kind
from guardia.people.staff import Role, Staff
from guardia.privacy import erasing, requests
from guardia.privacy.finding import looked_for
from guardia.privacy.requests import Erasure, PrivacyRequest, RequestedRight, State
from guardia.proof import sealed_rows
from guardia.proof.offline import guardia_verify
from guardia.proof.sealed_rows import SealedRow
from guardia.web.report.document import closing_document
from tests.privacy.marked import MAIL, MARKS, NAME, NUMBER
from tests.privacy.residue import residue

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "direct"])


def worker():
    return behind(DatabaseRole.WORKER)


def erasure_of(marked, **more) -> PrivacyRequest:
    """Asked for by the administrator, looked for by the worker."""
    with behind(DatabaseRole.STAFF):
        facts = {"contact": marked.of_person, "reason": "person_asked", "by": marked.supervisor, **more}
        request = requests.ask(RequestedRight.ERASE, at=now(), **facts)
    looked_for(request, worker)
    return again(request)


def again(request: PrivacyRequest) -> PrivacyRequest:
    with behind(DatabaseRole.STAFF):
        return PrivacyRequest.objects.get(pk=request.pk)


def confirmed(request: PrivacyRequest, files=()) -> PrivacyRequest:
    with behind(DatabaseRole.STAFF):
        requests.confirm(request, requests.word(), files, by=request.asked_by, at=now())
    return request


def carried_out(request: PrivacyRequest) -> PrivacyRequest:
    assert erasing.next_one().pk == request.pk
    return again(request)


def test_nothing_of_the_person_is_left_and_the_chain_is_whole(marked, owner, folder):
    with behind(DatabaseRole.STAFF):
        before = (
            list(chain.breaks(besides=derived.breaks)),
            Case.objects.get().number,
            Case.objects.get().affected_seconds,
        )
    assert before[0] == []
    with behind(DatabaseRole.WORKER):
        assert sealed_rows.seal(now()) > 0
    assert len({line.split(":")[1] for line in residue(owner, folder, MARKS)}) == len(MARKS) - 1
    request = erasure_of(marked)
    assert request.refusals == []
    assert marked.file.pk in request.found["files"]
    done = carried_out(confirmed(request, [marked.file.pk]))
    assert (done.state, done.trouble) == (State.DONE, "")
    assert residue(owner, folder, MARKS) == []
    with behind(DatabaseRole.STAFF):
        assert list(chain.breaks(besides=derived.breaks)) == []
        assert list(sealed_rows.breaks(now())) == []
        assert SealedRow.objects.filter(salt=None).exists(), "an address that was erased is found by no trying"
        assert list(rebuild.rebuild()) == []
        case = Case.objects.get()
        assert (case.number, case.affected_seconds) == before[1:]
        assert store.read(marked.file.sha256) is None
        tomb = Erasure.objects.get()
        assert tomb.reason == "person_asked"
        assert tomb.ended_at
        file = closing_document(case, tomb.ended_at).history
        assert tomb.counts["cases"] > 5
        gone = EventText.objects.filter(text=None)
        assert gone.exists()
        assert set(gone.values_list("erasure", flat=True)) == {tomb.pk}
        assert NAME not in case.symptoms
        assert f"{tomb.pk}]: no hay servicio" in case.symptoms
        line = AuditEntry.objects.filter(kind="erased").get()
        assert line.key == str(request.pk)
        assert NAME not in str(line.facts)
    checked = guardia_verify.check(file)
    assert (checked.findings, bool(checked.erased)) == ([], True), "what was erased is told from what was left out"
    assert not any(mark in file.decode() for mark in MARKS)


def test_what_is_sealed_is_opened_and_her_number_and_mailbox_go_from_it(marked, owner, folder):
    """Neither a colleague's channels nor what was entered on a screen are readable to a pattern of the database."""
    with behind(DatabaseRole.STAFF):
        his = Staff.objects.create(username="colega", name="Colega", role=Role.ENGINEER)
        his.channels = [
            f"mailtos://u:p@mail.example.com?to={MAIL.replace('@', '%40')}",
            "twilio://SID:TOKEN@593990000001/%2B593987612345",
            "ntfys://ntfy.example.com/noc",
        ]
        his.save()
        other = Staff.objects.create(
            username="otra", name="Otra", role=Role.ENGINEER, channels=["ntfys://ntfy.example.com/otra"]
        )
        sms = f"twilio://SID:TOKEN@{NUMBER}/{{number}}"
        connections.save(Kind.SMS, {"SMS_URL": sms}, {"SMS_URL": "twilio://…"}, by=marked.supervisor, at=now())
    request = erasure_of(marked)
    assert request.found["stays"]["connection"] == 1, "the house is told what it must enter anew by itself"
    done = carried_out(confirmed(request, [marked.file.pk]))
    assert (done.state, done.trouble) == (State.DONE, "")
    with behind(DatabaseRole.STAFF):
        his.refresh_from_db()
        other.refresh_from_db()
        assert his.channels == ["ntfys://ntfy.example.com/noc"]
        assert other.channels == ["ntfys://ntfy.example.com/otra"]


def test_every_page_of_what_is_left_still_opens(marked):
    """No page, report or mail stumbles over what is not there any more, and none says the name."""
    carried_out(confirmed(erasure_of(marked), [marked.file.pk]))
    with behind(DatabaseRole.STAFF):
        boss = Staff.objects.create(username="jefa", name="Jefa", role=Role.ADMINISTRATOR)
        case, mails = Case.objects.get(), list(Message.objects.all())
        calls = list(Call.objects.all())
        attachments = list(Attachment.objects.values_list("message_id", "part"))
    browser = Client(headers={"accept-language": "en"})
    with behind(DatabaseRole.STAFF):
        browser.force_login(boss)
    places = [
        *(f"/casos/{case.number}/", f"/casos/{case.number}/archivos/{marked.file.pk}", "/", "/companias/", "/correo"),
        *(f"/companias/{marked.bank.pk}/", f"/companias/{marked.bank.pk}/?todo", "/ajustes/cambios", "/relevo"),
        *("/ajustes/auditoria", "/ajustes/auditoria.csv", "/llamadas/", "/ajustes/entrega", "/ajustes/personas"),
        *(reverse("message", args=[mail.pk]) for mail in mails),
        *(reverse("message_original", args=[mail.pk]) for mail in mails),
        *(reverse("message_file", args=key) for key in attachments),
        *(f"/llamadas/{call.pk}" for call in calls),
        *(f"/casos/{case.number}/informe", f"/casos/{case.number}/informe.pdf", f"/casos/{case.number}/informe.json"),
    ]
    for place in places:
        answer = browser.get(place)
        assert answer.status_code in {200, 302, 404, 410}, place
        assert "uintanavega" not in answer.content.decode(errors="replace"), place
