"""The Merkle tree of RFC 6962 and RFC 9162 (section 2.1): its root, and proofs that anybody checks with a hash alone.

A tree of ``size`` leaves has the leaves 0 to ``size - 1``. Hashes are 32 bytes. What is written here asks for no
database: the hash of a complete subtree comes from a function, which a log answers from its tiles.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

type Subtree = Callable[[int, int], bytes]
"""The hash of a complete subtree by its level and place: that of the leaves ``place·2^level`` and as many after it."""


class ProofIsWrong(ValueError):
    """The hashes do not lead from the leaf, or from the smaller tree, to the root that is claimed."""


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def root(size: int, subtree: Subtree) -> bytes:
    """The root hash of the first ``size`` leaves; of no leaves the SHA-256 of nothing."""
    return _of_range(0, size, subtree) if size else sha256(b"").digest()


def _of_range(start: int, end: int, subtree: Subtree) -> bytes:
    """Of the leaves from ``start`` (a multiple of the largest power of two below the count) up to ``end``."""
    count = end - start
    if count & (count - 1) == 0:
        return subtree(count.bit_length() - 1, start // count)
    middle = start + _largest_power_below(count)
    return node_hash(_of_range(start, middle, subtree), _of_range(middle, end, subtree))


def _largest_power_below(count: int) -> int:
    return 1 << ((count - 1).bit_length() - 1)


# --- that a leaf is in the tree ---------------------------------------------------------------------------------------


def inclusion_proof(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """The hashes beside the way from leaf ``index`` up to the root, the lowest first. Raises ValueError outside."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is in no tree of {size}")
    found: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _largest_power_below(end - start)
        if index < middle:
            found.append(_of_range(middle, end, subtree))
            end = middle
        else:
            found.append(_of_range(start, middle, subtree))
            start = middle
    return found[::-1]


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], claimed_root: bytes) -> None:
    """RFC 9162, 2.1.3.2: the leaf with this hash stands at ``index`` of the tree. Raises ProofIsWrong."""
    if not 0 <= index < size:
        raise ProofIsWrong(f"leaf {index} is in no tree of {size}")
    found = leaf
    for beside, is_left in _upwards(index, size - 1, proof):
        found = node_hash(beside, found) if is_left else node_hash(found, beside)
    if found != claimed_root:
        raise ProofIsWrong("the proof does not lead to the root")


def _upwards(place: int, last: int, proof: Sequence[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each hash of the proof, and whether it stands to the left of the way from ``place`` in a tree to ``last``."""
    for beside in proof:
        if last == 0:
            raise ProofIsWrong("the proof is too long")
        is_left = bool(place & 1) or place == last
        yield beside, is_left
        while is_left and not place & 1 and place:
            place, last = place >> 1, last >> 1
        place, last = place >> 1, last >> 1
    if last:
        raise ProofIsWrong("the proof is too short")


# --- that a tree has only grown ---------------------------------------------------------------------------------------


def consistency_proof(first: int, second: int, subtree: Subtree) -> list[bytes]:
    """The hashes by which the tree of ``first`` leaves is seen to be the beginning of that of ``second``.

    Nothing for equal sizes. Raises ValueError for a first tree that is empty or the larger one.
    """
    if not 0 < first <= second:
        raise ValueError(f"a tree of {second} leaves has not grown from one of {first}")
    found: list[bytes] = []
    start, end, is_whole = 0, second, True  # whether ``first`` ends a subtree whose root the reader has already
    while first != end:
        middle = start + _largest_power_below(end - start)
        if first <= middle:
            found.append(_of_range(middle, end, subtree))
            end = middle
        else:
            found.append(_of_range(start, middle, subtree))
            start, is_whole = middle, False
    if not is_whole:
        found.append(_of_range(start, end, subtree))
    return found[::-1]


def check_consistency(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> None:
    """RFC 9162, 2.1.4.2: the larger tree begins with the smaller one. Raises ProofIsWrong."""
    if not 0 < first <= second:
        raise ProofIsWrong(f"a tree of {second} leaves has not grown from one of {first}")
    if first == second:
        if proof or first_root != second_root:
            raise ProofIsWrong("two trees of one size are not the same")
        return
    rest = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not rest:
        raise ProofIsWrong("the proof is empty")
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    of_first = of_second = rest[0]
    for beside, is_left in _upwards(place, last, rest[1:]):
        of_first = node_hash(beside, of_first) if is_left else of_first
        of_second = node_hash(beside, of_second) if is_left else node_hash(of_second, beside)
    if (of_first, of_second) != (first_root, second_root):
        raise ProofIsWrong("the proof does not lead from the smaller tree to the larger one")


# --- tiles ------------------------------------------------------------------------------------------------------------
# A tree is kept and published in tiles (C2SP tlog-tiles): each holds up to 256 hashes of one of its levels, and is one
# hash of the next: so eight levels of the tree lie in a tile.
TILE, HASH, LEVELS = 256, 32, 8


def tile_of(level: int, place: int) -> tuple[int, int, int, int]:
    """Where a complete subtree stands: level and place of its tile, and the first and last of its bytes in it."""
    of_tile, within = divmod(level, LEVELS)
    first = place << within
    start = first % TILE * HASH
    return of_tile, first // TILE, start, start + (HASH << within)


def joined(hashes: bytes) -> bytes:
    """The root over as many hashes as a power of two."""
    row = list(each_hash(hashes))
    while len(row) > 1:
        row = [node_hash(row[place], row[place + 1]) for place in range(0, len(row), 2)]
    return row[0]


def each_hash(hashes: bytes) -> Iterator[bytes]:
    """The hashes of a tile, which stand one behind the other."""
    return (hashes[place : place + HASH] for place in range(0, len(hashes), HASH))
