"""Planned work goes by its hours: told once more, begun, overrun; and the cases inside a window know it."""

from collections.abc import Callable
from datetime import datetime
from threading import Event

from guardia.config.now import now
from guardia.config.walls import Wall, behind
from guardia.outages import work_alarm, work_announcing, work_cases, work_course

STEPS: tuple[Callable[[datetime], int], ...] = (
    work_announcing.remind_due,
    work_course.start_due,
    work_course.overrun_due,
    work_alarm.page_due,
    work_cases.link_due,
)


def planned_work(stopping: Event) -> None:
    """One round: each step goes on until nothing is due."""
    for step in STEPS:
        found = 1
        while found and not stopping.is_set():
            with behind(Wall.WORKER):
                found = step(now())
