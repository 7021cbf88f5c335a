"""A3: which mailbox is whose; what cannot be understood is said when the operator is switched on."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.process

SAY = "from guardia.config import settings; print(settings.DESK_MAILBOXES)"


def switched_on(value: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DESK_MAILBOXES": value}
    return subprocess.run([sys.executable, "-c", SAY], env=environment, capture_output=True, text=True, check=False)


def test_each_address_has_its_desk():
    said = switched_on("billing=Facturacion@example.com  sales=ventas@example.com")
    assert said.stdout.strip() == "{'facturacion@example.com': 'billing', 'ventas@example.com': 'sales'}"


@pytest.mark.parametrize("wrong", ["billing", "=a@example.com", "billing=facturacion", "billing=@"])
def test_what_is_no_pair_is_refused_with_what_to_write(wrong):
    said = switched_on(wrong)
    assert said.returncode
    assert "write desk=address pairs, such as billing=facturacion@example.com" in said.stderr
