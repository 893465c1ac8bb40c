"""Layers over images."""

from __future__ import annotations

TABLE = """
message ConvolutionParameter
    enum Engine DEFAULT=0 CAFFE=1 CUDNN=2
       1 uint32 num_output
       2 bool bias_term = true
       3 repeated uint32 pad
       4 repeated uint32 kernel_size
       5 uint32 group = 1
       6 repeated uint32 stride
       7 FillerParameter weight_filler
       8 FillerParameter bias_filler
       9 uint32 pad_h = 0
      10 uint32 pad_w = 0
      11 uint32 kernel_h
      12 uint32 kernel_w
      13 uint32 stride_h
      14 uint32 stride_w
      15 Engine engine = DEFAULT
      16 int32 axis = 1
      17 bool force_nd_im2col = false
      18 repeated uint32 dilation
       0 uint32 hole = 1
       0 uint32 hole_h = 1
       0 uint32 hole_w = 1

message CropParameter
       1 int32 axis = 2
       2 repeated uint32 offset

message LRNParameter
    enum NormRegion ACROSS_CHANNELS=0 WITHIN_CHANNEL=1
    enum Engine DEFAULT=0 CAFFE=1 CUDNN=2
       1 uint32 local_size = 5
       2 float alpha = 1.
       3 float beta = 0.75
       4 NormRegion norm_region = ACROSS_CHANNELS
       5 float k = 1.
       6 Engine engine = DEFAULT

message PoolingParameter
    enum PoolMethod MAX=0 AVE=1 STOCHASTIC=2
    enum Engine DEFAULT=0 CAFFE=1 CUDNN=2
    enum RoundMode CEIL=0 FLOOR=1
       1 PoolMethod pool = MAX
       2 uint32 kernel_size
       3 uint32 stride = 1
       4 uint32 pad = 0
       5 uint32 kernel_h
       6 uint32 kernel_w
       7 uint32 stride_h
       8 uint32 stride_w
       9 uint32 pad_h = 0
      10 uint32 pad_w = 0
      11 Engine engine = DEFAULT
      12 bool global_pooling = false
      13 RoundMode round_mode = CEIL
       0 bool ceil_mode = true

message SPPParameter
    enum PoolMethod MAX=0 AVE=1 STOCHASTIC=2
    enum Engine DEFAULT=0 CAFFE=1 CUDNN=2
       1 uint32 pyramid_height
       2 PoolMethod pool = MAX
       6 Engine engine = DEFAULT
"""
