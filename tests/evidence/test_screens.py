"""The screens: what is tested of a service, “test now”, progress, before and after with their pictures."""

from guardia.cases import probing as ruling
from guardia.evidence import probing
from guardia.evidence.probes.measured import Measured, counted
from guardia.evidence.target import ServiceTarget
from guardia.evidence.test_result import Verdict
from guardia.people.staff import Role
from tests.desk.conftest import words
from tests.evidence.conftest import target
from tests.procedure.story import staff

FIELDS = {"kind": "tcp", "address": "127.0.0.1", "port": "443", "max_loss": "2", "at_registration": "on"}


def settle_all(story, samples: list[float | None]) -> None:
    for probe in probing.take(story.now, 10):
        verdict = Verdict.BAD if None in samples else Verdict.GOOD
        probing.settle(probe, Measured(verdict, "tcp", counted(samples), samples), story.now)
        ruling.record(story.case, probe, story.now)


def address(story, act: str = "") -> str:
    return f"/casos/{story.number}/{act}"


def test_a_target_is_written_down_beside_its_service(tonight, engineer):
    page = words(engineer.get(f"/companias/{tonight.bank.pk}/"))
    add = f"/companias/{tonight.bank.pk}/pruebas/nuevo?servicio={tonight.service.pk}"
    assert add in page
    assert f'<option value="{tonight.service.pk}" selected' in words(engineer.get(add))
    sent = engineer.post(add, {**FIELDS, "service": tonight.service.pk})
    assert sent.status_code == 302
    kept = ServiceTarget.objects.get()
    assert (kept.service, kept.port, kept.max_loss, kept.added_by) == (tonight.service, 443, 2, tonight.engineer)
    page = words(engineer.get(f"/companias/{tonight.bank.pk}/"))
    assert "connection (TCP) 127.0.0.1:443" in page
    assert "at most 2 % lost" in page


def test_a_target_is_refused_at_its_field_and_keeps_what_was_typed(tonight, engineer):
    add = f"/companias/{tonight.bank.pk}/pruebas/nuevo"
    back = engineer.post(add, {**FIELDS, "service": tonight.service.pk, "address": "169.254.169.254"})
    assert back.status_code == 422
    assert "169.254.169.254 is not an address that may be tested" in words(back)
    assert engineer.get(f"{add}?servicio=²").status_code == 200


def test_a_target_is_ended_and_resumed_and_of_no_other_company(tonight, engineer):
    kept = target(tonight.service, 443, tonight.now)
    at = f"/companias/{tonight.bank.pk}/pruebas/{kept.pk}"
    assert engineer.post(f"{at}/desactivar").status_code == 302
    assert not ServiceTarget.objects.get().active
    assert engineer.post(f"{at}/activar").status_code == 302
    assert engineer.get(f"/companias/{tonight.other.pk}/pruebas/{kept.pk}/editar").status_code == 404
    assert engineer.get(f"{at}/editar").status_code == 200


def test_test_now_shows_that_it_runs_and_then_its_numbers_and_picture(tonight, engineer):
    tonight.open_case()
    assert 'href="/companias/' in words(engineer.get(address(tonight)))
    target(tonight.service, 443, tonight.now)
    page = words(engineer.get(address(tonight)))
    assert 'data-key="p"' in page
    shown = words(engineer.post(address(tonight, "probar"), headers={"HX-Request": "true"}))
    assert "1 test is running…" in shown
    assert "1 test was requested." in shown
    tonight.minutes_pass(30)
    settle_all(tonight, [10.0, None, 20.0, 30.0])
    page = words(engineer.get(address(tonight)))
    assert "3 of 4 connections, 25.0 % lost; 20.0 ms on average (10.0 to 30.0)" in page
    assert "10 ms, lost, 20 ms, 30 ms" in page
    assert page.partition('class="picture"')[2].partition("</svg>")[0].count("<rect") == 3
    assert page.count('class="lost"') == 1


def test_the_live_page_moves_when_a_result_comes_in(tonight, engineer):
    tonight.open_case()
    target(tonight.service, 443, tonight.now)
    engineer.post(address(tonight, "probar"))
    tag = engineer.get(address(tonight, "vivo"), headers={"HX-Request": "true"}).headers["HX-PTag"]
    same = {"HX-Request": "true", "HX-PTag": tag}
    assert engineer.get(address(tonight, "vivo"), headers=same).status_code == 304
    tonight.minutes_pass(30)
    settle_all(tonight, [10.0])
    moved = engineer.get(address(tonight, "vivo"), headers=same)
    assert "1 of 1 connections" in words(moved)


def test_before_and_after_stand_side_by_side_on_one_scale(tonight, engineer):
    target(tonight.service, 443, tonight.now)
    tonight.open_case()
    settle_all(tonight, [100.0, None])
    tonight.minutes_pass(1)
    tonight.diagnosis()
    tonight.minutes_pass(1)
    tonight.service_is_restored()
    page = words(engineer.get(address(tonight)))
    assert "Tests before and after" in page
    assert "Not tested since the restoration." in page
    settle_all(tonight, [50.0, 25.0])
    page = words(engineer.get(address(tonight)))
    assert (
        page.index("Before ·") < page.index("50.0 % lost") < page.index("After ·") < page.index("0.0 % lost; 37.5 ms")
    )
    assert 'height="20.0"' in page
    assert 'height="10.0"' in page


def test_who_does_not_handle_incidents_sees_results_and_may_not_test(tonight, sign_in):
    target(tonight.service, 443, tonight.now)
    tonight.open_case()
    settle_all(tonight, [10.0])
    seller = sign_in(staff("ventas1", Role.SALES))
    assert 'data-key="p"' not in words(seller.get(address(tonight)))
    assert seller.post(address(tonight, "probar")).status_code == 403


def test_without_a_target_it_says_what_to_do(tonight, engineer):
    tonight.open_case()
    shown = words(engineer.post(address(tonight, "probar"), headers={"HX-Request": "true"}))
    assert "enter one of its addresses first" in shown


def test_only_a_supervisor_is_offered_to_go_on_without_good_tests(tonight, engineer, sign_in):
    tonight.open_case()
    tonight.diagnosis()
    tonight.service_is_restored()
    tonight.customer_confirms()
    supervisor, name = sign_in(tonight.supervisor), "estable-sin-pruebas"
    assert address(tonight, name) not in words(engineer.get(address(tonight)))
    assert address(tonight, name) in words(supervisor.get(address(tonight)))
    form = words(supervisor.get(address(tonight, name)))
    assert "Why you proceed without good tests" in form
    early = supervisor.post(address(tonight, name), {"reason": "no test is possible"})
    assert early.status_code in {409, 422}
    assert "The green window lasts" in words(early)
    assert "no test is possible" in words(early)


def test_the_closing_asks_what_is_done_so_that_it_does_not_return(tonight, engineer, sign_in):
    tonight.open_case()
    tonight.diagnosis()
    tonight.service_is_restored()
    tonight.customer_confirms()
    tonight.window_is_green()
    tonight.case.stabilise(by=tonight.by, at=tonight.now)
    form = words(engineer.get(address(tonight)))
    assert "What is done to prevent a recurrence" in form
    supervisor = sign_in(tonight.supervisor)
    assert address(tonight, "cierre-sin-pruebas") not in words(supervisor.get(address(tonight)))
    sent = {"fault": "fibre cut", "solution": "spliced", "prevention": "a second way in"}
    assert engineer.post(address(tonight, "cierre"), sent).status_code in {200, 302}
    assert "To prevent a recurrence: a second way in" in words(engineer.get(address(tonight)))
