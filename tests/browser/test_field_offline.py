"""The network is cut in the middle of a visit: six actions and two photographs arrive once, with their true hours."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.evidence.files import CaseFile
from guardia.field.visit import FieldAct
from tests.browser.field_phone import kept_for_later, phone, press, ready, waiting  # noqa: F401
from tests.field.conftest import Outing

STEPS = ("depart", "arrive", "check", "permit", "restore", "leave")


@pytest.fixture
def outing(transactional_db) -> Outing:
    with behind(DatabaseRole.STAFF):
        return Outing()


def photograph(page: Page, shade: int) -> None:
    """As the camera of a telephone gives it: 12 megapixels."""
    picture = io.BytesIO()
    Image.effect_noise((4000, 3000), shade).convert("RGB").save(picture, "JPEG", quality=85)
    files = [{"name": f"IMG_{shade}.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}]
    page.locator("[data-photo-of]").set_input_files(files)


def hours_on_the(page: Page) -> dict[str, datetime]:
    """What stands on the telephone: the hour of each act and photograph, by its key."""
    rows = page.evaluate(
        "async () => [...await CampoStore.all('acts'), ...await CampoStore.all('photos')].map(r => [r.key, r.at])"
    )
    return {key: datetime.fromisoformat(at).astimezone(UTC) for key, at in rows}


def test_cut_off_in_the_middle_and_switched_off_nothing_is_lost_and_nothing_comes_twice(phone, outing):  # noqa: F811
    began = now()
    phone.switch_on()
    phone.sign_in("tecnico1")
    page = phone.open()
    kept_for_later(page)
    # The first step reaches the operator, and the signal goes before its answer is back.
    phone.relay.lose_the_answer_of(b"POST /campo/envios")
    press(page, "depart")
    assert phone.relay.answer_lost.wait(60)
    waiting(page, 1)
    expect(page.locator("[data-sends-words]")).to_contain_text("1 step saved on the telephone")
    press(page, "arrive")
    waiting(page, 2)
    photograph(page, 40)
    waiting(page, 3)
    page.locator("form[data-box=permits] button").click()
    waiting(page, 4)
    page.close()

    # The tab was closed: it opens without signal, with everything on it.
    page = phone.open()
    waiting(page, 4)
    expect(page.locator("[data-step=arrive]")).to_contain_text("to be sent")
    press(page, "permit")
    waiting(page, 5)
    phone.switch_off()

    # The telephone was switched off, and there is no signal yet.
    phone.switch_on()
    page = phone.open()
    expect(page.locator("[data-signal]")).to_have_text("No signal · 5 to send")
    expect(page.locator("[data-step=permit]")).to_contain_text("to be sent")
    page.fill("form[data-form-of=restore] textarea", "Se cambió la fuente de 48 V")
    press(page, "restore")
    photograph(page, 60)
    waiting(page, 7)
    press(page, "leave")
    waiting(page, 8)
    expect(page.locator("[data-sends-words]")).to_contain_text("6 steps saved on the telephone")
    expect(page.locator("[data-sends-words]")).to_contain_text("2 photographs to send")
    pressed = hours_on_the(page)

    phone.relay.mend()
    page.locator("[data-send-now]").click()
    waiting(page, 0)
    expect(page.locator("[data-sent] summary")).to_contain_text("✓ 8 sent")
    with behind(DatabaseRole.STAFF):
        acts = {act.kind: act for act in FieldAct.objects.all()}
        files = list(CaseFile.objects.all())
        visit = outing.visit
    assert set(acts) == set(STEPS)
    assert len(pressed) == 8
    assert {act.key: act.happened_at for act in acts.values()} == {
        act.key: pressed[str(act.key)] for act in acts.values()
    }
    steps = [visit.departed_at, visit.arrived_at, visit.permit_cleared_at, visit.restored_at, visit.left_at]
    kinds = [kind for kind in STEPS if kind != "check"]
    assert [pressed[str(acts[kind].key)] for kind in kinds] == steps == sorted(steps)
    assert began - timedelta(seconds=2) < steps[0] < steps[-1] < now() + timedelta(seconds=2)
    assert all(act.applied_at and not act.refused for act in acts.values())
    assert {str(file.key): file.taken_at for file in files} == {str(f.key): pressed[str(f.key)] for f in files}
    assert [(file.width, file.height, file.type) for file in files] == [(1600, 1200, "image/jpeg")] * 2
    with behind(DatabaseRole.STAFF):
        moments = outing.moments()
    assert [moments.count(name) for name in ("departed", "arrived", "permit_cleared", "restored", "left_site")] == [
        1
    ] * 5
    assert moments.count("file_added") == 2
