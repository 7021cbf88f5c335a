"""Commands are run as a person runs them: in a process of their own, on a state folder of their own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from guardia.config.postgres import Embedded

ROOT = Path(__file__).parents[2]
LONGEST_SECONDS = 600  # on a machine that does much else besides


@dataclass
class House:
    """One installation: its state folder, and the settings it is switched on with."""

    state: Path
    settings: dict[str, str]

    def guardia(self, *words: str, module: str = "guardia", **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", module, *words],
            cwd=ROOT,
            env=self.environment(**settings),
            capture_output=True,
            text=True,
            timeout=LONGEST_SECONDS,
            check=False,
        )

    def environment(self, **settings: str) -> dict[str, str]:
        """What a process of this installation is started with."""
        others = {key: value for key, value in os.environ.items() if not key.startswith(("DATABASE_", "PROMETHEUS_"))}
        return others | {"STATE_DIR": str(self.state)} | self.settings | settings


@pytest.fixture(scope="session")
def make_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., House]]:
    made: list[House] = []

    def make(**settings: str) -> House:
        made.append(House(tmp_path_factory.mktemp("house"), settings))
        return made[-1]

    yield make
    for house in made:
        Embedded(house.state / "pg", fsync=False).wipe()  # what a service folder holds would stay for ever
        shutil.rmtree(house.state, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated(make_house: Callable[..., House]) -> House:
    """A house after `guardia migrate` and nothing else, to be copied."""
    house = make_house()
    done = house.guardia("migrate")
    assert done.returncode == 0, done.stderr
    return house


def copied(house: House, to: House) -> bool:
    """Whether the other house is now as this one is, of which no process runs; not where its data stands elsewhere."""
    if not (house.state / "pg" / "data").is_dir():  # in the service folder
        return False
    shutil.copytree(house.state, to.state, dirs_exist_ok=True, ignore=shutil.ignore_patterns("lock", "address"))
    return True


@pytest.fixture(scope="session")
def filled(make_house: Callable[..., House]) -> tuple[House, dict]:
    """A house with an open case, a photograph and a log on it; what they are called."""
    house = make_house()
    done = house.guardia(module="tests.ops.house")
    assert done.returncode == 0, done.stderr
    return house, json.loads(done.stdout.splitlines()[-1])


def addresses_of(server: Embedded) -> dict[str, str]:
    """The settings that name its databases, as an environment."""
    return {
        "DATABASE_URL": server.app_url,
        "DATABASE_DIRECT_URL": server.owner_url,
        "DATABASE_PORTAL_URL": server.portal_url,
        "DATABASE_PORTAL_ACTS_URL": server.portal_acts_url,
        "DATABASE_SIGN_IN_URL": server.sign_in_url,
    }


@pytest.fixture(scope="module")
def postgres(filled: tuple[House, dict]) -> Iterator[Embedded]:
    """The server of that house, for processes that are given its addresses."""
    server = Embedded(filled[0].state / "pg", fsync=False).start()
    yield server
    server.stop()
