"""The random numbers: known answers of the generator, and what streams promise."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core.random import CHUNK, Stream, philox

# Known-answer vectors of Philox 4x32-10 as published with the Random123 library: counter, key -> words.
KNOWN = [
    ((0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    (
        (0xFFFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF),
        (0xFFFFFFFF, 0xFFFFFFFF),
        (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
    ),
    (
        (0x85A308D3243F6A88, 0x0370734413198A2E),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "words"), KNOWN)
def test_known_answers(counter: tuple[int, int], key: tuple[int, int], words: tuple[int, ...]) -> None:
    got = philox(np.array([counter[0]], np.uint64), counter[1], key)
    assert tuple(int(w) for w in got) == words


def test_a_draw_depends_on_seed_layer_purpose_and_call_only() -> None:
    first = Stream(1, "drop", "mask").uniform((100,))
    assert (first == Stream(1, "drop", "mask").uniform((100,))).all()
    others = [(2, "drop", "mask", 0), (1, "drop2", "mask", 0), (1, "drop", "init", 0), (1, "drop", "mask", 1)]
    for other in (Stream(*names) for names in others):
        assert (first != other.uniform((100,))).any()


def test_uniform_is_the_same_number_in_every_element_type_and_chunking() -> None:
    count = 4 * CHUNK + 7
    wide, narrow = Stream(1, "a", "b").uniform((count,)), Stream(1, "a", "b").uniform((count,), "float32")
    assert (wide == narrow).all()
    assert (wide[: count - 5] == Stream(1, "a", "b").uniform((count - 5,))).all()
    assert wide.min() > 0
    assert wide.max() < 1


def test_moments() -> None:
    n = 200_000
    u, z = Stream(3, "a", "u").uniform((n,)), Stream(3, "a", "z").normal((n,))
    assert abs(u.mean() - 0.5) < 5 * np.sqrt(1 / 12 / n)
    assert abs(z.mean()) < 5 / np.sqrt(n)
    assert abs(z.var() - 1) < 5 * np.sqrt(2 / n)


def test_permutation() -> None:
    order = Stream(1, "data", "shuffle").permutation(1000)
    assert sorted(order) == list(range(1000))
    assert (order != np.arange(1000)).any()
