"""Where the bytes of attachments stand: named by what they contain, written whole, and the same ones only once.

Behind Django's storage API, under the name ``attachments`` in STORAGES: a folder, or whatever takes its place.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.utils.deconstruct import deconstructible

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Store

THUMBNAIL = ".thumbnail"
HALF_WRITTEN = ".part"


class CannotKeep(Exception):
    """The store takes nothing: it is full, gone, or may not be written."""


@deconstructible(path="guardia.evidence.store.Folder")
class Folder(FileSystemStorage):
    """A folder in which a file is there whole or not at all, also after the power has failed."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name says what the file contains: one that is there already is the same."""
        return name

    def _save(self, name: str, content: File) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        with NamedTemporaryFile(dir=path.parent, suffix=HALF_WRITTEN, delete=False) as half:
            try:
                for chunk in content.chunks():
                    half.write(chunk)
                half.flush()
                os.fsync(half.fileno())
                os.replace(half.name, path)
            except BaseException:
                with suppress(OSError):
                    os.unlink(half.name)
                raise
        _sync(path.parent)
        return name


def _sync(folder: Path) -> None:
    """The name of a new file is on the disk only when its folder is."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def store() -> Storage:
    return storages["attachments"]


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def place(sha: str) -> str:
    """Where the bytes of this hash stand: 256 folders, so that none grows without bound."""
    return f"{sha[:2]}/{sha}"


def keep(sha: str, content: bytes, thumbnail: bytes = b"") -> None:
    """Both stand whole in the store when this returns; what is there already is left as it is.

    The caller holds the turn of this hash (``turn``) until its row is committed. Raises CannotKeep.
    """
    parts = [(place(sha), content)] + ([(place(sha) + THUMBNAIL, thumbnail)] if thumbnail else [])
    for name, data in parts:
        try:
            _keep(name, data)
        except OSError as wrong:
            raise CannotKeep(str(wrong)) from wrong


def _keep(name: str, data: bytes) -> None:
    to = store()
    if to.exists(name):
        if to.size(name) == len(data):
            return
        to.delete(name)
    saved = to.save(name, ContentFile(data))
    if saved != name:  # a store that gives another name to what is there: somebody was faster
        to.delete(saved)


def turn(sha: str) -> str:
    """Who writes or removes the bytes of this hash takes this turn, so that none is removed which another counts on."""
    return f"attachment {sha}"


def read(sha: str, *, thumbnail: bool = False) -> bytes | None:
    """The bytes; None where the store does not have them (any more)."""
    try:
        with store().open(place(sha) + (THUMBNAIL if thumbnail else ""), "rb") as kept:
            return kept.read()
    except OSError:
        return None


def has(sha: str) -> bool:
    """Whether the store has the bytes; a store that does not answer has not."""
    try:
        return store().exists(place(sha))
    except OSError:
        return False


def is_older(sha: str, than: datetime) -> bool:
    """Whether the bytes were written before this hour (UTC)."""
    try:
        return store().get_modified_time(place(sha)) < than
    except OSError:
        return False


def remove(sha: str) -> None:
    """The bytes and their thumbnail are gone. The caller holds the turn. Raises OSError."""
    for name in (place(sha) + THUMBNAIL, place(sha)):
        store().delete(name)


def hashes() -> Iterator[list[str]]:
    """What stands in the store, folder by folder; nothing else in it is looked at."""
    for folder in _names(store(), "", folders=True):
        found = {name.removesuffix(THUMBNAIL) for name in _names(store(), folder)}
        if named := sorted(sha for sha in found if is_hash(sha) and sha[:2] == folder):
            yield named


def _names(at: Storage, path: str, *, folders: bool = False) -> list[str]:
    found: tuple[Any, Any] = ([], [])
    with suppress(FileNotFoundError):
        found = at.listdir(path)
    return sorted(found[0] if folders else found[1])


def is_hash(name: str) -> bool:
    return len(name) == 64 and set(name) <= set("0123456789abcdef")


# A store of files that speaks S3, in place of the folder: the same names, the same promises.
#
# A PUT is whole or not there at all, and its answer says that it will stay; the store checks the sum of what it got.
# All trouble becomes an OSError, as that of a disk would be, so that nobody above has to know which of both it is.


RETRIES = 2
NO_BUCKET = "NoSuchBucket"


class StoreTrouble(OSError):
    """The store does not answer, or says no. Without a key in it."""


@deconstructible(path="guardia.evidence.store.Bucket")
class Bucket(Storage):
    """``url`` is s3://BUCKET/FOLDER; ``endpoint`` empty: Amazon's own; ``timeout`` in seconds, for each request."""

    def __init__(
        self,
        url: str,
        *,
        endpoint: str = "",
        region: str = "us-east-1",
        key_id: str = "",
        secret: str = "",
        ca_file: str = "",
        timeout: int = 20,
    ) -> None:
        parts = urlsplit(url)
        self.bucket, self.folder = parts.netloc, parts.path.strip("/")
        self.endpoint, self.region, self.key_id, self.secret = endpoint, region, key_id, secret
        self.ca_file, self.timeout = ca_file, timeout

    @cached_property
    def there(self) -> "S3Store":
        """The connection, made when it is first needed: a web server that has been split has one in each process.

        Raises ImproperlyConfigured where the package is not installed.
        """
        try:
            from obstore.store import S3Store
        except ImportError as wrong:
            raise ImproperlyConfigured(
                "ATTACHMENTS_URL is set, but the package for it is missing: uv sync --extra s3"
            ) from wrong
        client: ClientConfig = {"timeout": f"{self.timeout}s", "connect_timeout": f"{min(self.timeout, 5)}s"}
        if self.endpoint.startswith("http://"):
            client["allow_http"] = True
        if self.ca_file:
            client["root_certificate"] = Path(self.ca_file).read_bytes()
        retry: RetryConfig = {
            "max_retries": RETRIES,
            "retry_timeout": timedelta(seconds=2 * self.timeout),
            "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=1), "base": 2},
        }
        return S3Store(
            self.bucket,
            prefix=self.folder or None,
            region=self.region,
            access_key_id=self.key_id,
            secret_access_key=self.secret,
            checksum_algorithm="SHA256",
            virtual_hosted_style_request=False,
            client_options=client,
            retry_config=retry,
            config={"endpoint": self.endpoint} if self.endpoint else None,
        )

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name says what the file contains: one that is there already is the same."""
        return name

    def _save(self, name: str, content: File) -> str:
        with _troubles():
            self.there.put(name, content.read())
        return name

    def _open(self, name: str, mode: str = "rb") -> File:
        with _troubles():
            return ContentFile(bytes(self.there.get(name).bytes()), name=name)

    def exists(self, name: str) -> bool:
        try:
            self._about(name)
        except FileNotFoundError:
            return False
        return True

    def size(self, name: str) -> int:
        return self._about(name)["size"]

    def get_modified_time(self, name: str) -> datetime:
        return self._about(name)["last_modified"]

    def delete(self, name: str) -> None:
        with _troubles():
            self.there.delete(name)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        with _troubles():
            found = self.there.list_with_delimiter(f"{path}/" if path else None)
        folders = [each.rstrip("/").rpartition("/")[2] for each in found["common_prefixes"]]
        return folders, [each["path"].rpartition("/")[2] for each in found["objects"]]

    def _about(self, name: str) -> Any:
        with _troubles():
            return self.there.head(name)


@contextmanager
def _troubles() -> Iterator[None]:
    """What is not there is a FileNotFoundError; all else, and a whole bucket that is not there, a StoreTrouble."""
    from obstore.exceptions import BaseError

    try:
        yield
    except FileNotFoundError as missing:
        if NO_BUCKET in str(missing):
            raise StoreTrouble("there is no such bucket: make it, or correct ATTACHMENTS_URL") from None
        raise FileNotFoundError("not in the store") from None
    except (BaseError, OSError, ValueError) as wrong:
        raise StoreTrouble(in_words(wrong)) from None


def in_words(wrong: Exception) -> str:
    """Its first sentence: what follows may repeat addresses and keys."""
    lines = [line.strip() for line in str(wrong).splitlines() if line.strip()]
    return (lines[0] if lines else type(wrong).__name__)[:300]
