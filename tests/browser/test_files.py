"""Files of a case in a real browser: dropped, pasted, chosen; with a script and without one."""

import base64
from pathlib import Path

import pytest
from django.conf import settings as switched_on

from guardia.config.database_roles import DatabaseRole, behind
from guardia.evidence.files import CaseFile
from tests.browser.looks import fits
from tests.files import samples

PUT = """([kind, files]) => {
  const held = new DataTransfer();
  for (const [name, type, content] of files)
    held.items.add(new File([Uint8Array.from(atob(content), sign => sign.charCodeAt(0))], name, {type}));
  const main = document.getElementById("main");
  if (kind === "paste") main.dispatchEvent(new ClipboardEvent("paste", {clipboardData: held, bubbles: true}));
  else for (const each of ["dragover", "drop"])
    main.dispatchEvent(new DragEvent(each, {dataTransfer: held, bubbles: true, cancelable: true}));
}"""


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings) -> None:
    kept = {"BACKEND": "guardia.evidence.store.Folder", "OPTIONS": {"location": tmp_path / "store"}}
    settings.STORAGES = {**switched_on.STORAGES, "attachments": kept}


def put(page, kind: str, *files: tuple[str, str, bytes]) -> None:
    page.evaluate(PUT, [kind, [[name, type_, base64.b64encode(content).decode()] for name, type_, content in files]])


def kept() -> list[tuple[str, str, bool]]:
    with behind(DatabaseRole.STAFF):
        return sorted(CaseFile.objects.values_list("name", "caption", "shown"))


@pytest.fixture
def case(desk, story):
    """The page of the case."""

    def opened(**how):
        page = desk(**how, at=f"/casos/{story.number}/")
        return page

    return opened


def test_two_photographs_are_dropped_captioned_and_seen(case):
    page = case()
    photo = ("panel.jpg", "image/jpeg", samples.jpeg())
    put(page, "drop", photo, ("router.log", "text/plain", samples.LOG))
    captions = page.locator("#files-add [data-staged] input")
    assert captions.count() == 2
    assert page.evaluate("document.activeElement.name") == "caption"
    captions.nth(0).fill("Panel 3 sin luz")
    page.get_by_label("The customer sees them too").check()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Add to the case").click()
    page.get_by_text("2 files added.").wait_for()
    picture = page.locator("#files .photos img")
    picture.wait_for()
    assert picture.evaluate("async image => { await image.decode(); return image.naturalWidth }") == 480
    assert kept() == [("panel.jpg", "Panel 3 sin luz", True), ("router.log", "", True)]
    page.locator("#log .log-photo img").first.wait_for()
    page.locator("#files .photos a").click()
    page.get_by_role("heading", name="Panel 3 sin luz").wait_for()
    large = page.locator(".large img")
    assert large.evaluate("async image => { await image.decode(); return image.naturalWidth }") == 1600


def test_a_screenshot_is_pasted_also_while_writing(case):
    page = case()
    page.locator("#composer-words").focus()
    put(page, "paste", ("image.png", "image/png", samples.png()))
    name = page.locator("#files-add .staged .name")
    assert name.inner_text().startswith("pasted-")
    page.keyboard.type("Zabbix a las 22:10")
    page.keyboard.press("Enter")
    page.get_by_text("1 file added.").wait_for()
    assert [(caption, shown) for _, caption, shown in kept()] == [("Zabbix a las 22:10", False)]
    put(page, "paste", ("image.png", "image/png", samples.png(samples.rack((300, 200)))))
    page.locator("#files-add .staged .name").wait_for()


def test_what_is_staged_can_be_left_out_and_what_is_too_large_says_so(case, settings):
    settings.ATTACHMENT_LIMIT_MB = 1
    page = case()
    put(page, "drop", ("a.log", "text/plain", b"a" * 2**20 + b"b"), ("b.log", "text/plain", b"b"))
    assert "too large: at most 1 MB each" in page.locator(".staged li").nth(0).inner_text()
    page.locator(".staged input").nth(1).fill("el segundo")
    page.get_by_role("button", name="Leave out: a.log").click()
    assert page.locator(".staged input").input_value() == "el segundo"
    page.get_by_role("button", name="Add to the case").click()
    page.get_by_text("1 file added.").wait_for()
    assert kept() == [("b.log", "el segundo", False)]


def test_the_reasons_of_a_refusal_get_the_focus_and_what_was_taken_is_there(case):
    page = case()
    put(page, "drop", ("plano.svg", "image/svg+xml", samples.SVG), ("a.log", "text/plain", samples.LOG))
    page.get_by_role("button", name="Add to the case").click()
    page.get_by_text("Not all could be added.").wait_for()
    assert page.evaluate("document.activeElement.id") == "files-refused"
    assert "plano.svg" in page.locator("#files-refused").inner_text()
    assert kept() == [("a.log", "", False)]


def test_the_key_opens_the_choice_of_files(case):
    page = case()
    page.on("filechooser", lambda _chooser: None)  # the browser is told to hand it over, and has heard so
    page.evaluate("document.readyState")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("f")
    chooser.value.set_files({"name": "a.log", "mimeType": "text/plain", "buffer": samples.LOG})
    page.locator(".staged li").wait_for()


def test_without_a_script_a_form_does_it(case):
    page = case(script=False, width=360)
    chosen = [{"name": f"{n}.log", "mimeType": "text/plain", "buffer": samples.LOG + bytes([48 + n])} for n in range(2)]
    page.locator('#files-add input[type="file"]').set_input_files(chosen)
    page.get_by_label("Caption (optional)").fill("para las dos")
    page.get_by_role("button", name="Add to the case").click()
    page.get_by_text("2 files added.").wait_for()
    assert kept() == [("0.log", "para las dos", False), ("1.log", "para las dos", False)]
    page.locator("#files a", has_text="0.log").click()
    page.locator("summary", has_text="Withdraw").click()
    page.get_by_label("Why it is withdrawn").fill("duplicado")
    page.get_by_role("button", name="Withdraw for good").click()
    page.locator("#files s", has_text="0.log").wait_for()


def test_a_poll_takes_nothing_away_from_who_is_captioning(case, story):
    page = case()
    put(page, "drop", ("a.log", "text/plain", samples.LOG))
    page.locator(".staged input").fill("a medio escribir")
    with behind(DatabaseRole.STAFF):
        story.case.note("algo nuevo", by=story.by, at=story.now)
    page.get_by_text("algo nuevo").wait_for()
    assert page.locator(".staged input").input_value() == "a medio escribir"


@pytest.mark.parametrize("width", [360, 1440])
def test_nothing_is_cut_off(case, width):
    page = case(width=width)
    put(page, "drop", ("x" * 100 + ".jpg", "image/jpeg", samples.jpeg()))
    page.locator(".staged input").fill("ñ" * 300)
    assert fits(page)
    page.get_by_role("button", name="Add to the case").click()
    page.locator("#files .photos img").wait_for()
    assert fits(page)
    page.locator("#files .photos a").click()
    page.locator(".large img").wait_for()
    assert fits(page)
