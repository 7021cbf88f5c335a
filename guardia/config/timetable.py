"""What runs by itself: its name, the pause between two rounds in seconds, and the function of one round.

A round gets the event that says that the worker stops; it returns when nothing is due.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Periodic:
    name: str
    seconds: float
    function: str


TIMETABLE = (
    Periodic("deadlines", 1, "guardia.doors.worker.rounds.deadlines"),
    Periodic("mail", 1, "guardia.doors.worker.rounds.mail"),
)
