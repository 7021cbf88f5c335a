"""That a mail cannot be read. It is kept whole; only nothing is known of it."""


class Unreadable(Exception):
    """``reason`` is a code: too_big, empty, no_from, header_bomb, too_deep, too_many_parts."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason
