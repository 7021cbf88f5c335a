"""A telephone whose clock is wrong, and a tab that is closed at once: true hours, and nothing left behind (P4)."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.evidence.files import CaseFile
from guardia.field.visit import FieldAct
from tests.browser.conftest import eventually
from tests.browser.field_phone import kept_for_later, phone, press, waiting  # noqa: F401
from tests.browser.test_field_offline import outing  # noqa: F401

AN_HOUR_BEHIND = """
  const Real = Date, by = 3600e3;
  Date = class extends Real {
    constructor(...given) { super(...(given.length ? given : [Real.now() - by])); }
    static now() { return Real.now() - by; }
  };
"""


def photograph(shade: int) -> dict:
    """As the camera of a telephone gives it: 12 megapixels."""
    picture = io.BytesIO()
    Image.effect_noise((4000, 3000), shade).convert("RGB").save(picture, "JPEG", quality=85)
    return {"name": f"IMG_{shade}.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}


def files() -> int:
    with behind(DatabaseRole.STAFF):
        return CaseFile.objects.count()


def test_p4_the_hour_of_the_page_corrects_the_clock_before_the_first_poll(phone, outing):  # noqa: F811
    phone.switch_on()
    phone.sign_in("tecnico1")
    phone.context.add_init_script(AN_HOUR_BEHIND)
    phone.context.route("**/campo/estado*", lambda route: route.abort())
    phone.context.route("**/campo/envios*", lambda route: route.abort())
    began = now()
    page = phone.open()
    press(page, "depart")
    waiting(page, 1)
    kept = page.evaluate("async () => (await CampoStore.all('acts')).map((row) => row.at)")
    assert abs(page.evaluate("() => Date.now()") / 1000 - began.timestamp()) > 3000
    phone.context.unroute_all()
    page.locator("[data-send-now]").click()
    waiting(page, 0)
    with behind(DatabaseRole.STAFF):
        arrived = FieldAct.objects.get()
    assert began - timedelta(seconds=5) <= arrived.happened_at <= now()
    assert arrived.happened_at.isoformat()[:19] == kept[0][:19]


@pytest.mark.parametrize("signal", ["on", "off"])
def test_p4_two_photographs_and_the_tab_is_closed_at_once(phone, outing, signal):  # noqa: F811
    """With signal both arrive though no page is open any more; without, once there is signal again."""
    phone.switch_on()
    phone.sign_in("tecnico1")
    page = phone.open()
    kept_for_later(page)
    other = phone.context.new_page()
    if signal == "off":
        phone.relay.cut()
    page.locator("[data-photo-of]").set_input_files([photograph(40), photograph(60)])
    html = page.locator("html")  # with signal the first may be there before the second is kept
    eventually(page, lambda: html.get_attribute("data-queue") == "2" or files() == 2)
    page.close()
    if signal == "on":
        eventually(other, lambda: files() == 2)
        return
    other.close()
    phone.switch_off()
    phone.relay.mend()
    phone.switch_on()
    page = phone.open()
    waiting(page, 0)
    assert files() == 2
