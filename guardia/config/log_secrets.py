"""What is written into the log names no secret: of the address that an exchange pushes to, the token is left out."""

import logging
import re

TOKEN = re.compile(r"(/(?:telefonia|api/v1/cti)/)[^\s/?'\"]+")


class WithoutTokens(logging.Filter):
    """Django names the address of a request that went wrong; whoever reads the log could speak for the exchange."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        without = TOKEN.sub(r"\1…", said)
        if without != said:
            record.msg, record.args = without, None
        return True
