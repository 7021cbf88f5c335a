"""A setting whose file cannot be read is one sentence that names it, and the exit code 2: of each command."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from guardia.config import settings

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]


def guardia(state: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("DATABASE_", "PROMETHEUS_"))}
    address = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nowhere"} | environment
    if "DATABASE_URL_FILE" in environment:
        del address["DATABASE_URL"]
    return subprocess.run(
        [sys.executable, "-m", "guardia", *words],
        cwd=ROOT,
        env=kept | {"STATE_DIR": str(state)} | address,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def made(kind: str, folder: Path) -> Path:
    file = folder / "secret"
    if kind == "empty":
        file.write_text("\n")
    elif kind == "a folder":
        file.mkdir()
    elif kind == "no text":
        file.write_bytes(b"\xff\xfe\x00secret")
    return file


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("missing", "there is no such file"),
        ("a folder", "is a folder"),
        ("empty", "is empty"),
        ("no text", "is no text in UTF-8"),
    ],
)
@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "SMTP_PASSWORD"])
def test_what_is_wrong_with_the_file_is_said_with_the_setting_and_the_remedy(tmp_path, monkeypatch, name, kind, words):
    file = made(kind, tmp_path)
    monkeypatch.setenv(f"{name}_FILE", str(file))
    with pytest.raises(settings.ImproperlyConfigured) as wrong:
        settings.text(name)
    assert str(wrong.value).startswith(f"{name}_FILE names {file}, ")
    assert words in str(wrong.value)
    assert f"Put {name}_FILE right" in str(wrong.value)
    assert "secret" not in str(wrong.value).replace(str(file), "")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes a file that another account may not read")
def test_a_file_that_the_account_may_not_read_says_what_its_mode_should_be(tmp_path):
    tmp_path.chmod(0o755)
    file = tmp_path / "secret"
    file.write_text("x")
    file.chmod(0o600)
    question = f"""
import os
os.setgroups([]); os.setgid(65534); os.setuid(65534)
from guardia.config import settings
try:
    settings.content_of("SECRET_KEY_FILE", {str(file)!r})
except settings.ImproperlyConfigured as wrong:
    print(wrong)
"""
    parents = [each for each in tmp_path.parents if each != Path("/")]
    modes = {each: each.stat().st_mode for each in parents}
    try:
        for each in parents:
            each.chmod(modes[each] | 0o011)
        done = subprocess.run([sys.executable, "-c", question], cwd=ROOT, capture_output=True, text=True, check=True)
    finally:
        for each, mode in modes.items():
            each.chmod(mode)
    assert "(uid 65534) may not read" in done.stdout
    assert "mode 0640" in done.stdout


@pytest.mark.parametrize("words", [["web"], ["worker"], ["migrate"], ["doctor"], ["backup", "x"]], ids=" ".join)
def test_each_command_ends_with_that_sentence_alone(tmp_path, words):
    done = guardia(tmp_path, *words, SECRET_KEY_FILE=str(tmp_path / "nowhere"))
    assert done.returncode == 2
    assert done.stderr.startswith("guardia: ")
    assert f"SECRET_KEY_FILE names {tmp_path / 'nowhere'}, and there is no such file" in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_so_does_an_address_of_the_database_in_a_file(tmp_path):
    done = guardia(tmp_path, "migrate", DATABASE_URL_FILE=str(tmp_path / "nowhere"))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "DATABASE_URL_FILE names" in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("OPERATOR_ZONE", "America/Quito", "write a name such as America/Guayaquil"),
        ("LANGUAGE_CODE", "fr", "write one of es, en, pt"),
        ("SECRET_KEY", "", "SECRET_KEY is empty"),
        ("DATABASE_DIRECT_URL", "mysql://x", "DATABASE_DIRECT_URL must start with postgresql://"),
    ],
)
def test_what_no_installation_can_run_with_is_a_sentence_and_not_a_traceback(tmp_path, name, value, words):
    done = guardia(tmp_path, "migrate", **{name: value})
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert words in done.stderr
