"""What each moment is to a case: whether the customer may see it, and whether it is worth a glance on the bench."""

from guardia.procedure.vocabulary import Moment

INTERNAL = frozenset(
    {
        Moment.NOTED,
        Moment.ASSIGNED,
        Moment.LATE_EXPLAINED,  # for the report; what the customer is told of it stands in the letters
        Moment.TESTED,
        Moment.DETAILS_UPDATED,
        Moment.PAGED,
        Moment.LEVEL_INFORMED,
        Moment.LEVEL_SKIPPED,
        Moment.PAGE_FAILED,
        Moment.CALL_OWED,
        Moment.CALL_MADE,
        Moment.ACKNOWLEDGED,
        Moment.PASSED_ON,
        Moment.MOVED,
        Moment.NOTICE_FAILED,
        Moment.NOTICE_RESENT,
        Moment.NOTICE_WITHDRAWN,
        Moment.VOICE_OWED,
        Moment.VOICE_TOLD,
        Moment.FILE_ADDED,  # what the customer sees of files is said by each of them, not by the log
        Moment.FILE_SHOWN,
        Moment.FILE_WITHDRAWN,
        Moment.CASE_LINKED,  # of a duplicate the customer is told by the letter that ends it
        Moment.CASE_UNLINKED,
    }
)
PUBLIC = frozenset(Moment) - INTERNAL
"""P2 "el respectivo seguimiento": all but what the house says to itself. Waits and breaches are seen (W1)."""

NEWSWORTHY = frozenset(Moment) - {
    Moment.LATE_EXPLAINED,
    Moment.DETAILS_UPDATED,
    Moment.BREACH_REDATED,
    Moment.BREACH_LIFTED,
    Moment.MOVED,
    Moment.PAGE_FAILED,
    Moment.LEVEL_SKIPPED,
    Moment.CALENDAR_CHANGED,
    Moment.BAND_CHANGED,
    Moment.NOTICE_RESENT,
    Moment.NOTICE_WITHDRAWN,
    Moment.VOICE_OWED,
    Moment.FILE_SHOWN,
    Moment.FILE_WITHDRAWN,
    Moment.CASE_UNLINKED,
}
