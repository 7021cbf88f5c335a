"""What an engineer can do to a case from its page: each act is a form and the verb it calls, a file per stage."""

from guardia.web.desk.acts.any_stage import ANY_TIME_ACTS, LINK_ACTS
from guardia.web.desk.acts.carriers import CARRIER_ACTS
from guardia.web.desk.acts.case_act import CaseAct
from guardia.web.desk.acts.closing import CLOSING_ACTS, LATE_ACTS, REOPENING_ACTS, STABILITY_ACTS
from guardia.web.desk.acts.dispatch import DISPATCH_ACTS
from guardia.web.desk.acts.escalating import ESCALATION_ACTS, VOICE_ACTS
from guardia.web.desk.acts.field import FIELD_ACTS
from guardia.web.desk.acts.groups import GROUP_ACTS
from guardia.web.desk.acts.repair import DIAGNOSIS_ACTS, EXECUTION_ACTS, VERIFICATION_ACTS
from guardia.web.desk.acts.requests import REQUEST_ACTS
from guardia.web.desk.acts.waiting import CONTEST_ACTS, WAIT_ACTS

ACTS: dict[str, CaseAct] = {
    act.name: act
    for act in (
        *ANY_TIME_ACTS,
        *GROUP_ACTS,
        *DIAGNOSIS_ACTS,
        *DISPATCH_ACTS,
        *FIELD_ACTS,
        *EXECUTION_ACTS,
        *VERIFICATION_ACTS,
        *STABILITY_ACTS,
        *CLOSING_ACTS,
        *REOPENING_ACTS,
        *WAIT_ACTS,
        *CARRIER_ACTS,
        *CONTEST_ACTS,
        *ESCALATION_ACTS,
        *VOICE_ACTS,
        *REQUEST_ACTS,
        *LINK_ACTS,
        *LATE_ACTS,
    )
}
