"""`guardia shadow` several times in one process: `python -m tests.ops.many_shadows '[["FILE", "--mapping", "M"], …]'`.

The last line is JSON: of each its exit code and what it wrote to the standard error.
"""

import io
import json
import sys
from contextlib import redirect_stderr

from guardia.cli.main import main


def run_shadow(words: list[str]) -> tuple[int, str]:
    written = io.StringIO()
    with redirect_stderr(written):
        code = main(["shadow", *words])
    return code, written.getvalue()


print(json.dumps([run_shadow(words) for words in json.loads(sys.argv[1])]))  # noqa: T201
