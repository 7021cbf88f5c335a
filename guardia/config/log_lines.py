"""How a line of the log looks: for a person who reads a terminal, or as one JSON object for whatever collects lines."""

import json
import logging
import re
from datetime import UTC, datetime

from guardia.config.log_secrets import without_persons

PLAIN = "%(asctime)s %(levelname)s %(name)s %(message)s"

CONTROL = re.compile("[\\x00-\\x08\\n-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]")
"""What would begin a line that nobody logged, steer a terminal, or turn a line around."""


class Text(logging.Formatter):
    """As before, with what is known of request and step at the end: ``[request=7KQ2M4XP case=1040019]``."""

    def __init__(self) -> None:
        super().__init__(PLAIN)

    def formatMessage(self, record: logging.LogRecord) -> str:
        known = getattr(record, "about", None)
        words = without_persons(record.message)  # while its lines are still lines
        record.message = CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), words)
        line = super().formatMessage(record)
        return f"{line} [{' '.join(f'{name}={value}' for name, value in known.items())}]" if known else line

    def format(self, record: logging.LogRecord) -> str:
        return without_persons(super().format(record))


class Json(logging.Formatter):
    """One object to a line: ``time`` (ISO 8601, UTC), ``level``, ``logger``, ``message``, what is known, trouble."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_persons(record.getMessage()),
            **getattr(record, "about", {}),
        }
        if record.exc_info and record.exc_info[0]:
            line["trouble"] = record.exc_info[0].__name__
            line["traceback"] = without_persons(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
