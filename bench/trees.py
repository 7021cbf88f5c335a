"""`bin/bench trees FOLDER FOLDER`: what two states of the sources cost the processor, page by page, in turns.

Each folder is a tree with its own `.venv`, such as a `git worktree`. The web of each serves the same database, the
operator of `tests/plans` with a past; the pages are asked for in turns, and what the processes of a web have used
is read from the kernel. So it says something on a machine that others keep busy, too.
"""

import argparse
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from itertools import count
from statistics import median
from time import monotonic, sleep

import psycopg

from bench import _cpu
from bench._house import House, named, opened
from bench._machine import describe
from bench._web import HOST, PATIENCE, Answer, Browser, give_password
from guardia.cli.children import any_free

ENGINEER = "ingeniero1"
WARM = 8
type Ask = Callable[[], Answer]


class Tree:
    """The web of one tree, with the browsers that ask it, and milliseconds of the processor for each page."""

    def __init__(self, folder: str, house: House, database: str) -> None:
        self.folder, self.port = folder, any_free(HOST)
        words = [f"{folder}/.venv/bin/python", "-m", "guardia", "web", "--port", str(self.port), "--threads", "1"]
        env = house.address(database) | {"PUBLIC_URL": f"http://{HOST}:{self.port}", "DEMO": ""}
        self.process = subprocess.Popen([*words, "--processes", "1"], env=env, cwd=folder)
        self.took: dict[str, list[float]] = {}

    def wait(self) -> None:
        end = monotonic() + PATIENCE
        while monotonic() < end and self.process.poll() is None:
            try:
                if Browser(self.port).get("/salud/vivo").status == 200:
                    return
            except OSError:
                sleep(0.2)
        raise RuntimeError(f"the web of {self.folder} does not answer")


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/bench trees", description=__doc__.splitlines()[0])
    words.add_argument("folders", nargs="+", help="the trees; the first one is what the others are compared with")
    words.add_argument("--rounds", type=int, default=8)
    words.add_argument("--times", type=int, default=40, help="how often each page is asked for in a round")
    words.add_argument("--copies", type=int, default=30, help="of the sample operator's companies, with all they have")
    args = words.parse_args()
    with opened() as house:
        print(describe(house.postgres))
        from guardia.config.postgres import DATABASE

        found = prepare(house, args.copies)
        trees = [Tree(folder, house, DATABASE) for folder in args.folders]
        try:
            measure(trees, {tree.folder: pages(tree, *found) for tree in trees}, args)
            say(trees)
        finally:
            for tree in trees:
                tree.process.terminate()
                tree.process.wait(timeout=30)
    return 0


def prepare(house: House, how_often: int) -> tuple[str, str, int, int]:
    """The sample operator, copied: the number of a case, its company's cookie, a service and its company."""
    from guardia.config.now import now
    from guardia.config.postgres import DATABASE
    from tests.plans import copies
    from tests.plans import house as sample

    with psycopg.connect(named(house.server.owner_url, DATABASE), autocommit=True) as owner:
        copies.draw_from_first(owner)
        found = sample.found(now())
        for grown in (copies.deeper(1, 2), copies.closer(3, 4), copies.wider(5, 4 + how_often)):
            copies.grow(owner, grown)
        service = owner.execute("SELECT id, customer_id FROM service WHERE active ORDER BY id DESC LIMIT 1").fetchone()
    assert service
    give_password(ENGINEER)
    return str(found.words["case"]), found.cookie, *service


def pages(tree: Tree, number: str, cookie: str, service: int, company: int) -> dict[str, Ask]:
    from django.conf import settings

    tree.wait()
    desk, portal, cases = Browser(tree.port), Browser(tree.port), count()
    desk.sign_in(ENGINEER)
    portal.cookies[settings.COMPANY_COOKIE_NAME] = cookie
    part, tags = {"HX-Request": "true"}, {"HX-PTag": ""}

    def unchanged() -> Answer:
        answer = desk.get("/?vivo=1", **part, **tags)
        tags["HX-PTag"] = answer.headers["HX-PTag"]
        return answer

    def opened_case() -> Answer:
        said = {"service": service, "symptoms": f"No service, {next(cases)}.", "impact": "down", "source": "phone"}
        return desk.post(f"/casos/nuevo?compania={company}", said)

    return {
        "bench page": partial(desk.get, "/"),
        "poll of the bench": partial(desk.get, "/?vivo=1", **part),
        "poll answered 304": unchanged,
        "case page": partial(desk.get, f"/casos/{number}/"),
        "new-case form": partial(desk.get, f"/casos/nuevo?compania={company}"),
        "case opened by the form": opened_case,
        "case page of the portal": partial(portal.get, f"/mi-empresa/casos/{number}"),
    }


def measure(trees: list[Tree], asks: dict[str, dict[str, Ask]], args: argparse.Namespace) -> None:
    """Every other round the trees change places. The first request of a turn may have to connect anew."""
    for round_ in range(args.rounds + 1):
        for page in asks[trees[0].folder]:
            for tree in trees if round_ % 2 else reversed(trees):
                took = turn(tree, asks[tree.folder][page], args.times if round_ else WARM)
                if round_:
                    tree.took.setdefault(page, []).append(took)


def turn(tree: Tree, ask: Ask, times: int) -> float:
    try:
        ask()
    except ConnectionError:  # it was closed meanwhile, since nothing was asked
        ask()
    with _cpu.used({"web": tree.process.pid}) as used:
        for _ in range(times):
            answer = ask()
            assert answer.status in {200, 302, 304}, answer.status
    return used["web"] / times


def say(trees: list[Tree]) -> None:
    first = trees[0]
    for page, before in first.took.items():
        shown = [f"{median(before):.1f} ms"]
        for tree in trees[1:]:
            times = median(now / then for now, then in zip(tree.took[page], before, strict=True))
            shown.append(f"{median(tree.took[page]):.1f} ms ({times:.2f} ×)")
        print(f"{page}: {', then '.join(shown)}")


if __name__ == "__main__":
    sys.exit(main())
