"""Parts carried to a site and put in there, in a line."""

from collections.abc import Mapping, Sequence
from typing import Any


def plain(parts: Sequence[Mapping[str, Any]], third: str) -> str:
    """``2 × SFP 10G (AB-12), 1 × patch cord``: the same in every language."""
    return ", ".join(
        f"{each['quantity']} × {each['name']}" + (f" ({each[third]})" if each.get(third) else "") for each in parts
    )
