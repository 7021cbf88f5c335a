"""The product's settings, with the migrations that `bin/faults` invents appended to the product's own."""

from guardia.config.settings import *  # noqa: F403

MIGRATION_MODULES = {"guardia": "bench.faults.later_migrations"}
