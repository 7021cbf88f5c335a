"""The letterhead at a real browser: what is typed is seen on both papers before anything is kept, without a script."""

import pytest

from guardia.config.database_roles import DatabaseRole, behind
from guardia.notices import letterhead
from tests.notices.pictures import png


@pytest.mark.parametrize("script", [True, False])
def test_what_is_typed_is_seen_on_both_papers_before_it_is_kept(desk, script, tmp_path):
    file = tmp_path / "logo.png"
    file.write_bytes(png())
    page = desk("supervisora", script=script, at="/ajustes/membrete")
    page.fill("#id_heading", "Operadora de Ejemplo S. A.")
    page.set_input_files("#id_logo", file)
    for button, frame in (("See it on a light background", "claro"), ("See it on a dark background", "oscuro")):
        page.click(f"text={button}")
        letter = page.frame_locator(f"iframe[name={frame}]")
        letter.get_by_text("Operadora de Ejemplo S. A.").wait_for()
        assert letter.locator("img").evaluate("image => image.naturalWidth") == 240
    with behind(DatabaseRole.STAFF):
        assert letterhead.in_force() is None
    page.fill("#id_colour", "#ffff00")
    page.click("text=See it on a dark background")
    page.frame_locator("iframe[name=oscuro]").get_by_text("Choose a darker one").wait_for()
    page.fill("#id_colour", "#0b7a75")
    page.click("button[data-sends]")
    page.get_by_text("The logo in force: PNG 240 × 80").wait_for()
    with behind(DatabaseRole.STAFF):
        assert letterhead.in_force().colour == "#0b7a75"
