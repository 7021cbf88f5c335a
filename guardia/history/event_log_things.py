"""What the cases of an object-centric log are about: companies, services, sites, and the elements that services run
over. Only what a case has named is read; their ids are what stays in memory.
"""

from collections.abc import Iterator
from itertools import batched

from guardia.config.sql_rows import rows_of
from guardia.customers.lookup import companies_containing
from guardia.customers.values import fold
from guardia.history.event_log import Value

AT_ONCE = 1000
STATEMENTS = {
    "service": """
        SELECT s.id, s.circuit, s.type, s.customer_id, s.site_id,
               ARRAY(SELECT element_id FROM service_element WHERE service_id = s.id ORDER BY element_id)
        FROM service s WHERE s.id = ANY(%s) ORDER BY s.id
    """,
    "site": """
        SELECT t.id, coalesce(t.external_id, 'site-' || t.id), t.name, y.name, coalesce(nullif(t.own_band, ''), y.band),
               t.customer_id
        FROM site t JOIN city y ON y.id = t.city_id WHERE t.id = ANY(%s) ORDER BY t.id
    """,
    "company": """
        SELECT id, coalesce(external_id, 'company-' || id), name FROM customer WHERE id = ANY(%s) ORDER BY id
    """,
    "element": "SELECT id, code, kind FROM element WHERE id = ANY(%s) ORDER BY id",
}
"""In this order: what a service names is read after it."""

type Thing = tuple[str, str, dict[str, Value | None], list[tuple[str, str]]]
"""Its id, its type, its columns, and the objects that it is related to, each with the word for it."""


class ThingReader:
    def __init__(self, *, with_names: bool) -> None:
        self.with_names = with_names
        self.ids: dict[str, set[int]] = {what: set() for what in STATEMENTS}

    def named(self, what: str, pk: int) -> str:
        """The id of this thing in the log, which from now on has it."""
        self.ids[what].add(pk)
        return f"{what}-{pk}"

    def read(self) -> Iterator[Thing]:
        """Everything that was named, and what belongs to it."""
        for what, statement in STATEMENTS.items():
            for some in batched(sorted(self.ids[what]), AT_ONCE):
                for row in rows_of(statement, [list(some)]):
                    yield getattr(self, f"_{what}")(*row)

    def _service(self, pk: int, circuit: str, kind: str, company: int, site: int, elements: list[int]) -> Thing:
        over = [("runs over", self.named("element", each)) for each in elements]
        relations = [("bought by", self.named("company", company)), ("ends at", self.named("site", site)), *over]
        return f"service-{pk}", "service", {"circuit": circuit, "service_type": kind}, relations

    def _site(self, pk: int, code: str, name: str, city: str, band: str, company: int) -> Thing:
        columns: dict[str, Value | None] = {"code": code, "city": city, "band": band}
        relations = [("place of", self.named("company", company))]
        return f"site-{pk}", "site", columns | self._name(name), relations

    def _company(self, pk: int, code: str, name: str) -> Thing:
        return f"company-{pk}", "company", {"code": code} | self._name(name), []

    def _element(self, pk: int, code: str, kind: str) -> Thing:
        return f"element-{pk}", "element", {"code": code, "kind": kind}, []

    def _name(self, name: str) -> dict[str, Value | None]:
        return {"name": name} if self.with_names else {}


def company_of_code(code: str) -> int | None:
    """The id of the company that the log names so: by its own code, or by ours where it has none."""
    found = rows_of("SELECT id FROM customer WHERE coalesce(external_id, 'company-' || id) = %s", [code])
    return found[0][0] if found else None


def company_of_words(words: str) -> int | None:
    """The id of the company of this code, or of the only one with this name, or with these words in its name; None
    where there is none, or are several.
    """
    if found := company_of_code(words):
        return found
    companies = companies_containing(words)
    for some in (companies.filter(folded_name=fold(words)), companies):
        ids = list(some.values_list("pk", flat=True)[:2])
        if len(ids) == 1:
            return ids[0]
    return None
