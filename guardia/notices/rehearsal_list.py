"""The list of a rehearsal as somebody writes it: mailboxes, domains and telephones, one to a line."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from guardia.customers.phones import NotANumber, normalise
from guardia.customers.values import Misfit, Reader, email, read
from guardia.notices.domain_limits import domain
from guardia.people.rehearsal import NamedList

MOST = 200


def of_lines(read: Callable[[str], str]) -> Reader:
    """Each line of a text by this reader, without the empty ones. Raises Misfit with the line that does not fit."""

    def lines(value: Any) -> list[str]:
        written = [line.strip() for line in str(value or "").replace(",", "\n").splitlines() if line.strip()]
        if len(written) > MOST:
            raise Misfit(_("That is more than %d: name a domain instead of its mailboxes.") % MOST)
        return [read(line) for line in written]

    return lines


def telephone(value: str) -> str:
    """A number in E.164. Raises Misfit."""
    try:
        return normalise(value)
    except NotANumber as wrong:
        raise Misfit(str(wrong)) from wrong


FIELDS: dict[str, Reader] = {
    "mailboxes": of_lines(email),
    "domains": of_lines(domain),
    "telephones": of_lines(telephone),
}


def list_of(written: Mapping[str, Any]) -> NamedList:
    """The list that these texts say; ``people``: the ids of staff. Raises Unfit with every field that does not fit."""
    fields = read(FIELDS, {name: written.get(name, "") for name in FIELDS})
    people = tuple(int(pk) for pk in written.get("people", ()))
    return NamedList(tuple(fields["mailboxes"]), tuple(fields["domains"]), tuple(fields["telephones"]), people)
