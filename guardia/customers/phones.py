"""Telephone numbers as people write them, kept as E.164 so that the exchange's number finds its person."""

import re

import phonenumbers
from django.conf import settings
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType, ValidationResult

from guardia.config import countries

NO_COUNTRY = "ZZ"
_OF_ECUADOR = re.compile(r"(?:\+593 \d|0\d{1,2}) \d{3} \d{4}")
_SEPARATED = re.compile(r"[,;/\n\r|]+")


def home_region() -> str:
    """The operator's country (ISO 3166), whose numbers are written without a country code: that of its time zone."""
    return countries.country_of(settings.TIME_ZONE) or countries.HERE


class NotANumber(ValueError):
    """The words are no telephone number; ``written`` is what was typed."""

    def __init__(self, written: str) -> None:
        self.written = written
        super().__init__(written)


def normalise(written: str, region: str = "") -> str:
    """``(02) 555-0100`` becomes ``+59325550100``; an extension stays behind ``;ext=``. Raises NotANumber."""
    try:
        number = phonenumbers.parse(written, region or home_region())
    except NumberParseException as trouble:
        raise NotANumber(written) from trouble
    # Possible only from inside the same city means that the area code is missing: nobody could be called with it.
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        raise NotANumber(written)
    extension = f";ext={number.extension}" if number.extension else ""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) + extension


def several(written: str, region: str = "") -> list[str]:
    """The numbers of a field, one per line or parted by commas or slashes, each once, in order. Raises NotANumber."""
    numbers = [normalise(one, region) for one in _SEPARATED.split(written) if one.strip()]
    return list(dict.fromkeys(numbers))


def in_this_country(sample: str) -> str:
    """A sample's words with the example numbers of the operator's country in the place of Ecuador's made-up ones."""
    region = home_region()
    if region == countries.HERE:
        return sample
    return _OF_ECUADOR.sub(lambda found: _example(region, is_mobile=found[0].startswith("09")), sample)


def _example(region: str, *, is_mobile: bool) -> str:
    kind = PhoneNumberType.MOBILE if is_mobile else PhoneNumberType.FIXED_LINE
    number = phonenumbers.example_number_for_type(region, kind) or phonenumbers.example_number(region)
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL) if number else ""


def international(number: str) -> str:
    """``+593 99 900 0001``: grouped, with its country, for whoever may be in another one.

    What somebody wrote in groups, or with words, is left as it is.
    """
    return spoken(number, NO_COUNTRY) if number and " " not in number else number


def spoken(number: str, region: str = "") -> str:
    """As it is read on a screen: a national number in the region's own form, a foreign one with its country."""
    try:
        region = region or home_region()
        parsed = phonenumbers.parse(number, region)
    except NumberParseException:
        return number
    home = parsed.country_code == phonenumbers.country_code_for_region(region)
    form = PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)
