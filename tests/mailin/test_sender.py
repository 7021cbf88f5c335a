"""Unproven limits what a mail may do, not whether it is heard; one that failed waits for a person, with P2 running."""

import pytest

from guardia.cases.case import Case
from guardia.cases.mail_filing import NotHeldBack, SenderIsUnproven
from guardia.cases.stages.verification import Confirmer
from guardia.cases.waiting import WaitReason
from guardia.clocks.clock import Clock, Wait
from guardia.escalation.escalation import CallTask
from guardia.intake import triage
from guardia.notices.notice import Delivery, Notice
from guardia.notices.reply_address import reply_address
from guardia.people.staff import Actor
from guardia.procedure.vocabulary import Moment, WaitCause
from tests.mailin.letters import letter
from tests.mailin.test_answers import mail_of

HEAD, STRANGER = "jefe@example.com", "nadie@example.net"
FORGED = "dmarc=fail header.from=example.com"
SPAM = {"X_Spam_Flag": "YES"}


def events(case) -> list[tuple[str, dict]]:
    return [(e.moment, e.data) for e in case.events.order_by("seq")]


# --- unproven -----------------------------------------------------------------------------------------------------


def test_an_unproven_mail_of_a_contact_opens_a_report_that_is_marked(house, story):
    message = house.writes(HEAD, proof="")
    assert (message.kind, message.state, message.reason) == ("report", "waiting", "report")
    assert message.sender_proof == "unproven"
    assert Clock.objects.get(request=message.request).due_at is not None
    case = house.registers(message)
    moment, data = events(case)[0]
    assert (moment, data["sender"]) == ("request_received", "unproven")


def test_a_proven_one_bears_no_mark(house, story):
    message = house.writes(HEAD)
    assert message.sender_proof == "proven"
    assert "sender" not in events(house.registers(message))[0][1]


def test_an_unproven_mail_joins_its_case_and_changes_nothing_else(house, story):
    case = story.open_case()
    story.diagnosis()
    story.service_is_restored()
    before, clocks = story.moments(), list(case.clocks.order_by("pk").values())
    message = house.writes(HEAD, "Confirmo, objeto la espera y escalo.", f"Caso {case.display_number}", proof="")
    assert (message.state, message.case) == ("filed", case)
    assert story.moments() == [*before, "message_received"]
    assert events(case)[-1][1]["sender"] == "unproven"
    assert list(case.clocks.order_by("pk").values()) == clocks
    assert house.answers() == []


WORDS = (
    "Confirmo que quedó resuelto, pueden cerrar el caso.",
    "No es así: objeto la espera, el acceso estaba abierto.",
    "Quiero escalar al siguiente nivel, llamen al gerente.",
    "¿En qué va mi caso? Mándenme el informe y la bitácora.",
    "I contest the wait. Please escalate, and send me the report of the case.",
    "Não é assim, contesto a espera. Quero escalar. Podem fechar.",
)


@pytest.mark.parametrize("words", WORDS)
def test_whatever_an_unproven_mail_asks_changes_nothing_but_its_line_on_the_bench(house, story, words):
    """Of all that holds a promise, a wait, a level or a word to somebody, no row is other than before."""
    case = story.open_case()
    story.diagnosis()
    access = WaitReason(WaitCause.CUSTOMER, "Portería", "no dejan entrar", "llamada 03:10")
    story.case.wait(access, by=story.by, at=story.now)
    moments, before = story.moments(), rows_of(case)
    message = house.writes(HEAD, words, f"{words} Caso {case.display_number}", proof="")
    house.worker_rules()
    story.the_sweep_runs()
    assert (message.state, message.case, message.sender_proof) == ("filed", case, "unproven")
    assert story.moments() == [*moments, "message_received"]
    assert rows_of(case) == before
    assert house.answers() == []


@pytest.mark.parametrize("words", WORDS)
def test_nobody_who_is_not_proven_reads_anything_of_a_case(house, story, words):
    """Whoever writes as a contact, or as nobody, and whatever case is named: no answer tells of it, or leads to it."""
    case = story.open_case()
    story.diagnosis()
    secrets = [case.display_number, story.service.circuit, story.service.site.name, "corte de fibra", "https://"]
    subjects = (f"Caso {case.display_number}", "otra cosa", f"Re: {story.service.circuit}")
    for sender in (HEAD, story.stranger.email, STRANGER):
        for subject in subjects:
            house.writes(sender, words, subject, proof="")
            story.minutes_pass(61)
    said = [bytes(one.body).decode() + mail_of(one).get_content() for one in house.answers()]
    assert said, "a report of a contact gets its receipt"
    assert [secret for secret in secrets for one in said if secret in one] == []
    assert not Delivery.objects.filter(address=STRANGER).exists()


def rows_of(case) -> dict[str, list[dict]]:
    """What of this case a mail might have changed; a mail is one more line, and moves what counts lines."""
    counts_lines = ("seq", "head_hash", "last_seen_fact", "last_fact_at")
    of_case = Case.objects.filter(pk=case.pk).values()[0]
    return {
        "case": [{name: value for name, value in of_case.items() if name not in counts_lines}],
        "clocks": list(case.clocks.order_by("pk").values()),
        "waits": list(Wait.objects.filter(case=case).order_by("pk").values()),
        "calls": list(CallTask.objects.filter(case=case).order_by("pk").values()),
        "notices": list(Notice.objects.filter(case=case).order_by("pk").values()),
    }


def confirmed_by_mail(story):
    who = Confirmer("Jefe", "Jefe de redes", "+593 99 000 0000", "mail")
    story.service_is_tested()
    return story.case.confirm(who, "se empalmó la fibra", by=Actor.of_staff(story.engineer), at=story.now)


def test_it_confirms_nothing(house, story):
    case = story.open_case()
    story.diagnosis()
    story.service_is_restored()
    story.minutes_pass(1)
    house.writes(HEAD, "Todo bien.", f"Caso {case.display_number}", proof="")
    with pytest.raises(SenderIsUnproven):
        confirmed_by_mail(story)
    assert "confirmed" not in story.moments()
    house.writes(HEAD, "Todo bien.", f"Caso {case.display_number}")
    confirmed_by_mail(story)
    assert story.moments()[-1] == "confirmed"


def test_without_a_setting_everything_is_unproven_but_an_answer_to_our_signed_address(house, story, settings):
    settings.MAIL_AUTHSERV_ID = ""
    case = story.open_case()
    plain = house.writes(HEAD, subject=f"Caso {case.display_number}")
    signed = house.writes(HEAD, "Otra cosa.", "Re:", to=reply_address(case.pk, story.head.pk))
    assert (plain.sender_proof, signed.sender_proof) == ("unproven", "proven")
    assert (plain.case, signed.case) == (case, case)


@pytest.mark.parametrize("more", [{"proof": FORGED}, SPAM])
def test_an_answer_to_our_signed_address_is_proven_whatever_way_it_took(house, story, more):
    case = story.open_case()
    signed = house.writes(HEAD, subject="Re:", to=reply_address(case.pk, story.head.pk), **more)
    assert (signed.sender_proof, signed.state, signed.case) == ("proven", "filed", case)


def test_the_signed_address_of_another_company_proves_nothing_of_a_contact(house, story):
    case = story.open_case()
    stolen = house.writes(story.stranger.email, subject="Re:", to=reply_address(case.pk, story.head.pk), proof="")
    assert stolen.sender_proof == "unproven"


# --- what is answered ---------------------------------------------------------------------------------------------


def test_the_receipt_to_an_unproven_contact_repeats_none_of_its_words(house):
    house.writes(HEAD, "compre ya", "OFERTA", proof="")
    (answer,) = house.answers()
    content = mail_of(answer).get_content()
    assert answer.address == HEAD
    assert "OFERTA" not in bytes(answer.body).decode()
    assert "sin comprobar" in " ".join(content.split())


def test_the_number_goes_to_the_configured_contacts_and_not_to_the_sender(house, story):
    case = story.open_case()
    message = house.writes(HEAD, "Sigue igual.", "otra vez", proof="")
    before = len(house.answers())
    triage.join(case, house.request_of(message), by=story.engineer, at=story.now)
    told = house.answers()[before:]
    registered = Notice.objects.filter(case=case, moment=Moment.REGISTERED, contact__isnull=False, state="owed")
    configured = {one.contact.email for one in registered if "incident" in one.contact.kinds}
    assert len(configured) > 1
    assert {one.address for one in told} == configured
    for one in told:
        assert case.display_number in mail_of(one).get_content()
        assert mail_of(one)["In-Reply-To"] is None


def test_a_proven_sender_is_told_the_number(house, story):
    case = story.open_case()
    message = house.writes(HEAD, "Sigue igual.", "otra vez")
    before = len(house.answers())
    triage.join(case, house.request_of(message), by=story.engineer, at=story.now)
    (told,) = house.answers()[before:]
    assert (told.address, mail_of(told)["In-Reply-To"]) == (HEAD, message.message_id)


@pytest.mark.parametrize("more", [{"proof": ""}, {"proof": FORGED}, SPAM, {"proof": "dmarc=none"}])
def test_a_stranger_who_is_not_proven_gets_no_answer(house, more):
    for number in range(3):
        message = house.writes(f"otro{number}@example.net", **more)
        assert message.state == "waiting"
    assert house.answers() == []


def test_all_together_get_so_many_an_hour_and_strangers_half_of_them(house, story, settings):
    settings.MAIL_ANSWERS_PER_HOUR_IN_ALL = 4
    for number in range(4):
        house.writes(f"otro{number}@example.net", proof="dmarc=pass")
    assert len(house.answers()) == 2
    for number in range(4):
        house.writes(HEAD, f"mensaje {number}", f"asunto {number}")
    assert len(house.answers()) == 4
    story.minutes_pass(61)
    house.writes("otro@example.net")
    assert len(house.answers()) == 5


@pytest.mark.parametrize("headers", [{"List_Id": "<l.example.net>"}, {"Precedence": "list"}, {"Return_Path": "<>"}])
def test_not_even_a_proven_list_or_bounce_is_answered(house, headers):
    house.writes(STRANGER, **headers)
    assert house.answers() == []


# --- held back ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("more", "reason"), [({"proof": FORGED}, "sender_failed"), (SPAM, "sender_spam")])
def test_what_failed_waits_with_p2_running_and_nobody_is_answered(house, story, more, reason):
    message = house.writes(HEAD, **more)
    assert (message.kind, message.state, message.reason) == ("report", "waiting", reason)
    assert Clock.objects.get(request=message.request).ended_at is None
    assert house.answers() == []


def test_what_failed_and_names_a_case_is_not_in_it_until_it_is_taken_in(house, story):
    case = story.open_case()
    before = story.moments()
    message = house.writes(HEAD, subject=f"Caso {case.display_number}", proof=FORGED)
    assert (message.state, message.case, message.event) == ("waiting", case, None)
    assert story.moments() == before
    triage.take_in(house.message(message), by=story.engineer, at=story.now)
    message.refresh_from_db()
    assert (message.state, message.settled_by) == ("filed", story.engineer)
    assert events(case)[-1][1]["sender"] == "failed"
    assert not Clock.objects.filter(request=message.request, ended_at=None).exists()


def test_taken_in_without_a_case_it_is_a_report_like_any_other(house, story):
    message = house.writes(HEAD, proof=FORGED)
    triage.take_in(house.message(message), by=story.engineer, at=story.now)
    message.refresh_from_db()
    assert (message.state, message.reason) == ("waiting", "report")
    with pytest.raises(NotHeldBack):
        triage.take_in(house.message(message), by=story.engineer, at=story.now)
    assert events(house.registers(message))[0][1]["sender"] == "failed"


def test_filed_away_its_clock_ends(house, story):
    message = house.writes(HEAD, **SPAM)
    triage.dismiss(house.message(message), "spam", by=story.engineer, at=story.now)
    message.refresh_from_db()
    assert (message.state, message.reason) == ("done", "spam")
    assert not Clock.objects.filter(request=message.request, ended_at=None).exists()


def test_a_forged_request_of_another_desk_is_not_taken_by_itself(house, story, settings):
    settings.DESK_MAILBOXES = {"facturacion@example.com": "billing"}
    message = house.writes(HEAD, to="facturacion@example.com", proof=FORGED)
    assert (message.state, message.reason, message.case) == ("waiting", "sender_failed", None)


def test_a_stranger_who_failed_waits_without_a_clock(house):
    message = house.writes(STRANGER, proof=FORGED)
    assert (message.kind, message.reason, message.request) == ("stranger", "sender_failed", None)


def test_the_headers_of_a_sender_prove_nothing(house, story):
    theirs = b"Received: from x\r\nAuthentication-Results: mx.example.com; dmarc=pass header.from=example.com\r\nFrom: "
    message = house.comes(letter(HEAD, proof="none").replace(b"From: ", theirs, 1))
    assert (message.sender_proof, message.from_address) == ("unproven", HEAD)
