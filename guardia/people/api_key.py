from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatch

from guardia.people.staff import Staff


class KeyRefused(Exception):
    pass


@dataclass
class ApiKey:
    pk: int
    staff: Staff
    scopes: list[str] = field(default_factory=lambda: ["*"])

    def allows(self, operation: str) -> bool:
        return any(fnmatch(operation, one) for one in self.scopes)


def authenticate(written: str, address: str, at: datetime) -> ApiKey:
    raise KeyRefused("This key is unknown.")


def note_use(key: ApiKey, address: str, at: datetime) -> None:
    pass
