"""Reports on a delivery that keep to no standard (qmail, Exim, Postfix, Exchange, Gmail, Yahoo …), from their words.

Who failed is read by flufl.bounce, which has seen three decades of such reports; where it finds nobody, by our own
reading: most name each address at the beginning of a line and say below or behind it what the server answered, the rest
name it in a sentence. The server's words and the status are our own reading's. Only what the mail system itself sent is
looked at: people write about bounces too.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes

from flufl.bounce import all_failures

from guardia.mail.addresses import mailboxes, normal
from guardia.mail.automatic import (
    Automatic,
    answered,
    content_type,
    no_return_path,
    precedence,
    sender,
    submitted_as,
)
from guardia.mail.charsets import one_line
from guardia.mail.folding import FORWARDS
from guardia.mail.headers import Headers, readable
from guardia.mail.parts import Part
from guardia.mail.statuses import (
    GENERIC,
    LOOKED_AT,
    RETURNED_TYPES,
    WORDS_LENGTH,
    Action,
    Recipient,
    Report,
    original_message_id,
    status_of,
    text_of,
)

MAX_RECIPIENTS = 200
LARGEST_SCANNED = 1024 * 1024
"""Bytes of a mail that flufl.bounce looks at; whatever it says of who failed stands at the beginning."""

log = logging.getLogger(__name__)
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)  # it names each detector, and repeats what it raises

SYSTEM = re.compile(
    r"(?:mailer-?daemon|postmaster|mail-daemon|mdaemon|maildaemon|bounces?)\b|microsoftexchange", re.IGNORECASE
)
SYSTEM_NAMES = re.compile(
    r"mailer-?daemon|postmaster|mail delivery|system administrator|smtp[ _]mail|for[ _]smtp|administrador del sistema",
    re.IGNORECASE,
)
FAILS = re.compile(
    r"undeliver|non-delivery|could ?n[o']t be delivered|(?:was|were) ?n[o']t (?:be )?delivered"
    r"|was ?n[o']t able to deliver|unable to deliver"
    r"|delivery (?:has |to [^\n]{1,200} )?failed|delivery status notification|did ?n[o']t reach"
    r"|failure noti|delivery (?:failure|warning)|failed mail|mail failed|returned (?:mail|to sender)"
    r"|address(?:\(es\)|es)? failed|permanent(?:ly)? (?:error|fail|fatal)"
    r"|mail delivery fail|message blocked|no (?:se )?(?:ha |han |pudo |puede |pudieron )?(?:podido )?(?:ser )?entreg"
    r"|no (?:se )?ha(?:n)? entregado|error de entrega|no entregado|entrega fallida|correo devuelto|falha na entrega"
    r"|n[aã]o (?:foi|p[oô]de ser|puderam ser) entreg|n[aã]o entreg|a entrega [^\n]{1,80} falhou|retornou",
    re.IGNORECASE,
)
WAITS = re.compile(
    r"delayed|(?:will|still) (?:be(?:ing)? )?(?:keep |re)?try|continue to (?:be )?(?:re)?tr"
    r"|delivery incomplete|still trying|not yet been delivered|warning: (?:message|could)"
    r"|retrasad|demorad|se seguir[aá] intentando|entrega incompleta|atrasad|continuar[aá] tentando|adiad",
    re.IGNORECASE,
)
GIVES_UP = re.compile(
    r"given up|giving up|permanent|will not (?:be )?retr|no further|failed permanently"
    r"|retry time(?:out)? (?:has been )?exceeded|delivery has failed|could not be delivered to one or more",
    re.IGNORECASE,
)
# Below it stands a copy of our own mail, in which every address would be read as one that failed.
COPY = re.compile(
    r"^[ \t]*-{2,}[^\n]{0,80}(?:copy of (?:the|your) message|(?:original|forwarded) message|below this line"
    r"|message header|returned message|this is a copy|mensaje original|mensagem original)"
    r"|^[ \t]*(?:original message headers|encabezados (?:originales )?del mensaje"
    r"|cabe[cç]alhos? (?:originais )?da mensagem)|^(?:return-path|received|dkim-signature|x-guardia-moment):",
    re.IGNORECASE | re.MULTILINE,
)
ADDRESS = r"[^\s<>()\[\]\"',;:@]{1,64}@[^\s<>()\[\]\"',;:@]{1,250}[A-Za-z0-9]"
AT_LINE = re.compile(
    rf"[ \t]*(?:\*[ \t]*)?(?:to:?[ \t]+|rcpt to:)?[<\"']?({ADDRESS})[>\"']?[ \t]*(\([^()\n]*\))?[ \t]*:?[ \t]*(.*)",
    re.I,
)
NAMED_LINE = re.compile(rf"[ \t]*[^\n@<>():]{{0,100}}[(<](?:mailto:)?({ADDRESS})[)>][^\n]{{0,40}}\Z")
LED_HERE = re.compile(rf"\((?:ultimately )?(?:generated|expanded) from:? <?({ADDRESS})>?\)", re.IGNORECASE)
IN_SENTENCE = re.compile(
    rf"\b(?:to|a|para|reach|recipient|destinatario|destinat[aá]rio)\b:?[ \t]+[<\"'*]*({ADDRESS})", re.IGNORECASE
)
ANY = re.compile(ADDRESS)


def guessed_report(whole: Part, text: str) -> Report | None:
    """The report that this text, sent by a mail system, is; None when it is none."""
    system = from_a_system(whole.headers)
    if not (system or looks_like_a_report(whole.headers)):
        return None
    own = report_in_words(whole, text) if system else None
    temporary, permanent = scanned(whole.raw)
    if not (temporary or permanent):
        return own
    lines = dict(at_lines(without_copy(text[:LOOKED_AT])))
    known = {address: each for each in (own.recipients if own else ()) for address in (each.address, each.final)}
    found = {address: True for address in temporary} | {address: False for address in permanent}
    recipients = {
        known.get(address) or recipient(address, lines.get(address, ""), text[:LOOKED_AT], waits)
        for address, waits in found.items()
    }
    # flufl.bounce may stop at the first; one whose reason stands beside it failed too, and no address of a help desk.
    recipients |= {each for each in (own.recipients if own else ()) if each.words and not GENERIC.match(each.status)}
    named = own.original_message_id if own else original_message_id(whole, text[:LOOKED_AT])
    return Report(tuple(sorted(recipients, key=lambda each: each.address)), named, standard=False)


def scanned(raw: bytes) -> tuple[set[str], set[str]]:
    """Who failed for now, and who failed for good, by flufl.bounce; nobody where it cannot read this mail."""
    if len(raw) > LARGEST_SCANNED:
        return set(), set()
    try:
        temporary, permanent = all_failures(message_from_bytes(raw))
    except Exception:  # whatever a hostile mail makes it raise, our own reading goes on
        log.info("flufl.bounce cannot read a report", exc_info=True)
        return set(), set()
    sets = [{normal(each.decode("utf-8", "replace")) for each in found} - {""} for found in (temporary, permanent)]
    return sets[0] - sets[1], sets[1]


def looks_like_a_report(headers: Headers) -> bool:
    """Whether a machine says so itself although no mail system's name is on it. An answer is a person's, and so is
    what somebody forwards.
    """
    if content_type(headers).startswith("multipart/report"):
        return True
    subject = readable(headers.first("subject"))
    if "in-reply-to" in headers or FORWARDS.match(subject) or not FAILS.search(subject):
        return False
    returns_to = sender_of_path(headers)
    by_machine = bool(submitted_as(headers) or precedence(headers) or SYSTEM.match(returns_to))
    return by_machine or bool(SYSTEM_NAMES.search(readable(headers.first("from"))))


def sender_of_path(headers: Headers) -> str:
    return headers.first("return-path").strip().strip("<>")


def report_in_words(whole: Part, text: str) -> Report | None:
    """By our own reading."""
    subject = readable(whole.headers.first("subject"))
    text = text[:LOOKED_AT]
    said = without_copy(text)
    surely = is_the_system(whole.headers)
    waits = bool(WAITS.search(subject) or (surely and WAITS.search(said))) and not GIVES_UP.search(said)
    failed_recipients = whole.headers.first("x-failed-recipients")
    if not (failed_recipients or waits or FAILS.search(subject) or FAILS.search(said)):
        return None
    found = recipients_in(said, failed_recipients, whole)
    recipients = [recipient(address, words, said, waits) for address, words in found.items()]
    return Report(tuple(recipients), original_message_id(whole, text), standard=False)


def explained(report: Report, text: str) -> Report:
    """Where the part for machines says only that it failed (as Exim's often does), the words for people say why."""
    silent = [each for each in report.recipients if each.bounced and not each.words]
    if not silent:
        return report
    lines = dict(at_lines(without_copy(text[:LOOKED_AT])))
    return replace(report, recipients=tuple(with_words(each, lines) for each in report.recipients))


def with_words(one: Recipient, lines: dict[str, str]) -> Recipient:
    words = lines.get(one.final, "") or lines.get(one.address, "")
    if not words or one.words or not one.bounced:
        return one
    return replace(one, words=one_line(words, WORDS_LENGTH), status=status_of(one.status, words))


def without_copy(text: str) -> str:
    copy = COPY.search(text)
    return text[: copy.start()] if copy else text


def from_a_system(headers: Headers) -> bool:
    """A machine's answer in somebody's absence has no return path either: "replies may be delayed"."""
    return is_the_system(headers) or (
        no_return_path(headers)
        and submitted_as(headers) != "auto-replied"
        and answered(headers) is not Automatic.OUT_OF_OFFICE
    )


def is_the_system(headers: Headers) -> bool:
    return bool(
        "x-failed-recipients" in headers or SYSTEM.match(sender(headers)) or headers.first("from").strip() == "<>"
    )


def recipient(address: str, words: str, said: str, waits: bool) -> Recipient:
    status = status_of("", words or said, "4" if waits else "5")
    if not waits and status.startswith("2"):
        status = "5.0.0"
    action = Action.DELAYED if waits else Action.FAILED
    led = LED_HERE.search(words)
    written_to = normal(led[1]) if led else ""
    final = address if written_to else ""
    return Recipient(written_to or address, action, status, one_line(words, WORDS_LENGTH), final)


def recipients_in(said: str, failed: str, whole: Part) -> dict[str, str]:
    """Each address with the words about it, by the surest sign that names any."""
    lines = {address: words for address, words in at_lines(said)}
    named = [each.address for each in mailboxes(failed) if each.address]
    if named:
        return {address: lines.get(address, "") for address in named[:MAX_RECIPIENTS]}
    if lines:
        return lines
    excluded = {sender(whole.headers), *(each.address for each in mailboxes(whole.headers.first("to")))}
    for pattern in (IN_SENTENCE, ANY):
        found = (
            {normal(each[1] if pattern is IN_SENTENCE else each[0]) for each in pattern.finditer(said)}
            - excluded
            - {""}
        )
        if len(found) == 1:
            return {found.pop(): ""}
    return {address: "" for address in returned_to(whole)}


def at_lines(said: str) -> Iterator[tuple[str, str]]:
    """Addresses that begin a line, with what stands behind and below them until an empty line or the next one."""
    address, words = "", list[str]()
    count = 0
    for line in said.split("\n"):
        line = line[:1000]
        found = AT_LINE.match(line) or NAMED_LINE.match(line)
        if found and normal(found[1]):
            if address:
                yield address, " ".join(words)
            address, words = normal(found[1]), behind(found) if found.re is AT_LINE else []
            count += 1
            if count > MAX_RECIPIENTS:
                return
        elif line.strip() or not words:
            words.append(line.strip())
        elif address:
            yield address, " ".join(words)
            address, words = "", []
    if address:
        yield address, " ".join(words)


def behind(found: re.Match[str]) -> list[str]:
    """What stands behind the address; in brackets only where it says which other address led to it."""
    return [found[2], found[3]] if LED_HERE.match(found[2] or "") else [found[3]]


def returned_to(whole: Part) -> list[str]:
    """To whom the mail went that comes back with the report, when it went to one only."""
    for part in whole.leaves():
        if part.type in RETURNED_TYPES:
            to = re.search(r"^to:[ \t]*(.*(?:\n[ \t].*)*)", text_of(part)[:LOOKED_AT], re.IGNORECASE | re.MULTILINE)
            found = [each.address for each in mailboxes(to[1]) if each.address] if to else []
            return found if len(found) == 1 else []
    return []
