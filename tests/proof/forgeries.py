"""What the database's superuser may falsify in a row, and what `guardia verify` says of it.

Each is a statement and the words by which it must be named; both name rows of the cases that `test_derived` keeps.
"""

OF_CASE = {
    "fault": ("fault = 'culpa del cliente'", "the fault is not the one of this event"),
    "solution": ("solution = 'nada'", "the solution is not the one of this event"),
    "prevention": ("prevention = 'se cambió todo'", "the prevention is not the one of this event"),
    "cause": ("cause = 'el cliente'", "the cause is not the one of this event"),
    "plan": ("plan = 'otro', plan_kind = 'visit'", "the plan kind is not the one of this event"),
    "affected time": ("affected_seconds = affected_seconds - 600", "the affected time is not the one of this event"),
    "outages": ("outages = outages - 0", "the list of its outages is not the one of this event"),
    "restored": (
        "restored_at = restored_at - interval '1 hour'",
        "the time of the restoration is not the one of this event",
    ),
    "closed": ("closed_at = closed_at - interval '1 hour'", "the time of the closing is not the one of this event"),
    "opened": ("opened_at = opened_at + interval '5 minutes'", "the time of the opening is not the one of this event"),
    "affected since": (
        "outage_started_at = outage_started_at + interval '5 minutes'",
        "the beginning of the outage is not the one of this event",
    ),
    "green": (
        "green_since = green_since - interval '30 minutes'",
        "the beginning of the green window is not the one of this event",
    ),
    "who confirmed": ("confirmed_by = 'Gerente, gerente'", "the name of who confirmed is not the one of this event"),
    "symptoms": ("symptoms = 'lento'", "the description of the symptoms is not the one of this event"),
    "subject": ("subject = 'lento'", "the subject is not the one of this event"),
    "reporter": ("reporter_name = 'nadie'", "the reporter name is not the one of this event"),
    "impact": ("impact = 'degraded'", "the impact is not the one of this event"),
    "band": ("band = 'remote'", "the band is not the one of this event"),
    "stage": ("stage = 'diagnosis'", "the stage is not the one of this event"),
    "status": ("status = 'cancelled'", "the status is not closed, as its events say"),
    "why it was late": ("late_reason = 'force_majeure'", "the reason why it was late is not the one of this event"),
    "service": ("service_id = NULL", "the service is not the one of this event"),
}
OF_ROWS = {
    "a stop is longer": (
        "UPDATE wait SET ended_at = ended_at + interval '1 hour' WHERE id = %(wait)s",
        "wait {wait}: the end is not the one of this event",
    ),
    "a stop began earlier": (
        "UPDATE wait SET started_at = started_at - interval '1 hour' WHERE id = %(wait)s",
        "wait {wait}: the beginning is not the one of this event",
    ),
    "a stop had another cause": (
        "UPDATE wait SET cause = 'customer' WHERE id = %(wait)s",
        "wait {wait}: the cause is not the one of this event",
    ),
    "a stop has another proof": (
        "UPDATE wait SET proof = 'acta 9' WHERE id = %(wait)s",
        "wait {wait}: the proof is not the one of this event",
    ),
    "a stop held other clocks": (
        """UPDATE wait SET clocks = '["verification"]' WHERE id = %(wait)s""",
        "wait {wait}: the list of its clocks is not the one of this event",
    ),
    "the third party promised another hour": (
        "UPDATE wait SET party_promise_at = party_promise_at + interval '1 day' WHERE party_promise_at IS NOT NULL",
        "wait {carrier}: the promise of the third party is not the one of this event",
    ),
    "a ruling is turned round": (
        "UPDATE wait SET ruling = 'rejected' WHERE ruling = 'upheld'",
        "wait {ruled}: the ruling is not the one of this event",
    ),
    "the reasons of a ruling": (
        "UPDATE wait SET ruling_reasons = 'así es' WHERE ruling <> ''",
        "wait {ruled}: the reasoning of the ruling is not the one of this event",
    ),
    "an objection never was": (
        "UPDATE wait SET contested_at = NULL, contested_by = '', contest_reason = '' WHERE contested_at IS NOT NULL",
        "wait {ruled}: the name of who objected is not the one of this event",
    ),
    "a stop is gone": ("DELETE FROM wait WHERE id = %(wait)s", "wait {wait} is missing"),
    "a stop is invented": (
        "INSERT INTO wait (customer_id, case_id, cause, clocks, asked_by, reason, proof, party, party_ticket,"
        " party_contact, started_at, ended_at, contested_by, contest_reason, ruling, ruling_reasons)"
        " SELECT customer_id, case_id, 'customer', clocks, 'x', 'x', '', '', '', '', started_at, ended_at, '', '', '',"
        " '' FROM wait WHERE id = %(wait)s",
        " is not in any event",
    ),
    "a stop is given to another company": (
        "UPDATE wait SET customer_id = %(other)s WHERE id = %(wait)s",
        "wait {wait} belongs to another company",
    ),
    "a case is passed off as one of a former tool": (
        """UPDATE "case" SET source = 'former' WHERE id = %(whole)s""",
        "the source is not the one of this event",
    ),
    "a case bears the name of a former tool": (
        """UPDATE "case" SET former_system = 'hojas' WHERE id = %(whole)s""",
        "the name of a former tool is not the one of this event",
    ),
    "the bench shows another promise": (
        """UPDATE "case" SET next_due_at = now() + interval '9 days' WHERE id = %(disputed)s""",
        "the time of the promise that breaks first is not the one of this event",
    ),
    "the texts of a case are given to another company": (
        "UPDATE event_text SET customer_id = %(other)s WHERE event_id = (SELECT min(event_id) FROM event_text)",
        " belongs to another company",
    ),
    "a clock is given to another company": (
        "UPDATE clock SET customer_id = %(other)s WHERE case_id = %(whole)s AND kind = 'diagnosis'",
        " belongs to another company",
    ),
    "an escalation is given to another company": (
        "UPDATE escalation SET customer_id = %(other)s WHERE case_id = %(whole)s",
        " belongs to another company",
    ),
    "the call was answered earlier": (
        "UPDATE call SET answered_at = answered_at - interval '30 seconds' WHERE case_id IS NOT NULL",
        " gives different times from this event",
    ),
    "a case is taken out and its events are left": (
        """DELETE FROM "case" WHERE id = %(disputed)s""",
        "the case of the events with the ids ",
    ),
    "the case promises a procedure that is not there": (
        """UPDATE "case" SET procedure_version_id = 99 WHERE id = %(whole)s""",
        "procedure was changed",
    ),
    "a promise fell due later": (
        "UPDATE clock SET due_at = due_at + interval '1 hour' WHERE case_id = %(whole)s AND kind = 'diagnosis'"
        " AND ordinal = 1",
        "diagnosis 1 does not match the events: due_at",
    ),
    "a promise was kept": (
        "UPDATE clock SET outcome = 'kept', breached_at = NULL WHERE case_id = %(whole)s AND kind = 'diagnosis'"
        " AND ordinal = 1",
        "diagnosis 1 does not match the events: outcome, breached_at",
    ),
    "a promise ended earlier": (
        "UPDATE clock SET ended_at = started_at WHERE case_id = %(whole)s AND kind = 'diagnosis' AND ordinal = 1",
        "diagnosis 1 does not match the events: ended_at",
    ),
    "a promise is gone": (
        "DELETE FROM clock WHERE case_id = %(whole)s AND kind = 'diagnosis' AND ordinal = 1",
        "diagnosis 1 is missing",
    ),
    "an escalation was answered": (
        "UPDATE escalation SET acknowledged_at = began_at WHERE case_id = %(whole)s AND ordinal = 1",
        "escalation 1 does not match the events: acknowledged_at",
    ),
    "a visit arrived earlier": (
        "UPDATE visit SET arrived_at = arrived_at - interval '30 minutes' WHERE id = %(visit)s",
        "visit {visit}: the time of the arrival is not the one of this event",
    ),
    "a visit ended otherwise": (
        "UPDATE visit SET outcome = 'restored' WHERE id = %(visit)s",
        "visit {visit}: the outcome is not the one of this event",
    ),
    "another crew went": (
        "UPDATE visit SET crew_id = NULL WHERE id = %(visit)s",
        "visit {visit}: the crew is not the one of this",
    ),
    "a forecast was later": (
        "UPDATE visit SET forecast_to = forecast_to + interval '3 hours' WHERE id = %(second)s",
        "visit {second}: the end of the forecast is not the one of this event",
    ),
    "a visit never was": ("DELETE FROM visit WHERE id = %(second)s", "visit {second} is missing"),
    "a test was good": (
        "UPDATE test_result SET verdict = 'good' WHERE id = %(test)s",
        "test {test}: the verdict is not the one of this event",
    ),
    "a test measured something else": (
        "UPDATE test_result SET result = '0 %% de pérdida' WHERE id = %(test)s",
        "test {test}: the result is not the one of this event",
    ),
    "a test was earlier": (
        "UPDATE test_result SET measured_at = measured_at - interval '5 minutes' WHERE id = %(test)s",
        "test {test}: the time of the measurement is not the one of this event",
    ),
    "nobody typed a test": (
        "UPDATE test_result SET typed = NOT typed WHERE id = %(test)s",
        "test {test}: the mark that a person typed it is not the one of this event",
    ),
    "a test is gone": ("DELETE FROM test_result WHERE id = %(test)s", "test {test} is missing"),
    "a test is invented": (
        "INSERT INTO test_result (customer_id, case_id, service_id, stage, name, result, verdict, measured_at)"
        " SELECT customer_id, case_id, service_id, stage, name, result, 'good', measured_at FROM test_result"
        " WHERE id = %(test)s",
        " is not in any event",
    ),
    "a file is another": (
        "UPDATE case_file SET sha256 = repeat('0', 64) WHERE id = %(file)s",
        "file {file}: the SHA-256 is not the one of this event",
    ),
    "the customer saw a file": (
        "UPDATE case_file SET shown = true WHERE id = %(file)s",
        "file {file}: the mark that the customer sees it is not the one of this event",
    ),
    "a file was withdrawn": (
        "UPDATE case_file SET withdrawn_at = added_at WHERE id = %(file)s",
        "file {file}: the time at which it was withdrawn is not the one of this event",
    ),
    "a file is gone": ("DELETE FROM case_file WHERE id = %(file)s", "file {file} is missing"),
    "a notice was owed earlier": (
        "UPDATE notice SET owed_at = owed_at - interval '1 hour' WHERE id = %(notice)s",
        "notice {notice} was owed at another time than its event was recorded",
    ),
    "a notice to a person of the company never was": (
        "DELETE FROM notice WHERE id = %(notice)s",
        "the number of its notices is not what was owed",
    ),
    "a notice to a person of the company is invented": (
        'INSERT INTO notice SELECT (json_populate_record(notice, \'{"id": 999999, "contact_id": 999}\')).* FROM notice'
        " WHERE id = %(notice)s",
        "the number of its notices is not what was owed",
    ),
    "a notice told other facts": (
        """UPDATE notice SET facts = jsonb_set(facts, '{data,band}', '"remote"') WHERE id = %(notice)s""",
        "notice {notice} gives other facts than its event",
    ),
    "a notice names another clause": (
        "UPDATE notice SET clause = 'P9' WHERE id = %(notice)s",
        "notice {notice} names clause P9, by which nothing was owed",
    ),
    "a notice was of something else": (
        "UPDATE notice SET moment = 'closed' WHERE id = %(notice)s",
        "notice {notice} is about something other than its event",
    ),
    "a notice that was taken back is gone": (
        "DELETE FROM notice WHERE id = %(withdrawn)s",
        "notice {withdrawn} to contact ",
    ),
    "a notice is passed off as sent, or its delivery was taken out": (
        "UPDATE notice SET state = 'sent' WHERE id = %(notice)s",
        "notice {notice} left, and its delivery is missing",
    ),
    "the first words of a text are passed off as its salt": (
        "UPDATE event_text SET salt = salt || convert_to(left(text, 3), 'UTF8'), text = substr(text, 4)"
        " WHERE name = 'fault' AND event_id IN (SELECT id FROM case_event WHERE case_id = %(whole)s)",
        "the text fault was changed",
    ),
    "a page is gone": (
        "DELETE FROM notice WHERE moment = 'paged' AND case_id = %(whole)s",
        "the notice to staff ",
    ),
}
FORGERIES = {
    **{
        f"the case: {what}": (f'UPDATE "case" SET {sets} WHERE id = %(whole)s', words)
        for what, (sets, words) in OF_CASE.items()
    },
    **OF_ROWS,
}
