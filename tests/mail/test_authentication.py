"""RFC 8601: only the topmost header that our own receiving server wrote says who sent a mail."""

import pytest

from guardia.mail.authentication import Receiver, SenderProof, parsed
from guardia.mail.raw_mail import read

OURS = Receiver(frozenset({"mx.example.org"}))
PROVEN, UNPROVEN, FAILED, SPAM = SenderProof


def mail(*headers: str, sender: str = "Ana <ana@example.com>") -> bytes:
    return "\r\n".join([*headers, f"From: {sender}", "To: casos@example.org", "Subject: x", "", "hola", ""]).encode()


def proof(*headers: str, receiver: Receiver = OURS, sender: str = "Ana <ana@example.com>") -> SenderProof:
    return read(mail(*headers, sender=sender), receiver=receiver).sender_proof


def results(words: str, server: str = "mx.example.org") -> str:
    return f"Authentication-Results: {server}; {words}"


# --- appendix B of RFC 8601 -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "server", "found"),
    [
        ("example.org 1; none", "example.org", []),
        (
            "example.com;\r\n\tspf=pass smtp.mailfrom=example.net",
            "example.com",
            [("spf", "pass", {"smtp.mailfrom": "example.net"})],
        ),
        (
            "example.com; auth=pass (cram-md5) smtp.auth=sender@example.net; spf=pass smtp.mailfrom=example.net",
            "example.com",
            [
                ("auth", "pass", {"smtp.auth": "sender@example.net"}),
                ("spf", "pass", {"smtp.mailfrom": "example.net"}),
            ],
        ),
        (
            "example.com; auth=pass (cram-md5) smtp.auth=sender@example.com; sender-id=fail header.from=example.com",
            "example.com",
            [
                ("auth", "pass", {"smtp.auth": "sender@example.com"}),
                ("sender-id", "fail", {"header.from": "example.com"}),
            ],
        ),
        (
            'example.com; dkim=pass reason="good signature" header.i=@mail-router.example.net; '
            'dkim=fail reason="bad signature" header.i=@newyork.example.com',
            "example.com",
            [
                ("dkim", "pass", {"reason": "good signature", "header.i": "@mail-router.example.net"}),
                ("dkim", "fail", {"reason": "bad signature", "header.i": "@newyork.example.com"}),
            ],
        ),
        (
            "foo.example.net (foobar) 1 (baz); dkim (Because I like it) / 1 (One yay) = (wait for it) fail policy "
            "(A dot can go here) . (like that) expired (this surprised me) = (as I wasn't expecting it) 1362471462",
            "foo.example.net",
            [("dkim", "fail", {"policy.expired": "1362471462"})],
        ),
    ],
)
def test_the_examples_of_the_rfc(value, server, found):
    seen = parsed(value)
    assert seen is not None
    assert seen.authserv_id == server
    assert [(each.method, each.result, dict(each.properties)) for each in seen.results] == found


def test_what_the_large_providers_write():
    google = parsed(
        'mx.google.com; dkim=pass header.i=@example.com header.s=s1 header.b="ab/+="; arc=pass (i=1 spf=pass '
        "dkim=pass); spf=pass (google.com: domain of a@example.com designates 192.0.2.1) smtp.mailfrom=a@example.com; "
        "dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=example.com"
    )
    assert google
    assert [each.method for each in google.results] == ["dkim", "arc", "spf", "dmarc"]
    exchange = parsed("spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.com; dmarc=pass action=none")
    assert exchange
    assert (exchange.authserv_id, len(exchange.results)) == ("", 2)


@pytest.mark.parametrize("value", ["", ";", "(", "=", ";;;=;", '"', "a" * 50_000, "(" * 50_000, "a=b;" * 50_000])
def test_nothing_in_it_breaks_the_reader(value):
    parsed(value)


# --- what is proven ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("dmarc=pass header.from=example.com", PROVEN),
        ("dmarc=pass (p=none) header.from=example.com; spf=fail smtp.mailfrom=list.example.net", PROVEN),
        ("dmarc=fail header.from=example.com; dkim=pass header.d=example.com", FAILED),
        ("dmarc=pass header.from=example.com; dmarc=fail header.from=example.com", FAILED),
        ("dmarc=pass header.from=example.net", UNPROVEN),
        ("dmarc=none; dkim=pass header.d=example.com", PROVEN),
        ("dkim=pass header.i=@mail.example.com", PROVEN),
        ("dkim=pass header.d=example.net", UNPROVEN),
        ("dkim=pass header.d=com", UNPROVEN),
        ("dkim=pass header.d=notexample.com", UNPROVEN),
        ("dkim=fail header.d=example.com", UNPROVEN),
        ("spf=pass smtp.mailfrom=bounces@example.com", PROVEN),
        ("spf=pass smtp.mailfrom=bounces@example.net", UNPROVEN),
        ("spf=pass smtp.helo=example.com", UNPROVEN),
        ("spf=fail smtp.mailfrom=ana@example.com", UNPROVEN),
        ("dmarc=temperror; spf=none", UNPROVEN),
        ("none", UNPROVEN),
    ],
)
def test_dmarc_decides_and_without_it_what_is_aligned(words, said):
    assert proof(results(words)) is said


def test_only_the_topmost_counts():
    theirs = results("dmarc=pass header.from=example.com")
    assert proof(results("dmarc=fail header.from=example.com"), "Received: from x", theirs) is FAILED
    assert proof(results("none"), "Received: from x", theirs) is UNPROVEN
    assert proof(results("dmarc=pass", server="mail.example.net"), theirs) is UNPROVEN
    assert proof("Received: from x", theirs) is PROVEN


@pytest.mark.parametrize("server", ["mx.example.net", "mx.example.org.example.net", "MX.EXAMPLE.ORG"])
def test_another_servers_word_counts_for_nothing(server):
    said = PROVEN if server.lower() == "mx.example.org" else UNPROVEN
    assert proof(results("dmarc=pass header.from=example.com", server=server)) is said


def test_without_a_known_server_nobody_is_proven():
    assert proof(results("dmarc=pass header.from=example.com"), receiver=Receiver()) is UNPROVEN
    assert proof() is UNPROVEN


def test_of_several_senders_none_is_proven():
    passed = results("dmarc=pass header.from=example.com")
    assert proof(passed, sender="ana@example.com, jefe@example.com") is UNPROVEN
    assert proof(passed, "From: otra@example.net") is UNPROVEN


@pytest.mark.parametrize(
    "mark",
    [
        "X-Spam-Flag: YES",
        "X-Spam-Status: Yes, score=9.1 required=5.0 tests=BAYES_99",
        "X-Spam: yes",
        "X-MS-Exchange-Organization-SCL: 6",
        "X-Forefront-Antispam-Report: CIP:192.0.2.1;SFV:SPM;SCL:5",
    ],
)
@pytest.mark.parametrize("receiver", [OURS, Receiver()])
def test_a_spam_mark_counts_whoever_wrote_it(mark, receiver):
    assert proof(results("dmarc=pass header.from=example.com"), mark, receiver=receiver) is SPAM


@pytest.mark.parametrize(
    "mark", ["X-Spam-Flag: NO", "X-Spam-Status: No, score=-1", "X-MS-Exchange-Organization-SCL: -1", "X-Spam-Level: *"]
)
def test_no_spam_mark(mark):
    assert proof(mark) is UNPROVEN


def test_the_adapters_for_servers_that_write_none_of_their_own():
    exchange = Receiver(adapter="exchange")
    passed = (
        "Authentication-Results: spf=pass smtp.mailfrom=example.com; dmarc=pass action=none header.from=example.com"
    )
    assert proof(passed, receiver=exchange) is PROVEN
    assert proof(passed) is UNPROVEN
    assert proof(results("dmarc=pass"), passed, receiver=exchange) is UNPROVEN
    spf = Receiver(frozenset({"mx.example.org"}), "received-spf")
    said = "Received-SPF: pass (mailfrom) identity=mailfrom; envelope-from=a@{}; receiver={}"
    assert proof(said.format("example.com", "mx.example.org"), receiver=spf) is PROVEN
    assert proof(said.format("example.net", "mx.example.org"), receiver=spf) is UNPROVEN
    assert proof(said.format("example.com", "mx.example.net"), receiver=spf) is UNPROVEN
    assert proof("Received-SPF: softfail", said.format("example.com", "mx.example.org"), receiver=spf) is UNPROVEN
