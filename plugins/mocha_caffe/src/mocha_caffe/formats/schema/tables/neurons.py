"""Layers that work number by number, and normalisation."""

from __future__ import annotations

TABLE = """
message BatchNormParameter
    enum Engine DEFAULT=0 CAFFE=1 CUDNN=2
       1 bool use_global_stats
       2 float moving_average_fraction = .999
       3 float eps = 1e-5
       5 FillerParameter scale_filler
       6 FillerParameter bias_filler
       7 bool scale_bias = false
      15 Engine engine = DEFAULT

message BiasParameter
       1 int32 axis = 1
       2 int32 num_axes = 1
       3 FillerParameter filler

message ClipParameter
       1 float min
       2 float max

message DropoutParameter
       1 float dropout_ratio = 0.5
       2 bool sample_weights_test = false
       3 bool scale_train = true

message ELUParameter
       1 float alpha = 1

message ExpParameter
       1 float base = -1.0
       2 float scale = 1.0
       3 float shift = 0.0

message LogParameter
       1 float base = -1.0
       2 float scale = 1.0
       3 float shift = 0.0

message MVNParameter
       1 bool normalize_variance = true
       2 bool across_channels = false
       3 float eps = 1e-9

message PowerParameter
       1 float power = 1.0
       2 float scale = 1.0
       3 float shift = 0.0

message PReLUParameter
       1 FillerParameter filler
       2 bool channel_shared = false

message ReLUParameter
    enum Engine DEFAULT=0 CAFFE=1 CUDNN=2
       1 float negative_slope = 0
       2 Engine engine = DEFAULT

message ScaleParameter
       1 int32 axis = 1
       2 int32 num_axes = 1
       3 FillerParameter filler
       4 bool bias_term = false
       5 FillerParameter bias_filler

message SigmoidParameter
    enum Engine DEFAULT=0 CAFFE=1 CUDNN=2
       1 Engine engine = DEFAULT

message SwishParameter
       1 float beta = 1

message TanHParameter
    enum Engine DEFAULT=0 CAFFE=1 CUDNN=2
       1 Engine engine = DEFAULT

message ThresholdParameter
       1 float threshold = 0
"""
