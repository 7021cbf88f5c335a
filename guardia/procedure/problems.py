"""What is wrong with a procedure file, said so that its author can repair it."""

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic_core import PydanticCustomError


@dataclass(frozen=True)
class Problem:
    """One mistake: where it stands (lines count from 1), what is wrong, and what to write instead.

    ``message`` and ``remedy`` are sentences in the reader's language, without their full stop.
    """

    file: str
    line: int
    key: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.key}: {self.message}. {self.remedy}."


class ProcedureFileRefused(Exception):
    """The file is no procedure yet; nothing of it was taken. ``problems`` lists every mistake found, in line order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.line, problem.key)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def refusal(message: str, remedy: str) -> PydanticCustomError:
    """A validator's error that carries its remedy along to the ``Problem``."""
    return PydanticCustomError("refused", "{message}", {"message": message, "remedy": remedy})
