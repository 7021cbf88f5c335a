"""A queue log is read on from where the last reading ended, also after a rotation, and never half a line."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from guardia.web.phone.queue_log import OVERLAP, LogUnreadable, Position, Reading, hour_of, in_pieces, line_of

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=900)


def line(seconds: int, name: str = "ENTERQUEUE") -> str:
    return f"{int(NOON.timestamp()) + seconds}|testpbx-{seconds}|technical|NONE|{name}||0990000001|1"


def write(path, *lines: str, end: str = "\n") -> None:
    with path.open("a") as file:
        file.write("".join(f"{each}{end}" for each in lines))


def read(path, position=None, since=LONG_AGO):
    reading = Reading(path, position, since)
    texts = [each.text for each in reading.lines()]
    return texts, reading


@pytest.fixture
def path(tmp_path):
    return tmp_path / "queue_log"


def test_the_first_reading_begins_where_it_is_wanted(path):
    lines = [line(0), line(600), line(1200)]
    write(path, *lines)
    assert read(path, since=NOON + timedelta(seconds=600))[0] == lines[1:]


def test_the_next_one_overlaps_two_minutes_and_no_more(path):
    lines = [line(seconds) for seconds in (0, 600, 700, 719, 720)]
    write(path, *lines)
    _texts, reading = read(path)
    write(path, line(800))
    texts, second = read(path, reading.position)
    assert texts == [*lines[1:], line(800)]
    assert second.position.at == (NOON + timedelta(seconds=800)).timestamp()
    assert read(path, second.position)[0] == [*lines[2:], line(800)]


def test_a_line_that_is_being_written_waits_for_its_end(path):
    write(path, line(0))
    write(path, line(300)[:25], end="")
    texts, reading = read(path)
    assert texts == [line(0)]
    write(path, line(300)[25:])
    assert read(path, reading.position)[0] == [line(0), line(300)]


@pytest.mark.parametrize("rotated", ["queue_log.0", "queue_log.1", "queue_log-20261125"])
def test_a_rotated_file_is_read_to_its_end_first(path, rotated):
    write(path, line(0))
    _texts, reading = read(path)
    write(path, line(900))
    path.rename(path.with_name(rotated))
    write(path, line(1000))
    texts, second = read(path, reading.position)
    assert texts == [line(0), line(900), line(1000)]
    assert second.whole
    assert read(path, second.position)[0] == [line(1000)]


def test_a_file_that_was_copied_and_emptied_is_found_by_how_it_begins(path):
    write(path, line(0), line(10))
    _texts, reading = read(path)
    path.with_name("queue_log.1").write_bytes(path.read_bytes())
    path.write_text("")
    write(path, line(1000))
    texts, second = read(path, reading.position)
    assert texts == [line(0), line(10), line(1000)]
    assert second.whole


def test_rotated_twice(path):
    write(path, line(0))
    _texts, reading = read(path)
    names = ("queue_log.2", "queue_log.1")
    for place, name in enumerate(names):
        path.rename(path.with_name(name))
        os.utime(path.with_name(name), (1000 + place, 1000 + place))
        write(path, line(1000 * (place + 1)))
    texts, second = read(path, reading.position)
    assert (texts, second.whole) == ([line(0), line(1000), line(2000)], True)


def test_a_first_reading_looks_into_what_was_rotated_since(path):
    write(path, line(0))
    path.rename(path.with_name("queue_log.1"))
    write(path, line(1000))
    assert read(path)[0] == [line(0), line(1000)]
    os.utime(path.with_name("queue_log.1"), (1000, 1000))
    assert read(path, since=NOON)[0] == [line(1000)]


def test_a_packed_file_is_missed(path):
    write(path, line(0))
    _texts, reading = read(path)
    path.rename(path.with_name("queue_log.1"))
    write(path, line(1000))
    path.rename(path.with_name("queue_log.2.gz"))
    write(path, line(2000))
    texts, second = read(path, reading.position)
    assert (texts, second.whole) == ([line(0), line(2000)], False)


def test_what_is_gone_is_not_passed_over_in_silence(path):
    write(path, line(0), line(10))
    _texts, reading = read(path)
    path.unlink()
    write(path, line(1000))
    texts, second = read(path, reading.position)
    assert texts == [line(1000)]
    assert not second.whole


def test_nothing_new_changes_nothing(path):
    write(path, line(0))
    _texts, reading = read(path)
    again = read(path, reading.position)[1]
    assert again.position == reading.position
    assert Position.of_json(reading.position.as_json()) == reading.position
    assert Position.of_json({}) is None
    assert Position.of_json({"nonsense": 1}) is None


def test_an_empty_file_and_one_that_is_not_there(path):
    path.write_text("")
    texts, reading = read(path)
    assert (texts, reading.position) == ([], None)
    with pytest.raises(LogUnreadable, match="nothing"):
        read(path.with_name("nothing"))
    with pytest.raises(LogUnreadable):
        read(path.parent)


def test_junk_between_the_lines_is_left_out(path):
    path.write_bytes(
        b"\x00\xff\xfe junk\n\n|||\n99999999999999|x\n" + line(0).encode() + b"\r\n" + b"9" * 9000 + b"|\n"
    )
    assert read(path)[0] == [line(0)]


@pytest.mark.parametrize("text", ["", "x", "x|y", "-1|a", "1e3|a", "٣|a", "123456789012|a", "nan|a"])
def test_what_is_no_hour(text):
    assert hour_of(text) is None


def test_an_hour_with_a_fraction_is_of_its_second():
    assert hour_of(f"{int(NOON.timestamp())}.431221|a") == NOON


def test_lines_of_a_shipper_come_in_any_pieces():
    lines = [line(seconds) for seconds in range(0, 50, 7)]
    stream = "\n".join(lines).encode()
    for size in (1, 7, 64, len(stream)):
        pieces = [stream[start : start + size] for start in range(0, len(stream), size)]
        assert [each.text for some in in_pieces(pieces) for each in some] == lines


def test_the_overlap_is_that_of_the_promise():
    assert timedelta(minutes=2) == OVERLAP
    assert line_of(b"no line") is None
