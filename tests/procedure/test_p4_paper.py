"""P4: what a visit leaves on paper: the parts that were put in, and who of the company signed for the work."""

import pytest

from guardia.cases.refusals import BadQuantity, FileOfAnotherCase, Missing, TooMany
from guardia.evidence.files import CaseFile
from tests.procedure.test_p4_several_visits import at_work, visits

__all__ = ["at_work"]


def test_p4_parts_used_are_the_whole_list_of_the_visit(at_work):
    first = [{"name": " transceptor SFP ", "quantity": "2", "serial": "FN-2210, FN-2211"}]
    event = at_work.case.use_parts(first, by=at_work.by, at=at_work.now)
    assert visits(at_work)[0].parts_used == [{"name": "transceptor SFP", "quantity": 2, "serial": "FN-2210, FN-2211"}]
    assert at_work.case.use_parts(first, by=at_work.by, at=at_work.now).pk == event.pk
    at_work.case.use_parts([*first, {"name": "fibra, m", "quantity": "12,5"}], by=at_work.by, at=at_work.now)
    assert [part["quantity"] for part in visits(at_work)[0].parts_used] == [2, 12.5]
    assert at_work.case.latest("parts_used").texts.get().text.endswith("12.5 × fibra, m")
    at_work.nobody_is_told()


@pytest.mark.parametrize("quantity", ["0", "-1", "dos", "", None, "nan", "1e9"])
def test_p4_each_part_has_a_quantity_above_zero(at_work, quantity):
    with pytest.raises(BadQuantity, match="P4") as refused:
        at_work.case.use_parts([{"name": "SFP", "quantity": quantity}], by=at_work.by, at=at_work.now)
    assert refused.value.field == "parts"


def test_p4_a_part_has_a_name_and_a_list_an_end(at_work):
    with pytest.raises(Missing):
        at_work.case.use_parts([{"name": " ", "quantity": 1}], by=at_work.by, at=at_work.now)
    with pytest.raises(Missing):
        at_work.case.use_parts([], by=at_work.by, at=at_work.now)
    with pytest.raises(TooMany):
        at_work.case.use_parts([{"name": "SFP", "quantity": 1}] * 61, by=at_work.by, at=at_work.now)


def test_p4_somebody_of_the_company_signs_for_the_work(at_work):
    def signs(**more):
        return at_work.case.sign_visit("Encargada", "Administración", by=at_work.by, at=at_work.now, **more)

    picture = signature_on(at_work.case, at_work.now)
    event = signs(signature=picture)
    visit = visits(at_work)[0]
    assert (visit.signed_by, visit.signed_position, visit.signature) == ("Encargada", "Administración", picture)
    assert signs().pk == event.pk, "said again without its picture it is the same signature"
    assert "Encargada" not in str(event.data)
    with pytest.raises(Missing):
        at_work.case.sign_visit(" ", "", by=at_work.by, at=at_work.now)


def test_p4_a_signature_of_another_case_is_none(at_work):
    mine = at_work.case
    at_work.open_case()
    other = signature_on(at_work.case, at_work.now)
    with pytest.raises(FileOfAnotherCase):
        mine.sign_visit("Encargada", "", by=at_work.by, at=at_work.now, signature=other)


def signature_on(case, at) -> CaseFile:
    return CaseFile.objects.create(
        customer_id=case.customer_id, case=case, name="firma.png", type="image/png", size=9, sha256="0" * 64,
        taken_at=at, added_at=at, added_by_name="x",
    )  # fmt: skip
