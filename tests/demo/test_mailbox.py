"""The demo's mail server keeps what it receives, byte for byte, in order."""

import smtplib

from guardia.cli.children import any_free
from guardia.demo.mailbox import HOST, receiving

FIRST = "Subject: Caso abierto\r\nTo: jefe@example.com\r\n\r\nañadió 日本\r\n..punto\r\n.\r\nfin\r\n".encode()


def test_bytes_and_order_are_kept(tmp_path):
    port = any_free(HOST)
    with receiving(tmp_path, port), smtplib.SMTP(HOST, port) as client:
        client.sendmail("casos@example.com", ["jefe@example.com"], FIRST)
        for number in range(3):
            client.sendmail("casos@example.com", ["a@example.com", "b@example.com"], f"Subject: {number}\r\n\r\nx\r\n")
    stored = sorted(tmp_path.glob("*"))
    assert stored[0].read_bytes() == FIRST
    assert [file.read_bytes() for file in stored[1:]] == [f"Subject: {n}\r\n\r\nx\r\n".encode() for n in range(3)]
    assert {file.suffix for file in stored} == {".eml"}


def test_a_second_start_continues_the_count(tmp_path):
    for _ in range(2):
        port = any_free(HOST)
        with receiving(tmp_path, port), smtplib.SMTP(HOST, port) as client:
            client.sendmail("casos@example.com", ["jefe@example.com"], FIRST)
    assert [file.stem[-6:] for file in sorted(tmp_path.glob("*.eml"))] == ["000001", "000002"]
