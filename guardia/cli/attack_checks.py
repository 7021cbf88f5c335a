"""What is tried by `guardia doctor --attack`: one function for each habit of strangers, in the order of the report.

Each fails where a server gives way, and tests/ops/test_attack.py has a server that does, for each.
"""

import json
import re
import ssl
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.cookies import SimpleCookie
from secrets import token_hex
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from guardia.cli.attack import (
    ALIVE,
    FORM,
    SIGN_IN,
    Answer,
    Connection,
    Headers,
    Outcome,
    OutOfTime,
    SlowClients,
    Target,
    judged,
    left_out,
)
from guardia.cli.checks.finding import Health
from guardia.config.languages import OF_THE_SOURCES
from guardia.web.sign_in.adapter import LIMITED

ELSEWHERE = "attacker.example"
LARGE = 4 * 1024 * 1024
SLOW_SECONDS = 45.0

Check = Callable[[Target], Outcome]
CHECKS: list[Check] = []


def check(function: Check) -> Check:
    """Put it on the list, under the name of its function."""
    CHECKS.append(function)
    return function


def outcomes(target: Target, slow_seconds: float = SLOW_SECONDS) -> Iterator[Outcome]:
    """Every check; the slow connections stand open while all others are done."""
    with SlowClients(target, slow_seconds) as slow:
        for each in CHECKS:
            yield safely(each, target)
        yield from (safely(each, target) for each in (slow.heads, slow.bodies))


def safely(each: Check, target: Target) -> Outcome:
    """A server that does not answer one check, or the end of the minute, ends none of the others."""
    try:
        return each(target)
    except OutOfTime:
        return left_out(each.__name__, "", _("Not tried: the minute for all checks was used up."))
    except OSError as trouble:
        remedy = _("Look at the server and its proxy, then try again.")
        return Outcome(each.__name__, "", _("It could not be tried: %s.") % trouble, Health.BAD, remedy)


# --- who asks, and for whom -------------------------------------------------------------------------------------------
@check
def host_forged(target: Target) -> Outcome:
    """The name in a request is no part of an answer, unless it is the installation's own."""
    answers = [
        target.ask("GET", SIGN_IN, host=ELSEWHERE),
        target.ask("GET", SIGN_IN, [("X-Forwarded-Host", ELSEWHERE)]),
        target.ask("GET", f"http://{ELSEWHERE}{SIGN_IN}"),
    ]
    leaks = any(ELSEWHERE in answer.get("location") or ELSEWHERE.encode() in answer.body for answer in answers)
    return judged(
        "host_forged",
        (answers[0].is_refused or not answers[0].body) and not leaks,  # Caddy answers an unknown name with nothing
        _("A request with the Host of another site."),
        _("The other site stands in the answer.") if leaks else answers[0].in_words,
        _("Set ALLOWED_HOSTS to your own names, and let the proxy answer to these alone."),
    )


@check
def forged_senders(target: Target) -> Outcome:
    """Wrong links are counted by the real sender: neither a forged chain nor the addresses of one /64 make another."""
    sent = _("Wrong links, each with another address of one IPv6 /64 in X-Forwarded-For.")
    remedy = _("Set TRUSTED_PROXIES to your proxy alone, and let it replace X-Forwarded-For (deploy/proxy).")
    of_one_64 = [f"2001:db8:77::{number:x}" for number in range(1, settings.GUESSES_OF_ADDRESS + 6)]
    others = [f"2001:db8:{number:x}::1" for number in (0x101, 0x202, 0x303)]
    last = guessed(target, of_one_64)
    if last.status != 429:
        return judged("forged_senders", False, sent, last.in_words, remedy)
    last = guessed(target, others)
    is_proxy = target.is_loopback and bool(settings.TRUSTED_PROXIES)
    if last.status != 429 and is_proxy:
        words = _("This machine is a trusted proxy, so its word is believed: try it from another one too.")
        return left_out("forged_senders", sent, words)
    return judged("forged_senders", last.status == 429, sent, last.in_words, remedy)


def guessed(target: Target, senders: list[str]) -> Answer:
    """The answer to the last of these wrong links, each of which says to come from another sender."""
    answer = Answer()
    for sender in senders:
        headers = [(name, sender) for name in ("X-Forwarded-For", "X-Real-IP")] + [("Forwarded", f'for="[{sender}]"')]
        answer = target.ask("GET", f"/c/caso/{token_hex(16)}", headers)
    return answer


@check
def sign_in_limit(target: Target) -> Outcome:
    """Wrong passwords of one account are counted, whether it exists or not."""
    sent = _("Wrong passwords for an account that does not exist, one after the other.")
    with override(OF_THE_SOURCES):
        limited = str(LIMITED).encode()
    account, answer = f"nobody-{token_hex(4)}", Answer()
    for _attempt in range(settings.ATTEMPTS_OF_ACCOUNT + 2):
        page = target.ask("GET", SIGN_IN)
        token = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', page.body)
        if page.status != 200 or token is None:
            return left_out("sign_in_limit", sent, _("There is no form to sign in: %s") % page.in_words)
        fields = {"csrfmiddlewaretoken": token[1].decode(), "username": account, "password": token_hex(8)}
        answer = posted(target, fields, cookies=page.all("set-cookie"))
    is_limited = answer.status == 429 or limited in answer.body
    remedy = _("Lower ATTEMPTS_OF_ACCOUNT (5), and look whether all web processes use one database.")
    words = _("It was limited.") if is_limited else answer.in_words
    return judged("sign_in_limit", is_limited, sent, words, remedy)


def posted(target: Target, fields: dict[str, str], cookies: list[str]) -> Answer:
    body = urlencode(fields).encode()
    headers = [*FORM, ("Content-Length", str(len(body))), ("Referer", f"{target.scheme}://{target.named}{SIGN_IN}")]
    headers.append(("Cookie", "; ".join(cookie.partition(";")[0] for cookie in cookies)))
    with target.connection() as one:
        return one.exchange(target.head("POST", SIGN_IN, headers), body)


# --- how much ---------------------------------------------------------------------------------------------------------
@check
def large_body(target: Target) -> Outcome:
    """4 MB, with their length announced, for a form of a few hundred bytes."""
    with target.connection() as one:
        head = target.head("POST", SIGN_IN, [*FORM, ("Content-Length", str(LARGE))])
        answer = one.exchange(head, *(b"a" * 65536 for _piece in range(LARGE // 65536)))
    sent = _("A body of 4 MB for the form of the sign-in.")
    remedy = _("Limit bodies in the proxy (deploy/proxy), and put no other server in between.")
    return judged("large_body", is_too_large(answer), sent, answer.in_words, remedy)


@check
def large_chunked(target: Target) -> Outcome:
    """The same in pieces, without a length."""
    with target.connection() as one:
        head = target.head("POST", SIGN_IN, [*FORM, ("Transfer-Encoding", "chunked")])
        piece = b"10000\r\n" + b"a" * 65536 + b"\r\n"
        answer = one.exchange(head, *(piece for _piece in range(LARGE // 65536)), b"0\r\n\r\n")
    sent = _("A body of 4 MB in pieces, without its length.")
    remedy = _("Limit bodies in the proxy (deploy/proxy), and put no other server in between.")
    return judged("large_chunked", is_too_large(answer), sent, answer.in_words, remedy)


def is_too_large(answer: Answer) -> bool:
    """413, or a connection that was closed; Caddy 2.6 calls a body that it cut a 502. Any other refusal was made after
    all of it was read.
    """
    return answer.status in {408, 411, 413, 501, 502} or not (answer.status or answer.is_silent)


@check
def large_head(target: Target) -> Outcome:
    """A megabyte of headers."""
    with target.connection() as one:
        head = target.head("GET", ALIVE).removesuffix(b"\r\n")
        answer = one.exchange(head, b"X-Long: ", *(b"a" * 65536 for _piece in range(16)), b"\r\n\r\n")
    remedy = _("Limit headers in the proxy to some kilobytes (deploy/proxy).")
    # A proxy says 502 where the web closed the connection amid the head: refused, if the next request is answered.
    is_cut = answer.status == 502 and target.ask("GET", ALIVE).status == 200
    return judged("large_head", answer.is_refused or is_cut, _("A header of 1 MB."), answer.in_words, remedy)


@check
def proxy_buffers(target: Target) -> Outcome:
    """A proxy that keeps a request until it is whole spares the web server whoever sends slowly.

    Guardia refuses a length beyond twice its ceiling before any of it came. Whoever waits for the body does not let it.
    """
    with target.connection() as one:
        answer = one.exchange(target.head("POST", SIGN_IN, [*FORM, ("Content-Length", "400000")]), b"a")
    sent = _("The head of a request, and one byte of its body.")
    if answer.is_silent or not answer.get("x-request-id"):
        return judged("proxy_buffers", True, sent, answer.in_words, "")
    if answer.get("server") == "granian" and not answer.get("via"):
        return judged("proxy_buffers", True, sent, _("No proxy stands before it: Guardia has deadlines itself."), "")
    words = _("Guardia had the head before the body was there.")
    remedy = _("Let the proxy take requests whole: proxy_request_buffering on in nginx (deploy/proxy).")
    return judged("proxy_buffers", False, sent, words, remedy, otherwise=Health.WARN)


# --- what is said to a browser ----------------------------------------------------------------------------------------
@check
def security_headers(target: Target) -> Outcome:
    answer = target.ask("GET", SIGN_IN)
    policy = answer.get("content-security-policy")
    wanted = {
        "Content-Security-Policy": "default-src" in policy and "'unsafe-" not in policy,
        "X-Frame-Options": "frame-ancestors" in policy or bool(answer.get("x-frame-options")),
        "X-Content-Type-Options": answer.get("x-content-type-options") == "nosniff",
        "Referrer-Policy": answer.get("referrer-policy") not in {"", "unsafe-url"},
        "Strict-Transport-Security": target.scheme == "http" or is_for_a_year(answer),
    }
    lacking = [name for name, is_there in wanted.items() if not is_there]
    received = _("Missing or weak: %s.") % ", ".join(lacking) if lacking else answer.in_words
    remedy = _("Let the proxy pass these headers on as they are; HTTPS=1 behind TLS.")
    return judged("security_headers", not lacking, _("A request for the sign-in page."), received, remedy)


def is_for_a_year(answer: Answer) -> bool:
    found = re.search(r"max-age=(\d+)", answer.get("strict-transport-security"))
    return bool(found and int(found[1]) >= 31_536_000)


@check
def cookies(target: Target) -> Outcome:
    """HttpOnly and SameSite; over TLS Secure, and a name that binds it to this host."""
    sent, weak = _("A request for the sign-in page."), []
    answer = target.ask("GET", SIGN_IN)
    if not answer.all("set-cookie"):
        return left_out("cookies", sent, _("It set no cookie: %s") % answer.in_words)
    for line in answer.all("set-cookie"):
        for name, morsel in SimpleCookie(line).items():
            is_bound = target.scheme == "http" or (morsel["secure"] and name.startswith(("__Host-", "__Secure-")))
            if not (morsel["httponly"] and morsel["samesite"].lower() in {"lax", "strict"} and is_bound):
                weak.append(name)
    received = _("Weak cookies: %s.") % ", ".join(weak) if weak else answer.in_words
    remedy = _("Let the proxy change no cookie; set PUBLIC_URL to the https:// address, or HTTPS=1.")
    return judged("cookies", not weak, sent, received, remedy)


@check
def tls_versions(target: Target) -> Outcome:
    """TLS 1.2 or newer alone, and a certificate that holds."""
    sent = _("TLS 1.0 and 1.1, and a look at the certificate.")
    if target.scheme == "http":
        if target.is_loopback:
            return left_out("tls_versions", sent, _("There is no TLS on this machine's own address."))
        remedy = _("Put a proxy with TLS before it (deploy/proxy), and set PUBLIC_URL to https://.")
        return judged("tls_versions", False, sent, _("It answers without TLS."), remedy)
    target.ask("GET", ALIVE)
    old = [version.name for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1) if speaks(target, version)]
    trouble = _("It speaks %s.") % ", ".join(old) if old else target.certificate_trouble
    remedy = _("Let the proxy speak TLS 1.2 and 1.3 alone, with a certificate that is in force.")
    return judged("tls_versions", not trouble, sent, trouble or _("Refused; the certificate holds."), remedy)


def speaks(target: Target, version: ssl.TLSVersion) -> bool:
    """Whether a handshake of this version, with whatever ciphers, comes to its end."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that these versions are old is why they are tried
        context.minimum_version = context.maximum_version = version
    try:
        with Target(target.scheme, target.host, target.port, target.until, tls=context).connect():
            return True
    except (OSError, ValueError):
        return False


# --- what nobody outside reads ----------------------------------------------------------------------------------------
@check
def figures_outside(target: Target) -> Outcome:
    """/metrics is for its token; /salud names no address, and nobody by name."""
    sent = _("/metrics, also as if from the server itself, and /salud.")
    forged = [(name, "127.0.0.1") for name in ("X-Forwarded-For", "X-Real-IP", "X-Client-IP")]
    opened = [target.ask("GET", "/metrics", headers) for headers in ([], forged)]
    is_open = opened[1].status == 200 or (opened[0].status == 200 and not target.is_loopback)
    health = target.ask("GET", "/salud")
    leaks = re.search(rb"[\w.]+@[\w.]+|postgres(ql)?://|Traceback|\b\d{1,3}(\.\d{1,3}){3}\b", health.body)
    with suppress(ValueError):
        is_open |= not isinstance(json.loads(health.body), dict)
    received = _("/metrics is open.") if is_open else _("/salud says too much.") if leaks else opened[1].in_words
    remedy = _("Set METRICS_TOKEN, and let the proxy add X-Forwarded-For (docs/operations/health.md).")
    return judged("figures_outside", not (is_open or leaks), sent, received, remedy)


GUESSABLE = (
    *("/.env", "/.git/config", "/.git/HEAD", "/admin/", "/debug", "/__debug__/", "/server-status", "/phpinfo.php"),
    *("/backup.zip", "/dump.sql", "/db.sqlite3", "/var/", "/static/", "/media/", "/attachments/", "/static-copy/"),
)
TRAVERSALS = (
    *("/static/../../../../../../etc/passwd", "/static/..%2f..%2f..%2f..%2f..%2fetc%2fpasswd"),
    *("/static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "/static/..%5c..%5c..%5cetc%5cpasswd"),
    *("/static//etc/passwd", "/static/%252e%252e/%252e%252e/etc/passwd", "/static../config/settings.py"),
    *("/static/guardia/../../config/settings.py", "/..%2f..%2fetc/passwd"),
)


@check
def guessable_paths(target: Target) -> Outcome:
    answers = {path: target.ask("GET", path) for path in GUESSABLE}
    found = [path for path, answer in answers.items() if not answer.is_refused]
    received = _("Answered: %s.") % ", ".join(found) if found else _("None was given out.")
    remedy = _("Let the proxy serve no folder itself, and pass everything on to Guardia.")
    return judged("guessable_paths", not found, _("Addresses that strangers guess, such as /.env."), received, remedy)


@check
def path_traversal(target: Target) -> Outcome:
    answers = {path: target.ask("GET", path) for path in TRAVERSALS}
    found = [path for path, answer in answers.items() if not answer.is_refused or b"root:" in answer.body]
    received = _("Answered: %s.") % ", ".join(found) if found else _("None was given out.")
    remedy = _("Take the alias or root out of the proxy: Guardia serves /static/ itself.")
    return judged("path_traversal", not found, _("Paths that leave the folder of the files."), received, remedy)


# --- how it is said ---------------------------------------------------------------------------------------------------
@check
def method_override(target: Target) -> Outcome:
    """No header and no field makes another method of a request; TRACE gives nothing back."""
    override_headers = [(name, "GET") for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")]
    answers = {
        "TRACE": target.ask("TRACE", ALIVE, [("X-Secret", "given-back")]),
        "POST": target.ask("POST", f"{ALIVE}?_method=GET", [*override_headers, ("Content-Length", "0")]),
        "DELETE": target.ask("DELETE", ALIVE),
    }
    taken = [method for method, answer in answers.items() if not answer.is_refused]
    received = _("Taken: %s.") % ", ".join(taken) if taken else answers["POST"].in_words
    remedy = _("Switch TRACE off in the proxy, and let nothing in between change the method.")
    sent = _("TRACE, DELETE, and POST with a header that makes it GET.")
    return judged("method_override", not taken, sent, received, remedy)


@check
def request_smuggling(target: Target) -> Outcome:
    """RFC 9112, 6: two lengths in one request are refused, or the connection ends with its answer."""
    inner = b"0\r\n\r\n" + target.head("GET", ALIVE)
    length, chunked = ("Content-Length", str(len(inner))), ("Transfer-Encoding", "chunked")
    ambiguous: dict[str, Headers] = {
        "CL+TE": [length, chunked],
        "CL+CL": [length, ("Content-Length", "5")],
        "CL+TE :": [length, ("Transfer-Encoding ", "chunked")],
        "CL+TE, x": [length, ("Transfer-Encoding", "xchunked")],
    }
    gone_on: dict[Health, list[str]] = {Health.BAD: [], Health.WARN: []}
    for name, headers in ambiguous.items():
        with target.connection() as one:
            first = one.exchange(target.head("POST", ALIVE, headers) + inner)
            if first.status not in {400, 501} and (after := health_after(target, one)):
                gone_on[after].append(name)
    taken = gone_on[Health.BAD] or gone_on[Health.WARN]
    received = _("The connection went on after: %s.") % ", ".join(taken) if taken else _("Refused, or ended.")
    remedy = _("Bring the proxy up to date, and let it refuse requests with two lengths.")
    sent = _("Requests with two lengths (Content-Length and Transfer-Encoding).")
    otherwise = Health.BAD if gone_on[Health.BAD] else Health.WARN
    return judged("request_smuggling", not taken, sent, received, remedy, otherwise)


def health_after(target: Target, one: Connection) -> Health | None:
    """What a connection is worth that goes on after two lengths; None for one that was closed.

    Where the second request within the body is answered, the pieces counted, as the standard says, but it asks for the
    end of the connection too. Where it is not, the length counted, and whoever stands before it may read it otherwise.
    """
    second = one.answer(seconds=0.5)
    if second.status:
        return Health.WARN
    if not second.is_silent:
        return None
    after = one.exchange(target.head("GET", ALIVE))
    return Health.BAD if after.status or after.is_silent else None
