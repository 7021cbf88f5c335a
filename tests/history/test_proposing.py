"""A mapping is proposed from the heading and the first rows; what nobody can know is left to a person."""

from pathlib import Path

import pytest

from guardia.history.mapping import load, sources
from guardia.history.proposing import proposal, state_of

EXPORTS = Path(__file__).parent / "exports"
SPANISH = """\
N° de ticket;Cliente;Enlace;Asunto;Fecha de apertura;Fecha de cierre;Estado;Zona
81;Banco Austral;ENL-0042;Sin servicio;25/03/2024 08:10;25/03/2024 11:00;Cerrado;Sur
82;Banco Austral;ENL-0042;Lento;26/03/2024 08:10;;En espera del cliente;Sur
"""
PORTUGUESE = """\
chamado,cliente,data hora,evento,observação,atendente
1,Banco Austral,2024-03-05 10:00,Aberto,,ana
1,Banco Austral,2024-03-05 11:00,Aguardando fornecedor,,ana
1,Banco Austral,2024-03-05 12:00,Frobnicado,,ana
1,Banco Austral,2024-03-05 13:00,Fechado,,ana
"""


def proposed(tmp_path, text):
    path = tmp_path / "export.csv"
    path.write_text(text, encoding="utf-8")
    words = proposal(path)
    return words, load(words, "proposal.yaml")


@pytest.mark.parametrize(
    ("file", "tool"),
    [
        ("servicenow_incident.csv", "servicenow"),
        ("servicenow_sys_audit.csv", "servicenow"),
        ("jira.json", "jira"),
        ("zammad_tickets.json", "zammad"),
        ("otrs_ticket_history.csv", "otrs"),
        ("rt.tsv", "rt"),
        ("glpi_es.csv", "glpi"),
        ("itop.csv", "itop"),
        ("osticket.csv", "osticket"),
        ("vinst.csv", "vinst"),
    ],
)
def test_the_export_of_a_known_tool_gets_its_mapping(file, tool):
    words = proposal(EXPORTS / file)
    assert words.startswith(f"# These are the headings of {tool}:")
    assert tool in sources()


def test_a_table_in_spanish(tmp_path):
    words, found = proposed(tmp_path, SPANISH)
    assert found.rows[0].columns == {
        "number": "N° de ticket",
        "company": "Cliente",
        "service": "Enlace",
        "subject": "Asunto",
        "opened": "Fecha de apertura",
        "closed": "Fecha de cierre",
        "state": "Estado",
    }
    assert found.states == {"Cerrado": "closed", "En espera del cliente": "waiting customer"}
    assert found.hours.order == "dmy"
    assert "# not used: Zona" in words


def test_an_event_log_in_portuguese(tmp_path):
    words, found = proposed(tmp_path, PORTUGUESE)
    assert found.rows[0].tells_events
    assert found.rows[0].columns["activity"] == "evento"
    assert found.states == {
        "Aberto": "working",
        "Aguardando fornecedor": "waiting third_party",
        "Fechado": "closed",
    }
    assert '# "Frobnicado":  <- what does it mean?' in words


def test_where_no_row_shows_the_order_of_day_and_month_a_person_is_asked(tmp_path):
    text = "ticket,customer,opened,closed\n1,Banco Austral,03/04/2024,04/04/2024\n"
    words, _found = proposed(tmp_path, text)
    assert "no row shows whether the day or the month stands first" in words


def test_a_title_above_the_headings_and_headings_of_many_words(tmp_path):
    text = (
        "Reporte de reclamos 2025;;;;\n"
        "Nº de reclamo;Empresa;Fecha y hora de apertura;Hora de restauración;"
        "Fecha y hora de cierre;Quién avisó;Qué se hizo\n"
        "81;Banco Austral;25/03/2024 08:10;25/03/2024 10:00;25/03/2024 11:00;Jefa de turno;Empalme\n"
    )
    words, found = proposed(tmp_path, text)
    assert found.rows[0].columns == {
        "number": "Nº de reclamo",
        "company": "Empresa",
        "opened": "Fecha y hora de apertura",
        "restored": "Hora de restauración",
        "closed": "Fecha y hora de cierre",
        "reporter": "Quién avisó",
        "solution": "Qué se hizo",
    }
    assert "not used" not in words


def test_what_is_printed_nowhere_is_named(tmp_path):
    text = "ticket,customer,opened,closed,comments\n1,Banco Austral,2024-03-04,2024-03-05,hola\n"
    words, _found = proposed(tmp_path, text)
    assert "# not used: comments" in words


def test_a_heading_with_quotes_and_a_file_without_a_number_still_make_a_mapping_to_be_mended(tmp_path):
    path = tmp_path / "odd.csv"
    path.write_text('"a ""b""",opened\n1,2024-03-05\n', encoding="utf-8")
    words = proposal(path)
    assert "# number:  <- no heading seems to be it" in words


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("Awaiting User Info", "waiting customer"),
        ("Wait - Vendor", "waiting third_party"),
        ("On Hold", "waiting"),
        ("Reabierto", "reopened"),
        ("Resuelto", "restored"),
        ("En curso (asignada)", "working"),
        ("Anulado", "cancelled"),
        ("Zzz", None),
    ],
)
def test_what_a_word_means(word, state):
    assert state_of(word) == state
