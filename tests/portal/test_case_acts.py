"""What a contact does on the page of a case: once, in that contact's name, through the verbs of the desk."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from guardia.cases import case_link
from guardia.cases.case import Case
from guardia.cases.case_files import add_file
from guardia.cases.customer_act import CustomerAct
from guardia.cases.follower import Follower
from guardia.cases.notify import contacts_of
from guardia.cases.refusals import ObjectionStands
from guardia.cases.waiting import WaitReason
from guardia.clocks.clock import Wait
from guardia.config import database_roles
from guardia.customers.contact import Contact, ContactChange
from guardia.evidence import image_process, store
from guardia.evidence.files import CaseFile
from guardia.evidence.test_result import Verdict
from guardia.intake import customer_acts
from guardia.intake.colleagues import confirm, locked
from guardia.notices.notice import Notice
from guardia.people import attempts
from guardia.people.staff import ActorKind
from guardia.procedure.vocabulary import Moment, Stage, WaitCause
from guardia.web.portal import case_page
from tests.files import samples
from tests.portal.conftest import Portal, Telephone
from tests.procedure.story import rota


def last(story, moment: Moment):
    return story.case.events.filter(moment=moment).order_by("-seq").first()


def texts(event) -> dict[str, str]:
    return {text.name: text.text for text in event.texts.all()}


# --- once -------------------------------------------------------------------------------------------------------------


def test_a_press_acts_once_however_often_it_is_sent(portal, story):
    number = portal.number()
    for _ in range(3):
        answer = portal.press("escribir", number, texto="hay un olor a quemado")
        assert answer.status_code == 303
    assert story.moments().count(Moment.MESSAGE_RECEIVED) == 1
    assert CustomerAct.objects.count() == 1
    portal.press("mi-numero", number, referencia="INC-77")
    assert story.case.customer_reference == ""


@pytest.mark.parametrize("number", ["", "x", "1-2-3.4.5"])
def test_without_a_number_of_ours_nothing_is_done_and_what_was_written_comes_back(portal, story, number):
    answer = portal.telephone.post(f"{portal.home}/escribir", {"vez": number, "texto": "mis palabras"})
    assert answer.status_code == 409
    assert "This page has been open too long." in answer.content.decode()
    assert "mis palabras" in answer.content.decode()
    assert Moment.MESSAGE_RECEIVED not in story.moments()


def test_the_number_of_another_contact_or_case_is_none(portal, story):
    for ids in ((story.case.pk, story.desk.pk), (story.case.pk + 1, story.head.pk)):
        foreign = case_link.nonce(*ids, random.randrange(2**60))
        assert portal.press("escribir", foreign, texto="x").status_code == 409
    assert Moment.MESSAGE_RECEIVED not in story.moments()


def test_a_number_that_is_too_old_asks_to_look_again(portal, story, monkeypatch):
    number = portal.number()
    monkeypatch.setattr(case_link, "NONCE_GOOD_FOR", timedelta(seconds=-1))
    assert portal.press("escribir", number, texto="x").status_code == 409
    assert Moment.MESSAGE_RECEIVED not in story.moments()


def test_looking_at_the_address_of_an_act_does_nothing(portal, story):
    answer = portal.telephone.get(f"{portal.home}/funciona")
    assert answer.status_code == 302
    assert answer.headers["Location"] == portal.home
    assert portal.press("borrar").status_code == 404


def test_who_presses_too_often_is_asked_to_wait(portal, story, monkeypatch):
    monkeypatch.setattr(customer_acts, "MOST_ACTS", 2)
    codes = [portal.press("escribir", texto=f"palabra {n}").status_code for n in range(3)]
    assert codes == [303, 303, 422]
    assert story.moments().count(Moment.MESSAGE_RECEIVED) == 2


# --- words ------------------------------------------------------------------------------------------------------------


def test_p2_a_note_is_the_contacts_and_stands_on_the_page_of_all(portal, story, telephone):
    answer = portal.press("escribir", texto="hay un olor a quemado")
    assert answer.headers["Location"].endswith("?hecho=escribir#hecho")
    event = last(story, Moment.MESSAGE_RECEIVED)
    assert (event.actor_kind, event.actor_id) == (ActorKind.CONTACT, story.head.pk)
    assert "We have received it. Whoever handles your case will read it." in portal.page("?hecho=escribir")
    assert "Jefe de Sistemas: hay un olor a quemado" in Portal(story, story.desk, telephone).page()


def test_an_empty_note_says_what_is_missing(portal):
    answer = portal.press("escribir", texto="  ")
    assert answer.status_code == 422
    assert "Please fill in: what you want to tell us." in answer.content.decode()


def test_a_text_beyond_all_bounds_is_refused_and_poison_is_left_out(portal, story):
    assert portal.press("escribir", texto="x" * 5000).status_code == 422
    assert portal.press("escribir", texto="a\0b<script>alert(1)</script>").status_code == 303
    page = portal.page()
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


def test_the_companys_own_number_stands_in_the_case(portal, story):
    portal.press("mi-numero", referencia="  INC  77 ")
    assert story.case.customer_reference == "INC 77"
    assert "INC 77" in portal.page()


# --- P5 ---------------------------------------------------------------------------------------------------------------


def test_p5_it_works_is_the_named_confirmation(portal, restored):
    assert "Does your service work?" in portal.page()
    assert portal.press("funciona").status_code == 303
    event = last(restored, Moment.CONFIRMED)
    assert event.data["channel"] == "portal"
    assert texts(event)["name"] == "Jefe de Sistemas"
    assert texts(event)["phone"] == "+593725550148"
    assert restored.case.stage == Stage.STABILITY
    assert "verbal" not in portal.page()


def test_p5_position_and_telephone_are_asked_for_where_nobody_knows_them(restored, telephone):
    Contact.objects.filter(pk=restored.head.pk).update(position="", phones=[])
    portal = Portal(restored, restored.head, telephone)
    page = portal.page()
    assert 'name="cargo"' in page
    assert 'name="telefono"' in page
    answer = portal.press("funciona", cargo="Jefa de redes")
    assert answer.status_code == 422
    assert "Please fill in: your telephone." in answer.content.decode()
    assert 'value="Jefa de redes"' in answer.content.decode()
    portal.press("funciona", cargo="Jefa de redes", telefono="07 555 0101")
    assert restored.case.confirmed_by == "Jefe de Sistemas, Jefa de redes"


def test_p5_it_does_not_work_goes_back_to_the_diagnosis(portal, restored):
    portal.press("no-funciona", texto="sigue sin navegar")
    assert restored.case.stage == Stage.DIAGNOSIS
    assert texts(last(restored, Moment.RELAPSED)) == {"what": "sigue sin navegar"}
    portal.press("no-funciona")
    assert restored.moments().count(Moment.RELAPSED) == 1


def test_p5_who_cannot_test_now_stops_the_clock_and_is_told(portal, restored):
    portal.press("no-puedo-probar", texto="a las 8")
    event = last(restored, Moment.CONFIRMATION_TRIED)
    assert "a las 8" in texts(event)["outcome"]
    wait = Wait.objects.get(case=restored.case)
    assert (wait.cause, wait.clocks) == (WaitCause.CUSTOMER, ["verification"])
    assert restored.clock("verification").waiting_since
    assert "We are waiting for the customer" in portal.page()
    portal.press("funciona")
    assert restored.case.stage == Stage.STABILITY
    assert Wait.objects.get(case=restored.case).ended_at


def test_p5_nothing_is_confirmed_before_there_is_a_solution(portal, story):
    answer = portal.press("funciona")
    assert answer.status_code == 422
    assert "This cannot be done now: the case is in “Diagnosis”." in answer.content.decode()


# --- P6, P7 -----------------------------------------------------------------------------------------------------------


def test_p7_an_objection_keeps_the_case_open_until_it_is_answered(portal, stable):
    stable.minutes_pass(40)
    stable.test_shows("pérdida 0 %", Verdict.GOOD)
    stable.test_shows("98 Mbps", Verdict.GOOD, name="ancho de banda")
    stable.case.stabilise(by=stable.by, at=stable.now)
    assert portal.press("no-estoy-de-acuerdo", texto="la causa es otra").status_code == 303
    assert "You objected" in portal.page()
    with pytest.raises(ObjectionStands, match="Jefe de Sistemas has objected to the closing"):
        stable.case.close("fibra", "empalme", by=stable.by, at=stable.now)
    stable.case.tell("la causa se corrigió en el informe", by=stable.by, at=stable.now)
    stable.case.close("fibra", "empalme", by=stable.by, at=stable.now)
    assert not stable.case.is_open


def test_p6_it_fails_again_is_a_relapse(portal, stable):
    assert "It fails again" in portal.page()
    portal.press("no-funciona", texto="se cayó otra vez")
    assert stable.case.stage == Stage.DIAGNOSIS


def test_p7_whoever_computed_the_report_again_says_whether_it_agrees(portal, stable):
    assert portal.press("lo-comprobe", resultado="coincide").status_code == 422, "nothing to check before it is closed"
    stable.minutes_pass(40)
    stable.test_shows("pérdida 0 %", Verdict.GOOD)
    stable.test_shows("98 Mbps", Verdict.GOOD, name="ancho de banda")
    stable.case.stabilise(by=stable.by, at=stable.now)
    stable.case.close("fibra", "empalme", by=stable.by, at=stable.now)
    assert "I have checked it" in portal.page()
    assert portal.press("lo-comprobe", resultado="coincide").status_code == 303
    assert portal.press("lo-comprobe", resultado="coincide").status_code == 303
    event = stable.case.events.get(moment="report_checked")
    assert (event.variant, event.public, event.actor_id) == ("agrees", True, stable.head.pk)
    assert "the customer recomputed it, and it agrees" in portal.page()
    refused = portal.press("lo-comprobe", resultado="difiere")
    assert refused.status_code == 422
    assert "what differs" in refused.content.decode()
    assert portal.press("lo-comprobe", resultado="difiere", texto="volvió a las 10, no a las 9").status_code == 303
    assert stable.moments().count("report_checked") == 2
    assert "volvió a las 10" in portal.page()


def test_p6_before_a_solution_there_is_nothing_to_object_to(portal, story):
    assert portal.press("no-estoy-de-acuerdo", texto="no").status_code == 422


def test_p7_a_wait_is_contested_also_after_the_closing(portal, story):
    why = WaitReason(WaitCause.CUSTOMER, "Portería", "no dejan entrar", "llamada 03:10")
    story.case.wait(why, by=story.by, at=story.now)
    wait = Wait.objects.get(case=story.case)
    assert portal.press("objetar-espera", espera=wait.pk, texto="nadie nos llamó").status_code == 303
    wait.refresh_from_db()
    assert (wait.contested_by, wait.contest_reason) == ("Jefe de Sistemas", "nadie nos llamó")
    assert "the quality manager has not ruled yet" in portal.page()
    assert story.clock("ruling").ended_at is None


def test_p7_the_wait_of_another_case_is_none_of_this_one(portal, story):
    assert portal.press("objetar-espera", espera=999999, texto="x").status_code == 422
    assert portal.press("objetar-espera", espera="x", texto="x").status_code == 422


# --- E1 ---------------------------------------------------------------------------------------------------------------


def test_e1_escalating_pages_the_next_level_and_says_who_answers(portal, story):
    rota(1, story.supervisor, story.now)
    page = portal.page()
    assert "Escalate: Level 1" in page
    assert "Nobody above the Operations Centre has been notified yet." in page
    assert portal.press("escalar", nivel=1).status_code == 303
    event = last(story, Moment.ESCALATED)
    assert (event.variant, event.actor_id) == ("customer", story.head.pk)
    assert "we are waiting for its answer" in portal.page()
    assert "may be requested from" in portal.page()


# --- colleagues -------------------------------------------------------------------------------------------------------


def test_a_colleague_of_the_company_is_told_of_this_case_alone(portal, story):
    Contact.objects.filter(pk=story.manager.pk).update(told=[])
    portal.press("colega", colega=story.manager.pk)
    assert Follower.objects.get().contact == story.manager
    story.case.tell("seguimos", by=story.by, at=story.now)
    assert Notice.objects.filter(contact=story.manager, moment=Moment.NEWS_SENT).count() == 1
    assert story.manager.pk in [one.pk for one in contacts_of({story.bank.pk})[story.bank.pk] if one.follows]
    assert "Gerente de TI is also notified about this case" in portal.page()


def test_nobody_of_another_company_is_ever_added(portal, story):
    answer = portal.press("colega", colega=story.stranger.pk)
    assert answer.status_code == 422
    assert not Follower.objects.exists()


def test_a_new_colleague_waits_for_a_yes_and_is_told_of_nothing_else(portal, story):
    portal.press("colega", nombre="Ana Nueva", correo="ana@example.com", cargo="Redes")
    asked = ContactChange.objects.get()
    assert not Contact.objects.filter(email="ana@example.com").exists()
    assert "asks that a new person be told: Ana Nueva &lt;ana@example.com&gt;" in portal.page()
    confirm(locked(asked.pk), at=story.now, staff=story.supervisor)
    ana = Contact.objects.get(email="ana@example.com")
    assert ana.told == []
    story.case.tell("seguimos", by=story.by, at=story.now)
    assert Notice.objects.filter(contact=ana).count() == 1
    asked.refresh_from_db()
    assert (asked.settled_as, asked.fields) == ("confirmed", {})


@pytest.mark.parametrize("fields", [{"nombre": "Ana", "correo": "no"}, {"nombre": "", "correo": "a@example.com"}, {}])
def test_half_a_colleague_is_refused_with_its_remedy(portal, fields):
    answer = portal.press("colega", **fields)
    assert answer.status_code == 422
    assert "Choose a contact at your company" in answer.content.decode()


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_photograph_goes_to_the_files_of_the_case_and_is_seen_there(portal, story, telephone):
    assert 'type="file"' in portal.page()
    photo = SimpleUploadedFile("luz.jpg", samples.jpeg(), "text/html")
    answer = portal.press("archivo", archivo=photo, texto="la luz roja")
    assert answer.status_code == 303
    kept = CaseFile.objects.get(case=story.case)
    assert (kept.name, kept.type, kept.caption, kept.shown) == ("luz.jpg", "image/jpeg", "la luz roja", True)
    assert kept.added_by_name == str(story.head)
    assert story.case.latest("file_added").actor_id == story.head.pk
    assert "la luz roja" in portal.page()
    shown = telephone.get(f"{portal.home}/archivo/{kept.pk}")
    assert shown.status_code == 200
    assert "default-src 'none'; sandbox" in shown.headers["Content-Security-Policy"]
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert telephone.get(f"{portal.home}/archivo/{kept.pk}?miniatura").status_code == 200


@pytest.mark.parametrize("content", [b"<html><script>alert(1)</script>", b"MZ\x90\x00", b"GIF89a<script>"])
def test_what_is_no_photograph_or_document_is_refused_with_its_remedy(portal, content):
    assert portal.press("archivo", archivo=SimpleUploadedFile("luz.jpg", content)).status_code in {409, 422}
    assert not CaseFile.objects.exists()
    assert portal.press("archivo", texto="nada").status_code == 422


def test_only_what_the_desk_shows_is_looked_at(portal, story, telephone):
    def add(content: bytes, name: str, shown: bool) -> CaseFile:
        return add_file(story.case, content=content, name=name, by=story.by, now=story.now, shown=shown)

    visible, hidden = add(samples.jpeg(), "visible.jpg", True), add(samples.png(), "hidden.png", False)
    page = portal.page()
    assert f"/archivo/{visible.pk}" in page
    assert f"/archivo/{hidden.pk}" not in page
    for pk in (hidden.pk, 10**17, 10**30):
        assert telephone.get(f"{portal.home}/archivo/{pk}").status_code == 404
    store.remove(visible.sha256)
    assert telephone.get(f"{portal.home}/archivo/{visible.pk}").status_code == 404


# --- never ------------------------------------------------------------------------------------------------------------


def test_in_a_closed_case_nothing_is_written(portal, story):
    number = portal.number()
    story.case.cancel("fue un error", by=story.by, at=story.now)
    for act in ("funciona", "no-funciona", "no-puedo-probar", "escribir", "mi-numero", "escalar", "colega"):
        assert portal.press(act, number, texto="x", referencia="x", nivel=1, colega=story.desk.pk).status_code == 422
    assert not CustomerAct.objects.exists()
    assert Case.objects.get(pk=story.case.pk).status == "cancelled"


def test_what_is_sent_by_a_stranger_to_our_forms_breaks_nothing(portal):
    for act in ("funciona", "no-funciona", "no-puedo-probar", "escribir", "mi-numero", "escalar", "colega", "archivo"):
        for poison in ("\0", "9" * 40, "'; DROP TABLE", "😀", "²"):
            fields = dict.fromkeys(("texto", "referencia", "nivel", "colega", "nombre", "correo", "cargo"), poison)
            assert portal.press(act, **fields).status_code < 500


def test_a_picture_is_decoded_while_no_transaction_is_open(portal, monkeypatch):
    """The case, and all else, is free meanwhile: who it is was asked before, and the act comes after."""
    opened, real = [], image_process.answer_of

    @contextmanager
    def watched(*args: object, **more: object) -> Iterator[None]:
        opened.append("begun")
        with behind_really(*args, **more):
            yield
        opened.append("over")

    behind_really = database_roles.behind
    for place in (database_roles, case_page):
        monkeypatch.setattr(place, "behind", watched)

    def decoded(content: bytes) -> bytes:
        opened.append("decoded")
        return real(content)

    number = portal.number()
    opened.clear()
    monkeypatch.setattr(image_process, "answer_of", decoded)
    photo = SimpleUploadedFile("luz.jpg", samples.jpeg(), "image/jpeg")
    assert portal.press("archivo", number, archivo=photo).status_code == 303
    before = opened[: opened.index("decoded")]
    assert before.count("begun") == before.count("over") > 0
    assert "begun" in opened[opened.index("decoded") :]


def test_pictures_are_not_decoded_without_end_for_one_contact(portal, story, monkeypatch):
    """Not even those that are refused, or sent again: each is counted before it is looked at."""
    decoded = []

    def unreadable(content: bytes) -> bytes:
        decoded.append(content)
        raise image_process.Unreadable("it is not")

    monkeypatch.setattr(image_process, "answer_of", unreadable)
    monkeypatch.setattr(attempts, "MOST_FILES", 3)
    number = portal.number()

    def sent(vez: str) -> int:
        photo = SimpleUploadedFile("luz.jpg", samples.jpeg(), "image/jpeg")
        return portal.press("archivo", vez, archivo=photo).status_code

    assert sent("1-2-3.4.5") == 409
    assert decoded == [], "what no page of ours has sent is not looked at"
    assert [sent(number) for _ in range(5)][3:] == [429, 429]
    assert len(decoded) == 3
    assert portal.press("escribir", portal.number(), texto="sigo aquí").status_code == 303, (
        "words are taken all the same"
    )
    other = Portal(story, Contact.objects.create(customer=story.bank, name="Otra", language="en"), Telephone())
    photo = SimpleUploadedFile("luz.jpg", samples.jpeg(), "image/jpeg")
    other.press("archivo", archivo=photo)
    assert len(decoded) == 4, "nobody else of the company is refused"


def test_a_link_that_is_none_has_no_picture_decoded(story, telephone, monkeypatch):
    monkeypatch.setattr(image_process, "answer_of", lambda content: pytest.fail("of decoded"))
    photo = SimpleUploadedFile("luz.jpg", samples.jpeg(), "image/jpeg")
    assert telephone.post("/c/caso/none/archivo", {"archivo": photo, "vez": "x"}).status_code == 404
