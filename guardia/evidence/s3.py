"""A store of files that speaks S3, in place of the folder: the same names, the same promises.

A PUT is whole or not there at all, and its answer says that it will stay; the store checks the sum of what it got. All
trouble becomes an OSError, as that of a disk would be, so that nobody above has to know which of both it is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from django.utils.deconstruct import deconstructible

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Store

RETRIES = 2
NO_BUCKET = "NoSuchBucket"


class StoreTrouble(OSError):
    """The store does not answer, or says no. Without a key in it."""


@deconstructible(path="guardia.evidence.s3.Bucket")
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
