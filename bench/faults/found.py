"""Where in the database the words stand that each acknowledged act brought with it."""

import re
from collections import defaultdict

from django.db import connection

from bench.faults.journal import Kept

MARKER = re.compile(r"[a-z]+\d*-\d{6,}-")
ROWS_OF = {
    "test": """SELECT t.result, t.id, c.number FROM test_result t JOIN "case" c ON c.id = t.case_id""",
    "file": """SELECT f.caption, f.id, c.number FROM case_file f JOIN "case" c ON c.id = f.case_id""",
    "mail": "SELECT m.text, m.id, 0 FROM message m WHERE m.state <> 'new'",
}
OF_A_ROW = {"tested": "test", "file_added": "file", "message_received": "mail"}
TEXTS = """
    SELECT t.text, e.id, c.number, e.moment
    FROM event_text t JOIN case_event e ON e.id = t.event_id JOIN "case" c ON c.id = e.case_id
    WHERE t.text IS NOT NULL
"""
MOMENTS = """SELECT DISTINCT c.number, e.moment FROM case_event e JOIN "case" c ON c.id = e.case_id"""


def rows(question: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchall()


class Found:
    """Where each marker stands: in which rows of its kind, and in the events of which moment."""

    def __init__(self) -> None:
        self.rows: dict[str, set[tuple[str, int]]] = defaultdict(set)
        self.numbers: dict[str, set[int]] = defaultdict(set)
        for kind, question in ROWS_OF.items():
            for text, pk, number in rows(question):
                self._stands(text, kind, pk, number)
        for text, pk, number, moment in rows(TEXTS):
            self._stands(text, moment, pk, number)
        self.moments = set(rows(MOMENTS))

    def _stands(self, text: str, moment: str, pk: int, number: int) -> None:
        for marker in set(MARKER.findall(text)):
            self.rows[marker].add((moment, pk))
            self.numbers[marker].add(number)

    def has(self, kept: Kept) -> bool:
        if not kept.marker:
            return (kept.number, kept.moment) in self.moments
        there = {moment for moment, _ in self.rows[kept.marker]}
        wanted = OF_A_ROW.get(kept.moment, kept.moment)
        return (wanted in there if wanted else bool(there)) and bool(self.numbers[kept.marker] & {kept.number, 0})
