"""Whatever an exchange, or somebody in its place, sends: nothing of it breaks the reading of anything else."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardia.calls import ami, exchange_seen, journal, queue_log
from guardia.calls.call import Call
from guardia.calls.course import course_of
from guardia.cases.rebuild import rebuild
from guardia.intake import phone
from tests.examples import examples
from tests.phone.recorded import BEGINNING, CONTEXTS
from tests.phone.switchboard import RECORDED

words = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["c.1", "c.2", "technical", "from-trunk", "ANSWER", "CANCEL", "0", "999999999", "<unknown>", "x" * 400]
    ),
    st.sampled_from(
        ["1795560350.1", "1795560400", "1795560350.9999999", "NaN", "1e400", "-5", "9" * 40, "\0", "\ud800"]
    ),
)
NAMES = sorted({*ami.HEARD, *ami.SHOWN, exchange_seen.LISTED, exchange_seen.RESTARTED})
HEADERS = (
    *("Timestamp", "Uniqueid", "Linkedid", "Context", "Exten", "CallerIDNum", "CallerIDName", "Queue", "Job title"),
    *("MemberName", "Interface", "DestUniqueid", "RingTime", "HoldTime", "TalkTime", "Reason", "Cause", "Wait"),
    *("DialStatus", "TransfereeLinkedid", "Extension", "Option", "Hotline", "UserEvent", "BridgeId", "ChannelState"),
)
call = st.sampled_from(["c.1", "c.2"])
about = st.builds(lambda one: [("Uniqueid", one), ("Linkedid", one), ("Context", "from-trunk")], call)
more = st.lists(st.tuples(st.sampled_from(HEADERS), words), max_size=8)
packets = st.builds(
    lambda name, of, rest: [("Event", name), *of, *rest], st.sampled_from(NAMES), about | st.just([]), more
)
EVENTS = (*queue_log.SAYS, "QUEUESTART", "CONFIGRELOAD", "")
fields = st.lists(words.map(lambda each: each.replace("|", "").replace("\n", "")), max_size=6)
lines = st.builds(
    lambda at, of, event, rest: "|".join([at, of, "technical", "Ingeniera 1", event, *rest]),
    st.sampled_from(["1795560350", "1795560351.5", "ayer", ""]),
    call,
    st.sampled_from(EVENTS),
    fields,
)


@settings(max_examples=examples(200), deadline=None, derandomize=True)
@given(st.lists(packets, max_size=12), st.lists(lines, max_size=6))
def test_p1_no_packet_and_no_line_breaks_the_reading(sent, written):
    said = [one for packet in sent for one in ami.facts_in_packet(packet, RECORDED, CONTEXTS)]
    said += [one for packet in sent for one in exchange_seen.facts_in_snapshot(packet, RECORDED)]
    read = [packet for line in written if (packet := queue_log.packet_of(line))]
    said += [one for packet in read for one in queue_log.facts_in_line(packet, BEGINNING)]
    for reference in {one.reference for one in said}:
        course_of([one for one in said if one.reference == reference])


@settings(
    max_examples=examples(40),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(sent=st.lists(packets, max_size=10), written=st.lists(lines, max_size=5))
def test_p1_no_packet_and_no_line_breaks_the_journal_or_a_call(board, sent, written):
    at = RECORDED + timedelta(hours=1)
    references = journal.keep_packets(board.exchange, sent, "ami", at)
    references |= journal.keep_packets(board.exchange, sent, "snapshot", at)
    read = [packet for line in written if (packet := queue_log.packet_of(line))]
    references |= journal.keep_packets(board.exchange, read, "log", at)
    calls = phone.follow(board.exchange, references, at)
    assert {each.reference for each in calls} <= references
    assert list(rebuild()) == []
    assert Call.objects.filter(exchange=board.exchange).count() <= 60
