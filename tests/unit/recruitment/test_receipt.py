import re
from uuid import UUID

from hypothesis import given as for_all
from hypothesis import strategies as st

from services.recruitment.domain.receipt import ALPHABET, receipt_number


def test_the_first_forty_bits_of_the_id_are_the_number():
    number = receipt_number("PRO", UUID("39e939 5acd".replace(" ", "") + "0" * 22))

    assert number == "PRO-77MK-JPPD"


def test_the_smallest_and_the_biggest_number():
    ends = [receipt_number("JST", UUID(int=n)) for n in (0, 2**128 - 1)]

    assert ends == ["JST-0000-0000", "JST-ZZZZ-ZZZZ"]


@for_all(st.uuids())
def test_every_number_reads_aloud_without_doubt(application_id):
    assert re.fullmatch(
        rf"ROS-[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}", receipt_number("ROS", application_id)
    )
    assert not set("ILOU") & set(ALPHABET)


@for_all(st.integers(0, 2**40 - 1), st.integers(0, 2**40 - 1))
def test_ids_that_differ_in_the_first_forty_bits_have_different_numbers(one, other):
    numbers = [receipt_number("PRO", UUID(int=head << 88)) for head in (one, other)]

    assert (numbers[0] == numbers[1]) == (one == other)
