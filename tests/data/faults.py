"""Files with something wrong, and what the error must say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np

GOOD = {"data": np.zeros((4, 2, 3), "f4"), "label": np.zeros((4, 1), "f4")}

BAD: dict[str, tuple[dict[str, Any], list[str]]] = {
    "missing dataset": ({"data": GOOD["data"], "labels": GOOD["label"]}, ["no dataset 'label'", "data, labels"]),
    "empty file": ({}, ["no dataset 'data'", "nothing"]),
    "unequal lengths": ({**GOOD, "label": np.zeros((3, 1))}, ["'data' has 4", "'label' has 3"]),
    "text": ({**GOOD, "label": np.array([b"a"] * 4)}, ["'label'", "type |S1"]),
    "complex": ({**GOOD, "data": np.zeros((4, 2, 3), "c8")}, ["'data'", "complex64"]),
    "no samples": ({"data": np.zeros((0, 2, 3)), "label": np.zeros((0, 1))}, ["no samples"]),
    "single value": ({**GOOD, "label": 1.0}, ["'label'", "single value"]),
}


def write(path: Path, datasets: dict[str, Any]) -> Path:
    with h5py.File(path, "w") as file:
        for name, values in datasets.items():
            file[name] = values
    return path
