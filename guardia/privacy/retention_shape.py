"""What a rule of retention is made of: which rows of a table are old enough and under no hold, and how they go."""

from dataclasses import dataclass

from django.utils.functional import Promise

HELD = """NOT EXISTS (SELECT FROM legal_hold h WHERE h.lifted_at IS NULL
    AND (h.case_id = {case} OR h.case_id IS NULL AND h.customer_id = {customer}))"""


def not_held(case: str = "x.case_id", customer: str = "x.customer_id") -> str:
    return HELD.format(case=case, customer=customer)


@dataclass(frozen=True)
class Cut:
    """``rows``: FROM and WHERE of what is due, the table as ``x`` with its ``key``; ``empty``: done to its %(ids)s."""

    table: str
    rows: str
    empty: tuple[str, ...]
    key: str = "id"


@dataclass(frozen=True)
class Kind:
    """``days``: kept so long unless the operator says otherwise, None: for good; ``least``: never shorter, and why."""

    key: str
    words: str | Promise
    what: str | Promise
    days: int | None
    least: int
    basis: str | Promise
    cuts: tuple[Cut, ...]
