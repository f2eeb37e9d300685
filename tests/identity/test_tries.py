"""Guessing is slow from one address and from many."""

from __future__ import annotations

import pytest

from lumora.errors import Busy
from lumora.identity.tries import Tries, network_of


def test_an_address_has_so_many_tries() -> None:
    tries = Tries("3/minute", "100/minute")
    for _ in range(3):
        tries.count("192.0.2.1")
    with pytest.raises(Busy) as caught:
        tries.count("192.0.2.1")
    assert caught.value.status == 429
    assert caught.value.retry_after is not None
    assert 1 <= caught.value.retry_after <= 61
    tries.count("192.0.2.2")


def test_checking_costs_no_try() -> None:
    tries = Tries("1/minute", "100/minute")
    for _ in range(9):
        tries.check("192.0.2.1")
    tries.count("192.0.2.1")
    with pytest.raises(Busy):
        tries.check("192.0.2.1")


def test_many_addresses_together_have_a_limit() -> None:
    tries = Tries("3/minute", "5/minute")
    for i in range(5):
        tries.count(f"192.0.2.{i}")
    with pytest.raises(Busy):
        tries.count("192.0.2.9")
    tries.check("192.0.2.9")  # its own tries are untouched


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1%eth0", "2001:db8::1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("", "192.0.2.1", False),
    ],
)
def test_one_machine_is_one_caller(one: str, other: str, same: bool) -> None:
    assert (network_of(one) == network_of(other)) is same
