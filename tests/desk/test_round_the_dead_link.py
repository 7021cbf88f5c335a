"""At the desk: whom to ring and what to say, who is presumed not to know, and the text before it is sent."""

from dataclasses import replace
from datetime import timedelta

import pytest

from guardia.cases.event import CaseEvent
from guardia.cases.voice import agreed_for
from guardia.clocks.clock import Clock
from guardia.config.now import now
from guardia.customers.contact import Contact, ContactWay
from guardia.escalation.escalation import CallTask
from guardia.notices.notice import Notice
from guardia.notices.own_words_editing import save
from guardia.web.desk.case_page.voice import what_to_say
from guardia.web.desk.clock import desk_zone
from tests.desk.conftest import words


def address(story, act: str = "") -> str:
    return f"/casos/{story.number}/{act}"


@pytest.fixture
def dark(story):
    """The bank is out and has nothing but mail over its own link; a visit was agreed on with its guard a moment ago."""
    Contact.objects.filter(customer=story.bank).update(email_independent=False)
    story.now -= timedelta(minutes=2)
    story.open_case()
    story.minutes_pass(1)
    story.diagnosis("visit")
    story.seconds_pass(1)
    story.case.agree(replace(story.agreement(), customer="Guardia de la garita"), by=story.by, at=story.now)
    return story


def test_the_card_names_whom_to_ring_and_what_to_say(dark, engineer):
    page = words(engineer.get(address(dark)))
    assert "Call the company and give the news" in page
    assert "What to say:" in page
    assert dark.case.display_number in page
    assert "(07) 255-50148" in page or "tel:+593725550148" in page


def test_what_is_read_aloud_has_the_signs_that_an_sms_has_not(dark):
    registered = Notice.objects.filter(moment="registered", language="es", contact__isnull=False)[:1]
    assert "solución" in what_to_say(registered, None, dark.now)


def test_told_by_voice_from_the_card(dark, engineer):
    task = CallTask.objects.get(level=0)
    fields = {"call": task.pk, "outcome": "answered", "whom": "Jefe de Sistemas"}
    assert engineer.post(address(dark, "voz"), fields).status_code == 302
    task.refresh_from_db()
    assert (task.outcome, task.answered_by) == ("answered", "Jefe de Sistemas")
    assert "Call the company" not in words(engineer.get(address(dark))).replace('id="voice-owed"', "")


def test_who_was_told_must_be_written(dark, engineer):
    task = CallTask.objects.get(level=0)
    back = engineer.post(address(dark, "voz"), {"call": task.pk, "outcome": "answered", "whom": " "})
    assert back.status_code == 422
    assert "Write who was told." in words(back)


@pytest.mark.parametrize("call", ["0", "x", str(2**70), ""])
def test_a_call_that_is_none_is_refused_in_words(dark, engineer, call):
    back = engineer.post(address(dark, "voz"), {"call": call, "outcome": "answered", "whom": "Jefe"})
    assert back.status_code in (409, 422)


def test_the_escalations_act_does_not_take_the_voices_call(dark, engineer):
    task = CallTask.objects.get(level=0)
    back = engineer.post(address(dark, "llamada"), {"call": task.pk, "outcome": "not_answered"})
    assert back.status_code == 409


@pytest.mark.parametrize("path", ["/llamadas/", "/relevo", "/?area=sales"])
def test_a_company_not_told_in_time_stands_above_every_page(dark, engineer, path):
    assert "by telephone now" not in words(engineer.get(path))
    CallTask.objects.filter(level=0).update(due_at=now() - timedelta(minutes=1))
    page = words(engineer.get(path))
    task = CallTask.objects.get(level=0)
    assert f"Tell {task.number_name}, Banco Austral by telephone now" in page
    assert f"Case {dark.case.display_number}: the service is out" in page


def test_the_bench_whose_line_says_it_repeats_it_in_no_banner_nor_does_its_poll(dark, engineer):
    CallTask.objects.filter(level=0).update(due_at=now() - timedelta(minutes=1))
    page = words(engineer.get("/"))
    assert page.count('id="call-owed-') == 1
    assert "by telephone now" not in page
    for address_, is_said in (
        ("http://testserver/", False),
        ("http://testserver/?vista=mios", False),
        ("http://testserver/relevo", True),
    ):
        poll = words(engineer.get("/turno/vivo", headers={"HX-Request": "true", "HX-Current-URL": address_}))
        assert ("by telephone now" in poll) is is_said, address_


def test_the_bench_says_whom_to_tell_and_what(dark, engineer):
    page = words(engineer.get("/"))
    task = CallTask.objects.get(level=0)
    assert f"{task.number_name}, Banco Austral" in page
    assert f"tel:{task.number}" in page
    assert "What to say:" in page
    assert "level 0" not in page


def test_who_is_presumed_not_to_know_and_why(dark, engineer, settings):
    settings.SMS_URL = "json://gateway.example.com/{number}"
    ContactWay.objects.create(customer=dark.bank, contact=dark.desk, kind="sms", address="+593995550111")
    page = words(engineer.get(address(dark)))
    assert "Presumed not to know" in page
    assert page.count("only by email over the service that is out") == 1 + 1  # who reported, and the manager
    dark.case.arrive(by=dark.by, at=dark.now)
    dark.case.clear_permit(by=dark.by, at=dark.now)
    dark.service_is_restored()
    assert "Presumed not to know" not in words(engineer.get(address(dark)))


def test_the_text_is_seen_before_it_is_sent_and_nothing_is_written(story, engineer):
    story.open_case()
    events, notices = CaseEvent.objects.count(), Notice.objects.count()
    typed = {"cause": "Fibra cortada", "plan": "Empalmar", "plan_kind": "remote"}
    page = words(engineer.post(address(story, "vista/diagnostico"), typed))
    assert "We found the cause: Fibra cortada." in page
    assert "Encontramos la causa: Fibra cortada." in page
    assert "email" in page
    assert "hospital@example.com" not in page
    assert "Coordinadora" not in page
    assert (CaseEvent.objects.count(), Notice.objects.count()) == (events, notices)
    assert story.case.cause == ""


def test_a_word_to_the_customer_is_seen_as_the_letter_it_becomes(story, engineer):
    story.open_case()
    look = address(story, "vista/escribir")
    page = words(engineer.get(f"/casos/{story.number}/"))
    composer = page.partition('id="composer"')[2].partition("</form>")[0]
    assert f'hx-post="{look}"' in composer.replace(story.case.display_number, str(story.number))
    seen = words(engineer.post(look, {"audience": "public", "text": "Seguimos con las pruebas en el nodo."}))
    for expected in ("Seguimos con las pruebas en el nodo.", "Please call:", "Le escribimos porque", "hash …"):
        assert expected in seen
    assert "can be seen once the form is filled in" in words(engineer.post(look, {"audience": "public", "text": " "}))
    internal = words(engineer.post(look, {"audience": "internal", "text": "Solo para nosotros"}))
    assert "Nobody outside is notified." in internal
    assert "Solo para nosotros" not in internal
    assert not CaseEvent.objects.filter(moment="news_sent").exists()


def test_the_text_is_seen_in_the_operators_own_words(story, engineer):
    story.open_case()
    save(
        "diagnosed", "", "es", "{subject}", "Ya sabemos qué pasó: {cause}.", "Haremos esto: {plan}. {how}", None, now()
    )
    typed = {"cause": "Fibra cortada", "plan": "Empalmar", "plan_kind": "remote"}
    page = words(engineer.post(address(story, "vista/diagnostico"), typed))
    assert "Ya sabemos qué pasó: Fibra cortada." in page
    assert "Encontramos la causa: " not in page
    assert "We found the cause: Fibra cortada." in page


def test_every_act_can_be_looked_at_before_it_is_done(story, engineer):
    from guardia.web.desk.acts import ACTS

    story.open_case()
    for name in ACTS:
        back = engineer.post(address(story, f"vista/{name}"), {"at": "mal", "reason": "x\0y"})
        assert back.status_code in (200, 403), (name, back.status_code)
    assert engineer.post(address(story, "vista/nada")).status_code == 404
    assert engineer.get(address(story, "vista/nota")).status_code == 405


def test_the_act_says_by_which_channels_each_person_is_told(dark, engineer, settings):
    settings.SMS_URL = "json://gateway.example.com/{number}"
    ContactWay.objects.create(customer=dark.bank, contact=dark.desk, kind="sms", address="+593995550111")
    page = words(engineer.get(address(dark, "cambio-visita")))
    assert "email; while the service is out, by voice" in page
    assert "email, SMS" in page
    dark.case.arrive(by=dark.by, at=dark.now)
    dark.case.clear_permit(by=dark.by, at=dark.now)
    back = words(engineer.get(address(dark, "restablecido")))
    assert "only by voice" not in back.partition('class="act-foot"')[2].partition("</form>")[0]


def test_a_new_case_says_by_which_channels_who_is_told(dark, engineer):
    asked = {"compania": dark.bank.pk}
    page = words(engineer.get("/casos/nuevo", asked)).partition("Who will be told")[2]
    assert "email; while the service is out, by voice" in page
    slow = words(engineer.get("/casos/nuevo/al-lado", {**asked, "impact": "degraded"}))
    assert "only by voice" not in slow.partition("Who will be told")[2]


def in_an_hour() -> str:
    return (now() + timedelta(minutes=70)).astimezone(desk_zone()).strftime("%d/%m %H:%M")


def test_P_d_what_is_said_is_all_that_was_not_told_yet_and_each_word_once(dark, engineer):
    page = words(engineer.get("/")).partition("What to say:")[2].partition("</li>")[0]
    assert "Antes de eso:" in page
    assert "fibra cortada" in page, "the diagnosis rang nobody, and is told with the visit"
    task = CallTask.objects.get(level=0)
    engineer.post(address(dark, "voz"), {"call": task.pk, "outcome": "answered", "whom": "Jefe de Sistemas"})
    dark.now = now()
    dark.case.tell("Se encontró el corte.", by=dark.by, at=dark.now)
    dark.case.arrive(by=dark.by, at=dark.now)
    page = words(engineer.get("/")).partition("What to say:")[2].partition("</li>")[0]
    assert "fibra cortada" not in page
    assert page.count("Se encontró el corte") == 1


def test_P_d_one_line_for_a_case_whatever_has_come(dark, engineer):
    for text in ("uno", "dos", "tres"):
        dark.minutes_pass(1)
        dark.case.tell(text, by=dark.by, at=dark.now)
    dark.case.arrive(by=dark.by, at=dark.now)
    assert words(engineer.get("/")).count('id="call-owed-') == 1


def test_P_d_a_broken_promise_is_said_until_it_is_heard(story, engineer):
    Contact.objects.filter(customer=story.bank).update(email_independent=False)
    story.now -= timedelta(minutes=25)
    story.open_case()
    story.minutes_pass(21)
    story.the_sweep_runs()
    page = words(engineer.get("/"))
    assert "No cumplimos «Causa y plan de solución», que vencía " in page


def test_P_d_the_hour_is_noted_with_the_call_shown_on_the_case_and_not_yet_on_the_bench(dark, engineer):
    task = CallTask.objects.get(level=0)
    hour = in_an_hour()
    said = {"call": task.pk, "outcome": "answered", "whom": "Jefe de Sistemas", "hour": hour}
    assert engineer.post(address(dark, "voz"), said).status_code == 302
    assert Clock.objects.get(kind="next_news", ended_at=None).due_at == agreed_for(dark.case).hour
    page = words(engineer.get(address(dark)))
    assert f"They asked to be called at {hour[-5:]}" in page
    assert 'id="call-owed-' not in words(engineer.get("/"))
    CallTask.objects.filter(settled_at=None).update(owed_at=now())
    assert 'id="call-owed-' in words(engineer.get("/"))
    assert "they asked to be called at" in words(engineer.get(address(dark)))


def test_P_d_the_hour_is_agreed_changed_and_withdrawn_from_the_case(story, engineer):
    story.open_case()
    assert "Call at an agreed time" in words(engineer.get(address(story)))
    assert engineer.post(address(story, "hora"), {"hour": in_an_hour(), "whom": "Jefe"}).status_code == 302
    page = words(engineer.get(address(story, "hora")))
    assert "Change the agreed time" in page
    assert engineer.post(address(story, "sin-hora")).status_code == 302
    assert agreed_for(story.case) is None
    assert engineer.post(address(story, "sin-hora")).status_code == 409


@pytest.mark.parametrize(
    ("hour", "words_said"),
    [
        ("mañana", "The time is missing"),
        ("", "This field is required"),
        ("past", "That time is past, and a future one is needed"),
        ("far", "more than 24 hours away"),
    ],
)
def test_P_d_an_hour_that_cannot_be_is_refused_in_words(story, engineer, hour, words_said):
    story.open_case()
    ahead = {"past": -timedelta(minutes=5), "far": timedelta(hours=30)}.get(hour)
    if ahead:
        hour = (now() + ahead).astimezone(desk_zone()).strftime("%d/%m/%Y %H:%M")
    back = engineer.post(address(story, "hora"), {"hour": hour, "whom": "Jefe"})
    assert back.status_code in (409, 422)
    assert words_said in words(back)
    assert agreed_for(story.case) is None
