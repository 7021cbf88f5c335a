"""P D: one cause, many cases. Each is told, confirmed and closed for what its own customer lived through."""

from datetime import timedelta

import pytest
from django.utils import translation

from guardia.cases import chain, derived, rebuild
from guardia.cases.case import Case
from guardia.cases.event_facts import news_text
from guardia.cases.refusals import TooFewTests
from guardia.evidence.test_result import Verdict
from guardia.notices.announcement import Announcement
from guardia.notices.notice import Notice
from guardia.notices.wording.outage_letter import outage_letter
from guardia.outages import declaring, members, news, restoring
from guardia.outages.known import known_for
from guardia.outages.outage import (
    CasesAreOpen,
    Declared,
    Membership,
    NothingBehind,
    Outage,
    OutageIsOver,
    OutageService,
    OutageState,
)
from guardia.web.desk.case_page.log import sentence_in_log
from guardia.web.desk.outages.board import beside_of
from tests.notices.reading import owed, text_of


def whole() -> None:
    """Clocks and escalations follow from the events, and every chain is whole."""
    assert list(rebuild.rebuild()) == []
    assert list(chain.breaks(besides=derived.breaks)) == []


def test_three_callers_and_one_cut_two_restored_the_third_not(city):
    bank = city.somebody_calls(city.service)
    city.minutes_pass(2)
    hospital = city.somebody_calls(city.hospital_service)
    outage = city.declared(name="Corte en el nodo 1", started_at=city.now - timedelta(minutes=5))
    city.minutes_pass(1)
    # The third caller rings while it is known already.
    found = known_for(customer_id=city.university.pk, service_ids=[city.university_service.pk], now=city.now)
    assert [(known.outage, known.why) for known in found] == [(outage, "behind")]
    assert Case.objects.filter(part_of=outage).count() == 3, "the third one has its case before it called"
    city.minutes_pass(5)
    city.diagnosed(outage)
    city.minutes_pass(40)
    university = city.case_of(city.university_service)
    city.restored(outage, except_cases=[university.pk])
    for service in (city.service, city.hospital_service):
        assert city.case_of(service).stage == "verification"
    third = city.case_of(city.university_service)
    assert (third.stage, third.part_of_id) == ("execution", None)
    assert third.events.get(moment="outage_left").variant == "not_back"
    began = city.now
    assert city.closes(city.service).affected_seconds == round((began - bank.opened_at).total_seconds())
    assert city.closes(city.hospital_service).affected_seconds == round((began - hospital.opened_at).total_seconds())
    assert restoring.end_of_themselves(city.now) == 1
    outage.refresh_from_db()
    assert outage.state == OutageState.ENDED
    assert city.case_of(city.university_service).is_open
    whole()


def test_an_outage_declared_late_gathers_the_cases_of_the_last_hour(city):
    city.somebody_calls(city.hospital_service)
    city.minutes_pass(90)
    first = city.somebody_calls(city.service)
    city.minutes_pass(50)
    outage = city.declared(started_at=city.now - timedelta(minutes=10))
    joined = Case.objects.filter(part_of=outage).order_by("pk")
    assert joined[0].pk == first.pk
    assert {case.service_id for case in joined} == {city.service.pk, city.university_service.pk}
    assert city.case_of(city.hospital_service).part_of_id is None, "what was broken long before has a cause of its own"
    assert Case.objects.filter(service=city.hospital_service).count() == 1, "nor does it get a second case"
    event = city.case_of(city.service).events.get(moment="outage_joined")
    assert (event.variant, event.data["outage"]) == ("gathered", outage.pk)
    told = Notice.objects.filter(moment="outage_joined", case=first).values_list("contact__name", flat=True)
    assert set(told) == {"Jefe de Sistemas", "Help Desk", "Guardia de turno"}
    whole()


def test_who_has_not_called_is_told_once_with_the_number_and_what_it_is(city):
    outage = city.declared(public_name={"es": "Corte de fibra en Cuenca", "en": "Fibre cut in Cuenca"})
    notices = Notice.objects.filter(case__part_of=outage, state="owed")
    assert set(notices.values_list("moment", flat=True)) == {"registered"}, "one letter, not three"
    about = notices.get(contact=city.rector).facts["outage"]
    assert about["number"] == outage.display_number
    assert about["names"]["pt"] == "Corte de fibra en Cuenca", "a language that lacks reads the Spanish words"
    assert about["names"]["en"] == "Fibre cut in Cuenca"


@pytest.mark.parametrize("rule", ["news", "nothing"])
def test_the_procedure_may_say_that_the_silent_get_no_case(city, rule, monkeypatch):
    silent_is(monkeypatch, rule)
    case = city.somebody_calls(city.service)
    outage = city.declared()
    assert list(Case.objects.filter(part_of=outage)) == [case]
    behind = OutageService.objects.filter(outage=outage, state=Membership.BEHIND)
    assert {row.service_id for row in behind} == {city.hospital_service.pk, city.university_service.pk}


def test_who_gets_no_case_gets_a_letter_with_its_own_services(city, monkeypatch):
    silent_is(monkeypatch, "news")
    outage = city.declared(public_name={"es": "Corte de fibra", "en": "Fibre cut"})
    city.minutes_pass(5)
    news.tell(outage, {"es": "La cuadrilla está en el corte."}, None, by=city.by, at=city.now)
    letters = Announcement.objects.filter(kind="outage", customer=city.university).order_by("pk")
    assert [letter.facts["moment"] for letter in letters] == ["declared", "news"]
    assert [circuit for circuit, *_ in letters[0].facts["services"]] == ["UNI-1"]
    for language, words in (("pt", "Universidad"), ("en", "written in Spanish only")):
        with translation.override(language):
            said = outage_letter(letters[1], city.rector, city.now)
        assert words in " ".join([*said.said, said.footer])
        assert "HOS-1" not in str(said.rows)
    assert Notice.objects.filter(announcement__in=letters, contact=city.rector).count() == 2


def silent_is(monkeypatch, rule: str) -> None:
    from guardia.outages import gathering
    from guardia.procedure.rules import TellsSilent

    monkeypatch.setattr(gathering, "tells_silent", lambda outage: TellsSilent(rule))


def test_news_is_written_once_and_told_in_each_language(city):
    outage = city.declared()
    city.minutes_pass(20)
    words = {"es": "La cuadrilla trabaja en el corte.", "en": "The crew is at the cut."}
    back = city.now + timedelta(hours=2)
    said = news.tell(outage, words, back, by=city.by, at=city.now)
    assert said.told == 3
    assert news.tell(outage, words, back, by=city.by, at=city.now) == said, "pressed twice, said once"
    notice = Notice.objects.get(moment="news_sent", contact=city.stranger)
    assert notice.facts["circuit"] == "HOS-1"
    assert notice.facts["texts"] == {"text": words["es"], "text_en": words["en"]}
    assert outage.forecast_at == back
    clock = city.case_of(city.university_service).clocks.get(kind="next_news", ended_at=None)
    assert clock.started_at == city.now, "the next news falls due anew in each case"
    whole()


def test_a_diagnosis_of_the_outage_is_that_of_every_case_and_needs_tests(city):
    outage = city.declared()
    with pytest.raises(TooFewTests):
        news.diagnose(outage, "fibra cortada", "empalmar", by=city.by, at=city.now)
    city.minutes_pass(4)
    first = city.diagnosed(outage)
    assert first.told == 3
    assert city.diagnosed(outage) == first
    assert {case.stage for case in Case.objects.filter(part_of=outage)} == {"execution"}
    late = city.service_of(city.university, "UNI-2")
    case = city.somebody_calls(late)
    members.join(outage, [case], by=city.by, at=city.now)
    assert city.moments_of(late)[-2:] == ["outage_joined", "diagnosed"], "who joins later knows the cause at once"
    whole()


def test_the_same_verbs_twice_write_nothing_new(city):
    outage = city.declared()
    again = city.declared()
    assert again.pk == outage.pk
    assert city.declared(outage).pk == outage.pk
    case = city.case_of(city.service)
    assert members.join(outage, [case], by=city.by, at=city.now) == []
    assert members.add_services(outage, [city.service.pk], by=city.by, at=city.now) == []
    city.diagnosed(outage)
    city.minutes_pass(9)
    city.restored(outage)
    seqs = list(Case.objects.filter(part_of=outage).order_by("pk").values_list("seq", flat=True))
    city.restored(outage)
    assert list(Case.objects.filter(part_of=outage).order_by("pk").values_list("seq", flat=True)) == seqs


def test_a_restoration_without_a_diagnosis_is_a_recovery(city):
    outage = city.declared()
    city.minutes_pass(6)
    city.restored(outage)
    assert city.moments_of(city.service)[-1] == "recovered"
    assert city.case_of(city.service).restored_at == city.now
    whole()


def test_a_case_whose_own_last_test_is_bad_stays_open_and_leaves(city):
    outage = city.declared()
    city.minutes_pass(5)
    city.diagnosed(outage)
    back_at = city.now
    city.minutes_pass(10)
    city.tested(city.hospital_service, Verdict.BAD)
    restoring.restore(outage, "se empalmó", by=city.by, at=back_at, now=city.now)
    assert city.case_of(city.hospital_service).part_of_id is None
    assert city.case_of(city.service).restored_at == back_at
    assert outage.state == OutageState.RESTORED
    whole()


def test_it_fails_again_and_who_was_closed_gets_a_new_case(city):
    outage = city.declared()
    city.minutes_pass(5)
    city.diagnosed(outage)
    city.restored(outage)
    closed = city.closes(city.service)
    restoring.relapse(outage, "el empalme cedió", by=city.by, at=city.now)
    assert outage.state == OutageState.DECLARED
    assert city.case_of(city.hospital_service).stage == "diagnosis"
    fresh = city.case_of(city.service)
    assert fresh.pk != closed.pk
    assert fresh.outage_started_at == city.now, "it is not told of hours before its own"
    whole()


def test_it_ends_by_hand_only_without_an_open_case(city):
    outage = city.declared()
    with pytest.raises(CasesAreOpen):
        restoring.end(outage, by=city.by, at=city.now)
    members.take_out(outage, [each.pk for each in city.services], "otra causa", by=city.by, at=city.now)
    assert not Case.objects.filter(part_of=outage).exists()
    restoring.end(outage, by=city.by, at=city.now)
    with pytest.raises(OutageIsOver):
        news.tell(outage, {"es": "algo"}, None, by=city.by, at=city.now)


def test_monitoring_restores_only_its_half(city):
    outage = city.declared()
    city.minutes_pass(5)
    city.diagnosed(outage)
    city.minutes_pass(10)
    seen_at = city.now
    city.minutes_pass(4)
    both = [city.service.pk, city.hospital_service.pk]
    back = restoring.alert_resolved(outage, both, seen_at, city.now)
    assert {case.service_id for case in back} == set(both)
    assert city.case_of(city.service).restored_at == seen_at
    assert city.case_of(city.university_service).stage == "execution"
    assert city.case_of(city.service).events.filter(moment="tested", data__alert=True).count() == 1
    assert restoring.alert_resolved(outage, both, seen_at, city.now) == []
    assert city.case_of(city.service).events.filter(moment="tested", data__alert=True).count() == 1
    outage.refresh_from_db()
    assert outage.state == OutageState.DECLARED
    restoring.alert_resolved(outage, [city.university_service.pk], city.now, city.now)
    outage.refresh_from_db()
    assert outage.state == OutageState.RESTORED
    whole()


def test_nothing_behind_it_is_refused(city):
    with pytest.raises(NothingBehind):
        declaring.declare(None, Declared(element=city.other_node), by=city.by, at=city.now)
    assert not Outage.objects.exists()


def test_every_door_says_the_news_in_the_readers_language(city):
    outage = city.declared()
    news.tell(outage, {"es": "La cuadrilla llegó.", "en": "The crew is there."}, None, by=city.by, at=city.now)
    event = city.case_of(city.service).events.get(moment="news_sent")
    texts = {text.name: text.text for text in event.texts.all()}
    said = {}
    for language in ("es", "en", "pt"):
        with translation.override(language):
            said[language] = news_text(texts)
    assert said == {"es": "La cuadrilla llegó.", "en": "The crew is there.", "pt": "La cuadrilla llegó."}
    joined = city.case_of(city.service).events.get(moment="outage_joined")
    assert outage.display_number in sentence_in_log(joined, {}, city.now)


def test_why_a_case_left_is_said_in_the_language_of_who_reads_it(city):
    outage = city.declared()
    city.minutes_pass(10)
    with translation.override("es"):
        city.restored(outage, except_cases=[city.case_of(city.university_service).pk])
    event = city.case_of(city.university_service).events.get(moment="outage_left")
    assert not event.texts.exists()
    letter = text_of(owed(city, "outage_left", city.rector))
    assert "seu próprio serviço não voltou" in letter
    assert "propio" not in letter
    row = OutageService.objects.get(service=city.university_service)
    with translation.override("en"):
        assert sentence_in_log(event, {}, city.now).endswith("the case continues separately")
        assert beside_of(row, row.case, city.now) == "Its own service has not come back."


def test_a_reason_that_somebody_wrote_stays_as_it_was_written(city):
    outage = city.declared()
    city.minutes_pass(10)
    members.leave(outage, [city.case_of(city.university_service)], "tiene otro proveedor", by=city.by, at=city.now)
    row = OutageService.objects.get(service=city.university_service)
    assert beside_of(row, row.case, city.now) == "tiene otro proveedor"
    assert "tiene otro proveedor" in text_of(owed(city, "outage_left", city.rector))
