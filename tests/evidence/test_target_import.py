"""What is tested, brought in by a file: looked at first, each mistake with its row, the same file twice is nothing."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from guardia.customers.values import Misfit
from guardia.evidence import target_import
from guardia.evidence.target import ServiceTarget
from guardia.evidence.target_import import TARGETS
from guardia.people.setting_change import SettingChange

HEAD = "circuito;prueba;direccion;puerto;pregunta;espera;perdida;ms;al_registrar\n"


def look_up(host: str) -> str:
    if host.endswith(".example.com"):
        return "192.0.2.77"
    raise Misfit("no tiene dirección")


def bring(story, rows: str, *, write: bool = True, head: str = HEAD):
    content = (head + rows).encode()
    return target_import.bring(content, write=write, by=story.engineer, at=story.now, resolve=look_up)


def test_the_sample_is_a_file_that_can_be_brought_in(story):
    story.service.circuit = "ENL-0042"
    story.service.save()
    outcome = target_import.bring(TARGETS.sample().encode(), write=True, by=story.engineer, at=story.now)
    assert (outcome.problems, outcome.new, outcome.written) == ([], 2, True)
    ping = ServiceTarget.objects.get(kind="icmp")
    assert (ping.max_loss, ping.max_ms, ping.at_registration, ping.added_by) == (2, 40, True, story.engineer)
    assert SettingChange.objects.filter(noun="service_target").count() == 2


def test_a_look_writes_nothing_and_the_same_file_twice_changes_nothing(story):
    rows = f"{story.service.circuit};tcp;equipo.example.com;443;;;;;\n"
    looked = bring(story, rows, write=False)
    assert (looked.new, looked.written, ServiceTarget.objects.count()) == (1, False, 0)
    assert bring(story, rows).written
    again = bring(story, rows)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 1)
    assert ServiceTarget.objects.get().pinned == "192.0.2.77"


def test_a_corrected_row_changes_only_what_it_corrects(story):
    bring(story, f"{story.service.circuit};ping;192.0.2.10;;;;2;40;no\n")
    outcome = bring(story, f"{story.service.circuit};ping;192.0.2.10;5\n", head="circuito;prueba;direccion;perdida\n")
    (change,) = outcome.changes
    assert (outcome.changed, change.columns) == (1, "perdida")
    kept = ServiceTarget.objects.get()
    assert (kept.max_loss, kept.max_ms, kept.at_registration) == (5, 40, False)


def test_a_row_may_end_a_test_and_begin_it_again(story):
    head = "circuito;prueba;direccion;activa\n"
    for word, active in (("si", True), ("no", False), ("si", True)):
        assert bring(story, f"{story.service.circuit};ping;192.0.2.10;{word}\n", head=head).written
        assert ServiceTarget.objects.get().active is active


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("NADA-1;ping;192.0.2.10;;;;;;", "circuito"),
        (";ping;192.0.2.10;;;;;;", "circuito"),
        ("{c};telepatia;192.0.2.10;;;;;;", "prueba"),
        ("{c};tcp;192.0.2.10;;;;;;", "puerto"),
        ("{c};tcp;192.0.2.10;99999;;;;;", "puerto"),
        ("{c};ping;169.254.169.254;;;;;;", "direccion"),
        ("{c};ping;nada.example.net;;;;;;", "direccion"),
        ("{c};http;192.0.2.10;;;;;;", "direccion"),
        ("{c};snmp;192.0.2.10;;tres;;;;", "pregunta"),
        ("{c};snmp;192.0.2.10;;3;nadie;;;", "espera"),
        ("{c};ping;192.0.2.10;;;;200;;", "perdida"),
        ("{c};ping;192.0.2.10;;;;;;quizás", "al_registrar"),
    ],
)
def test_a_mistake_names_row_and_column_and_nothing_is_written(story, row, column):
    good = f"{story.service.circuit};ping;192.0.2.11;;;;;;\n"
    outcome = bring(story, good + row.format(c=story.service.circuit) + "\n")
    (problem,) = outcome.problems
    assert (problem.row, problem.column) == (3, column)
    assert not ServiceTarget.objects.exists()


def test_the_same_test_twice_in_a_file_and_too_many_of_a_service_are_said(story):
    row = f"{story.service.circuit};ping;192.0.2.10;;;;;;\n"
    assert [problem.row for problem in bring(story, row * 2).problems] == [3]
    many = "".join(f"{story.service.circuit};ping;192.0.2.{n};;;;;;\n" for n in range(20, 31))
    assert [problem.row for problem in bring(story, many).problems] == [12]


def test_too_many_names_and_no_table_are_one_sentence(story, monkeypatch):
    monkeypatch.setattr(target_import, "MOST_NAMES", 1)
    rows = "".join(f"{story.service.circuit};ping;equipo{n}.example.com;;;;;;\n" for n in range(2))
    assert bring(story, rows).problems[0].row == 0
    assert bring(story, "", head="").problems[0].row == 0


def test_at_the_desk_it_is_looked_at_first_and_brought_in_by_a_second_press(tonight, engineer):
    content = f"{HEAD}{tonight.service.circuit};ping;192.0.2.10;;;;;;\n".encode()
    looked = engineer.post(
        reverse("companies_import"), {"kind": "targets", "file": SimpleUploadedFile("pruebas.csv", content)}
    )
    assert looked.status_code == 200
    assert not ServiceTarget.objects.exists()
    press = reverse("companies_import_now", args=["targets", looked.context["draft"].pk])
    assert engineer.post(press).status_code == 302
    assert ServiceTarget.objects.get().added_by == tonight.engineer
    assert engineer.get(reverse("companies_sample", args=["targets"])).status_code == 200
