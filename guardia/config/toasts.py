"""The short messages that wait for the next page of a person (what was done, how it is taken back)."""

from typing import Any

from django.contrib.messages.storage.fallback import FallbackStorage

MOST = 6
"""A page shows no more of them; a client that never asks for one would else carry all of them in each request."""


class LastFew(FallbackStorage):
    """Of the messages that wait, the newest ones."""

    def _store(self, messages: list[Any], response: Any, *args: Any, **kwargs: Any) -> list[Any]:
        return super()._store(messages[-MOST:], response, *args, **kwargs)  # type: ignore[misc]
