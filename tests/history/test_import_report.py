"""What the terminal prints of an import is what the screen shows: the same counts, in the reader's language."""

from datetime import UTC, datetime, timedelta

from django.utils import translation

from guardia.history.former_case import FormerCase, Step
from guardia.history.import_report import example_lines, example_of, report_lines, report_of
from tests.history.test_bringing import TABLE, brought, story

__all__ = ["story"]

NOON, HOUR = datetime(2024, 4, 13, 12, tzinfo=UTC), timedelta(hours=1)


def test_every_case_is_new_known_or_left_out_and_said_in_words(story, tmp_path):
    name = story.service.customer.name
    text = (
        "Nr,Company,Circuit,Subject,Text,Opened,Back,Closed,Cause,Solution,State\n"
        f"A,{name},,Sin enlace,x,13/04/2024 08:10,,14/04/2024 09:00,,,done\n"
        f"B,{name},,Lento,x,13/04/2024 08:10,,,,,open\n"
        "C,Nadie,,Lento,x,13/04/2024 08:10,,14/04/2024 09:00,,,done\n"
    )
    result, file = brought(tmp_path, text, TABLE, write=False)
    report = report_of(file, result)
    assert (report["cases"], report["new"], report["known"], report["left_out"]) == (3, 1, 0, 2)
    with translation.override("es"):
        lines = list(report_lines(report, dry_run=True, names_files=False))
    assert lines[0] == "filas 3, casos 3: nuevos 1, ya estaban 0, omitidos 2"
    assert "prueba: no se escribió nada" in lines
    assert any("“Nadie” (fila 4, Company: Nadie)" in line for line in lines)


def test_a_case_is_printed_as_it_would_look():
    case = FormerCase("A", 2, NOON, NOON + HOUR, restored_at=NOON, facts={"subject": "Sin enlace"})
    case.steps = [Step(NOON, "waiting", "customer", "On hold", "llave", "ana", reopens=True)]
    with translation.override("pt"):
        first, hours, step = example_lines(example_of(case, "Banco"))
    assert first == "A · Banco · - · Sin enlace"
    assert hours.strip() == "aberto 2024-04-13 12:00, restabelecido 2024-04-13 12:00, encerrado 2024-04-13 13:00 UTC"
    assert step.split("  ")[-3:] == ["reaberto: aguardando o cliente", "On hold", "llave"]
