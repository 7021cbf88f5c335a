"""Every other form, every question in an address, every file: nonsense is refused whole, odd text is kept as it is."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from guardia.cases.case import Case
from guardia.cases.draft import Draft
from guardia.customers.customer import Service, Site
from guardia.customers.importing.columns import KINDS
from guardia.field.crew import Crew
from tests.breaking.browser import changed, on_record, taken_back, whole
from tests.breaking.poison import IN_ADDRESSES, NONSENSE, STORABLE, rotated
from tests.examples import costly_part
from tests.procedure.story import Story

SITE_TEXTS = {"name": "s", "address": "a", "contact_on_site": "c", "access_hours": "h"}
ROTA = {"every_days": "7", "starts_on": "2026-11-02", "turns_at": "08:00", "zone": "America/Guayaquil", "reason": "r"}
COVER = {"start": "2026-11-02T08:00", "end": "2026-11-03T08:00", "reason": "r"}
DECREE = {"day": "2026-12-02", "kind": "rest", "reason": "r"}
LETTERHEAD = {"sender": "s", "heading": "h", "footer": "f", "colour": "", "no_logo": "on", "reason": "r"}
PERSON = {"username": "nueva", "name": "n", "email": "a@example.com", "role": "engineer", "language": "es"}


def forms(story: Story) -> dict[str, tuple[dict[str, object], set[str]]]:
    """Right fields of each form, and which of them are free text."""
    bank, crew = f"/companias/{story.bank.pk}", Crew.objects.create(name="cuadrilla 1")
    company = {"name": "x", "language": "es", "crm_number": "1", "carrier_number": "2", "external_id": "E-1"}
    contact = {"title": "Ing.", "name": "n", "position": "p", "email": "", "phones": "", "language": "es"}
    site = {**SITE_TEXTS, "city": story.site.city_id, "own_band": "", "own_zone": "", "own_reason": ""}
    service = {"circuit": "C-9", "type": "t", "capacity": "c", "site": story.site.pk, "to_test": "x"}
    target = {
        "service": story.service.pk,
        "kind": "tcp",
        "address": "192.0.2.1",
        "port": "443",
        "asks": "",
        "expects": "",
    }
    case = {"service": story.service.pk, "symptoms": "s", "impact": "down", "since": "", "reporter_name": "r"}
    texts = {"call_back_number", "site_contact", "access_hours"}
    return {
        "/companias/nuevo": (company, {"name", "crm_number", "carrier_number", "external_id"}),
        f"{bank}/editar": (company, {"name", "crm_number", "carrier_number", "external_id"}),
        f"{bank}/contactos/nuevo": (contact, {"title", "name", "position"}),
        f"{bank}/contactos/{story.head.pk}/editar": (contact, {"title", "name", "position"}),
        f"{bank}/sedes/nuevo": (site, {*SITE_TEXTS}),
        f"{bank}/sedes/{story.site.pk}/editar": (site, {*SITE_TEXTS}),
        f"{bank}/servicios/nuevo": (service, {"circuit", "type", "capacity", "to_test"}),
        f"{bank}/servicios/{story.service.pk}/editar": (service, {"circuit", "type", "capacity", "to_test"}),
        f"{bank}/pruebas/nuevo": (target, {"asks", "expects"}),
        "/ciudades/nuevo": ({"name": "n", "province": "p", "band": "main", "zone": "America/Guayaquil"}, {"name"}),
        "/cuadrillas/nuevo": ({"name": "n", "phone": "", "base": "b"}, {"name", "base"}),
        f"/cuadrillas/{crew.pk}/editar": (
            {"name": "n", "phone": "", "base": "b", "contractor": "c", "plate": "p", "tools": "t", "email": ""},
            {"name", "base", "contractor", "tools"},
        ),
        f"/cuadrillas/{crew.pk}/personas/nuevo": ({"name": "n", "document": "1", "phone": ""}, {"name", "document"}),
        "/personas/nuevo": ({**PERSON, "password": "x"}, set()),
        "/ajustes/niveles/1": ({"phone": "02 555 0100", "phone_name": "n", "reason": "r"}, {"phone_name", "reason"}),
        "/ajustes/rotaciones/1/1": ({**ROTA, "members": story.colleague.pk}, {"reason"}),
        "/ajustes/rotaciones/1/1/reemplazo": ({**COVER, "staff": story.colleague.pk}, {"reason"}),
        "/ajustes/calendario/dia": ({**DECREE, "hacer": "1"}, {"reason"}),
        "/ajustes/calendario/canton": ({"canton": "Quito", "reason": "r", "hacer": "1"}, {"reason"}),
        "/ajustes/matriz/editar": ({"step-diagnosis-2": "15 min", "answer-1": "8 min", "publicar": "1"}, {"reason"}),
        "/ajustes/horarios/office/editar": ({"monday": "08:00-17:00", "publicar": "1"}, {"reason"}),
        "/ajustes/membrete": (LETTERHEAD, {"sender", "heading", "footer", "reason"}),
        "/ajustes/membrete/vista?oscuro": (LETTERHEAD, {"sender", "heading", "footer"}),
        "/trabajos/nuevo": (
            work_form(story),
            {"name", "what_es", "what_en", "what_pt", "carrier", "carrier_reference"},
        ),
        "/llamadas/timbra": ({"from_number": "", "line": "1800"}, {"line"}),
        "/casos/nuevo": ({**case, **dict.fromkeys(texts, "x")}, {"symptoms", "reporter_name", *texts}),
        "/borradores": ({"draft": "caso:1:nota", "text": "t", "next": ""}, {"text", "next"}),
        "/aspecto": ({"theme": "dark", "density": "compact", "shortcuts": "on"}, {"theme"}),
        "/vistas": ({"name": "n", "compania": "c", "ciudad": "q", "vista": "mios"}, {"name", "compania", "ciudad"}),
        "/exportar": ({"como": "csv", "compania": "c", "etapa": "execution"}, {"compania"}),
        "/tomar": ({"case": str(story.number)}, {"case"}),
        f"/casos/{story.number}/unir": ({"call": "1"}, {"call"}),
    }


def work_form(story: Story) -> dict[str, object]:
    texts = dict.fromkeys(("name", "what_es", "what_en", "what_pt", "carrier", "carrier_reference"), "x")
    day = (story.now + timedelta(days=9)).strftime("%d/%m/%Y")
    hours = {"starts": f"{day} 02:00", "ends": "06:00", "minutes": "30"}
    return {**texts, **hours, "circuits": story.service.circuit, "element": "", "needs_agreement": "on"}


def without_what_is_not_printed(fields: dict) -> dict:
    """The companies' forms refuse control characters, which no list can show."""
    return {name: str(value).replace("\x1b", "").replace("\x07", "") for name, value in fields.items()}


def test_nonsense_is_refused_and_changes_nothing(story, administrator):
    story.open_case()
    for number, (place, (fields, _)) in enumerate(forms(story).items()):
        for turn in costly_part(range(0, len(NONSENSE), 10), number):
            with taken_back():
                before = on_record()
                answer = administrator.send(place, rotated(fields, NONSENSE, turn + len(place)))
                assert answer.status_code < 400 or changed(before) == [], (place, turn)


def test_odd_text_is_kept_and_shown_as_it_was_written(story, administrator):
    story.open_case()
    for place, (fields, texts) in forms(story).items():
        for turn in (0, 4):
            odd = {**fields, **rotated(sorted(texts), STORABLE, turn + len(place))}
            answer = administrator.send(place, without_what_is_not_printed(odd))
            assert answer.status_code in {200, 302, 422}, (place, turn)
    pages = ("/", "/llamadas/", "/companias/", f"/companias/{story.bank.pk}/", "/ciudades/", "/cuadrillas/")
    shown = "".join(administrator.get(page).content.decode() for page in pages)
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert" in shown
    whole()


QUESTIONS = (
    "/buscar?q={}",
    "/?vista={}&orden={}&desde={}",
    "/?compania={}&ciudad={}&impacto={}&etapa={}",
    "/?ingeniero={}&vip={}&vencidos={}&guardada={}",
    "/casos/nuevo?compania=COMPANY&como={}",
    "/casos/NUMBER/desvincular?link={}",
    "/companias/?q={}",
    "/companias/?ver={}&pagina={}",
    "/ciudades/?q={}&banda={}",
    "/ajustes/membrete/vista?version={}",
    "/informes/?mes={}",
    "/trabajos?mes={}",
    "/trabajos/{}",
    "/trabajos/{}/avisados.xlsx",
    "/estado?lang={}",
    "/estado.atom?lang={}",
    "/c/trabajo/{}",
    "/informes/?compania={}",
    "/informes/?plazo={}",
    "/informes/2026-11.xlsx?compania={}",
    "/informes/{}.xlsx",
    "/despacho?ver={}&especialidad={}",
    "/casos/NUMBER/acuerdo?crew={}",
    "/casos/nuevo?q={}",
    "/casos/nuevo?llamada={}",
    "/casos/nuevo?compania={}",
    "/casos/nuevo?compania=COMPANY&service={}&since={}",
    "/casos/nuevo/al-lado?compania=COMPANY&service={}&since={}&impact={}&reporter={}",
    "/casos/NUMBER/?bitacora={}&lineas={}",
    "/casos/NUMBER/vivo?seen={}",
    "/casos/NUMBER/{}",
    "/companias/{}/",
    "/companias/COMPANY/contactos/{}/editar",
    "/companias/importar?de={}",
    "/companias/importar/{}.csv",
    "/procedimiento?lang={}",
    "/entrar?next={}",
    "/demo/correo/{}",
    "/static/{}",
    "/{}",
)


def test_a_question_that_makes_no_sense_is_answered(story, administrator, settings):
    settings.DEMO = True
    story.open_case()
    for number, question in enumerate(QUESTIONS):
        place = question.replace("NUMBER", str(story.number)).replace("COMPANY", str(story.bank.pk))
        for poison in costly_part(IN_ADDRESSES[len(question) % 3 :: 3], number):
            answer = administrator.ask(place, poison)
            assert answer.status_code in {200, 301, 302, 304, 400, 403, 404, 422}, (question, poison)
            assert b"<script>alert" not in answer.content, (question, poison)


def test_ids_of_another_company_open_nothing(story, administrator):
    theirs = Site.objects.create(customer=story.other, name="bodega", city=story.site.city)
    circuit = Service.objects.create(customer=story.other, site=theirs, circuit="X-1", folded_circuit="x-1")
    before, bank = on_record(), f"/companias/{story.bank.pk}"
    for place in (f"contactos/{story.stranger.pk}", f"sedes/{theirs.pk}", f"servicios/{circuit.pk}"):
        assert administrator.get(f"{bank}/{place}/editar").status_code == 404
        assert administrator.post(f"{bank}/{place}/editar", {"name": "x"}).status_code == 404
        assert administrator.post(f"{bank}/{place}/desactivar").status_code == 404
    moved = {"circuit": "ENL-0042", "type": "", "capacity": "", "to_test": "", "site": theirs.pk}
    assert administrator.post(f"{bank}/servicios/{story.service.pk}/editar", moved).status_code == 422
    report = {"service": circuit.pk, "symptoms": "s", "impact": "down"}
    assert administrator.post(f"/casos/nuevo?compania={story.bank.pk}", report).status_code == 422
    assert changed(before) == []


def files(sample: str) -> list[bytes]:
    """The sample, damaged in every way a file is damaged."""
    head, row, *_ = sample.split("\r\n")
    cut = [sample.encode()[:length] for length in (0, 1, 3, len(head) + 5, -3)]
    coded = [sample.encode(code, "replace") for code in ("utf-16", "utf-16-le", "cp1252", "utf-32", "utf-7")]
    marks = ["sep=", "sep=;\n", 'sep="\n', "sep=\0\n", "sep=é\n", "\r\n\r\n", "=cmd|' /C calc'!A0;"]
    cells = row.lstrip("\ufeff").split(";")
    worse = ["\0", "\ud800", "😀", "=1+1", "%(x)s {0}", "x" * 300, "x" * 200_000, "9" * 5000, "<script>", "\u2028", '"']
    rows = [";".join([*cells[:place], bad, *cells[place + 1 :]]) for place, bad in enumerate(worse)]
    bodies = [mark + sample for mark in marks] + [f"{head}\r\n{bad}\r\n" for bad in rows]
    return [*cut, *coded, *(body.encode("utf-8", "surrogatepass") for body in bodies), b"PK\x03\x04", b"\xff\xfe\x00"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_looked_at_without_a_trace_and_brought_once(story, administrator, kind):
    story.bank.external_id = "C-001"
    story.bank.save()
    for content in costly_part(files(KINDS[kind].sample()), [*KINDS].index(kind)):
        with taken_back():
            before, sent = on_record(), {"kind": kind, "file": SimpleUploadedFile("a.csv", content)}
            assert administrator.post("/companias/importar", sent).status_code in {200, 422}
            assert changed(before) == []
            if draft := Draft.objects.filter(key="import").first():
                place = f"/companias/importar/{kind}/{draft.pk}"
                assert administrator.post(place).status_code == 302
                brought = on_record()
                assert administrator.post(place).status_code == 404
                assert changed(brought) == []


def test_a_file_that_waits_is_nobody_elses_and_no_draft(story, administrator, supervisor):
    content = SimpleUploadedFile("a.csv", KINDS["companies"].sample().encode())
    administrator.post("/companias/importar", {"kind": "companies", "file": content})
    waiting, before = Draft.objects.get(key="import"), on_record()
    assert supervisor.post(f"/companias/importar/companies/{waiting.pk}").status_code == 404
    forged = {"draft": "import", "kind": "nothing", "content": "no base64"}
    assert administrator.post("/borradores", forged).status_code == 400
    assert Draft.objects.get(key="import").fields == waiting.fields
    assert changed(before) == []


def test_a_new_case_pressed_twice_is_one(story, supervisor):
    report = {"service": story.service.pk, "symptoms": "No hay servicio", "impact": "down"}
    first, second = supervisor.post("/casos/nuevo", report), supervisor.post("/casos/nuevo", report)
    assert first.headers["Location"] == second.headers["Location"]
    assert Case.objects.count() == 1
    supervisor.post("/casos/nuevo", {**report, "symptoms": "Otra cosa"})
    assert Case.objects.count() == 2
    whole()
