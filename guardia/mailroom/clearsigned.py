"""Text signed by PGP around its words (RFC 9580 §7): the armour is apart from what the person wrote."""

from collections.abc import Sequence

BEGINS = "-----BEGIN PGP SIGNED MESSAGE-----"
SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
ENDS = "-----END PGP SIGNATURE-----"


def without_armour(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """(the words, the armour). Proves nothing of who signed. What is not closed is left as it is."""
    bare = [line.rstrip() for line in lines]
    try:
        begin = bare.index(BEGINS)
        signature = bare.index(SIGNATURE, begin)
        end = bare.index(ENDS, signature)
    except ValueError:
        return list(lines), []
    body = next((at for at in range(begin, signature) if not lines[at].strip()), signature)
    words = [line.removeprefix("- ") for line in lines[body:signature]]
    return (
        [*lines[:begin], *words, *lines[end + 1 :]],
        [*lines[begin:body], *lines[signature : end + 1]],
    )
