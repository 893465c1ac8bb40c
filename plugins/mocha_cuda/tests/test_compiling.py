"""Every kernel compiles for every generation of GPUs that it is meant for, with NVIDIA's own compiler."""

from __future__ import annotations

import pytest

from mocha_cuda.device.nvrtc import Target
from mocha_cuda.device.texts import SOURCES, entries, text_of, with_macros
from mocha_cuda.kernels.tiles import TILES, Tile

from .nvrtc import needs_nvrtc, nvrtc

ARCHITECTURES = (75, 80, 90, 100, 120)
STEMS = sorted(path.stem for path in SOURCES.glob("*.cu"))
TILED = [stem for stem in STEMS if "constexpr int kAcross" in text_of(stem)]
"""Sources whose macros say how large a tile is."""


def test_every_source_has_entry_points():
    """Else the tests below would look at nothing."""
    assert STEMS
    for stem in STEMS:
        assert entries(text_of(stem)), f"{stem}.cu has no entry point"


@needs_nvrtc
@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("stem", STEMS)
def test_source_compiles(stem: str, architecture: int):
    text = text_of(stem)
    code, log = nvrtc().compile(text, stem, Target(architecture))
    assert not log.strip(), f"{stem}.cu for sm_{architecture}, warnings:\n{log}"
    missing = [name for name in entries(text) if name.encode() not in code]
    assert not missing, f"{stem}.cu for sm_{architecture} lacks {missing}"


@needs_nvrtc
@pytest.mark.parametrize("architecture", [min(ARCHITECTURES), max(ARCHITECTURES)])
@pytest.mark.parametrize("tile", TILES, ids=lambda tile: f"{tile.rows}x{tile.columns}")
@pytest.mark.parametrize("stem", TILED)
def test_every_tile_compiles(stem: str, tile: Tile, architecture: int):
    code, _ = nvrtc().compile(with_macros(text_of(stem), tile.defines), stem, Target(architecture))
    assert code
