"""`bin/bench report`: the closing report of a case with three visits and two relapses, from its rows to its PDF.

In each of the three languages; the first one also starts the compiler and reads its fonts.
"""

import argparse
import sys

from bench._house import opened
from bench._machine import Figure, describe, percentile, timed

LIMIT = 1.0
LANGUAGES = ("es", "en", "pt")


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/bench report", description=__doc__.splitlines()[0])
    words.add_argument("--rounds", type=int, default=20, help="reports in each language")
    args = words.parse_args()
    with opened() as house:
        print(describe(house.postgres))
        return measure(args.rounds)


def measure(rounds: int) -> int:
    from django.utils import translation

    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.web.report.document import closing_document
    from tests.closing.long import three_visits_and_two_relapses
    from tests.procedure.story import Story

    seconds, sizes = [], []
    with behind(DatabaseRole.STAFF):
        story = Story()
        three_visits_and_two_relapses(story)
        for _round in range(rounds):
            for language in LANGUAGES:
                with translation.override(language):
                    seconds.append(timed(lambda: sizes.append(len(closing_document(story.case, story.now).pdf()))).wall)
    print(f"first {seconds[0]:.3f} s, p50 {percentile(seconds, 50):.3f} s, longest {max(seconds):.3f} s")
    print(f"{len(seconds)} reports of {max(sizes) // 1024} KB at most")
    return Figure("report", percentile(seconds, 99), "s", LIMIT, 1.0).say()


if __name__ == "__main__":
    sys.exit(main())
