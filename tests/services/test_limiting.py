"""Token buckets: so many at once, evenly afterwards, each holder alone, in bounded memory."""

from __future__ import annotations

from app.services.access import network_of
from app.services.limiting import Buckets, Quota


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = 1_000.0

    def __call__(self) -> float:
        return self.at


def test_a_quota_at_once_then_evenly() -> None:
    hands = Hands()
    buckets = Buckets(Quota("default", 60), clock=hands)
    left = [buckets.take("a") for _ in range(60)]
    assert [one.remaining for one in left if one is not None] == list(range(59, -1, -1))
    assert buckets.take("a") is None
    assert buckets.look("a").wait == 1
    assert buckets.look("a").headers == {
        "RateLimit-Policy": '"default";q=60;w=60',
        "RateLimit": '"default";r=0;t=60',
    }
    hands.at += 0.5
    assert buckets.take("a") is None
    hands.at += 0.5
    assert buckets.take("a") is not None
    assert buckets.take("a") is None
    hands.at += 600
    assert buckets.look("a").remaining == 60


def test_holders_do_not_share_and_refusals_cost_nothing() -> None:
    hands = Hands()
    buckets = Buckets(Quota("default", 1), clock=hands)
    assert buckets.take("a") is not None
    for _ in range(100):
        assert buckets.take("a") is None
    assert buckets.take("b") is not None
    hands.at += 60
    assert buckets.take("a") is not None


def test_never_more_in_any_minute_than_twice_the_quota() -> None:
    hands = Hands()
    buckets = Buckets(Quota("default", 30), clock=hands)
    taken = []
    for _ in range(6_000):
        hands.at += 0.05
        if buckets.take("a") is not None:
            taken.append(hands.at)
    assert len(taken) <= 30 + 30 * 5
    for start in taken:
        assert sum(1 for one in taken if start <= one < start + 60) <= 61


def test_memory_is_bounded_and_the_longest_unused_goes_first() -> None:
    hands = Hands()
    buckets = Buckets(Quota("default", 2), most=10, clock=hands)
    for holder in range(1_000):
        hands.at += 0.001
        buckets.take("kept")
        buckets.take(str(holder))
    assert len(buckets) == 10
    assert buckets.look("kept").remaining == 0


def test_zero_is_no_limit() -> None:
    buckets = Buckets(Quota("default", 0))
    for _ in range(1_000):
        left = buckets.take("a")
        assert left is not None
        assert (left.headers, left.wait) == ({}, 0)


def test_an_ipv6_customer_is_one_client() -> None:
    assert network_of("2001:db8:1:2:3:4:5:6") == network_of("2001:db8:1:2::9") == "2001:db8:1:2::/64"
    assert network_of("2001:db8:1:3::9") != network_of("2001:db8:1:2::9")
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1") == "192.0.2.1"
    assert network_of("testclient") == "testclient"
