"""Whether the receiving mail server proved who sent a mail (RFC 8601, RFC 7489), and whether it was marked as spam.

A sender can write any header. Only the topmost ``Authentication-Results`` counts, and only where our own receiving
server wrote it: each server adds its headers above those it received. No clock, no database, no look at the network.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from guardia.mail.addresses import ascii_domain, mailboxes
from guardia.mail.headers import Headers

RESULTS, EXCHANGE, RECEIVED_SPF = "authentication-results", "exchange", "received-spf"
"""Where the receiving server writes what it found: RFC 8601; Exchange Online, which names no server; RFC 7208."""

LOOKED_AT = 8_000  # characters of one header
MOST_RESULTS = 100
SPAM_SCORE = 5  # X-MS-Exchange-Organization-SCL: 5 and 6 are spam, 9 is certain spam

TOKEN = re.compile(r'"((?:[^"\\]|\\.){0,2000})"|([()=;])|([^\s()=;"]+)')
KEYWORD = re.compile(r"[a-z0-9_-]{1,40}\Z")
YES = re.compile(r"\s*(?:yes|true|spam|1)\b", re.IGNORECASE)


class SenderProof(StrEnum):
    PROVEN = "proven"
    UNPROVEN = "unproven"  # nothing says who sent it: most companies publish no DMARC
    FAILED = "failed"  # its domain says that it was not the sender
    SPAM = "spam"  # the receiving server took it for spam


@dataclass(frozen=True)
class Receiver:
    """The operator's receiving server: the names under which it writes, in lower case, and where it writes."""

    ids: frozenset[str] = frozenset()
    adapter: str = RESULTS

    @property
    def is_known(self) -> bool:
        return bool(self.ids) or self.adapter != RESULTS


@dataclass(frozen=True)
class Result:
    """One method's result: ``dkim``, ``pass``, and its properties such as ``header.d``."""

    method: str
    result: str
    properties: tuple[tuple[str, str], ...] = ()

    def value(self, *names: str) -> str:
        return next((value for name, value in self.properties if name in names), "")


@dataclass(frozen=True)
class Results:
    authserv_id: str  # lower case; "" where the header names none
    results: tuple[Result, ...] = ()


def sender_proof(headers: Headers, from_address: str, receiver: Receiver) -> SenderProof:
    """What the receiving server found about who sent this mail. Without a known receiver only a spam mark counts."""
    if marked_as_spam(headers):
        return SenderProof.SPAM
    sender_domain = from_address.rpartition("@")[2]
    found = results_of(headers, receiver) if receiver.is_known else None
    if found is None or not sender_domain:
        return SenderProof.UNPROVEN
    proof = judged(found, sender_domain)
    # Of several senders the server checked one, and a mail program may name another.
    ambiguous = len(headers.all("from")) != 1 or len(mailboxes(headers.first("from"))) > 1
    return SenderProof.UNPROVEN if ambiguous and proof is SenderProof.PROVEN else proof


def results_of(headers: Headers, receiver: Receiver) -> Results | None:
    """The topmost header of results, if the receiver wrote it; None if it did not."""
    if receiver.adapter == RECEIVED_SPF:
        return spf_of(headers.first("received-spf", LOOKED_AT), receiver)
    found = parsed(headers.first("authentication-results", LOOKED_AT))
    if found is None:
        return None
    if receiver.adapter == EXCHANGE:
        return None if found.authserv_id else found
    return found if found.authserv_id in receiver.ids else None


def judged(found: Results, sender_domain: str) -> SenderProof:
    """DMARC decides; where its domain has none, an aligned DKIM signature or SPF pass proves the sender too.

    A failed SPF alone proves nothing: whoever forwards a mail makes it fail.
    """
    dmarc = [each for each in found.results if each.method == "dmarc"]
    if any(each.result == "fail" for each in dmarc):
        return SenderProof.FAILED
    checked = [domain_of(each.value("header.from")) for each in dmarc if each.result == "pass"]
    if any(one not in ("", sender_domain) for one in checked):
        return SenderProof.UNPROVEN  # it was somebody else's domain that passed
    if checked and len(checked) == len(dmarc):
        return SenderProof.PROVEN
    passed = (one for each in found.results if each.result == "pass" for one in domains_of(each))
    return SenderProof.PROVEN if any(aligned(one, sender_domain) for one in passed) else SenderProof.UNPROVEN


def domains_of(result: Result) -> Iterator[str]:
    """The domains that a passed result vouches for."""
    if result.method == "dkim":
        yield domain_of(result.value("header.d") or result.value("header.i"))
    elif result.method == "spf":
        yield domain_of(result.value("smtp.mailfrom", "smtp.mail"))


def domain_of(value: str) -> str:
    return ascii_domain(value.strip().strip("<>").rpartition("@")[2].lower())


def aligned(domain: str, sender_domain: str) -> bool:
    """RFC 7489, relaxed: the same domain, or one below the other. Two labels at least, so that ``com`` is nobody's."""
    shorter, longer = sorted((domain, sender_domain), key=len)
    return "." in shorter and (shorter == longer or longer.endswith(f".{shorter}"))


def marked_as_spam(headers: Headers) -> bool:
    """SpamAssassin, rspamd and Exchange say so. Who sends spam does not mark it: the mark can only limit."""
    if any(YES.match(value) for name in ("x-spam-flag", "x-spam-status", "x-spam") for value in headers.all(name)):
        return True
    score = headers.first("x-ms-exchange-organization-scl", 10)
    if score.isascii() and score.isdigit() and int(score) >= SPAM_SCORE:
        return True
    return "sfv:spm" in headers.first("x-forefront-antispam-report", LOOKED_AT).lower()


# --- RFC 8601, section 2.2 --------------------------------------------------------------------------------------------


def parsed(value: str) -> Results | None:
    """The header's value taken apart, in one pass; None when it is none. Comments say nothing and may nest."""
    statements = list(split(list(uncommented(value[:LOOKED_AT]))))
    if not statements or not statements[0]:
        return None
    first = statements[0]
    if "=" in [mark for mark, _ in first]:
        authserv_id, rest = "", statements  # Exchange Online names no server
    else:
        authserv_id, rest = first[0][1].lower(), statements[1:]
    found = (result_of(each) for each in rest[:MOST_RESULTS])
    return Results(authserv_id, tuple(each for each in found if each))


Tokens = list[tuple[str, str]]
"""Each a mark (``=``, ``;`` or "" for a word) and its text."""


def uncommented(value: str) -> Iterator[tuple[str, str]]:
    depth = 0
    for match in TOKEN.finditer(value):
        quoted, mark, word = match.groups()
        if mark == "(":
            depth += 1
        elif mark == ")":
            depth = max(depth - 1, 0)
        elif depth:
            continue
        elif mark:
            yield mark, mark
        else:
            yield "", re.sub(r"\\(.)", r"\1", quoted) if word is None else word


def split(tokens: Tokens) -> Iterator[Tokens]:
    """The statements between semicolons."""
    statement: Tokens = []
    for token in [*tokens, (";", ";")]:
        if token[0] == ";":
            yield statement
            statement = []
        else:
            statement.append(token)


def result_of(statement: Tokens) -> Result | None:
    """``method[/version] = result [reason=…] [ptype.property = value …]``; None where it is none."""
    pairs = list(pairs_of(statement))
    if not pairs:
        return None
    method, result = pairs[0][0].partition("/")[0].lower(), pairs[0][1].lower()
    if not (KEYWORD.match(method) and KEYWORD.match(result)):
        return None
    return Result(method, result, tuple((name.lower(), value) for name, value in pairs[1:]))


def pairs_of(statement: Tokens) -> Iterator[tuple[str, str]]:
    """Names and values around each ``=``. A name may be cut by comments, as in RFC 8601's own example B.7."""
    name: list[str] = []
    value: list[str] | None = None
    for at, (mark, word) in enumerate(statement):
        if mark == "=":
            if value is None:
                value = []
            elif value:
                value[-1] += "="  # a signature's padding
        elif value is None:
            name.append(word)
        elif not value or value[-1].endswith("=") or glued(statement, at):
            value.append(word)
        else:
            yield "".join(name), "".join(value)
            name, value = [word], None
    if value:
        yield "".join(name), "".join(value)


def glued(statement: Tokens, at: int) -> bool:
    """Whether this word goes on with the value before it: ``a`` and ``@example.com`` around a quoted local part."""
    before, word = statement[at - 1], statement[at][1]
    return at > 0 and word.startswith("@") and before[0] == "" and "@" not in before[1]


# --- RFC 7208, section 9.1 --------------------------------------------------------------------------------------------

SPF = re.compile(r"\s*(pass|fail|softfail|neutral|none|temperror|permerror)\b", re.IGNORECASE)
FIELD = re.compile(r"\b(envelope-from|receiver)\s*=\s*\"?<?([^\s;>\"]{1,320})", re.IGNORECASE)


def spf_of(value: str, receiver: Receiver) -> Results | None:
    """The topmost Received-SPF as a result; None where it is none, or another server than ours wrote it."""
    said = SPF.match(value)
    if not said:
        return None
    fields = {name.lower(): found for name, found in FIELD.findall(value)}
    server = fields.get("receiver", "").lower()
    if receiver.ids and server not in receiver.ids:
        return None
    sender = (("smtp.mailfrom", fields["envelope-from"]),) if "envelope-from" in fields else ()
    return Results(server, (Result("spf", said[1].lower(), sender),))
