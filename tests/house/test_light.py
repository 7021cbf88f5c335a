"""What few of an hour's requests need is loaded when the first of them comes: an idle house is small."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.process

HEAVY = [
    "PIL",
    "xlsxwriter",
    "icalendar",
    "typst",
    "apprise",
    "pysnmp.entity",
    "httpx2",
    "requests",
    "dns",
    "python_calamine",
    "asn1crypto",
    "puremagic",
    "nh3",
    "ninja",
    "aiosmtpd",
]
MAIN = "guardia.worker.loop"
DOORS = {
    "web": ("from django.urls import get_resolver; get_resolver().url_patterns; import guardia.config.wsgi", HEAVY),
    "worker": (f"from {MAIN} import *; [import_string(one.function) for one in TIMETABLE]", [*HEAVY, "cryptography"]),
}
SAYS = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "guardia.config.settings"
import django
django.setup()
{imports}
print(*(name for name in {heavy} if name in sys.modules))
"""


@pytest.mark.parametrize("door", DOORS)
def test_an_idle_door_has_loaded_nothing_heavy(door):
    imports, heavy = DOORS[door]
    done = subprocess.run(
        [sys.executable, "-c", SAYS.format(imports=imports, heavy=heavy)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
