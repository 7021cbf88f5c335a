"""Bytes become packets, however they are cut; what we send cannot be more than one action."""

import random

import pytest

from guardia.web.phone.ami_session import LONGEST_PACKET, NotTheProtocol, Packets, Unsendable, action, key_for, value

STREAM = (
    "Asterisk Call Manager/11.0.0\r\n"
    "Response: Success\r\nActionID: a-1\r\nMessage: Authentication accepted\r\n\r\n"
    "Event: Newchannel\r\nCallerIDName: محطة\r\nChanVariable: A=1\r\nChanVariable: B=:2\r\nAccountCode: \r\n\r\n"
    "\r\nEvent: Hangup\r\nCause-txt: Año nuevo\r\n\r\n"
).encode()
PACKETS = [
    [("Response", "Success"), ("ActionID", "a-1"), ("Message", "Authentication accepted")],
    [
        ("Event", "Newchannel"),
        ("CallerIDName", "محطة"),
        ("ChanVariable", "A=1"),
        ("ChanVariable", "B=:2"),
        ("AccountCode", ""),
    ],
    [("Event", "Hangup"), ("Cause-txt", "Año nuevo")],
]


def read(*pieces: bytes) -> list:
    packets = Packets()
    return [packet for piece in pieces for packet in packets.feed(piece)]


def test_a_stream_in_one_piece():
    assert read(STREAM) == PACKETS


@pytest.mark.parametrize("cut", range(len(STREAM)))
def test_cut_anywhere_also_inside_a_letter(cut):
    assert read(STREAM[:cut], STREAM[cut:]) == PACKETS


def test_byte_by_byte():
    assert read(*(bytes([byte]) for byte in STREAM)) == PACKETS


def test_in_pieces_of_any_size():
    dice = random.Random(5)
    for _ in range(200):
        cuts = sorted(dice.sample(range(len(STREAM)), 6))
        pieces = [STREAM[start:end] for start, end in zip([0, *cuts], [*cuts, len(STREAM)], strict=True)]
        assert read(*pieces) == PACKETS


def test_what_is_no_letter_is_replaced_and_loses_nothing_else():
    (packet,) = read(b"Event: X\r\nCallerIDName: Jos\xe9\x00 L\r\nQueue: technical\r\n\r\n")
    assert packet == [("Event", "X"), ("CallerIDName", "Jos\ufffd\ufffd L"), ("Queue", "technical")]


def test_lines_without_a_return_are_lines_too():
    assert read(STREAM.replace(b"\r\n", b"\n")) == PACKETS


def test_a_packet_that_does_not_end_is_none():
    with pytest.raises(NotTheProtocol):
        read(b"Event: X\r\n", b"A: " + b"a" * (LONGEST_PACKET + 1))
    with pytest.raises(NotTheProtocol):
        read(b"Event: X\r\n", *[b"A: " + b"a" * 1000 + b"\r\n"] * (LONGEST_PACKET // 1000 + 1))


def test_a_packet_that_is_too_long_is_none_although_its_end_comes_with_the_same_read():
    long = b"A: " + b"a" * LONGEST_PACKET
    with pytest.raises(NotTheProtocol):
        read(long + b"\r\n\r\n")
    with pytest.raises(NotTheProtocol):
        read(b"x" * LONGEST_PACKET, b"xResponse: Success\r\n\r\n")


def test_many_packets_at_once_are_no_long_packet():
    assert len(read(b"Event: X\r\nA: 1\r\n\r\n" * LONGEST_PACKET)) == LONGEST_PACKET


def test_an_action():
    assert action("Ping", {"ActionID": "a"}) == b"Action: Ping\r\nActionID: a\r\n\r\n"


@pytest.mark.parametrize("evil", ["a\r\nAction: Originate", "a\nB: c", "a\rb", "a\0b"])
def test_a_value_with_a_line_break_is_refused(evil):
    with pytest.raises(Unsendable):
        action("Login", {"Username": evil})
    with pytest.raises(Unsendable):
        action("Login", {evil: "x"})
    with pytest.raises(Unsendable):
        action(evil)


def test_the_secret_is_answered_by_a_challenge():
    assert key_for("735610245", "solo-para-pruebas") == "f413c69520bc2cebebc3629b99bf7b04"


def test_a_header_is_found_whatever_its_case():
    assert value(PACKETS[1], "chanvariable") == "A=1"
    assert value(PACKETS[1], "Queue", "none") == "none"
