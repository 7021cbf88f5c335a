"""Cases like one in front: what is found by kinship and by words as a NOC writes them, and in which order it comes."""

from datetime import timedelta

import pytest
from django.db import connection

from guardia.cases import similar_cases as module
from guardia.cases.case import Case
from guardia.cases.similar_cases import Question, similar_cases
from guardia.cases.stages.registration import Report
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers.customer import Service, Site
from guardia.network.element import Element, ServiceElement
from guardia.outages.outage import Outage
from guardia.web.desk.clock import stood
from tests.desk.conftest import words


class Past:
    """Closed cases of the past, each said in a line."""

    def __init__(self, story) -> None:
        self.story = story
        self.at = now()
        self.far = self.service_at("sucursal norte", "ENL-0900", story.other)

    def service_at(self, site: str | Site, circuit: str, company=None) -> Service:
        company = company or self.story.bank
        if isinstance(site, str):
            site = Site.objects.create(customer=company, name=site, city=self.story.site.city)
        return Service.objects.create(
            customer=site.customer, site=site, circuit=circuit, folded_circuit=circuit.lower(), type="Enlace"
        )

    def closed(self, symptoms: str, *, service=None, days_ago: float = 100, hours: float = 2, **columns) -> Case:
        opened = self.at - timedelta(days=days_ago)
        case = Case.register(Report(service or self.far, symptoms), by=self.story.by, at=self.story.now)
        columns = {"solution": "se cambió la pieza", "status": "closed", **columns}
        ended = opened + timedelta(hours=hours)
        Case.objects.filter(pk=case.pk).update(
            **{"opened_at": opened, "closed_at": ended, "restored_at": ended, "affected_seconds": hours * 3600}
            | columns
        )
        return Case.objects.get(pk=case.pk)

    def like(self, report: str = "", **question) -> list[Case]:
        return [one.case for one in similar_cases(Question(self.at, report=report, **question))]

    @property
    def here(self) -> dict:
        return {"service_id": self.story.service.pk, "site_id": self.story.site.pk}


@pytest.fixture
def past(story) -> Past:
    return Past(story)


# --- words -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("report", "before"),
    [
        ("Sin luz en el local desde las 10", "Hubo un corte eléctrico en el sector"),
        ("Se fue la luz en la agencia", "Falla de energía de la empresa eléctrica"),
        ("Sem energia no local", "Apagón general"),
        ("Power outage at the branch", "corte de energia del sector"),
        ("Fibra cortada por una obra", "Corte de la fibra en el poste 14"),
        ("Reportan rotura de fibra", "cortaron fibra en Av. Loja"),
        ("Fiber cut near the exchange", "Fibra rota a 1,2 km"),
        ("Rompimento de fibra na rodovia", "fibra cortada en la vía"),
        ("No navegan desde las 8", "Enlace caído"),
        ("Sin servicio en la matriz", "Se cayó el enlace, no navega"),
        ("Estamos fora do ar", "El enlace está down"),
        ("Microcortes toda la mañana", "Servicio intermitente"),
        ("El internet va y viene", "Intermitencias por la noche"),
        ("Link flapping", "enlace inestable"),
        ("Internet muy lento", "Enlace saturado, alta latencia"),
        ("Pierden paquetes: pérdida de paquetes del 30 %", "packet loss to the head office"),
        ("Se robaron el cable del poste", "Hurto de cable"),
    ],
)
def test_what_the_trade_says_in_several_ways_is_the_same(past, report, before):
    found, other = past.closed(before), past.closed("Cambio de contraseña del equipo")
    assert past.like(report) == [found]
    assert other not in past.like(report)


@pytest.mark.parametrize(
    ("report", "before"),
    [
        ("atenuacion en el patchcord", "Atenuación alta, patchcord sucio"),
        ("migracion del nodo Turi", "Migración nocturna en el nodo Turi"),
        ("Avería del tarjetero óptico", "averia en tarjetero optico"),
        ("telefonia IP sin audio", "Telefonía IP: no hay audio"),
        ("Sesión BGP abajo en Zamora", "sesiones BGP abajo, Zamora"),
    ],
)
def test_accents_and_plurals_do_not_matter(past, report, before):
    found = past.closed(before)
    assert past.like(report) == [found]


def test_what_stands_in_every_report_makes_no_two_alike(past):
    past.closed("Cliente reporta problema con el servicio desde hoy, buenos días")
    assert past.like("Buenos días, cliente reporta problemas de servicio en la sede desde ayer") == []


def test_one_word_that_is_neither_rare_nor_of_the_trade_is_not_enough(past):
    found = past.closed("Antena desalineada por el viento")
    assert past.like("Antena nueva en bodega") == []
    assert past.like("Otra vez la antena, hubo mucho viento") == [found]


@pytest.mark.parametrize(
    "report", ["", "%", "'", "a & | !", "\\", ":*", "<->", "ﷺ ñ ß ŉ", "%(most)s", "x" * 5000, "9" * 50]
)
def test_whatever_is_typed_has_an_answer(past, report):
    past.closed("Fibra cortada")
    assert past.like(report) == []


# --- rank ------------------------------------------------------------------------------------------------------------
def test_service_before_element_before_site_before_cause_before_words(past, story):
    element = Element.objects.create(code="OLT-CUE-01", folded_code="olt-cue-01", name="OLT Cuenca", kind="node")
    on_element = past.service_at("sucursal sur", "ENL-0300")
    for service in (story.service, on_element):
        ServiceElement.objects.create(customer=service.customer, service=service, element=element)
    words_only = past.closed("Fibra cortada en el poste de la esquina", days_ago=31)
    of_cause = past.closed("Nada responde", cause="conector sulfatado", days_ago=32)
    of_site = past.closed("Otra cosa", service=past.service_at(story.site, "ENL-0043"), days_ago=33)
    of_element = past.closed("Otra cosa más", service=on_element, days_ago=34)
    of_service = past.closed("Equipo apagado", service=story.service, days_ago=35)
    found = similar_cases(
        Question(past.at, **past.here, report="Fibra cortada en poste", cause="Conector sulfatado en la ODF")
    )
    assert [one.case for one in found] == [of_service, of_element, of_site, of_cause, words_only]
    assert [one.elements for one in found[:2]] == [["OLT-CUE-01"], ["OLT-CUE-01"]]
    assert [one.same_site for one in found] == [True, False, True, False, False]
    assert set(found[3].cause_words) == {"conector", "sulfatado"}
    assert set(found[4].words) == {"fibra cortada", "poste"}


def test_of_one_service_what_shares_words_comes_first_then_what_held_then_the_newest(past, story):
    mine = story.service
    oldest = past.closed("Router colgado", service=mine, days_ago=400)
    did_not_hold = past.closed("Router colgado", service=mine, days_ago=300)
    past.closed("Antena caída", service=mine, days_ago=280)  # within thirty days of the one before
    newer = past.closed("Router colgado", service=mine, days_ago=200)
    found = similar_cases(Question(past.at, **past.here, report="El router está colgado"))
    assert [one.case for one in found[:3]] == [newer, oldest, did_not_hold]
    assert [one.returned_after and one.returned_after.days for one in found[:3]] == [None, None, 19]


def test_a_fault_that_is_asked_about_says_itself_that_the_last_solution_did_not_hold(past, story):
    past.closed("Router colgado", service=story.service, days_ago=4, hours=24)
    (found,) = similar_cases(Question(past.at, **past.here))
    assert found.returned_after == timedelta(days=3)
    assert found.took == timedelta(hours=24)


def test_what_says_more_of_the_same_comes_first(past):
    less = past.closed("Tarjeta quemada", days_ago=40)
    more = past.closed("Tarjeta quemada por una descarga atmosférica", days_ago=90)
    assert past.like("descarga atmosferica, tarjeta quemada") == [more, less]


def test_no_more_than_five(past):
    cases = [past.closed("Fibra cortada", days_ago=50 + n) for n in range(8)]
    assert past.like("Fibra cortada") == cases[:5]


def test_of_one_mass_outage_no_more_than_one_and_of_the_own_none(past, story):
    outage = Outage.objects.create(
        number=7, name="Nodo Turi", state="ended", origin="person", started_at=past.at, procedure_version=story.version
    )
    alone = past.closed("Fibra cortada", days_ago=90)
    newest, _ = (past.closed("Fibra cortada", days_ago=50 + n, part_of=outage) for n in range(2))
    assert past.like("Fibra cortada") == [newest, alone]
    assert past.like("Fibra cortada", outage_id=outage.pk) == [alone]


@pytest.mark.parametrize(
    "columns",
    [
        {"solution": ""},
        {"status": "cancelled"},
        {"closed_at": None, "status": "resolved"},
        {"desk": "billing"},
    ],
)
def test_what_teaches_nothing_is_left_out(past, story, columns):
    case = past.closed("Fibra cortada", service=story.service)
    assert past.like("Fibra cortada", **past.here) == [case]
    Case.objects.filter(pk=case.pk).update(**columns)
    assert past.like("Fibra cortada", **past.here) == []


def test_the_case_itself_is_left_out(past, story):
    case = past.closed("Fibra cortada", service=story.service)
    assert past.like("Fibra cortada", **past.here, case_id=case.pk) == []


# --- an old past -----------------------------------------------------------------------------------------------------
def test_a_rare_word_is_found_however_long_ago_and_a_common_one_among_the_newest(past, monkeypatch):
    """The newest cases are looked through; what they hold too seldom is looked up in the index of words."""
    for name, size in {"LATELY": 4, "FEW": 2, "COMMON_IN": 2, "RARE_IN": 4}.items():
        monkeypatch.setattr(module, name, size)
    old = past.closed("Magnetrón fundido en el radioenlace", days_ago=900)
    paired = past.closed("Repetidora inundada", days_ago=800)
    for n in range(4):
        past.closed(f"Modulador x{n}", days_ago=100 + n)
    assert past.like("magnetron") == [old]
    assert past.like("La repetidora está inundada") == [paired]
    assert past.like("modulador") == []  # in every one of the newest: it tells nothing


# --- who may ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", [DatabaseRole.PORTAL, DatabaseRole.PORTAL_ACTS, DatabaseRole.WORKER])
def test_nobody_but_the_desk_gets_any(past, story, role):
    own = past.closed("Fibra cortada", service=story.service)
    assert past.like("Fibra cortada", **past.here) == [own]
    with behind(role, story.bank.pk) if role != DatabaseRole.WORKER else behind(role):
        assert past.like("Fibra cortada", **past.here) == []


def test_other_questions_are_planned_as_before(past):
    past.closed("Fibra cortada")
    past.like("Fibra cortada")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('plan_cache_mode'), current_setting('enable_seqscan')")
        assert cursor.fetchone() == ("auto", "on")


# --- the desk --------------------------------------------------------------------------------------------------------
def test_the_page_of_a_case_asks_for_them_and_the_list_says_why(engineer, past, story):
    story.open_case()
    old = past.closed("No navega", cause="SFP dañado", plan="cambiar el SFP", solution="se cambió el SFP", hours=1.5)
    past.closed("Equipo colgado", service=story.service, days_ago=10)
    page = words(engineer.get(f"/casos/{story.number}/"))
    assert f"/casos/{story.number}/parecidos" in page
    assert "SFP" not in page
    listed = words(engineer.get(f"/casos/{story.number}/parecidos?vivo=1", headers={"hx-request": "true"}))
    for said in ("same service", "failed again after 9 days", "same words: no tienen servicio", "SFP dañado"):
        assert said in listed
    assert stood(timedelta(minutes=90)) in listed
    assert old.display_number in listed
    assert words(engineer.get(f"/casos/{story.number}/parecidos")).count("SFP dañado") == 1


def test_its_cause_and_plan_go_into_the_diagnosis_below_what_is_written(engineer, past, story):
    story.open_case()
    old = past.closed("No navega", cause="SFP dañado", plan="cambiar el SFP", plan_kind="visit")
    form = f"/casos/{story.number}/diagnostico?como={old.number}"
    assert form in words(engineer.get(f"/casos/{story.number}/parecidos"))
    page = words(engineer.get(form))
    assert "SFP dañado</textarea>" in page
    assert "cambiar el SFP</textarea>" in page
    draft = {"draft": f"caso:{story.number}:diagnostico", "cause": "quizá óptica", "plan": ""}
    engineer.post("/borradores", draft)
    page = words(engineer.get(form))
    assert "quizá óptica\nSFP dañado</textarea>" in page


def test_beside_the_form_of_a_new_case_they_follow_service_and_words(engineer, past, story):
    past.closed("Fibra cortada en el poste", solution="se empalmó")
    past.closed("Equipo colgado", service=story.service, solution="se reinició el equipo")
    page = words(engineer.get(f"/casos/nuevo?compania={story.bank.pk}"))
    assert "/casos/nuevo/parecidos" in page
    by_words = words(engineer.get("/casos/nuevo/parecidos", {"symptoms": "Fibra cortada"}))
    assert "se empalmó" in by_words
    assert "se reinició" not in by_words
    both = words(engineer.get("/casos/nuevo/parecidos", {"symptoms": "Fibra cortada", "service": story.service.pk}))
    assert both.index("se reinició") < both.index("se empalmó")
    for odd in ({"service": "x"}, {"symptoms": "\0"}, {}):
        assert "No closed case resembles this one" in words(engineer.get("/casos/nuevo/parecidos", odd))


def test_a_request_has_none(engineer, story):
    case = story.open_case()
    Case.objects.filter(pk=case.pk).update(desk="billing", stage="taken")
    assert "parecidos" not in words(engineer.get(f"/casos/{case.number}/"))
