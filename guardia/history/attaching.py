"""The attachments of a former case become files of the case, as those which a colleague adds."""

from collections.abc import Callable
from datetime import datetime

from guardia.cases.case import Case
from guardia.cases.case_files import FileNotTaken, StoreTakesNothing, TooManyFiles, add_ready, ready
from guardia.customers.importing.table_file import WrongFile
from guardia.evidence.files import Ready
from guardia.history.attachments import AttachmentPlace, Missing, TooLarge, content_of, file_name
from guardia.history.former_case import Attached, FormerCase, Trouble
from guardia.history.staging import Staging
from guardia.people.staff import SYSTEM

HEADING = "attachment"


class Attaching:
    """``place``: where the files lie that the rows name; ``staging`` has those that the rows brought. ``tell`` is
    called with each file that does not come in.
    """

    def __init__(self, place: AttachmentPlace | None, staging: Staging, tell: Callable[[Trouble], None]) -> None:
        self.place, self.staging, self.tell = place, staging, tell

    def attach(self, case: Case, former: FormerCase, now: datetime) -> int:
        """How many files are on the case. ``now``: UTC, of each event: it is here since then.

        One after the other, so that no more than one is held in memory. The customer does not see them until somebody
        shows them. Raises WrongFile where the store takes nothing.
        """
        added = 0
        for each in former.attachments:
            file = self._ready(each, former.number)
            if file is None:
                continue
            try:
                add_ready(case, file, by=SYSTEM, now=now)
            except TooManyFiles:
                self._say(each, "too many attachments")
            except StoreTakesNothing as wrong:
                raise WrongFile(str(wrong)) from wrong
            else:
                added += 1
        return added

    def _ready(self, each: Attached, number: str) -> Ready | None:
        try:
            return ready(content_of(each, number, self.place, self.staging), file_name(each))
        except Missing:
            self._say(each, "no attachment")
        except (TooLarge, FileNotTaken):
            self._say(each, "attachment refused")
        return None

    def _say(self, each: Attached, what: str) -> None:
        self.tell(Trouble(*each.place, HEADING, what, each.name[:200]))
