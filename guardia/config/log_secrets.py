"""What is written into the log names no secret: the token of an address that acts without a sign-in is left out."""

import logging
import re

TOKEN = re.compile(r"(/(?:telefonia|api/v1/cti|campo/(?:v|estado|envios|fotos)|entrar/enlace)/)[^\s/?'\"]+")


class WithoutTokens(logging.Filter):
    """Django names the address of a request that went wrong; whoever reads the log could act in its place."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        without = TOKEN.sub(r"\1…", said)
        if without != said:
            record.msg, record.args = without, None
        return True
