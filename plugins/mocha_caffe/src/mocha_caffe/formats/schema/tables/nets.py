"""A net, its states, and what every layer has."""

from __future__ import annotations

TABLE = """
enum Phase TRAIN=0 TEST=1

message NetParameter
       1 string name
       2 repeated V1LayerParameter layers
       3 repeated string input
       4 repeated int32 input_dim
       5 bool force_backward = false
       6 NetState state
       7 bool debug_info = false
       8 repeated BlobShape input_shape
     100 repeated LayerParameter layer

message NetState
       1 Phase phase = TEST
       2 int32 level = 0
       3 repeated string stage

message NetStateRule
       1 Phase phase
       2 int32 min_level
       3 int32 max_level
       4 repeated string stage
       5 repeated string not_stage

message ParamSpec
    enum DimCheckMode STRICT=0 PERMISSIVE=1
       1 string name
       2 DimCheckMode share_mode
       3 float lr_mult = 1.0
       4 float decay_mult = 1.0

message FillerParameter
    enum VarianceNorm FAN_IN=0 FAN_OUT=1 AVERAGE=2
       1 string type = "constant"
       2 float value = 0
       3 float min = 0
       4 float max = 1
       5 float mean = 0
       6 float std = 1
       7 int32 sparse = -1
       8 VarianceNorm variance_norm = FAN_IN
"""
