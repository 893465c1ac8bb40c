"""docs/cuda.md names every kernel that no GPU has run yet."""

from __future__ import annotations

from mocha_cuda.device.texts import SOURCES, entries, text_of

from .waiting import PAGE, RUN, listing, written


def test_the_list_is_complete():
    page = PAGE.read_text()
    assert page == written(page), "docs/cuda.md is behind; run: python plugins/mocha_cuda/tests/waiting.py"


def test_every_entry_point_is_listed_or_was_run():
    all_of_them = {(path.stem, name) for path in SOURCES.glob("*.cu") for name in entries(text_of(path.stem))}
    assert len(all_of_them) > 20
    assert all_of_them >= RUN
    for stem, name in all_of_them - RUN:
        assert f"`{name}`" in listing(), f"{stem}.cu: {name}"
