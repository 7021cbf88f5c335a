"""A house in a state folder of its own, filled by the procedure's own words: `python -m tests.ops.house`."""

import json
import os

from guardia.cli.installation import open_installation
from guardia.cli.migrate import migrate

os.environ |= {"GUARDIA_DEMO": "1"}
server = open_installation(empty=True)
migrate(quiet=True)

from guardia.cases.case_files import add_file  # noqa: E402
from guardia.config.database_roles import DatabaseRole, behind  # noqa: E402
from tests.files import samples  # noqa: E402
from tests.procedure.story import Story  # noqa: E402

with behind(DatabaseRole.STAFF):
    story = Story()
    story.open_case()
    photo = add_file(story.case, content=samples.jpeg(), name="foto.jpg", by=story.by, now=story.now)
    log = add_file(story.case, content=samples.LOG, name="equipo.log", by=story.by, now=story.now)
print(json.dumps({"case": story.number, "photo": photo.sha256, "log": log.sha256}))  # noqa: T201
