"""Receipt numbers: short names of applications that people can read out on the telephone."""

from __future__ import annotations

from uuid import UUID

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O and U, which are mistaken for others."""
DIGITS = 8
BITS_PER_DIGIT = 5
UUID_BITS = 128


def receipt_number(kind: str, application_id: UUID) -> str:
    """Receipt number of an application, e.g. ``PRO-7K3M-92QD``.

    Args:
        kind: The call's kind: ``PRO``, ``ROS`` or ``JST``.
        application_id: A random id; its first 40 bits become the number.

    Returns:
        The kind and two groups of four characters. Two of 10,000 applications share a number
        with a probability of 1 in 20,000: it is a name for people, the id stays the key.

    Source:
        Crockford, Base 32.
    """
    head = application_id.int >> (UUID_BITS - DIGITS * BITS_PER_DIGIT)
    places = range((DIGITS - 1) * BITS_PER_DIGIT, -1, -BITS_PER_DIGIT)
    number = "".join(ALPHABET[(head >> place) % len(ALPHABET)] for place in places)
    return f"{kind}-{number[:4]}-{number[4:]}"
