"""Which parts of a message are its text, which its HTML, and which are files."""

from dataclasses import dataclass, field

from guardia.mail.charsets import clean, decoded
from guardia.mail.folding import unflowed
from guardia.mail.headers import Headers
from guardia.mail.parts import Part

SHOWN_TWICE = frozenset(["text/x-amp-html", "text/watch-html"])  # the same words once more, for some program


@dataclass
class Bodies:
    text: list[Part] = field(default_factory=list)
    html: list[Part] = field(default_factory=list)
    files: list[Part] = field(default_factory=list)


def bodies_of(whole: Part) -> Bodies:
    found = Bodies()
    gather(whole, found)
    return found


def gather(part: Part, found: Bodies) -> None:
    if not part.parts:
        leaf(part, found)
    elif not part.type.startswith("multipart/") and part.parts[0].headers == Headers():
        unpacked(part, found)
    elif part.type == "multipart/alternative":
        alternative(part, found)
    elif part.type == "multipart/report":
        for each in part.parts:
            (gather if each is part.parts[0] else as_file)(each, found)
    else:
        for each in part.parts:
            gather(each, found)


def unpacked(part: Part, found: Bodies) -> None:
    """The files of a winmail.dat, and its words where the mail has none of its own: they are the same once more."""
    inner = Bodies()
    for each in part.parts:
        leaf(each, inner)
    if not (found.text or found.html):
        found.text, found.html = inner.text, inner.html
    found.files += inner.files


def alternative(part: Part, found: Bodies) -> None:
    """The same words in several dresses: the first plain one and the last HTML are kept, files of any of them too."""
    inner = Bodies()
    for each in part.parts:
        gather(each, inner)
    found.text += inner.text[:1]
    found.html += inner.html[-1:]
    found.files += [each for each in inner.files if each.type not in SHOWN_TWICE]


def leaf(part: Part, found: Bodies) -> None:
    if is_file(part):
        found.files.append(part)
    elif part.type == "text/html":
        found.html.append(part)
    else:
        found.text.append(part)


def is_file(part: Part) -> bool:
    if part.type not in ("text/plain", "text/html"):
        return True
    return part.disposition[0] == "attachment" or bool(part.file_name)


def as_file(part: Part, found: Bodies) -> None:
    found.files += list(part.leaves())


def words_of(part: Part) -> tuple[str, list[str]]:
    """A text part's words, lines ending in \\n, and its defects."""
    octets, broken = part.content()
    text, lying = decoded(octets, part.params.get("charset", ""))
    text = clean(text)
    if part.type == "text/plain" and part.params.get("format", "").lower() == "flowed":
        text = unflowed(text, part.params.get("delsp", "").lower() == "yes")
    return text, [each for each in (broken, lying) if each]
