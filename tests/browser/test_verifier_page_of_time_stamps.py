"""The page that checks a file of evidence reads its time stamps too, of an authority that we did not write."""

import json
from base64 import b64encode
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from guardia.proof.offline import guardia_verify
from tests.browser.verifier_page import FINDINGS, drop, heading, verifier
from tests.proof.authority import KINDS, Authority, forgeries
from tests.proof.test_vectors import GOOD, VECTORS

__all__ = ["verifier"]

NAME = "Sello de Tiempo 1 (Sellos de Prueba)"
STAMPS = """async ([text, bytes]) => {
    const authorities = bytes.length ? Guardia.authoritiesIn(Uint8Array.from(bytes)) : [];
    const { findings, signing } = await Guardia.check(Guardia.parse(text), [], [], null, authorities);
    const rows = signing.stamps.map(({ at, name, holds, isTheirs }) => [Guardia.stamp(at), name, holds, isTheirs]);
    return [findings.map(({ rule }) => rule), rows];
}"""


@pytest.fixture
def said() -> dict:
    return json.loads(GOOD["report.json"])


@pytest.fixture
def stamped(said) -> bytes:
    return guardia_verify.stamped_bytes(said["log"]["checkpoint"])


def stamps(page: Page, said: dict, ca: bytes = b"") -> list:
    return page.evaluate(STAMPS, [json.dumps(said), list(ca)])


def with_token(said: dict, token: bytes) -> dict:
    return {**said, "log": {**said["log"], "stamps": [b64encode(token).decode()]}}


def test_it_reads_each_kind_of_key_and_hash_as_the_program_does(verifier, said, stamped, tmp_path):
    page = verifier()
    for number, kind in enumerate(KINDS):
        authority = Authority(tmp_path / str(number), **KINDS[kind])
        file = with_token(said, authority.token(stamped))
        found = guardia_verify.check(json.dumps(file).encode())
        ((at, name, _theirs),) = found.stamps
        hour = guardia_verify.stamp(at)
        assert stamps(page, file) == [[], [[hour, name, True, False]]], kind
        assert stamps(page, file, authority.ca.read_bytes()) == [[], [[hour, name, True, True]]], kind
        assert stamps(page, file, (tmp_path / str(number) / "middle.pem").read_bytes())[1][0][3], kind
        assert stamps(page, file, authority.tsa.read_bytes())[0] == ["stamp_authority"], kind
        stranger = (VECTORS / "tsa.pem").read_bytes()
        assert stamps(page, file, stranger) == [["stamp_authority"], [[hour, name, True, False]]], kind
        for digest in ("sha384", "sha512"):
            assert stamps(page, with_token(said, authority.token(stamped, digest)))[0] == [], kind


def test_it_finds_every_forgery(verifier, said, stamped, tmp_path):
    authority, stranger = Authority(tmp_path / "mine"), Authority(tmp_path / "other")
    forged = forgeries(authority, stranger, stamped)
    files = [{**said, "log": {**said["log"], "stamps": [token]}} for token, _rule in forged.values()]
    files.append({**said, "log": {**said["log"], "stamps": "nothing"}})
    found = verifier().evaluate(FINDINGS, [json.dumps(file) for file in files])
    assert dict(zip([*forged, "no list"], found, strict=True)) == {
        **{what: [rule] for what, (_token, rule) in forged.items()},
        "no list": ["stamp"],
    }


def test_it_claims_no_more_than_it_checked(verifier, said):
    page = verifier()
    drop(page, said)
    verdict = page.locator("#verdict")
    heading(page, "Coincide consigo mismo")
    expect(verdict).to_contain_text(f"por {NAME}, como se llama en el certificado que trae")
    expect(verdict).not_to_contain_text("proviene de la CA que usted")
    page.get_by_text("Comprobar la firma con una clave que usted conoce").click()
    give_ca(page, VECTORS / "tsa.pem")
    expect(verdict).to_contain_text(f"por {NAME}, cuyo certificado proviene de la CA que usted nombró.")
    expect(page.get_by_text("tsa.pem")).to_be_visible()
    for language, words in (
        ("English", "whose certificate comes from the CA that you named"),
        ("Português", "provém da AC"),
    ):
        page.get_by_role("button", name=language).click()
        expect(verdict).to_contain_text(words)


def give_ca(page: Page, file: Path) -> None:
    page.set_input_files("#tsa", file)


def test_the_certificate_may_be_dropped_too_and_another_one_is_a_finding(verifier, said, tmp_path):
    page = verifier()
    stranger = Authority(tmp_path)
    page.set_input_files("#file", stranger.ca)
    expect(page.locator("#tsa-name")).to_have_text("ca.pem")
    drop(page, said)
    heading(page, "Aquí difiere")
    expect(page.locator("#verdict")).to_contain_text("ningún sello de tiempo proviene de la CA que usted nombró")
    expect(page.locator("#verdict")).to_contain_text("La bitácora está firmada por")
    expect(page.locator("#verdict")).not_to_contain_text("difiere lo que el informe declara")
    page.set_input_files("#file", VECTORS / "tsa.pem")
    heading(page, "Coincide consigo mismo")
    page.get_by_text("Comprobar la firma con una clave que usted conoce").click()
    give_ca(page, VECTORS / "report.json")
    expect(page.get_by_text("No hay ningún certificado en report.json.")).to_be_visible()
    assert "undefined" not in page.inner_text("main")


def test_it_says_so_where_the_browser_cannot_check_it(verifier, said):
    page = verifier()
    page.evaluate("() => { crypto.subtle.importKey = () => Promise.reject(new DOMException('', 'NotSupportedError')) }")
    assert stamps(page, said, (VECTORS / "tsa.pem").read_bytes())[1][0][2:] == [None, False]
    drop(page, said)
    expect(page.locator("#verdict")).not_to_contain_text(NAME)
