"""What the operator has acknowledged, written down outside of it: what stands here must be found afterwards."""

import json
import threading
import traceback
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Kept:
    """One answer that was received whole. ``moment``: the event that it promises on the case ``number``, empty for any;
    ``marker``: words of its own that must stand there exactly once, empty where the act takes none.
    """

    kind: str
    number: int
    moment: str
    marker: str = ""


class Journal:
    """Every line is in the file before anybody goes on."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("a", encoding="utf-8")
        self.kept: list[Kept] = []
        self.seen: Counter[str] = Counter()
        self.changed = threading.Condition()
        self.drawn = 0
        self.gone = ""

    def keep(self, kept: Kept) -> None:
        with self.changed:
            self.file.write(json.dumps(asdict(kept), ensure_ascii=False) + "\n")
            self.file.flush()
            self.kept.append(kept)
            self.changed.notify_all()

    def note(self, what: str) -> None:
        """Something else that is counted: an answer that broke off, a refusal in words."""
        with self.changed:
            self.seen[what] += 1
            self.changed.notify_all()

    def lose(self, who: str, trouble: BaseException) -> None:
        """Somebody cannot work any more, by no fault of the operator that this run knows of."""
        self.gone = "".join([f"{who} cannot go on: ", *traceback.format_exception(trouble)])

    def marker(self, who: str) -> str:
        """Words that stand nowhere else."""
        with self.changed:
            self.drawn += 1
            return f"{who}-{self.drawn:06}-"

    def wait(self, until: int, seconds: float) -> bool:
        """Whether so many answers have come; looks no longer than ``seconds``."""
        with self.changed:
            return self.changed.wait_for(lambda: len(self.kept) >= until, seconds)
