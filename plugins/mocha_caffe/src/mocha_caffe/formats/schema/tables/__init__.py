"""The messages of Caffe and its forks, as text: one line a field, `number [label] type name [= default]`.

`array` marks numbers that are read as a NumPy array, `@Type` the layer type to which a fork's field belongs, `also`
other numbers of the same field. `extend` adds fields to a message of another table.
"""

from __future__ import annotations

from . import (
    blobs,
    data,
    forks,
    general,
    layer,
    losses,
    nets,
    neurons,
    solver,
    ssd,
    ssd_data,
    v0_layer,
    v1_layer,
    vision,
)

TABLES = tuple(
    module.TABLE
    for module in (
        blobs,
        data,
        forks,
        general,
        layer,
        losses,
        nets,
        neurons,
        solver,
        ssd,
        ssd_data,
        v0_layer,
        v1_layer,
        vision,
    )
)
