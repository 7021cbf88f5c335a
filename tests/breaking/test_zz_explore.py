import pytest, traceback
from guardia.doors.desk.acts import ACTS
from tests.breaking.browser import *
from tests.breaking.stages import *

@pytest.mark.parametrize("stage", STAGES)
def test_matrix(story, supervisor, stage):
    STAGES[stage](story)
    fields = right_fields(story)
    assert set(fields) == set(ACTS)
    problems = []
    for act in ACTS:
        with taken_back():
            before = on_record(); seq = story.case.seq
            try:
                g = supervisor.get(f"/casos/{story.number}/{act}")
                a = supervisor.post(f"/casos/{story.number}/{act}", {**fields[act], "seen": seq})
            except AssertionError as e:
                problems.append((act, str(e)[-1500:])); continue
            s1 = a.status_code
            ch = changed(before)
            if s1 >= 400 and ch: problems.append((act, s1, "changed", ch))
            if s1 < 400 and s1 != 302: problems.append((act, s1))
            if s1 == 302:
                mid = on_record(); seq2 = story.case.seq
                try: b = supervisor.post(f"/casos/{story.number}/{act}", {**fields[act], "seen": seq})
                except AssertionError as e: problems.append((act, "twice", str(e)[-1500:])); continue
                if changed(mid): problems.append((act, "twice changed", b.status_code, changed(mid)))
            try: whole()
            except AssertionError as e: problems.append((act, str(e)))
            print(stage, act, s1)
    for p in problems: print("PROBLEM", stage, *p)
    assert not problems
