"""A later version comes in on the deployment of `deploy/ha` while people work, goes back, and comes in again.

`deploy/ha/try --upgrade [REVISION]`. The former version (1.0.0, or REVISION) runs on both hosts behind the balancer,
two engineers work case after case. The new version migrates what adds; host after host is emptied, gets it, and is
used again. Then both go back to the former version, as when the new one is bad, and forward once more; at the end
`guardia migrate` does the rest. Each step waits until people have done some acts more.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.hosts.balancer import Balancer, Crowd, behind_balancer, everywhere
from tests.hosts.cluster import Cluster, WebHost
from tests.hosts.ha import MIGRATES
from tests.hosts.house import Machine, settle, until
from tests.hosts.side_by_side import FOUND, unpacked

ONE = "45ce715e"
"""The newest sources of 1.0.0 whose tables are those of 1.0.0 alone. Databases of before, of the commit that named the
version, are refused by `guardia migrate`: their tables were laid together once more, and nobody used them."""


def upgraded(place: Path, revision: str) -> dict[str, object]:
    before = place / "before"
    cluster, webs = Cluster(place), [WebHost(place, name) for name in ("web1", "web2")]
    try:
        unpacked(before, [revision])
        cluster.created()
        settle(place, cluster.url("guardia_app"), cluster.url("guardia_owner"), **everywhere())
        owner = Machine(place, "owner")
        for words in (("messages", "compile"), ("migrate", "--quiet")):
            if owner.start(*words, code=before).wait(MIGRATES):
                raise RuntimeError(owner.log.read_text()[-3000:])
        found = subprocess.run([sys.executable, "-c", FOUND], cwd=before, check=True, capture_output=True, text=True)
        for host in webs:
            host.start()
        from guardia.cli.installation import open_installation

        open_installation()
        seats = json.loads(found.stdout.splitlines()[-1])
        return behind_balancer(place, cluster, webs, partial(all_steps, place, before), before, seats)
    finally:
        for host in webs:
            host.end()
        cluster.end()


def all_steps(place: Path, before: Path, balancer: Balancer, incident) -> dict[str, object]:
    had, steps = newest(incident), Steps(Machine(place, "owner"), balancer, incident, before)
    return {"had": had, **steps.all(), "has": newest(incident)}


def newest(incident) -> str:
    return incident.rows("SELECT max(name) FROM django_migrations WHERE app = 'guardia'")[0][0]


class Steps(Crowd):
    """One after the other, while two engineers work."""

    def __init__(self, owner: Machine, balancer: Balancer, incident, before: Path) -> None:
        super().__init__(incident)
        self.owner, self.balancer, self.before = owner, balancer, before

    def all(self) -> dict[str, object]:
        self.start()
        self.step("the former version on both", lambda: None)
        self.step("guardia migrate --additive", self.migrates("--additive"))
        for name in self.balancer.hosts:
            self.step(f"{name} gets the new version", partial(self.gets, name, None))
        for name in self.balancer.hosts:
            self.step(f"{name} goes back to the former", partial(self.gets, name, self.before))
        for name in self.balancer.hosts:
            self.step(f"{name} gets the new version again", partial(self.gets, name, None))
        self.step("guardia migrate", self.migrates())
        return self.end()

    def migrates(self, *words: str) -> Callable[[], None]:
        return lambda: self.owner.command("migrate", "--quiet", *words, patience=MIGRATES)

    def gets(self, name: str, code: Path | None) -> None:
        """That host is emptied, gets the version of that folder (None: this one), and is used again."""
        self.balancer.drain(name)
        machine = self.balancer.hosts[name]
        machine.stop()
        machine.begin(code)
        until(lambda: machine.status("/salud/listo") == 200, f"{name} may be sent requests", machine.log)
        self.balancer.ready(name)
