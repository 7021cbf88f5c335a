"""The door of what a telephone sends: who may, how much at once, and that nothing which comes in breaks it."""

import io
import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from guardia.cases import visit_link
from guardia.config.now import now
from guardia.evidence.files import CaseFile
from guardia.field.visit import FieldAct, Visit
from guardia.intake import field_arrivals
from guardia.people.staff import Role
from tests.field.conftest import Telephone
from tests.procedure.story import staff


def picture(shade: int = 90) -> SimpleUploadedFile:
    drawn = io.BytesIO()
    Image.new("RGB", (320, 240), (shade, 90, 90)).save(drawn, "JPEG")
    return SimpleUploadedFile("IMG_1.jpg", drawn.getvalue(), "image/jpeg")


def photo(telephone: Telephone, at, file=None, key: str = "", **more):
    said = {"key": key or str(uuid4()), "visit": telephone.outing.visit.pk, "at": at.isoformat(), **more}
    address = f"/campo/fotos/{telephone.token}" if telephone.token else "/campo/fotos"
    return telephone.post(address, {**said, "photo": file or picture()})


def test_signed_out_it_keeps_its_queue_and_is_told_why(outing, ago):
    nobody = Telephone(outing)
    answer = nobody.raw({"acts": [nobody.act("depart", ago(5))]})
    assert (answer.status_code, bool(answer.json()["error"])) == (401, True)
    assert nobody.get("/campo/estado").status_code == 401
    assert FieldAct.objects.count() == 0


def test_before_it_sends_a_telephone_learns_the_hour_and_gets_a_token(outing, telephone):
    before = now()
    said = telephone.get("/campo/estado").json()
    assert before.timestamp() * 1000 <= said["now"] <= now().timestamp() * 1000
    assert said["owner"] == f"s{outing.technician.pk}"
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(outing.technician)
    assert strict.post("/campo/envios", "{}", content_type="application/json").status_code == 403
    token = strict.get("/campo/estado").json()["csrf"]
    answer = strict.post(
        "/campo/envios", '{"acts": []}', content_type="application/json", headers={"x-csrftoken": token}
    )
    assert (answer.status_code, answer.json()) == (200, {"acts": []})


def test_the_tag_changes_when_the_page_does(outing, telephone, ago):
    before = telephone.get("/campo/estado").json()["tag"]
    assert telephone.get("/campo/estado").json()["tag"] == before
    telephone.sends(telephone.act("depart", ago(5)))
    assert telephone.get("/campo/estado").json()["tag"] != before


@pytest.mark.parametrize("role", [Role.ENGINEER, Role.DISPATCHER, Role.SUPERVISOR])
def test_who_looks_at_a_crews_day_sends_nothing(outing, ago, role):
    telephone = Telephone(outing, staff("alguien", role))
    assert telephone.raw({"acts": [telephone.act("depart", ago(5))]}).status_code == 403
    assert outing.visit.departed_at is None


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"7", b'{"acts": 7}', b"\xff\xfe", b'{"acts": {"a": 1}}', b"[" * 100_000],
)
def test_what_cannot_be_read_is_refused_whole(telephone, body):
    assert telephone.raw(body).status_code == 400


def test_too_much_at_once_is_refused_whole(telephone, ago):
    act = telephone.act("note", ago(1), text="x")
    assert telephone.raw({"acts": [act] * 51}).status_code == 413
    assert telephone.raw({"acts": [], "more": "x" * 1024 * 1024}).status_code == 413


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "no"},
        {"key": None},
        {"key": 7},
        {"order": "1"},
        {"order": True},
        {"order": 2**40},
        {"order": -1},
        {"kind": ""},
        {"kind": 5},
        {"kind": "\u202enota"},
        {"kind": "una nota"},
        {"kind": "\ud800"},
        {"at": "ayer"},
        {"at": "2026-11-25T10:00:00"},
        {"at": "0001-01-01T00:00:00+00:00"},
        {"at": 5},
        {"visit": "x"},
        {"visit": 2**70},
        {"visit": 0},
        {"visit": True},
        {"facts": []},
        {"facts": {"text": "a\0b"}},
        {"facts": {"text": "\ud83d"}},
        {"facts": {"text": "x" * 300_000}},
    ],
)
def test_an_act_that_cannot_be_kept_is_refused_alone(outing, telephone, ago, wrong):
    good = telephone.act("depart", ago(5))
    bad = {**telephone.act("note", ago(4), text="x"), **wrong}
    answers = {one["key"]: one["state"] for one in telephone.raw({"acts": [bad, 7, None, good]}).json()["acts"]}
    assert answers.pop(good["key"]) == "applied"
    assert set(answers.values()) == {"refused"}
    assert FieldAct.objects.count() == 1


def test_by_its_link_a_crew_without_account_sends_the_same(outing, ago):
    telephone = Telephone(outing, token=visit_link.token(outing.visit))
    assert telephone.sends(telephone.act("depart", ago(50)), telephone.act("arrive", ago(40))) == [("applied", "")] * 2
    assert outing.visit.arrived_at == ago(40)
    assert photo(telephone, ago(30)).json()["state"] == "applied"
    (file,) = outing.files
    assert (file.added_by, file.added_by_name, file.taken_at) == (None, "Cuadrilla 3", ago(30))
    assert FieldAct.objects.first().by_name == "Cuadrilla 3"
    assert "csrf" not in telephone.get(f"/campo/estado/{telephone.token}").json()


def test_a_link_is_for_its_own_visit_and_over_with_it(outing, ago):
    token = visit_link.token(outing.visit)
    telephone = Telephone(outing, token=token)
    act = telephone.act("depart", ago(50))
    assert [state for state, _ in telephone.sends({**act, "visit": act["visit"] + 1})] == ["refused"]
    assert telephone.get(f"/campo/v/{token[:-1]}").status_code == 404
    type(outing.visit).objects.update(ended_at=now() - timedelta(hours=23), left_at=now() - timedelta(hours=25))
    assert telephone.get(f"/campo/estado/{token}").status_code == 200
    type(outing.visit).objects.update(ended_at=now() - timedelta(hours=25))
    for address in (f"/campo/v/{token}", f"/campo/estado/{token}"):
        assert telephone.get(address).status_code == 410
    assert telephone.raw({"acts": [act]}).status_code == 410


def test_after_a_hand_over_the_old_link_shows_nothing_and_what_it_sends_goes_to_the_desk(outing, ago):
    telephone = Telephone(outing, token=visit_link.token(outing.visit))
    outing.case.hand_over_visit(outing.stranger_crew, "vehículo averiado", by=outing.by, at=now())
    page = telephone.get(f"/campo/v/{telephone.token}")
    assert page.status_code == 410
    assert "Banco Austral" not in page.content.decode()
    assert [state for state, _ in telephone.sends(telephone.act("arrive", ago(5)))] == ["refused"]
    assert len(field_arrivals.refused_of(outing.case)) == 1


def test_a_photograph_arrives_once_with_the_hour_it_was_taken(outing, telephone, ago):
    key = str(uuid4())
    assert [photo(telephone, ago(30), key=key).json()["state"] for _ in range(2)] == ["applied", "known"]
    (file,) = outing.files
    assert (str(file.key), file.taken_at, file.visit) == (key, ago(30), outing.visit)
    assert file.added_by == outing.technician


def test_what_is_no_photograph_is_refused_and_the_desk_learns_of_it(outing, telephone, ago):
    answer = photo(telephone, ago(30), SimpleUploadedFile("foto.jpg", b"MZ\x90\x00 no es una foto")).json()
    assert (answer["state"], bool(answer["sentence"])) == ("refused", True)
    (act,) = field_arrivals.refused_of(outing.case)
    assert (act.kind, act.refused) == ("photo", answer["sentence"])
    assert CaseFile.objects.count() == 0


@pytest.mark.parametrize("said", [{"key": "x"}, {"at": "ayer"}, {"at": "2026-11-25T10:00:00"}, {"photo": "x"}])
def test_a_photograph_without_what_it_needs_is_refused(outing, telephone, ago, said):
    form = {"key": str(uuid4()), "visit": outing.visit.pk, "at": ago(1).isoformat(), "photo": picture(), **said}
    assert telephone.post("/campo/fotos", form).status_code == 400


def test_a_photograph_of_a_visit_of_others_is_not_taken(outing, telephone, ago):
    outing.technician.crews.update(active=False)
    assert photo(telephone, ago(1)).json()["state"] == "refused"
    assert CaseFile.objects.count() == 0


def test_what_a_database_does_with_a_second_key_at_once_is_one_act(outing, telephone, ago):
    act = telephone.act("note", ago(5), text="una vez")
    other = {**act, "facts": {"text": "otra cosa"}}
    telephone.sends(act)
    telephone.sends(other)
    assert json.dumps(FieldAct.objects.get().facts).count("una vez") == 1


def test_the_link_of_a_crew_that_has_the_visit_no_more_adds_no_photograph(outing, ago):
    old = Telephone(outing, token=visit_link.token(outing.visit))
    assert photo(old, ago(2)).json()["state"] == "applied"
    Visit.objects.filter(pk=outing.visit.pk).update(crew=outing.stranger_crew)
    assert photo(old, ago(1)).json()["state"] == "refused"
    assert len(outing.files) == 1
