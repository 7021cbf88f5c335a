"""What `bin/bench storm` looks at meanwhile: an engineer's page, and the rows of the database."""

from collections.abc import Callable
from time import perf_counter, sleep

from bench._machine import percentile

ASKED_EVERY = 0.2


class Desk:
    """An engineer at the bench page, who asks for it anew again and again."""

    def __init__(self, username: str = "engineer") -> None:
        from django.test import Client

        from guardia.config.database_roles import DatabaseRole, behind
        from guardia.people.staff import Staff

        self.client = Client(SERVER_NAME="localhost")
        with behind(DatabaseRole.STAFF):
            self.client.force_login(Staff.objects.get(username=username))
        self.so_often(5)

    def ask(self) -> float:
        begun = perf_counter()
        answer = self.client.get("/")
        assert answer.status_code == 200, answer.status_code
        return perf_counter() - begun

    def so_often(self, times: int) -> list[float]:
        found = []
        for _ in range(times):
            found.append(self.ask())
            sleep(ASKED_EVERY / 4)
        return found

    def while_(self, holds: Callable[[], bool], seconds: float) -> list[float]:
        found, end = [], perf_counter() + seconds
        while holds():
            if perf_counter() > end:
                raise TimeoutError(f"after {seconds:.0f} s the storm still lasts")
            found.append(self.ask())
            sleep(ASKED_EVERY)
        return found


def say(what: str, seconds: list[float]) -> None:
    p50, p95, most = (1000 * percentile(seconds, percent) for percent in (50, 95, 100))
    print(f"{what}: {len(seconds)} times, p50 {p50:.0f} ms, p95 {p95:.0f} ms, longest {most:.0f} ms", flush=True)


def asked(question: str) -> list[tuple]:
    from django.db import connection

    from guardia.config.database_roles import DatabaseRole, behind

    with behind(DatabaseRole.WORKER), connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchall()
