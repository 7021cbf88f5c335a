"""What was erased is in no archive, and the histories that were erased from are whole where it comes in."""

from zipfile import ZipFile

import pytest

from guardia.config.now import now
from guardia.history.archive import FILES
from tests.history.archives import archive_of, brought, by_itself, findings, wipe
from tests.privacy.marked import MARKS
from tests.privacy.residue import readings
from tests.privacy.test_erasure import carried_out, confirmed, erasure_of

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "direct"])


def words_in(path) -> list[str]:
    """All that an archive says, its bytes in hexadecimal digits too."""
    with ZipFile(path) as opened:
        found = [word for name in opened.namelist() for word in readings(opened.read(name))]
        lines = [line for name in opened.namelist() if not name.startswith(FILES) for line in opened.open(name)]
    for line in lines:
        for piece in line.split(b'"\\\\x')[1:]:
            found += readings(bytes.fromhex(piece.partition(b'"')[0].decode()))
    return found


@pytest.mark.process
def test_what_was_erased_is_in_no_archive_and_the_rest_proves_itself(marked, tmp_path):
    before = words_in(archive_of(tmp_path / "before.zip", at=now()))
    assert {mark for mark in MARKS for word in before if mark in word} == set(MARKS) - {"8761 2345"}
    carried_out(confirmed(erasure_of(marked), [marked.file.pk]))
    path = archive_of(tmp_path / "after.zip", at=now())
    assert not [mark for mark in MARKS for word in words_in(path) if mark in word]
    wipe()
    brought(path)
    assert findings(now()) == []
    assert by_itself(path)["wrong"] == []
