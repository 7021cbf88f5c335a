"""What a newcomer's set-up gets wrong, each with its remedy: small questions, one function each, in a list.

Importing this package fills the list, in the order in which it is read out.
"""

from guardia.cli.checks import machine, database, channels, upkeep, people  # noqa: F401, I001 - the order of the report
