"""The window of planned work that a case lies within: the time in it is a figure of its own, beside the affected time.

Hours are UTC. From the window's end on, time counts as that of any fault, whether the work was over by then or not.
"""

from collections.abc import Collection

from guardia.clocks.intervals import Interval


def windows_of(case_ids: Collection[int]) -> dict[int, list[Interval]]:
    """By case, the window that it lies within, at most one; none for a case that lies within no work."""
    from guardia.cases.case import Case

    found: dict[int, list[Interval]] = {pk: [] for pk in case_ids}
    linked = Case.objects.filter(pk__in=case_ids, within_work__isnull=False)
    columns = ("pk", "within_work__starts_at", "within_work__ends_at", "within_work__ended_at")
    for pk, starts_at, ends_at, ended_at in linked.values_list(*columns):
        end = min(ends_at, ended_at or ends_at)
        if end > starts_at:
            found[pk].append((starts_at, end))
    return found
