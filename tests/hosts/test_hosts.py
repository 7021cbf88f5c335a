"""More than one machine, for real. A minute or two each, so only where they are asked for: GUARDIA_HOSTS=1.

Debian: apt install pgbouncer iproute2 util-linux; for `deploy/ha` what docs/operations/high-availability.md says.
As root, since networks are made.
"""

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.hosts import cluster
from tests.hosts.postgres import ROOT

PATIENCE, LONG = 400, 1200


def missing() -> str:
    if os.environ.get("GUARDIA_HOSTS") != "1":
        return "only where it is asked for: GUARDIA_HOSTS=1"
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return "machines of one's own need Linux and root"
    if not (shutil.which("ip") and shutil.which("nsenter")):
        return "no ip or nsenter: apt install iproute2 util-linux"
    trial = subprocess.run(["unshare", "-n", "ip", "link", "add", "t0", "type", "bridge"], capture_output=True)
    return "" if trial.returncode == 0 else "the kernel gives no network of one's own"


REASON = missing()
pytestmark = [pytest.mark.skipif(bool(REASON), reason=REASON), pytest.mark.process]


def ran(name: str, *words: str, patience: float = PATIENCE) -> dict:
    command = [sys.executable, "-m", f"tests.hosts.{name}", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=patience, check=False)
    assert done.stdout, done.stderr[-4000:]
    said = json.loads(done.stdout)
    assert done.returncode == 0, said
    assert said["wrong"] == {}
    return said


def test_a_host_that_is_cut_off_in_mid_incident_loses_nothing_and_tells_nothing_twice():
    said = ran("two_hosts")
    assert said["in words"] == [503, True]
    assert said["its /salud"][0] == 503
    assert said["its /salud/vivo"] == 200
    assert said["letters held by the one that is cut off"] >= 1
    assert said["marked repeats"] >= 1


def test_the_primary_is_killed_the_replica_promoted_and_the_work_goes_on():
    said = ran("promoted")
    assert said["meanwhile"] == [503, 503]
    assert (said["verify"], said["clocks rebuild"], said["files check"]) == (0, 0, 0)


@pytest.mark.skipif(not shutil.which("pgbouncer"), reason="no pgbouncer: apt install pgbouncer")
@pytest.mark.parametrize("words", [(), ("prepared",)])
def test_everything_goes_through_a_pooler_in_transaction_mode(words):
    said = ran("pooled", *words)
    assert said["sessions of the server"] <= said["pool"]
    assert said["troubles in the logs"] == []
    assert (said["retention"], said["verify"]) == (0, 0)


@pytest.mark.skipif(
    not (ROOT / ".git").exists(), reason="the version before is taken from git, and this is no checkout"
)
def test_the_version_before_goes_on_while_this_one_migrates_and_beside_it():
    said = ran("side_by_side", *os.environ.get("GUARDIA_BEFORE", "").split())
    assert said["not answered well"] == {}


@pytest.mark.skipif(bool(cluster.missing()), reason=f"not on this machine: {', '.join(cluster.missing())}")
def test_of_three_postgresql_the_primary_is_killed_and_cut_off_and_the_database_restored_to_a_minute():
    said = ran("ha", "--kills", "2", "--cuts", "1", patience=LONG)
    assert said["writes at a former primary"]["acknowledged"] == 0
    assert said["writes at a former primary"]["refused"] >= 1
    assert said["cases afterwards"] > said["restored: cases"] == said["cases at that minute"]


@pytest.mark.skipif(bool(cluster.missing()), reason=f"not on this machine: {', '.join(cluster.missing())}")
@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="1.0.0 is taken from git, and this is no checkout")
def test_behind_the_balancer_a_later_version_comes_in_and_goes_back_and_nobody_notices():
    said = ran("ha", "--upgrade", patience=LONG)
    assert said["had"] == "0001_schema" < said["has"]
    assert (said["acts lost"], said["not answered well"]) == (0, {})


@pytest.mark.skipif(bool(cluster.missing()), reason=f"not on this machine: {', '.join(cluster.missing())}")
def test_one_web_host_is_ill_and_the_other_goes_on():
    said = ran("ha", "--ill", patience=LONG)
    assert said["acts lost"] == 0
    assert said["its disk is full: in use"] is True
    assert sum(said["not answered well"].values()) < 40, said["not answered well"]
