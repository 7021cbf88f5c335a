"""What is done after what: it follows from the seed alone."""

import random

TROUBLE_AFTER = 4
"""Kills: so often comes something else between them."""


def in_order(rng: random.Random, kills: list[str], troubles: list[str], how_many: int) -> list[str]:
    """Each kind once before any comes again by chance; troubles stand between the kills, each at least once."""
    killed = rng.sample(kills, len(kills))[:how_many]
    killed += rng.choices(kills, k=how_many - len(killed))
    bad = rng.sample(troubles, len(troubles))
    bad += rng.choices(troubles, k=max(0, how_many // TROUBLE_AFTER - len(bad)))
    order = list(killed)
    for place, name in enumerate(bad):
        order.insert((place + 1) * len(order) // len(bad), name)
    return order
