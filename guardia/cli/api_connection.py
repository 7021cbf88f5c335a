"""The way to an installation's API: its address, the key, and what came back, each trouble in one clear sentence."""

import argparse
import json
import os
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from guardia.cli.api_document import ApiDocument, NoDocument, WrongUsage
from guardia.cli.installation import Mistake

if TYPE_CHECKING:
    import httpx2

ADDRESS = "http://127.0.0.1:8000"
ROOT = "/api/v2"
DOCUMENT = f"{ROOT}/openapi.json"
CONNECT_SECONDS, ANSWER_SECONDS = 10, 60
"""A report as a workbook takes a while."""
IS_IT_GUARDIA = "Is this the address of an installation of Guardia (--url or GUARDIA_URL)?"


def takes_an_installation(parser: argparse.ArgumentParser) -> None:
    """The arguments that name an installation and a key. A key itself is no argument: `ps` would show it."""
    parser.add_argument("--url", metavar="ADDRESS", help=f"of the installation; else GUARDIA_URL, else {ADDRESS}")
    parser.add_argument("--key-file", type=Path, metavar="FILE", help="the file that holds the key; else GUARDIA_KEY")
    parser.add_argument("--language", metavar="CODE", help="of the words in answers: es, en or pt")


class Refused(Mistake):
    """The API answered with a problem (RFC 9457); its text has the title, the remedy, each field and the clause."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__("\n  ".join(printable(line) for line in lines_of(status, problem)))
        self.status, self.title = status, printable(str(problem.get("title", "")))


def lines_of(status: int, problem: Mapping[str, Any]) -> Iterator[str]:
    yield f"{problem.get('title') or 'The API refused it.'} ({status})"
    if remedy := problem.get("remedy") or problem.get("detail"):
        yield str(remedy)
    for error in problem.get("errors") or ():
        if isinstance(error, Mapping):
            yield f"{error.get('field', '')}: {error.get('detail', '')}"
    if clause := problem.get("clause"):
        yield f"Clause {clause}"


def printable(text: str) -> str:
    """The text without signs that a terminal would obey."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


class Unreached(Mistake):
    """No answer came. ``may_be_done``: what was sent may have arrived nevertheless."""

    def __init__(self, words: str, *, may_be_done: bool) -> None:
        super().__init__(words)
        self.may_be_done = may_be_done


# --- address and key --------------------------------------------------------------------------------------------------
def address_of(args: argparse.Namespace) -> str:
    """Where the installation answers, without a slash at the end. Raises WrongUsage."""
    named = "--url" if args.url else "GUARDIA_URL"
    written = (args.url or os.environ.get("GUARDIA_URL") or ADDRESS).strip()
    try:
        parts = urlsplit(written)
        host, _port = parts.hostname, parts.port
    except ValueError:
        parts, host = urlsplit(""), None
    if parts.username is not None or parts.password is not None:
        raise WrongUsage(f"{named}: leave the user and the password out of the address; the key says who calls")
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        raise WrongUsage(f"{named}: “{written}” is no address. Write it as https://guardia.example.com")
    path = parts.path.rstrip("/").removesuffix("/openapi.json").removesuffix(ROOT)
    return f"{parts.scheme}://{parts.netloc}{path}"


def key_of(args: argparse.Namespace) -> str:
    """The key of the file or of the environment. Raises WrongUsage where there is none."""
    if args.key_file:
        try:
            written = args.key_file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is no text"
            raise WrongUsage(f"--key-file: {args.key_file} cannot be read: {why}") from error
        named = f"--key-file: {args.key_file}"
    else:
        written, named = os.environ.get("GUARDIA_KEY", ""), "GUARDIA_KEY"
    key = written.strip()
    if not key:
        raise WrongUsage("no key: put one into GUARDIA_KEY, or name its file with --key-file. `guardia keys make`")
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise WrongUsage(f"{named} holds no key: one looks like gdk_abcdefgh_ and 64 digits, in one line")
    return key


# --- the connection ---------------------------------------------------------------------------------------------------
class Connection:
    """HTTP to one installation. It follows no redirect, so that the key goes to the address that was named alone."""

    def __init__(self, address: str, key: str = "", language: str = "") -> None:
        """Raises WrongUsage for an address that no request can be sent to."""
        import httpx2  # loaded here: no other command needs it

        headers = {"User-Agent": f"guardia/{version('guardia')}"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        if language:
            headers["Accept-Language"] = language
        self.address = address
        try:
            self.client = httpx2.Client(
                headers=headers, timeout=httpx2.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS), follow_redirects=False
            )
        except (ValueError, OSError, httpx2.InvalidURL) as wrong:  # a proxy of the environment that is none
            raise WrongUsage(f"what the environment says of proxies or certificates cannot be used: {wrong}") from wrong

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()

    def send(self, method: str, path: str, **request: Any) -> "httpx2.Response":
        """The answer, whatever its status is below 400; ``request`` is as httpx2 takes it.

        Raises Refused with a problem of the API, Unreached where nobody answers, Mistake for what is no answer of it.
        """
        import httpx2

        try:
            answer = self.client.request(method, f"{self.address}{path}", **request)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
            raise Unreached(why_unreached(error, self.address), may_be_done=may_have_arrived(error)) from error
        if answer.status_code >= 400:
            raise problem_in(answer)
        if answer.is_redirect:
            where = printable(answer.headers.get("Location", "another address"))
            raise Mistake(f"{self.address} leads on to {where} ({answer.status_code}). Give that address with --url")
        return answer

    def get(self, path: str, query: Sequence[tuple[str, str]] = ()) -> Any:
        """The JSON that this address answers. Raises Refused, Unreached, Mistake."""
        return json_of(self.send("GET", path, params=list(query)))

    def document(self) -> ApiDocument:
        """What the installation offers. Raises Refused, Unreached, Mistake."""
        try:
            return ApiDocument.read(self.get(DOCUMENT))
        except NoDocument as none:
            raise Mistake(f"{self.address}{DOCUMENT} describes no API. {IS_IT_GUARDIA}") from none


def json_of(answer: "httpx2.Response") -> Any:
    """Raises Mistake where it is no JSON."""
    try:
        return json.loads(answer.content)
    except ValueError as error:
        media = printable(answer.headers.get("Content-Type", "")) or "a body without a type"
        raise Mistake(
            f"{answer.url.copy_with(query=None)} answered with {media}, which is no JSON ({answer.status_code}). "
            f"{IS_IT_GUARDIA}"
        ) from error


def problem_in(answer: "httpx2.Response") -> Mistake:
    """What an answer of 400 or more says: a problem of the API, or that it comes from somebody else."""
    try:
        problem = json.loads(answer.content)
    except ValueError:
        problem = None
    if isinstance(problem, Mapping) and problem.get("title"):
        return Refused(answer.status_code, problem)
    return Mistake(
        f"{answer.url.copy_with(query=None)} answered {answer.status_code} {printable(answer.reason_phrase)}, "
        f"and not as Guardia does. {IS_IT_GUARDIA}"
    )


# --- why nobody answers -----------------------------------------------------------------------------------------------
def causes_of(error: BaseException) -> Iterator[BaseException]:
    """The error and what it came of."""
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        following = following.__cause__ or following.__context__


def never_sent() -> tuple[type[Exception], ...]:
    """What is wrong with a request itself: an address or a header that HTTP has no form for."""
    import httpx2

    return (httpx2.InvalidURL, httpx2.UnsupportedProtocol, httpx2.LocalProtocolError, ValueError)


def may_have_arrived(error: Exception) -> bool:
    """Whether the request may have reached the installation although no answer came back."""
    import httpx2

    before = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)
    return not isinstance(error, (*before, *never_sent()))


def why_unreached(error: Exception, address: str) -> str:
    """The sentence for an error of the connection, with what to do."""
    import httpx2

    for cause in causes_of(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            why = cause.verify_message or str(cause)
            return (
                f"The certificate of {address} is not trusted: {why}. "
                "Where a certification authority of your own made it, name that one's file in SSL_CERT_FILE"
            )
        if isinstance(cause, ssl.SSLError):
            why = cause.reason or str(cause)
            return f"{address} does not speak TLS as it should ({why}). Is it http:// in place of https://?"
        if isinstance(cause, socket.gaierror):
            return f"There is no host of this name: {address}. Look at --url or GUARDIA_URL"
    if isinstance(error, never_sent()):
        return f"This cannot be sent to {address}: {reason_of(error)}. Look at the address, and at what headers hold"
    if isinstance(error, httpx2.ConnectTimeout):
        return f"{address} did not answer within {CONNECT_SECONDS} seconds. Look at --url or GUARDIA_URL"
    if isinstance(error, httpx2.TimeoutException):
        return f"{address} gave no answer within {ANSWER_SECONDS} seconds"
    if isinstance(error, httpx2.ConnectError):
        return f"{address} does not answer ({reason_of(error)}). Does Guardia run there? Look at --url or GUARDIA_URL"
    return f"The answer of {address} did not arrive whole ({reason_of(error)})"


def reason_of(error: Exception) -> str:
    """What the system says, such as ``Connection refused``."""
    found = [cause.strerror for cause in causes_of(error) if isinstance(cause, OSError) and cause.strerror]
    return printable(found[-1] if found else str(error) or type(error).__name__)
