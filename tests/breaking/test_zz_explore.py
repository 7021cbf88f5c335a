import pytest, traceback
from guardia.doors.desk.acts import ACTS
from tests.breaking.browser import *
from tests.breaking.stages import *

STAGE_OF = {"diagnostico":"diagnosis","normalizado":"diagnosis","envio":"to_agree","acuerdo":"to_agree","salida":"agreed","llegada":"on_the_way","permiso":"arrived","bloqueo":"agreed","restablecido":"permitted","causa":"permitted","plan":"permitted","intento":"verification","confirmacion":"verification","sin-confirmacion":"verification","estable":"green","inestable":"green","reincidencia":"green","cierre":"closure","reanudar":"waiting"}
VALUES = ["", " ", "\0", "a\0b", "x"*1_000_000, "\ud800", "😀", "‮abc", "\x1b[31m\x07\x08", "'; DROP TABLE \"case\"; --", "<script>alert(1)</script>", "%(x)s %s %d %", "{0} {x} {{ y }} {% load %}", "=cmd|' /C calc'!A0", "+1", "@SUM(1)", "0", "-1", str(10**30), "9"*5000, "1.5", "null", "[]", "31/02 10:00", "29/02 10:00", "29/02/2024 10:00", "01/01/0001 00:00", "0001-01-01 00:00", "31/12/9999 23:59", "9999-12-31 23:59", "25:61", "24:00", "00:00", "2026-13-01 10:00", "١٢:٣٠", "½", "²", "\n\n", "\r\n", "\u2028", "\ufeff", "true", "1e5", "0x10", "é"*160, "\x85", "\u0000", "12:00\0", "01/01/1900 10:00", "2027-01-01 00:00", "2500-01-01 00:00", "01/01/1950 00:00"]

@pytest.mark.parametrize("act", ACTS)
def test_fuzz(story, supervisor, act):
    stage = STAGE_OF.get(act, "diagnosis")
    STAGES[stage](story)
    fields = right_fields(story)[act]
    form = ACTS[act].form
    names = list(form.base_fields) + ["seen", "draft", "csrfmiddlewaretoken"]
    from collections import Counter
    problems = Counter()
    base_seq = story.case.seq
    for name in names:
        for v in VALUES:
            v2 = v.encode("utf-8", "surrogatepass").decode("utf-8", "replace") if False else v
            with taken_back():
                before = None
                try:
                    try: a = supervisor.post(f"/casos/{story.number}/{act}", {"seen": base_seq, **fields, name: v2})
                    except UnicodeEncodeError: continue
                    if a.status_code in (302,):
                        supervisor.get(f"/casos/{story.number}/")
                        supervisor.get("/")
                    elif False:
                        problems[(name, ascii(v)[:40], a.status_code, "changed", str(changed(before)))]+=1
                except AssertionError as e:
                    problems[(name, ascii(v)[:40], ascii(str(e)[-700:]))]+=1; print("PROBLEM", act, name, ascii(v)[:40], ascii(str(e)[-400:]), flush=True)
    print("DONE", act, flush=True)
    assert not problems
