"""For a session of ``requests``: no connection is made to where Guardia may not be sent (``people/egress.py``).

Whoever needs it imports it there and then: the library is 5 MB of each process, and few houses ever ask by it.
"""

import socket
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from guardia.people.egress import outward_only


class _Looked:
    """A connection that is made to an address of the outside, or not at all."""

    def _new_conn(self) -> socket.socket:
        with outward_only():
            made: socket.socket = super()._new_conn()  # type: ignore[misc]
        return made


class _Plain(_Looked, HTTPConnection):
    pass


class _Sealed(_Looked, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SealedPool(HTTPSConnectionPool):
    ConnectionCls = _Sealed


class Outward(HTTPAdapter):
    """For a session of requests: every connection is looked at, that of a redirect too; one of a proxy is not."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SealedPool}
