"""The bench narrowed by its address, what hides everything, views kept under a name, and what is taken out."""

import csv
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guardia.cases import finding, queries, saved_views
from guardia.cases.case import Case
from guardia.cases.saved_views import DefaultView, SavedView
from guardia.config.now import now
from guardia.customers.customer import Customer
from guardia.people.setting_change import SettingChange
from guardia.people.staff import Role
from tests.desk.conftest import words
from tests.procedure.story import staff


@pytest.fixture
def case(story) -> Case:
    return story.open_case()


def shows(browser, case, **asked) -> bool:
    return f'href="/casos/{case.number}/"' in words(browser.get("/", asked))


def test_each_filter_of_the_address_keeps_what_fits_and_leaves_the_rest(story, case, engineer):
    fits = {
        "compania": ("austral", "Banco", str(story.bank.pk)),
        "ciudad": ("cuenca", "Azuay", "CUEN"),
        "impacto": ("down",),
        "etapa": ("diagnosis",),
        "ingeniero": (str(story.engineer.pk),),
        "vip": ("1",),
    }
    other = {
        "compania": ("hospital", str(story.other.pk), "999999999"),
        "ciudad": ("Quito", "Pichincha"),
        "impacto": ("degraded",),
        "etapa": ("execution",),
        "ingeniero": (str(story.colleague.pk), "0"),
        "vencidos": ("1",),
    }
    for name, values in fits.items():
        assert all(shows(engineer, case, **{name: value}) for value in values), name
    for name, values in other.items():
        assert not any(shows(engineer, case, **{name: value}) for value in values), name
    assert shows(engineer, case, compania="banco", vip="1", ciudad="cuenca")
    assert not shows(engineer, case, compania="banco", ciudad="quito")


def test_overdue_only_shows_what_has_broken(story, case, engineer):
    assert not shows(engineer, case, vencidos="1")
    Case.objects.filter(pk=case.pk).update(next_due_at=story.now)
    assert shows(engineer, case, vencidos="1")


@pytest.mark.parametrize(
    "asked",
    [
        {"impacto": "nothing", "etapa": "x", "ingeniero": "y", "vip": "2", "vencidos": "no"},
        {"compania": "\x00", "ciudad": "\x00", "guardada": "x"},
        {"guardada": "9" * 14, "ingeniero": "9" * 40},
    ],
)
def test_what_is_not_understood_is_left_out(case, engineer, asked):
    assert shows(engineer, case, **asked)


def test_odd_words_narrow_and_break_nothing(case, engineer):
    for odd in ("%", "'", "\\", "(((", "!!!", "ñ" * 300, "a" * 80, "&|:*"):
        assert engineer.get("/", {"compania": odd, "ciudad": odd}).status_code == 200, odd


def test_where_nothing_fits_the_page_names_what_hides_it_and_how_to_remove_it(case, engineer):
    page = words(engineer.get("/", {"compania": "banco", "etapa": "execution"}))
    assert "Nothing matches these filters." in page
    hidden = page.split("There are results without:")[1].split("Remove all filters")[0]
    assert "Stage: Execution" in hidden
    assert "Company" not in hidden
    assert 'href="/?compania=banco"' in hidden
    assert "No single filter hides it" in words(engineer.get("/", {"impacto": "degraded", "etapa": "execution"}))


def test_the_bar_keeps_what_is_written_in_it(story, case, engineer):
    page = words(engineer.get("/", {"compania": str(story.bank.pk), "orden": "impacto"}))
    assert 'value="Banco Austral"' in page
    assert '<input type="hidden" name="orden" value="impacto">' in page
    assert "Company: Banco Austral" in page
    assert '<b class="count">2</b>' not in page
    assert '<details class="filters">' in page


def test_the_poll_keeps_the_filters(case, engineer):
    assert 'hx-get="/?impacto=down&amp;vivo=1"' in words(engineer.get("/?impacto=down"))


@pytest.mark.parametrize("asked", [{"compania": "1"}, {"impacto": "down"}, {"ingeniero": "1"}, {"vencidos": "1"}])
def test_a_filter_reads_no_more_than_the_bench_does(story, case, asked):
    cases = finding.narrowed(queries.next_first(queries.promised(now(), "technical")), asked, now())[:51]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        sql, values = cases.query.sql_with_params()
        cursor.execute(f"EXPLAIN (COSTS OFF) {sql}", values)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert 'Seq Scan on "case"' not in plan, plan
    assert "Index" in plan


# --- saved views ---


def save(browser, name="Mis VIP", **asked):
    return browser.post("/vistas", {"name": name, "vip": "1", **asked}, follow=True)


def test_a_view_is_saved_stands_in_the_navigation_with_its_count_and_is_mine_alone(case, engineer, colleague):
    page = words(save(engineer))
    view = SavedView.objects.get()
    assert "“Mis VIP” is saved." in page
    assert view.asked == {"vip": "1"}
    assert f'href="/?vip=1&amp;guardada={view.pk}" aria-current="page" data-key="1"' in page
    assert '<span class="name">Mis VIP</span> <span class="count">1</span>' in page
    assert "Mis VIP" not in words(colleague.get("/"))


def test_views_are_counted_in_one_question_however_many(story, case, engineer):
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            engineer.get("/")
        return len(found)

    save(engineer)
    asked()
    one = asked()
    for number in range(8):
        saved_views.save({"impacto": "down"}, f"v{number}", by=story.engineer, at=now())
    assert asked() == one


def test_only_a_supervisor_shares_and_then_everybody_sees_it(story, case, engineer, sign_in):
    assert save(engineer, shared="1").status_code == 422
    supervisor = sign_in(story.supervisor)
    save(supervisor, "De la mesa", shared="1")
    assert "De la mesa" in words(engineer.get("/"))
    view = SavedView.objects.get()
    for step in ("nombre", "borrar", "compartir", "guardar"):
        assert engineer.post(f"/vistas/{view.pk}/{step}", {"name": "x"}).status_code == 422, step
    view.refresh_from_db()
    assert (view.name, view.deleted_at, view.shared) == ("De la mesa", None, True)
    assert SettingChange.objects.filter(noun="saved_view").count() == 1
    supervisor.post(f"/vistas/{view.pk}/compartir")
    assert "De la mesa" not in words(engineer.get("/"))


def test_somebody_elses_view_is_not_found(case, engineer, colleague):
    save(engineer)
    view = SavedView.objects.get()
    for step in ("nombre", "borrar", "primera", "recuperar", "nada"):
        assert colleague.post(f"/vistas/{view.pk}/{step}", {"name": "x"}).status_code == 404


def test_renamed_moved_deleted_and_taken_back(story, case, engineer):
    for name in ("a", "b", "c"):
        saved_views.save({"vip": "1"}, name, by=story.engineer, at=now())
    last = SavedView.objects.get(name="c")
    engineer.post(f"/vistas/{last.pk}/subir")
    engineer.post(f"/vistas/{last.pk}/subir")
    engineer.post(f"/vistas/{last.pk}/subir")
    assert [view.name for view in saved_views.visible_to(story.engineer)] == ["c", "a", "b"]
    engineer.post(f"/vistas/{last.pk}/bajar")
    assert [view.name for view in saved_views.visible_to(story.engineer)] == ["a", "c", "b"]
    engineer.post(f"/vistas/{last.pk}/nombre", {"name": "  nueva  vista "})
    page = words(engineer.post(f"/vistas/{last.pk}/borrar", follow=True))
    assert "“nueva vista” is deleted." in page
    assert f'action="/vistas/{last.pk}/recuperar"' in page
    assert saved_views.visible_to(story.engineer).count() == 2
    engineer.post(f"/vistas/{last.pk}/recuperar")
    assert "nueva vista" in words(engineer.get("/vistas"))


def test_a_name_is_needed_and_what_was_chosen_is_not_lost(case, engineer):
    answer = engineer.post("/vistas", {"name": "x" * 61, "vip": "1"})
    assert answer.status_code == 422
    assert "at most 60 characters" in words(answer)
    assert '<input type="hidden" name="vip" value="1">' in words(answer)
    assert engineer.post("/vistas", {"name": " "}).status_code == 422
    assert not SavedView.objects.exists()


def test_there_is_an_end_to_views(story, case, engineer):
    for number in range(saved_views.MOST):
        saved_views.save({}, str(number), by=story.engineer, at=now())
    answer = save(engineer)
    assert answer.status_code == 422
    assert "Delete one" in words(answer)


def test_the_day_begins_with_a_view_and_the_bench_is_still_there(case, engineer):
    save(engineer)
    view = SavedView.objects.get()
    engineer.post(f"/vistas/{view.pk}/primera")
    assert engineer.get("/").headers["Location"] == f"/?vip=1&guardada={view.pk}"
    page = words(engineer.get("/?vista=proximo"))
    assert 'href="/?vista=proximo"' in page
    assert engineer.get("/?vivo=1", headers={"hx-request": "true"}).status_code == 200
    engineer.post(f"/vistas/{view.pk}/borrar")
    assert engineer.get("/").status_code == 200
    engineer.post(f"/vistas/{view.pk}/recuperar")
    engineer.post(f"/vistas/{view.pk}/primera")
    assert not DefaultView.objects.exists()


def test_changed_filters_are_kept_in_the_view_they_came_from(case, engineer):
    save(engineer)
    view = SavedView.objects.get()
    page = words(engineer.get("/", {"vip": "1", "impacto": "down", "guardada": view.pk}))
    assert "Keep these filters in “Mis VIP”" in page
    engineer.post(f"/vistas/{view.pk}/guardar", {"vip": "1", "impacto": "down"})
    view.refresh_from_db()
    assert view.asked == {"vip": "1", "impacto": "down"}
    assert "Keep these filters" not in words(engineer.get("/", {"vip": "1", "impacto": "down", "guardada": view.pk}))


@pytest.mark.parametrize(
    "old",
    [
        {"impacto": "gone", "etapa": "gone", "vista": "gone", "area": "gone", "orden": "gone"},
        {"compania": "99999999", "ingeniero": "99999999"},
        {"vip": {"a": 1}, "etapa": ["x"], "area": 3, "vista": None},
        [],
        "x",
        {"\x01": "y", "compania": "\x1b(((" * 30},
    ],
)
def test_an_old_or_broken_view_never_breaks_the_page(story, case, engineer, old):
    view = saved_views.save({}, "vieja", by=story.engineer, at=now())
    SavedView.objects.filter(pk=view.pk).update(asked=old)
    saved_views.begin_with(view, by=story.engineer)
    assert engineer.get("/", follow=True).status_code == 200
    assert "vieja" in words(engineer.get("/vistas"))
    assert "vieja" in words(engineer.get("/paleta"))


def test_the_palette_lists_saved_views(story, case, engineer):
    view = saved_views.save({"vip": "1"}, "Bancos en Cuenca", by=story.engineer, at=now())
    found = words(engineer.get("/paleta?q=cuen"))
    assert f'href="/?vip=1&amp;guardada={view.pk}"' in found
    assert "Bancos en Cuenca" in found


# --- export ---


def test_what_is_shown_is_taken_out_as_csv_and_is_on_record(story, case, engineer):
    Customer.objects.filter(pk=story.bank.pk).update(name="=HYPERLINK(1)")
    Case.objects.filter(pk=case.pk).update(subject="-2+3")
    answer = engineer.post("/exportar", {"como": "csv", "impacto": "down"})
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert [row["Case"] for row in rows] == [case.display_number]
    assert (rows[0]["Company"], rows[0]["Subject"]) == ("'=HYPERLINK(1)", "'-2+3")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="guardia-')
    noted = SettingChange.objects.get(noun="export")
    assert (noted.by, noted.after["rows"], noted.after["format"]) == (story.engineer, 1, "csv")
    assert "impacto=down" in noted.after["asked"]
    empty = engineer.post("/exportar", {"como": "csv", "impacto": "degraded"}).content.decode("utf-8-sig")
    assert len(empty.strip().splitlines()) == 1


def test_the_workbook_holds_the_same_and_no_formula(story, case, engineer):
    Customer.objects.filter(pk=story.bank.pk).update(name="=1+1")
    book = ZipFile(BytesIO(engineer.post("/exportar", {"como": "xlsx"}).content))
    inside = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    assert case.display_number in inside
    assert "=1+1" in inside
    assert "<f>" not in inside


def test_no_more_is_taken_out_than_the_limit(story, case, engineer, monkeypatch):
    monkeypatch.setattr("guardia.web.desk.saved_views.MOST", 1)
    story.call = None
    story.case_is_registered("otra")
    rows = engineer.post("/exportar", {"como": "csv"}).content.decode("utf-8-sig").strip().splitlines()
    assert len(rows) == 2


def test_a_technician_takes_nothing_out_and_looking_takes_nothing(story, case, engineer, sign_in):
    assert sign_in(staff("técnico", Role.TECHNICIAN)).post("/exportar", {"como": "csv"}).status_code == 403
    assert engineer.get("/exportar").status_code == 405
    assert not SettingChange.objects.filter(noun="export").exists()
