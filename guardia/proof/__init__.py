"""The log over all histories: one Merkle tree, signed, which nobody can rewrite unseen."""
