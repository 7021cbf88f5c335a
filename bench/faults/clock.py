"""The clock of a worker, which can be made to jump: a library that is loaded before all others shifts its hour.

A time namespace shifts no hour of the day, only how long the machine runs. Where nothing can be compiled the clock is
left alone, and the last lines of the run say so.
"""

import shutil
import struct
import subprocess
import sys
import time
from pathlib import Path

SOURCE = Path(__file__).with_name("clock.c")
HOUR = 3600
TRIAL = "import time, datetime; print(min(time.time(), datetime.datetime.now().timestamp()))"


class Clock:
    """``how`` says by what means, or why not at all."""

    def __init__(self, folder: Path, workers: int) -> None:
        self.library = folder / "clock.so"
        self.files = [folder / f"clock-{number}" for number in range(workers)]
        for file in self.files:
            file.write_bytes(struct.pack("q", 0))
        self.how = self._made()

    @property
    def works(self) -> bool:
        return self.how == "LD_PRELOAD"

    def environment(self, worker: int) -> dict[str, str]:
        return {"LD_PRELOAD": str(self.library), "FAULTS_CLOCK": str(self.files[worker])} if self.works else {}

    def shift(self, worker: int, seconds: int) -> None:
        """The living process sees it at once."""
        with self.files[worker].open("r+b") as file:
            file.write(struct.pack("q", seconds))

    def _made(self) -> str:
        compiler = shutil.which("cc") or shutil.which("gcc")
        if not (compiler and sys.platform == "linux"):
            return "not jumped (no C compiler)"
        command = [compiler, "-shared", "-fPIC", "-O2", "-o", str(self.library), str(SOURCE), "-ldl"]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            return "not jumped (its library cannot be compiled)"
        return "LD_PRELOAD" if self._tried() else "not jumped (its library is not loaded)"

    def _tried(self) -> bool:
        """Whether a Python started with it really has another hour."""
        self.how = "LD_PRELOAD"
        self.shift(0, HOUR)
        told = subprocess.run(
            [sys.executable, "-c", TRIAL],
            env=self.environment(0), capture_output=True, text=True, check=False,
        )  # fmt: skip
        self.shift(0, 0)
        return told.returncode == 0 and float(told.stdout) - time.time() > HOUR / 2
