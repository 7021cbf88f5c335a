"""A body of each act on a case as somebody would send it; the document shows it, and a test sends it.

All of them are of the night of 28 November 2026, of a fault that began at two in Guayaquil. Ids are those of nobody.
"""

from typing import Any

FORECAST = {"forecast_from": "2026-11-28T10:00:00-05:00", "forecast_to": "2026-11-28T12:00:00-05:00"}
PEOPLE = {"operator": "Dispatch", "customer": "Head of systems", "site_contact": "Gate", "access": "24 hours"}
CLOSING = {"fault": "Fibre cut by road works", "solution": "Spliced", "prevention": "Move the duct"}

EXAMPLES: dict[str, dict[str, Any]] = {
    "note": {"text": "The carrier sees no light either."},
    "tell": {"text": "Our crew is on its way to the cut."},
    "write": {"text": "The carrier has found the cut.", "audience": "public"},
    "assign": {"to": 1},
    "complete": {"customer_reference": "INC0042", "access_hours": "08:00 to 17:00", "mains_power": "yes"},
    "set_impact": {"impact": "intermittent"},
    "pass_to_group": {"group": 1, "reason": "Measure the span from the north."},
    "take_back_from_group": {"reason": "Measured."},
    "add_test": {"name": "ping", "result": "loss 100 %", "verdict": "bad"},
    "diagnose": {"cause": "Fibre cut", "plan": "Splice it", "plan_kind": "visit"},
    "recover": {"how": "It answers pings again by itself."},
    "decide_dispatch": {},
    "agree_visit": {**PEOPLE, **FORECAST},
    "change_visit": {**PEOPLE, **FORECAST, "parts": ["ONT ×2 · Store"]},
    "change_crew": {"crew": 1, "why": "The first one cannot pass."},
    "send_letter": {},
    "depart": {},
    "arrive": {"place": "-2.170998, -79.922359"},
    "clear_permit": {},
    "block": {"condition": "weather", "why": "Storm", "next_decision_at": "2026-11-28T10:00:00-05:00"},
    "decide_again": {"why": "The storm goes on.", "next_decision_at": "2026-11-28T10:00:00-05:00"},
    "resume_visit": FORECAST,
    "use_parts": {"parts": ["SFP 10G ×1 · AB-1"]},
    "sign": {"name": "A. Vera", "position": "Head of systems"},
    "leave_site": {"finished": "unfinished", "why": "A part is missing."},
    "restore": {"solution": "The fibre was spliced."},
    "correct_cause": {"cause": "A burnt power supply"},
    "change_plan": {"plan": "Change the power supply.", "plan_kind": "visit"},
    "try_to_confirm": {"whom": "Head of systems", "outcome": "No answer"},
    "confirm": {
        "confirmer_name": "A. Vera",
        "position": "Head of systems",
        "phone": "+593 4 555 0148",
        "channel": "phone",
        "capacity": "employee",
        "plan_executed": "Splice at kilometre 4",
    },
    "go_on_unconfirmed": {"reason": "Nobody answers, three times."},
    "report_drop": {"what": "It dropped for a moment.", "seconds": 20},
    "relapse": {"what": "The link is down again."},
    "stabilise_without_evidence": {"reason": "The probe does not reach the site."},
    "close": {**CLOSING, "crew_stays": True},
    "close_without_evidence": {**CLOSING, "reason": "The probe does not reach the site."},
    "cancel": {"reason": "Opened by mistake."},
    "reopen": {"what": "The link is down again."},
    "close_as_mistaken": {"reason": "It was another site."},
    "hold": {"cause": "customer", "asked_by": "Gate", "reason": "Nobody has the key."},
    "resume": {"wait": 1},
    "third_party_promise": {"wait": 1, "promise_at": "2026-11-28T10:00:00-05:00", "word": "A crew is on its way."},
    "correct_wait": {"wait": 1, "what": "never", "reason": "It was another case."},
    "contest": {"waits": [1], "who": "Head of systems", "words": "Our guard opened at once."},
    "escalate": {"level": "2", "source": "customer", "asked_by": "Head of systems", "reason": "Asks for a supervisor."},
    "pass_escalation": {"reason": "I am at another outage."},
    "end_escalation": {"reason": "The customer withdraws it."},
    "call_task_done": {"call": 1, "outcome": "answered", "answered_by": "Supervisor of the night"},
    "tell_by_voice": {"call": 1, "outcome": "answered", "whom": "Head of systems"},
    "agree_hour": {"hour": "2026-11-28T10:00:00-05:00", "whom": "Head of systems"},
    "answer": {"answer": "The second invoice is void."},
    "solve": {"answer": "A credit note was sent."},
    "transfer": {"to": "sales", "reason": "It is about a new order."},
    "link": {"number": "104007"},
    "close_as_duplicate": {"number": "104007", "reason": "The same cut."},
    "unlink": {"link": 1},
    "explain_delay": {"late": "no_parts", "late_words": "The store had no such part."},
}
"""By the name of the act in this API; one that takes no body has none."""
