"""With the laptop's key the web is reached from this machine alone: whoever knows the key signs in as anybody."""

import pytest

from guardia.cli.installation import Mistake
from guardia.cli.main import main
from guardia.cli.web import must_have_own_key


@pytest.fixture(autouse=True)
def no_key(monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.delenv("SECRET_KEY_FILE", raising=False)


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "192.0.2.1", "2001:db8::1", "guardia.example.com", "::ffff:192.0.2.1", ""]
)
def test_another_address_takes_a_key_of_ones_own(host, monkeypatch):
    with pytest.raises(Mistake, match="SECRET_KEY"):
        must_have_own_key(host)
    monkeypatch.setenv("SECRET_KEY", "only-for-a-laptop-set-SECRET_KEY-on-a-real-installation")
    with pytest.raises(Mistake, match="SECRET_KEY"):
        must_have_own_key(host)
    monkeypatch.setenv("SECRET_KEY", "a-key-of-ones-own-" * 4)
    must_have_own_key(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "::1", "localhost", "::ffff:127.0.0.1"])
def test_this_machine_does_not(host):
    must_have_own_key(host)


@pytest.mark.parametrize("command", ["run", "web"])
def test_neither_command_begins(command, capsys):
    assert main([command, "--host", "0.0.0.0"]) != 0
    assert "SECRET_KEY" in capsys.readouterr().err
