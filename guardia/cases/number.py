"""The number of a case: one sequence that never resets, with a check digit, in groups to be read aloud."""


def check_digit(body: str) -> int:
    """The ISO 7064 MOD 11,10 check digit of a row of digits.

    Catches every single wrong digit and nearly all swapped neighbours: numbers are dictated by telephone.
    """
    product = 10
    for digit in body:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10


def numbered(sequence_value: int) -> int:
    """The case number of a sequence value: its digits and the check digit."""
    return sequence_value * 10 + check_digit(str(sequence_value))


def is_valid(number: int) -> bool:
    return number >= 10 and check_digit(str(number // 10)) == number % 10


def grouped(number: int) -> str:
    """``1042738`` as it is read aloud: ``104-273-8``."""
    body, digit = divmod(number, 10)
    return f"{body:,}".replace(",", "-") + f"-{digit}"


def ungrouped(number: str) -> int:
    """The number that ``grouped`` wrote so."""
    return int(number.replace("-", ""))


def parse(words: str) -> int | None:
    """The number somebody typed or dictated (``104 273 8``, ``[104-273-8]``), or None if its check digit is wrong."""
    digits = "".join(character for character in words if character not in "[]#-–. \u2011")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
        return None
    return int(digits) if is_valid(int(digits)) else None
