"""Losses and accuracy."""

from __future__ import annotations

TABLE = """
message LossParameter
    enum NormalizationMode FULL=0 VALID=1 BATCH_SIZE=2 NONE=3
       1 int32 ignore_label
       2 bool normalize
       3 NormalizationMode normalization = VALID
       4 float pre_fixed_normalizer = 1
       0 bool weight_by_label_freqs = false
       0 repeated float class_weighting

message AccuracyParameter
       1 uint32 top_k = 1
       2 int32 axis = 1
       3 int32 ignore_label

message ContrastiveLossParameter
       1 float margin = 1.0
       2 bool legacy_version = false

message HingeLossParameter
    enum Norm L1=1 L2=2
       1 Norm norm = L1

message InfogainLossParameter
       1 string source
       2 int32 axis = 1
"""
