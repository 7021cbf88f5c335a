"""The sample with one mistake, many times over, and what its author must be told."""

RECEPTION = "    target: 1 min\n    comparison: at_most\n    answers: desk_on_shift\n"

# what is changed, into what, words on the line that must be named, the key, words of the message, words of the remedy
WRONG = {
    "target_missing": (
        *(RECEPTION, RECEPTION.replace("    target: 1 min\n", "")),
        *("- kind: reception", "clocks.reception.target", "“target” is missing", "20 min"),
    ),
    "answers_missing": (
        *(RECEPTION, RECEPTION.replace("    answers: desk_on_shift\n", "")),
        *("- kind: reception", "clocks.reception.answers", "“answers” is missing", "who answers"),
    ),
    "start_missing": (
        *("    starts: [call_waiting]\n", ""),
        *("- kind: reception", "clocks.reception.starts", "“starts” is missing", "moments at which the clock starts"),
    ),
    "stop_missing": (
        *("    stops: [call_answered]\n", ""),
        *("- kind: reception", "clocks.reception.stops", "“stops” is missing", "moments at which the promise"),
    ),
    "start_empty": (
        *("starts: [call_waiting]", "starts: []"),
        *("starts: []", "clocks.reception.starts", "does not belong here", "at least one"),
    ),
    "target_empty": (
        *("target: 1 min", "target:"),
        *("target:\n", "clocks.reception.target", "target is not given", "20 min"),
    ),
    "comparison_missing": (
        *("    target: 1 min\n    comparison: at_most\n", "    target: 1 min\n"),
        *("- kind: reception", "clocks.reception.comparison", "“comparison” is missing", "sample procedure"),
    ),
    "comparison_unknown": (
        *("comparison: at_most", "comparison: at_mst"),
        *("at_mst", "clocks.reception.comparison", "“at_mst” is not known", "at_most"),
    ),
    "moment_unknown": (
        *("starts: [call_waiting]", "starts: [call_wating]"),
        *("[call_wating]", "clocks.reception.starts.1", "no moment “call_wating”", "call_waiting"),
    ),
    "variant_unknown": (
        *("starts: [diagnosed/remote,", "starts: [diagnosed/remot,"),
        *("[diagnosed/remot,", "clocks.remote_solution.starts.1", "no variant “remot”", "remote"),
    ),
    "variant_where_none_is": (
        *("starts: [arrived]", "starts: [arrived/late]"),
        *("[arrived/late]", "clocks.work_permit.starts.1", "no variant “late”", "only “arrived”"),
    ),
    "clock_unknown": (
        *("- kind: reception", "- kind: recepcion"),
        *("- kind: recepcion", "clocks.recepcion.kind", "“recepcion” is not known", "reception"),
    ),
    "clock_excluded_unknown": (
        *("excludes: work_permit", "excludes: permit"),
        *("excludes: permit", "clocks.field_solution.excludes", "“permit” is not known", "Write"),
    ),
    "clock_twice": (
        *("- kind: call_back\n", "- kind: reception\n"),
        *('- kind: reception\n    clause: P1\n    stage: reception\n    name: {es: "Dev', "clocks.reception"),
        *("appears here twice", "Delete one"),
    ),
    "unknown_key": (
        *("comparison: at_most", "comparision: at_most"),
        *("comparision", "clocks.reception.comparision", "no “comparision” here", "Write “comparison”"),
    ),
    "unknown_key_at_the_top": (
        *("code: PC-EC-01", "code: PC-EC-01\nofices: []"),
        *("ofices", "ofices", "no “ofices” here", "offices"),
    ),
    "wrong_type_number_as_text": (
        *('number: "(02) 4004040"', "number: 24004040"),
        *("number: 24004040", "lines.L1.number", "does not belong here", "quotes"),
    ),
    "wrong_type_yes_for_true": (
        *("sample: true\n    decision: true", "sample: yes\n    decision: true"),
        *("sample: yes", "clocks.call_back.sample", "does not belong here", "true or false"),
    ),
    "wrong_type_list": (
        *("languages: [es, en, pt]", "languages: es"),
        *("languages: es", "provider.languages", "does not belong here", "Write a list"),
    ),
    "wrong_type_group": (
        *('country: {es: "Ecuador", en: "Ecuador", pt: "Equador"}', "country: Ecuador"),
        *("country: Ecuador", "provider.country", "does not belong here", "keys with their values"),
    ),
    "duration_without_unit": (
        *("target: 1 min", "target: 1"),
        *("target: 1\n", "clocks.reception.target", "“1” is not a length of time", "20 min"),
    ),
    "duration_in_words": (
        *("target: 4 min", "target: four minutes"),
        *("target: four minutes", "clocks.registration.target", "“four minutes” is not a length", "20 min"),
    ),
    "duration_of_nothing": (
        *("target: 1 min", "target: 0 min"),
        *("target: 0 min", "clocks.reception.target", "cannot be met", "greater than 0"),
    ),
    "duration_beyond_all_measure": (
        *("target: 1 min", "target: 999999 days"),
        *("999999 days", "clocks.reception.target", "longer than a year", "shorter"),
    ),
    "office_hours_in_a_requirement": (
        *("green_window: 30 min", "green_window: 4 office h"),
        *("green_window: 4 office h", "requirements.green_window", "counts office hours", "Remove"),
    ),
    "office_hours_without_calendar": (
        *("    target: 4 office h\n    calendar: office\n", "    target: 4 office h\n"),
        *("- kind: first_answer", "clocks.first_answer", "do not agree", "name of their calendar"),
    ),
    "office_days_of_unequal_length": (
        *("friday: [08:30-17:30]", "friday: [08:30-13:00]"),
        *("target: 2 office days", "clocks.solution.target", "no one length", "office hours"),
    ),
    "band_missing_in_target": (
        *("      intermediate: 6 h\n", ""),
        *("    target:\n      main", "clocks.travel.target", "gives nothing for: intermediate", "each band"),
    ),
    "band_range_turned_round": (
        *("{range_from: 1.5 h, target: 3 h}", "{range_from: 5 h, target: 3 h}"),
        *("range_from: 5 h", "clocks.travel.target.main", "does not begin before", "shorter"),
    ),
    "level_missing_in_target": (
        *("{1: 10 min, 2: 15 min, 3: 15 min}", "{1: 10 min, 2: 15 min}"),
        *("{1: 10 min, 2: 15 min}", "clocks.acknowledgement.target", "does not fit the levels", "one length per level"),
    ),
    "level_unknown_in_steps": (
        *("{level: 3, after: 25 min}", "{level: 4, after: 25 min}"),
        *("{level: 4,", "escalation.by_stage.reception.steps.4.level", "no level 4", "list above"),
    ),
    "steps_missing_for_a_stage": (
        *("    - {stage: stability, steps:", "    - {stage: closure, steps:"),
        *("  by_stage:", "escalation.by_stage", "list of steps for “stability”", "once for each stage"),
    ),
    "steps_fall": (
        *("{level: 2, after: 20 min}, {level: 3, after: 1 h}", "{level: 2, after: 2 h}, {level: 3, after: 1 h}"),
        *("{level: 2, after: 2 h}", "escalation.by_stage.diagnosis", "are not in ascending order", "lowest level up"),
    ),
    "stage_missing": (
        *("  - stage: registration\n    clause: P2", "  - stage: reception\n    clause: P2"),
        *("\nstages:", "stages", "“registration” is missing", "all seven"),
    ),
    "stage_unknown": (
        *("  - stage: closure\n", "  - stage: cierre\n"),
        *("  - stage: cierre", "stages.cierre.stage", "“cierre” is not known", "closure"),
    ),
    "language_missing": (
        *('es: "Procedimiento de atención al cliente"\n  en: "Customer service procedure"\n', 'es: "Procedimiento"\n'),
        *("title:", "title.en", "missing in “en”", "es, en, pt"),
    ),
    "line_to_unknown_desk": (
        *('option: "2"\n    desk: sales', 'option: "2"\n    desk: slaes'),
        *("desk: slaes", "lines.L1.desk", "no desk “slaes”", "sales"),
    ),
    "desk_with_unknown_hours": (
        *("hours: always", "hours: allways"),
        *("hours: allways", "desks.technical.hours", "no weekly hours “allways”", "always"),
    ),
    "two_desks_for_others": (
        *("    fields:\n      - {key: invoice", "    others: true\n    fields:\n      - {key: invoice"),
        *("\ndesks:", "desks", "There must be exactly one desk", "others: true"),
    ),
    "hours_over_midnight": (
        *("monday: [00:00-08:00, 18:00-24:00]", "monday: [18:00-08:00]"),
        *("monday: [18:00-08:00]", "weekly_hours.night.days.monday.1", "does not end after it begins", "midnight"),
    ),
    "hours_that_overlap": (
        *("monday: [00:00-08:00, 18:00-24:00]", "monday: [00:00-08:00, 07:00-24:00]"),
        *("  night:", "weekly_hours.night", "overlap", "morning to night"),
    ),
    "zone_unknown": (
        *("zone: America/Guayaquil", "zone: America/Guayaqui"),
        *("zone:", "provider.zone", "no time zone", "America/Guayaquil"),
    ),
    "warnings_fall": (
        *("target: 1 min\n", "target: 1 min\n    warnings: [80, 50]\n"),
        *("- kind: reception", "clocks.reception", "does not come after the first", "[50, 80]"),
    ),
    "warnings_beyond_the_end": (
        *("target: 1 min\n", "target: 1 min\n    warnings: [50, 120]\n"),
        *("warnings: [50, 120]", "clocks.reception.warnings.2", "out of bounds", "less than 100"),
    ),
    "one_moment_stops_and_drops": (
        *("drops: [call_abandoned,", "drops: [call_answered,"),
        *("- kind: reception", "clocks.reception", "both “stops” and “drops”", "one of them"),
    ),
    "guard_on_what_is_no_start": (
        *("      diagnosed/visit: [travel", "      arrived: [travel"),
        *("      arrived: [travel", "clocks.dispatch_agreed.unless_running.arrived", "none of this clock's", "Write"),
    ),
    "news_without_notice": (
        *("restarts: [registered,", "restarts: [registered, tested,"),
        *("restarts: [registered, tested", "clocks.next_news.restarts.2", "owes no notice", "Write its notice"),
    ),
    "notice_twice": (
        *("- moment: departed\n", "- moment: arrived\n"),
        *(
            "- moment: arrived\n    clause: P4\n    topic: execution\n    recipients: [configured_contacts, reporter]\n"
            "    must_contain: [number, crew, next",
            "notices.arrived",
            "two notices",
            "Delete one",
        ),
    ),
    "notice_item_unknown": (
        *("[number, symptoms, next, by_when]", "[number, sintoms, next, by_when]"),
        *("[number, sintoms", "notices.registered.must_contain.2", "“sintoms” is not known", "symptoms"),
    ),
    "blank_that_names_no_number": (
        *("al menos {green_window} seguidos", "al menos {green_windw} seguidos"),
        *("al menos {green_windw}", "stages.stability.decisions.1", "names no number", "green_window"),
    ),
    "sample_of_no_requirement": (
        *("sample: [confirmation_attempts,", "sample: [attempts,"),
        *("requirements:", "requirements", "“attempts” is not a requirement", "requirements"),
    ),
    "clause_not_as_published": (
        *("clause: P4.1", "clause: 4.1"),
        *("clause: 4.1", "clocks.travel.clause", "not written correctly", "P4.1"),
    ),
    "key_twice": (
        *("target: 1 min\n", "target: 1 min\n    target: 2 min\n"),
        *("target: 2 min", "yaml", "appears here twice", "Delete one"),
    ),
    "not_yaml": (
        *("code: PC-EC-01", "code: PC-EC-01: x"),
        *("code: PC-EC-01: x", "yaml", "not YAML", "indentation"),
    ),
    "bracket_left_open": (
        *("starts: [call_waiting]", "starts: [call_waiting"),
        *("stops: [call_answered]", "yaml", "not YAML", "indentation"),
    ),
    "tab": (
        *("    target: 1 min", "\ttarget: 1 min"),
        *("\ttarget", "yaml", "tab", "spaces"),
    ),
    "alias": (
        *("code: PC-EC-01", "code: &code PC-EC-01"),
        *("code: &code", "yaml", "aliases are not supported", "Write it out"),
    ),
    "tag": (
        *("code: PC-EC-01", "code: !!python/name:os.system PC-EC-01"),
        *("code: !!python", "yaml", "Tags are not read", "only the value"),
    ),
    "second_document": (
        *("\nprovider:", "\n---\nprovider:"),
        *("---\nprovider:", "yaml", "not YAML (but found another document)", "this line"),
    ),
}
