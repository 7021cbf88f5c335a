"""Public collections of mails, as their authors publish them: fetched into a temporary folder, never kept here."""

import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def uv() -> str:
    """The one that bin/bench found."""
    return os.environ.get("BENCH_UV", "uv")


@contextmanager
def published(name: str, version: str) -> Iterator[Path]:
    """The folder of this package's source as it stands on the package index, tests included.

    Ends the bench where it cannot be fetched.
    """
    with tempfile.TemporaryDirectory(prefix="corpus") as place:
        pip = [uv(), "run", "--no-project", "--quiet", "--with", "pip", "python", "-m", "pip", "download", "--quiet"]
        command = [*pip, "--no-deps", "--no-binary", ":all:", "--dest", place, f"{name}=={version}"]
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
        archives = list(Path(place).glob("*.tar.gz"))
        if done.returncode or not archives:
            sys.exit(
                f"{name} {version} cannot be fetched. Fetch its source elsewhere, unpack it, and name the folder.\n"
                f"{done.stderr.strip()}"
            )
        with tarfile.open(archives[0]) as archive:
            archive.extractall(place, filter="data")
        yield next(each for each in Path(place).iterdir() if each.is_dir())
