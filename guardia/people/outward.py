"""For a session of ``requests``: no connection is made to where Guardia may not be sent (``people/egress.py``).

Whoever needs it imports it there and then: the library is 5 MB of each process, and few installations ever ask by it.
"""

import socket
from typing import Any, ClassVar

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from guardia.people.egress import may_lead_to, not_this_machine, outward_only


class _Looked:
    """A connection that is made to an address of the outside, or not at all."""

    may = staticmethod(may_lead_to)

    def _new_conn(self) -> socket.socket:
        with outward_only(may=self.may):
            made: socket.socket = super()._new_conn()  # type: ignore[misc]
        return made


class _Plain(_Looked, HTTPConnection):
    pass


class _Sealed(_Looked, HTTPSConnection):
    pass


class _PlainOfTheDirectory(_Plain):
    may = staticmethod(not_this_machine)


class _SealedOfTheDirectory(_Sealed):
    may = staticmethod(not_this_machine)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SealedPool(HTTPSConnectionPool):
    ConnectionCls = _Sealed


class _PlainPoolOfTheDirectory(HTTPConnectionPool):
    ConnectionCls = _PlainOfTheDirectory


class _SealedPoolOfTheDirectory(HTTPSConnectionPool):
    ConnectionCls = _SealedOfTheDirectory


class Outward(HTTPAdapter):
    """For a session of requests: every connection is looked at, that of a redirect too; one of a proxy is not."""

    pools: ClassVar[dict[str, type[HTTPConnectionPool]]] = {"http": _PlainPool, "https": _SealedPool}

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self.pools


class OfTheDirectory(Outward):
    """The same for the directory that the environment names (OIDC_URL), which may stand in an internal network."""

    pools: ClassVar[dict[str, type[HTTPConnectionPool]]] = {
        "http": _PlainPoolOfTheDirectory,
        "https": _SealedPoolOfTheDirectory,
    }
