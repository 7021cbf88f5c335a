"""Root at the command line of an installation that belongs to a service account works as that account.

Otherwise each folder and file that a command makes would belong to root, and the service could not write there.
"""

import os
import pwd
import sys
from dataclasses import dataclass
from pathlib import Path

from guardia.config.account import DatabaseTrouble
from guardia.config.database import ROOT, state_dir

FOLDERS = ("ATTACHMENTS_DIR", "BACKUP_DIR")


@dataclass(frozen=True)
class Owner:
    """The account that the installation belongs to, by the folder that says so. Ids are those of the system."""

    uid: int
    gid: int
    folder: Path

    @property
    def name(self) -> str:
        """``guardia``; ``uid 991`` for an account that the system has no name for."""
        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return f"uid {self.uid}"


def owner() -> Owner | None:
    """Whose it is: the owner of STATE_DIR, else of the files or the backups; None: nobody's but root's."""
    named = (Path(os.environ[name]) for name in FOLDERS if os.environ.get(name))
    for folder in (state_dir(), *named):
        try:
            found = folder.stat()
        except OSError:
            continue
        if found.st_uid:
            return Owner(found.st_uid, found.st_gid, folder)
    return None


def become_owner() -> None:
    """In a process of root: from here on, and for good, the account of the installation. For others nothing happens.

    Raises DatabaseTrouble where that account cannot read the program itself.
    """
    if os.geteuid() != 0 or (found := owner()) is None:
        return
    groups = _groups(found)
    os.setgroups(groups)
    os.setresgid(found.gid, found.gid, found.gid)
    os.setresuid(found.uid, found.uid, found.uid)
    os.environ["HOME"] = str(found.folder)
    for place in (ROOT / "guardia" / "__main__.py", Path(sys.executable), Path(os.__file__)):
        if not os.access(place, os.R_OK):
            raise DatabaseTrouble(
                f"{found.folder} belongs to {found.name}, so this command works as {found.name}, which may not read "
                f"{place}. Put Guardia where that account can read it, such as /opt/guardia"
            )


def _groups(found: Owner) -> list[int]:
    """All that the account is in: secrets may be readable by one of them."""
    try:
        return os.getgrouplist(pwd.getpwuid(found.uid).pw_name, found.gid)
    except KeyError:
        return [found.gid]


def who() -> str:
    """By which account this process works, for a sentence: ``guardia, the owner of /var/lib/guardia``."""
    found = owner()
    if found and found.uid == os.geteuid():
        return f"{found.name}, the owner of {found.folder}"
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return f"uid {os.geteuid()}"
