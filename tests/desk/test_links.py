"""Linked cases on their pages: linked by number or from the list, unlinked and back, a duplicate ended."""

import pytest

from guardia.cases import linking
from guardia.cases.case import Case
from guardia.cases.links import CaseLink
from tests.desk.conftest import words


@pytest.fixture
def two(story) -> tuple[Case, Case]:
    first = story.open_case()
    story.call = None
    second = story.case_is_registered("sin enlace en la agencia")
    return Case.objects.get(pk=first.pk), Case.objects.get(pk=second.pk)


def page_of(browser, case) -> str:
    return words(browser.get(f"/casos/{case.number}/"))


def send(browser, case, act, **fields):
    return browser.post(f"/casos/{case.number}/{act}", fields, follow=True)


def test_the_form_offers_the_open_cases_of_the_place(two, engineer):
    first, second = two
    form = words(engineer.get(f"/casos/{first.number}/vincular"))
    assert f'value="{second.number}"' in form
    assert "this can be undone" in form


@pytest.mark.parametrize("field", ["number", "chosen"])
def test_both_pages_show_the_link_and_both_logs_tell_it(two, engineer, field):
    first, second = two
    said = {"number": second.display_number, "chosen": str(second.number)}[field]
    send(engineer, first, "vincular", **{field: said})
    for one, other in (two, two[::-1]):
        page = page_of(engineer, one)
        assert f'href="/casos/{other.number}/"' in page
        assert f"related to {other.display_number}" in page
        assert "Remove the link" in page


def test_a_link_removed_can_be_put_back_at_once(two, engineer):
    first, second = two
    send(engineer, first, "vincular", number=second.display_number)
    page = words(send(engineer, first, "desvincular", link=CaseLink.objects.get().pk))
    assert "Undo" in page
    assert f'action="/casos/{first.number}/vincular"' in page
    assert not linking.links_of(first).exists()
    send(engineer, first, "vincular", number=second.display_number)
    assert linking.links_of(first).count() == 1


def test_a_number_that_is_wrong_comes_back_with_what_to_do(two, engineer):
    for number, sentence in (("104-000-1", "no case with the number"), (two[0].display_number, "this same case")):
        answer = send(engineer, two[0], "vincular", number=number)
        assert answer.status_code == 409
        assert sentence in words(answer)
        assert number in words(answer)
    assert send(engineer, two[0], "vincular").status_code == 422


def test_before_it_ends_the_form_says_that_it_cannot_be_opened_again(two, engineer):
    form = words(engineer.get(f"/casos/{two[1].number}/duplicado"))
    assert "cannot be opened again" in form
    assert "Notifies" in form


def test_the_letter_is_seen_before_with_the_other_number(two, engineer):
    first, second = two
    fields = {"number": str(first.number), "reason": "la misma"}
    letter = words(engineer.post(f"/casos/{second.number}/vista/duplicado", fields))
    assert first.display_number in letter
    assert "Please follow that case" in letter


def test_a_duplicate_is_reached_from_the_case_that_goes_on(two, engineer):
    first, second = two
    send(engineer, first, "duplicado", number=second.display_number, reason="la misma caída")
    goes_on, ended = page_of(engineer, second), page_of(engineer, first)
    assert "Its duplicate" in goes_on
    assert "1 call" in goes_on
    assert "This case continues as" in ended
    assert f"duplicate of {second.display_number}" in ended
    assert "Remove the link" not in goes_on + ended
    assert f"/casos/{first.number}/vincular" in ended


def test_a_new_case_like_this_one_asks_for_the_fault_anew(story, two, engineer):
    first = two[0]
    Case.objects.filter(pk=first.pk).update(site_contact="Jefa de agencia", call_back_number="07 555 0148")
    page = page_of(engineer, first)
    href = f"/casos/nuevo?compania={first.customer_id}&amp;service={first.service_id}&amp;como={first.number}"
    assert href in page
    form = words(engineer.get(href.replace("&amp;", "&")))
    assert "Jefa de agencia" in form
    assert "07 555 0148" in form
    assert first.symptoms not in form.split('name="symptoms"')[1].split("</textarea>")[0]


@pytest.mark.parametrize("like", ["", "x", "0", "9" * 40, "104-000-1", "\x00"])
def test_like_nothing_is_a_new_case(two, engineer, like):
    company = two[0].customer_id
    assert engineer.get("/casos/nuevo", {"compania": company, "como": like}).status_code == 200


def test_a_case_of_another_company_lends_nothing(story, two, engineer):
    Case.objects.filter(pk=two[0].pk).update(site_contact="Jefa de agencia")
    page = words(engineer.get("/casos/nuevo", {"compania": story.other.pk, "como": two[0].number}))
    assert "Jefa de agencia" not in page


def test_p7_another_fault_of_a_closed_case_is_a_new_case_that_is_linked_to_it(story, engineer):
    story.open_case()
    story.case.cancel("abierto por error", by=story.by, at=story.now)
    old = story.case
    asked = f"/casos/nuevo?compania={story.bank.pk}&service={story.service.pk}&vinculado={old.number}"
    form = engineer.get(asked).content.decode()
    assert f"vinculado={old.number}" in form
    fields = {"service": story.service.pk, "symptoms": "otra falla", "impact": "down"}
    assert engineer.post(asked, fields).status_code == 302
    new = Case.objects.latest("pk")
    assert new.pk != old.pk
    assert CaseLink.objects.filter(ended_at=None, case__in=[old, new], other__in=[old, new]).count() == 1
