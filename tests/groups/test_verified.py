"""What a group does to a history: the offline program and `guardia verify` still agree with what is on record."""

from guardia.cases import chain, derived
from guardia.proof.offline import guardia_verify
from guardia.web.report.document import closing_document


def test_the_offline_program_and_verify_agree_on_a_case_that_groups_had(story, transport, power):
    story.open_case()
    story.case.pass_to_group(transport, "medir", by=story.by, at=story.now)
    story.diagnosis()
    story.minutes_pass(40)
    story.case.pass_to_group(power, "es la energía", by=story.by, at=story.now)
    story.minutes_pass(3)
    story.case.take_back_from_group("volvió", by=story.by, at=story.now)
    story.service_is_restored()
    file = closing_document(story.case, story.now).history
    assert guardia_verify.check(file).findings == []
    assert b"medir" not in file
    assert b"Transporte" not in file
    assert b"group" not in file
    assert [place.what for place in (*chain.breaks(besides=derived.breaks), *derived.without_case())] == []
