"""What a chat service gives out becomes the address that Apprise reads; what is none is refused, with a remedy."""

import pytest

from guardia.customers.values import Misfit
from guardia.notices.page import Pager
from guardia.notices.team_address import KINDS, PlaceUnfit, address_of, place_read, secret_read
from guardia.people.channels import not_allowed, stays_inside
from tests.notices.chat_server import SLACK, TEAMS, TELEGRAM, WHATSAPP

MATTERMOST = "https://chat.example.com/hooks/abcdefghij0123456789abcdef"
FLOW = (
    "https://default0123.ab.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/"
    "0123456789abcdef0123456789abcdef/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0"
    "&sig=AbC-0_9"
)
NUMBERS = {"phone_id": "109876543210987", "numbers": "+593 99 555 0111\n+593 98 555 0222"}
TEMPLATE = {**NUMBERS, "template": "noc_news", "template_language": "es"}


def read(kind: str, secret: str, **fields: str) -> str:
    return address_of(kind, place_read(kind, fields), secret_read(kind, secret))


def of_apprise(address: str):
    service = Pager().service_of(address)
    assert service is not None, address
    return service


@pytest.mark.parametrize(
    ("kind", "secret"), [("slack", SLACK), ("teams", TEAMS), ("teams", FLOW)], ids=["slack", "teams", "power automate"]
)
def test_it_is_what_apprise_makes_of_the_native_address(kind, secret):
    """Apprise reads the address of the service too: both lead to the same place."""
    import apprise

    native, ours = apprise.Apprise.instantiate(secret), of_apprise(read(kind, secret))
    assert ours.url().replace("image=no", "image=yes") == native.url()
    assert "image=no" in ours.url()


def test_mattermost_by_server_port_path_and_key():
    service = of_apprise(read("mattermost", "https://chat.example.com:8065/noc/hooks/abcdefghij0123456789abcdef"))
    assert (service.secure, service.host, service.port, service.fullpath.strip("/")) == (
        True,
        "chat.example.com",
        8065,
        "noc",
    )
    assert service.token == "abcdefghij0123456789abcdef"


@pytest.mark.parametrize("chat", ["-1001234567890", "-1001234567890:12", "@noc_guardia"])
def test_telegram_by_token_and_chat(chat):
    service = of_apprise(read("telegram", TELEGRAM, chat=chat))
    assert service.bot_token == TELEGRAM
    assert len(service.targets) == 1


def test_whatsapp_by_token_identifier_and_numbers():
    service = of_apprise(read("whatsapp", WHATSAPP, **NUMBERS))
    assert (service.token, service.from_phone_id) == (WHATSAPP, "109876543210987")
    assert service.targets == ["+593995550111", "+593985550222"]
    assert service.template is None


def test_whatsapp_with_a_template_whose_first_parameter_is_the_text():
    service = of_apprise(read("whatsapp", WHATSAPP, **TEMPLATE))
    assert (service.template, service.language) == ("noc_news", "es")
    assert service.components == {"1": "body"}


def test_every_address_may_be_used_here_and_none_stays_on_the_server():
    made = [
        read("slack", SLACK),
        read("teams", TEAMS),
        read("teams", FLOW),
        read("mattermost", MATTERMOST),
        read("telegram", TELEGRAM, chat="-100123456"),
        read("whatsapp", WHATSAPP, **TEMPLATE),
        read("other", "ntfys://ntfy.example.com/noc"),
    ]
    assert {one: (not_allowed(one), stays_inside(one)) for one in made} == dict.fromkeys(made, (None, False))


@pytest.mark.parametrize(
    ("kind", "secret"),
    [
        ("slack", ""),
        ("slack", "https://hooks.slack.com.evil.example/services/T0A/B0B/abc"),
        ("slack", "http://hooks.slack.com/services/T0AAAAAAA/B0BBBBBBB/abcdef"),
        ("slack", "https://user@hooks.slack.com/services/T0AAAAAAA/B0BBBBBBB/abcdef"),
        ("slack", "https://hooks.slack.com:99999/services/T0A/B0B/abc"),
        ("teams", "https://outlook.office.com/webhook/aaaa/IncomingWebhook/bbbb/cccc"),
        ("teams", TEAMS.replace("sig=", "x=")),
        ("teams", TEAMS.replace("logic.azure.com", "logic.azure.example.com")),
        ("mattermost", "https://chat.example.com/hooks/short"),
        ("mattermost", "ftp://chat.example.com/hooks/abcdefghij0123456789abcdef"),
        ("mattermost", "https://10.1.2.3/hooks/abcdefghij0123456789abcdef"),
        ("mattermost", "https://169.254.169.254/hooks/abcdefghij0123456789abcdef"),
        ("telegram", "123:short"),
        ("telegram", f"{TELEGRAM}/../x"),
        ("whatsapp", "with blanks and / signs"),
        ("other", "syslog://localhost"),
        ("other", "ntfys://a.example.com/x\nntfys://b.example.com/x"),
        ("other", ""),
        *((kind, "\x00") for kind in KINDS),
    ],
)
def test_what_is_no_address_of_its_kind_is_refused_with_what_to_write(kind, secret):
    with pytest.raises(Misfit):
        secret_read(kind, secret)


@pytest.mark.parametrize(
    ("kind", "fields", "wrong"),
    [
        ("telegram", {}, {"chat"}),
        ("telegram", {"chat": "noc/../x"}, {"chat"}),
        ("whatsapp", {}, {"phone_id", "numbers"}),
        ("whatsapp", {**NUMBERS, "numbers": "099 555 0111"}, {"numbers"}),
        ("whatsapp", {**NUMBERS, "template": "Bad Name"}, {"template"}),
        ("whatsapp", {**NUMBERS, "template": "noc_news"}, {"template_language"}),
    ],
)
def test_each_field_that_is_wrong_is_named(kind, fields, wrong):
    with pytest.raises(PlaceUnfit) as refused:
        place_read(kind, fields)
    assert set(refused.value.problems) == wrong
