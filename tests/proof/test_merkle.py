"""RFC 6962 and RFC 9162, 2.1: by the vectors of Certificate Transparency, and by a second way to build the tree."""

from hashlib import sha256
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardia.proof import merkle

# The eight leaves of the reference implementation of Certificate Transparency (merkle_tree_test), and its roots.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        *("", "00", "10", "2021", "3031", "40414243"),
        *("5051525354555657", "606162636465666768696a6b6c6d6e6f"),
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSIONS = {
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
}
CONSISTENCIES = {
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
MOST = 70


def tree_of(leaves):
    """The subtrees of these leaves, as somebody builds them who has all of them."""

    def subtree(level: int, place: int) -> bytes:
        if level == 0:
            return merkle.leaf_hash(leaves[place])
        return merkle.node_hash(subtree(level - 1, 2 * place), subtree(level - 1, 2 * place + 1))

    return subtree


def by_levels(leaves) -> bytes:
    """The root by another way: pairs are joined level by level, and the odd one out goes up as it is."""
    row = [sha256(b"\x00" + leaf).digest() for leaf in leaves]
    while len(row) > 1:
        pairs = [sha256(b"\x01" + left + right).digest() for left, right in zip(row[::2], row[1::2], strict=False)]
        row = pairs + row[len(pairs) * 2 :]
    return row[0] if row else sha256(b"").digest()


def test_a_tree_of_no_leaves_has_the_hash_of_nothing():
    assert merkle.root(0, tree_of([])).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_are_those_of_certificate_transparency(size):
    assert merkle.root(size, tree_of(LEAVES)).hex() == ROOTS[size - 1]


@pytest.mark.parametrize(("index", "size"), INCLUSIONS)
def test_the_proofs_of_a_leaf_are_those_of_certificate_transparency(index, size):
    assert [each.hex() for each in merkle.inclusion_proof(index, size, tree_of(LEAVES))] == INCLUSIONS[index, size]


@pytest.mark.parametrize(("first", "second"), CONSISTENCIES)
def test_the_proofs_of_growth_are_those_of_certificate_transparency(first, second):
    found = merkle.consistency_proof(first, second, tree_of(LEAVES))
    assert [each.hex() for each in found] == CONSISTENCIES[first, second]


@pytest.mark.parametrize("size", range(MOST))
def test_the_root_is_the_one_that_another_way_finds(size):
    leaves = [bytes([number]) for number in range(size)]
    assert merkle.root(size, tree_of(leaves)) == by_levels(leaves)


@pytest.mark.parametrize("size", [*range(1, 18), 31, 32, 33, MOST])
def test_each_leaf_is_proven_at_its_place_and_at_no_other(size):
    leaves = [bytes([number]) for number in range(size)]
    subtree, root = tree_of(leaves), by_levels(leaves)
    for index in range(size):
        proof = merkle.inclusion_proof(index, size, subtree)
        merkle.check_inclusion(merkle.leaf_hash(leaves[index]), index, size, proof, root)
        for place in {index - 1, index + 1, size}:
            with pytest.raises(merkle.ProofIsWrong):
                merkle.check_inclusion(merkle.leaf_hash(leaves[index]), place, size, proof, root)
        for wrong in (
            proof[:-1] if proof else [root],
            [*proof, root],
            [*proof[:-1], bytes(32)] if proof else [bytes(32)],
        ):
            with pytest.raises(merkle.ProofIsWrong):
                merkle.check_inclusion(merkle.leaf_hash(leaves[index]), index, size, wrong, root)


def test_each_tree_is_the_beginning_of_each_that_grew_from_it():
    leaves = [bytes([number]) for number in range(34)]
    subtree = tree_of(leaves)
    roots = [by_levels(leaves[:size]) for size in range(35)]
    for first, second in combinations(range(1, 35), 2):
        proof = merkle.consistency_proof(first, second, subtree)
        merkle.check_consistency(first, second, roots[first], roots[second], proof)
        wrongs = [proof[:-1], [*proof, roots[1]], [bytes(32), *proof[1:]]]
        for wrong in wrongs:
            with pytest.raises(merkle.ProofIsWrong):
                merkle.check_consistency(first, second, roots[first], roots[second], wrong)
        with pytest.raises(merkle.ProofIsWrong):
            merkle.check_consistency(first, second, roots[second], roots[second], proof)


@given(st.lists(st.binary(max_size=4), min_size=2, max_size=40), st.data())
def test_a_tree_in_which_an_old_leaf_was_exchanged_has_not_grown_from_the_old_one(leaves, data):
    first = data.draw(st.integers(1, len(leaves) - 1))
    place = data.draw(st.integers(0, first - 1))
    old_root = by_levels(leaves[:first])
    leaves[place] += b"!"
    proof = merkle.consistency_proof(first, len(leaves), tree_of(leaves))
    with pytest.raises(merkle.ProofIsWrong):
        merkle.check_consistency(first, len(leaves), old_root, by_levels(leaves), proof)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_what_is_in_no_tree_has_no_proof(index, size):
    with pytest.raises(ValueError, match="is in no tree"):
        merkle.inclusion_proof(index, size, tree_of(LEAVES))


@pytest.mark.parametrize(("first", "second"), [(0, 3), (4, 3), (-1, 3)])
def test_what_has_not_grown_has_no_proof_and_is_not_believed(first, second):
    with pytest.raises(ValueError, match="has not grown"):
        merkle.consistency_proof(first, second, tree_of(LEAVES))
    with pytest.raises(merkle.ProofIsWrong):
        merkle.check_consistency(first, second, b"", b"", [])


def test_trees_of_one_size_are_the_same():
    root = by_levels(LEAVES)
    merkle.check_consistency(8, 8, root, root, [])
    with pytest.raises(merkle.ProofIsWrong):
        merkle.check_consistency(8, 8, root, bytes(32), [])
