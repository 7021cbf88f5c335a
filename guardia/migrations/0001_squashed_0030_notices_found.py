"""What 0001 to 0030 make one after the other, in one step: the way of an empty database.

Django makes its models anew after each operation, which takes those thirty most of the time of a first start. A
database that has some of them goes on through the others, and this one counts as done when it has them all.
"""

from importlib import import_module
from pathlib import Path

from django.db import migrations
from django.db.migrations.state import ProjectState

FILES = sorted(file.stem for file in Path(__file__).parent.glob("0*.py") if "_squashed_" not in file.stem)
REPLACED = [name for name in FILES if name[:4] <= "0030"]
MODULES = [import_module(f"{__package__}.{name}") for name in REPLACED]
FIRST = MODULES[0]


def tables() -> list[migrations.CreateModel]:
    """Each table as the last of them leaves it: its columns, indexes and constraints."""
    state = ProjectState()
    for module in MODULES:
        for operation in module.Migration.operations:
            operation.state_forwards("guardia", state)
    return [
        migrations.CreateModel(
            model.name, list(model.fields.items()), dict(model.options), model.bases, list(model.managers)
        )
        for model in state.models.values()
    ]


class Migration(migrations.Migration):
    initial = True
    replaces = [("guardia", name) for name in REPLACED]
    dependencies = []
    operations = [*FIRST.SEQUENCES, FIRST.AllAtOnce(tables()), *FIRST.BESIDE_THE_TABLES]
