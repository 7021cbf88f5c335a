"""On the page of a case: its mails, and the life of its notices. On the bench: a storm in one line."""

from guardia.notices.address_marks import AddressMark
from guardia.notices.notice import Notice
from guardia.notices.notice_rows import Progress
from guardia.web.desk import bench
from tests.desk.conftest import words
from tests.desk.test_mail_screens import STRANGER, house

__all__ = ["house"]


# --- the case's page ---
def test_a_mail_of_the_case_is_in_its_log_with_the_way_to_it(engineer, house):
    case = house.story.open_case()
    message = house.writes(house.story.head.email, "Sigue caído.", f"Re: caso {case.display_number}")
    page = words(engineer.get(f"/casos/{case.number}/"))
    assert "Sigue caído." in page
    assert f'href="/correo/{message.pk}"' in page


def test_a_stranger_who_names_the_case_is_offered_there(engineer, house):
    case = house.story.open_case()
    message = house.writes(STRANGER, "¿Y bien?", f"Caso {case.display_number}")
    page = words(engineer.get(f"/casos/{case.number}/"))
    assert "Emails that may belong here" in page
    assert f'href="/correo/{message.pk}"' in page


def first_notice(case) -> Notice:
    return case.notices.filter(contact__isnull=False).order_by("pk").first()


def test_a_notice_is_taken_back_and_sent_again(engineer, house):
    case = house.story.open_case()
    notice = first_notice(case)
    page = words(engineer.get(f"/casos/{case.number}/?bitacora=avisos"))
    assert f"/casos/{case.number}/avisos/{notice.pk}/retirar" in page
    engineer.post(f"/casos/{case.number}/avisos/{notice.pk}/retirar")
    page = words(engineer.get(f"/casos/{case.number}/?bitacora=avisos"))
    assert "withdrawn" in page
    assert f"/casos/{case.number}/avisos/{notice.pk}/otra-vez" in page
    engineer.post(f"/casos/{case.number}/avisos/{notice.pk}/otra-vez")
    notice.refresh_from_db()
    assert notice.deliveries.count() == 1


def test_what_cannot_be_done_to_a_notice_is_said(engineer, house):
    case = house.story.open_case()
    notice = first_notice(case)
    answer = engineer.post(f"/casos/{case.number}/avisos/{notice.pk}/otra-vez?bitacora=avisos")
    assert answer.status_code == 409
    assert 'id="refused"' in words(answer).partition(f'id="aviso-{notice.pk}"')[2].partition("</li>")[0]
    assert words(answer).count("has not gone out yet") == 2, "at the notice, and where everything is said"


def test_for_a_page_that_stays_the_notices_alone_come_back(engineer, house):
    case = house.story.open_case()
    notice, in_place = first_notice(case), {"HX-Request": "true"}
    again = f"/casos/{case.number}/avisos/{notice.pk}/otra-vez?bitacora=avisos"
    refused = words(engineer.post(again, headers=in_place))
    assert "<html" not in refused
    assert refused.strip().startswith('<section class="log" id="log"')
    assert 'aria-describedby="refused"' in refused, "the button that is left bears the reason"
    taken = words(engineer.post(again.replace("otra-vez", "retirar"), headers=in_place))
    assert "The notice was withdrawn." in taken
    assert 'id="refused"' not in taken
    assert again in taken


def test_no_notice_of_another_case_and_no_other_step(engineer, house):
    case = house.story.open_case()
    notice = first_notice(case)
    for place in (f"avisos/{notice.pk}/borrar", "avisos/987654/otra-vez", f"avisos/{10**30}/retirar"):
        assert engineer.post(f"/casos/{case.number}/{place}").status_code == 404


def test_a_marked_address_is_shown_and_works_again(engineer, house):
    case = house.story.open_case()
    mark = AddressMark.objects.create(
        customer=house.story.bank,
        channel="mail",
        address="jefe@example.com",
        reason="bounced",
        words="550 no such user",
        marked_at=house.story.now,
    )
    page = words(engineer.get(f"/casos/{case.number}/"))
    assert "550 no such user" in page
    engineer.post(f"/casos/{case.number}/direcciones/{mark.pk}")
    mark.refresh_from_db()
    assert mark.cleared_by == house.story.engineer
    foreign = AddressMark.objects.create(
        customer=house.story.other, channel="mail", address="x@example.com", reason="bounced", marked_at=house.story.now
    )
    assert engineer.post(f"/casos/{case.number}/direcciones/{foreign.pk}").status_code == 404


# --- a storm ---
def test_a_storm_is_one_line_on_the_bench(engineer, house, monkeypatch):
    house.story.open_case()
    assert "still to send" not in words(engineer.get("/"))
    monkeypatch.setattr(bench, "progress", lambda at: Progress(900, 100, 0, 0, 250, 400.0, at))
    page = words(engineer.get("/"))
    assert "still to send, 250 sent, 400 a minute" in page
    assert "about 3" in page


def test_a_storm_that_stands_still_says_where_to_look():
    assert "look at the mail server" in bench.words_of(Progress(200, 0, 0, 0, 0, 0.0, None))
