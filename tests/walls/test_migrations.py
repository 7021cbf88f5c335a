"""The version before goes on while the tables change: a migration adds, or is named post and runs once that is gone."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

import guardia.migrations
from guardia.cli.migrate import POST

SINCE = 2
"""From this number on: the first makes the tables of version 1.0.0, and nothing ran before it."""
WAITED_FOR = ("0004", "0005", "0012")
"""They lock a large table for as long as an index or a check over all its rows takes, and no other one does.
docs/scaling.md says for how long.
"""
LARGE = frozenset(
    ("case", "caseevent", "eventtext", "clock", "notice", "delivery", "deliverednotice", "message", "auditentry")
)
"""Tables that grow with the work, and not with the operator."""
HARMLESS = (
    migrations.CreateModel,
    migrations.AddIndex,
    ValidateConstraint,
    migrations.AlterModelOptions,
    migrations.AlterModelManagers,
)
NOT_OF_THE_TABLE = ("choices", "help_text", "verbose_name", "validators", "error_messages", "editable", "default")
TAKES_AWAY = re.compile(
    r"\bDROP\s+(TABLE|COLUMN|VIEW|TYPE|CONSTRAINT)\b|\bRENAME\b|\bTRUNCATE\b|\bREVOKE\b|\bSET\s+NOT\s+NULL\b"
    r"|\bALTER\s+COLUMN\s+\S+\s+(SET\s+DATA\s+)?TYPE\b|\bADD\s+CONSTRAINT\b(?!.*\bNOT\s+VALID\b)",
    re.IGNORECASE,
)


def troubles(operations: list[Operation], state: ProjectState, widens: tuple[str, ...] = ()) -> Iterator[str]:
    """What the version before could not live with, one line each. ``state``: the tables before, changed as it goes.

    ``widens``: constraints that are replaced by others that let all pass which passed before; the migration says so.
    """
    new_tables: set[str] = set()
    new_fields: set[tuple[str, str]] = set()
    for each in operations:
        if isinstance(each, migrations.CreateModel):
            new_tables.add(each.name_lower)
        model = getattr(each, "model_name_lower", "") or getattr(each, "name_lower", "")
        on_a_new_table = isinstance(each, migrations.RunSQL) and not TAKES_AWAY.search(_without(new_tables, each.sql))
        if model not in new_tables and not on_a_new_table and not _adds(each, state, new_fields, widens):
            yield f"{each.describe()}"
        if isinstance(each, migrations.AddField):
            new_fields.add((each.model_name_lower, each.name))
        each.state_forwards("guardia", state)


def _without(new_tables: set[str], sql: object) -> str:
    """The statements without those that give less than usual on a table that the version before does not know."""
    names = "|".join(sorted(new_tables)) or "(?!)"
    return re.sub(rf"\bREVOKE\s[^;]*?\sON\s+(?:{names})\s[^;]*;", "", " ".join(str(sql).split()), flags=re.IGNORECASE)


def _adds(each: Operation, state: ProjectState, new: set[tuple[str, str]], widens: tuple[str, ...]) -> bool:
    match each:
        case migrations.AddField(field=field):
            return field.null or field.has_db_default() or field.many_to_many or field.generated
        case migrations.AlterField():
            return _loosens(state.models["guardia", each.model_name_lower].fields[each.name], each.field)
        case migrations.AddConstraint(constraint=constraint):
            read = {(each.model_name_lower, name) for name in _read_by(constraint)}
            empty = isinstance(constraint, models.UniqueConstraint) and any(
                state.models["guardia", model].fields[name].null for model, name in read & new
            )
            return constraint.name in widens or empty or read <= new
        case migrations.RemoveConstraint(name=name):
            return name in widens
        case migrations.SeparateDatabaseAndState(database_operations=of_the_database):
            return all(_adds(one, state, new, widens) for one in of_the_database)
        case migrations.RunSQL(sql=sql):
            return not TAKES_AWAY.search(" ".join(str(sql).split()))
        case _:
            return isinstance(each, HARMLESS)


def _loosens(old: models.Field, new: models.Field) -> bool:
    """Only words changed, or more fits than before."""

    def of_the_table(field: models.Field) -> dict[str, object]:
        _name, path, args, more = field.deconstruct()
        kept = {name: value for name, value in more.items() if name not in (*NOT_OF_THE_TABLE, "null", "max_length")}
        return {"path": path, "args": args, **kept}

    fits = (new.max_length or 10**9) >= (old.max_length or 10**9)
    return of_the_table(old) == of_the_table(new) and fits and (new.null or not old.null)


def _read_by(constraint: models.BaseConstraint) -> set[str]:
    if isinstance(constraint, models.CheckConstraint):
        return _names_in(constraint.condition)
    return set(getattr(constraint, "fields", ())) or {"an expression"}


def _names_in(condition: models.Q) -> set[str]:
    found: set[str] = set()
    for child in condition.children:
        found |= _names_in(child) if isinstance(child, models.Q) else {str(child[0]).split("__")[0]}
    return found


def waits(migration: type[migrations.Migration] | migrations.Migration) -> Iterator[str]:
    """What would hold up whoever writes to a large table until all its rows have been read, one line each."""
    for each in migration.operations:
        if getattr(each, "model_name", "").lower() not in LARGE:
            continue
        new = isinstance(each, migrations.AddConstraint) and not isinstance(each, AddConstraintNotValid)
        if isinstance(each, AddIndexConcurrently):
            if migration.atomic:
                yield f"{each.describe()}: atomic = False is missing"
        elif isinstance(each, migrations.AddIndex):
            yield f"{each.describe()}: AddIndexConcurrently, in a migration of its own with atomic = False"
        elif new and isinstance(each.constraint, models.CheckConstraint):
            yield f"{each.describe()}: AddConstraintNotValid, and ValidateConstraint in the next migration"
        elif new and isinstance(each.constraint, models.UniqueConstraint):
            yield f"{each.describe()}: its index CONCURRENTLY, as 0030 does, in a migration of its own"
        elif isinstance(each, ValidateConstraint) and any(type(one) is not type(each) for one in migration.operations):
            yield f"{each.describe()}: in a migration of its own"


# --- ours ---
FILES = sorted(file.stem for file in Path(guardia.migrations.__path__[0]).glob("0*.py"))
OURS = [name for name in FILES if "_squashed_" not in name]
NEW = [name for name in OURS if int(name[:4]) >= SINCE and not POST.match(name)]


@pytest.mark.parametrize("name", NEW or [pytest.param("", marks=pytest.mark.skip(reason="none is newer"))])
def test_a_new_migration_adds_or_is_named_post(name):
    before = OURS[OURS.index(name) - 1]
    state = MigrationLoader(None, replace_migrations=False).project_state([("guardia", before)])
    module = import_module(f"guardia.migrations.{name}")
    found = list(troubles(module.Migration.operations, state, getattr(module, "WIDENS", ())))
    remedy = "make the column nullable or give it a db_default, or put this into a migration named NNNN_post_…"
    assert found == [], f"{name}: {found}; {remedy} (docs/operations/install.md)"


@pytest.mark.parametrize("name", NEW)
def test_a_new_migration_holds_nobody_up_until_all_rows_of_a_large_table_are_read(name):
    found = list(waits(import_module(f"guardia.migrations.{name}").Migration))
    assert bool(found) == name.startswith(WAITED_FOR), found


def test_each_large_table_is_one_of_ours():
    known = {model for _app, model in MigrationLoader(None).project_state().models}
    assert known >= LARGE


# --- that it can refuse ---
def state_of_a_case() -> ProjectState:
    state = ProjectState()
    fields = [("id", models.BigAutoField(primary_key=True)), ("text", models.CharField(max_length=9, null=True))]
    migrations.CreateModel("Case", fields).state_forwards("guardia", state)
    return state


CHECK = models.CheckConstraint(condition=models.Q(text="x"), name="known")
REFUSED = [
    migrations.AddField("case", "n", models.IntegerField(default=0)),
    migrations.RemoveField("case", "text"),
    migrations.DeleteModel("Case"),
    migrations.RenameField("case", "text", "words"),
    migrations.RenameModel("Case", "Incident"),
    migrations.AlterField("case", "text", models.CharField(max_length=8, null=True)),
    migrations.AlterField("case", "text", models.CharField(max_length=9)),
    migrations.AlterField("case", "text", models.IntegerField(null=True)),
    migrations.AddConstraint("case", CHECK),
    migrations.RunPython(migrations.RunPython.noop),
    migrations.RunSQL('ALTER TABLE "case" ALTER COLUMN text SET NOT NULL'),
    migrations.RunSQL('ALTER TABLE "case"\n DROP COLUMN text'),
    migrations.RunSQL('REVOKE INSERT ON "case" FROM guardia_staff'),
]
TAKEN = [
    migrations.AddField("case", "n", models.IntegerField(null=True)),
    migrations.AddField("case", "n", models.IntegerField(db_default=0)),
    migrations.AlterField("case", "text", models.CharField(max_length=20, null=True, choices=[("a", "A")])),
    migrations.AddIndex("case", models.Index(fields=["text"], name="case_text")),
    migrations.RunSQL('GRANT SELECT ON "case" TO guardia_portal'),
    migrations.CreateModel("Sheet", [("id", models.BigAutoField(primary_key=True)), ("n", models.IntegerField())]),
]


@pytest.mark.parametrize("operation", REFUSED, ids=lambda each: each.describe())
def test_what_takes_away_or_tightens_is_refused(operation):
    assert list(troubles([operation], state_of_a_case()))


@pytest.mark.parametrize("operation", TAKEN, ids=lambda each: each.describe())
def test_what_adds_is_taken(operation):
    assert list(troubles([operation], state_of_a_case())) == []


def test_less_than_usual_may_be_given_on_a_table_that_is_new_and_on_no_other():
    makes = migrations.CreateModel("Sheet", [("id", models.BigAutoField(primary_key=True))])
    on_it = migrations.RunSQL("REVOKE ALL ON sheet FROM guardia_portal; GRANT SELECT (id) ON sheet TO guardia_portal;")
    on_both = migrations.RunSQL('REVOKE ALL ON sheet FROM guardia_portal; REVOKE ALL ON "case" FROM guardia_portal;')
    assert list(troubles([makes, on_it], state_of_a_case())) == []
    assert len(list(troubles([makes, on_both], state_of_a_case()))) == 1


def test_a_check_of_columns_that_are_new_binds_nobody_yet():
    check = models.CheckConstraint(condition=models.Q(n__gt=0) | models.Q(n=None), name="n_positive")
    adds = [migrations.AddField("case", "n", models.IntegerField(null=True)), migrations.AddConstraint("case", check)]
    assert list(troubles(adds, state_of_a_case())) == []


def test_what_is_unique_with_a_column_that_is_new_and_empty_binds_nobody_yet():
    both = models.UniqueConstraint(fields=["text", "n"], name="n_once")
    empty, filled = models.IntegerField(null=True), models.IntegerField(db_default=0)
    found = [
        list(troubles([migrations.AddField("case", "n", n), migrations.AddConstraint("case", both)], state_of_a_case()))
        for n in (empty, filled)
    ]
    assert [len(each) for each in found] == [0, 1]


def test_a_constraint_that_lets_more_pass_is_taken_where_the_migration_says_so():
    state = state_of_a_case()
    migrations.AddConstraint("case", CHECK).state_forwards("guardia", state)
    replaced = [migrations.RemoveConstraint("case", "known"), migrations.AddConstraint("case", CHECK)]
    assert list(troubles(replaced, state.clone(), ("known",))) == []
    assert len(list(troubles(replaced, state.clone()))) == 2


def one(*operations: Operation, atomic: bool = True) -> migrations.Migration:
    migration = migrations.Migration("0099_trial", "guardia")
    migration.operations, migration.atomic = list(operations), atomic
    return migration


INDEX = models.Index(fields=["text"], name="case_text")
HOLDS_UP = [
    one(migrations.AddIndex("case", INDEX)),
    one(AddIndexConcurrently("case", INDEX)),
    one(migrations.AddConstraint("case", CHECK)),
    one(migrations.AddConstraint("case", models.UniqueConstraint(fields=["text"], name="once"))),
    one(AddConstraintNotValid("case", CHECK), ValidateConstraint("case", "known")),
]
HOLDS_NOBODY_UP = [
    one(AddIndexConcurrently("case", INDEX), atomic=False),
    one(AddConstraintNotValid("case", CHECK)),
    one(ValidateConstraint("case", "known")),
    one(migrations.AddIndex("city", models.Index(fields=["name"], name="city_name"))),
]


@pytest.mark.parametrize("migration", HOLDS_UP, ids=lambda each: each.operations[0].describe())
def test_what_reads_a_large_table_under_a_lock_is_refused(migration):
    assert list(waits(migration))


@pytest.mark.parametrize("migration", HOLDS_NOBODY_UP, ids=lambda each: each.operations[0].describe())
def test_what_holds_nobody_up_is_taken(migration):
    assert list(waits(migration)) == []
