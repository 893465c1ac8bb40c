"""One layer of the oldest format (`layers { layer { } }`)."""

from __future__ import annotations

TABLE = """
message V0LayerParameter
    enum PoolMethod MAX=0 AVE=1 STOCHASTIC=2
       1 string name
       2 string type
       3 uint32 num_output
       4 bool biasterm = true
       5 FillerParameter weight_filler
       6 FillerParameter bias_filler
       7 uint32 pad = 0
       8 uint32 kernelsize
       9 uint32 group = 1
      10 uint32 stride = 1
      11 PoolMethod pool = MAX
      12 float dropout_ratio = 0.5
      13 uint32 local_size = 5
      14 float alpha = 1.
      15 float beta = 0.75
      16 string source
      17 float scale = 1
      18 string meanfile
      19 uint32 batchsize
      20 uint32 cropsize = 0
      21 bool mirror = false
      22 float k = 1.
      50 repeated BlobProto blobs
      51 repeated float blobs_lr
      52 repeated float weight_decay
      53 uint32 rand_skip = 0
      54 float det_fg_threshold = 0.5
      55 float det_bg_threshold = 0.5
      56 float det_fg_fraction = 0.25
      58 uint32 det_context_pad = 0
      59 string det_crop_mode = "warp"
      60 int32 new_num = 0
      61 int32 new_channels = 0
      62 int32 new_height = 0
      63 int32 new_width = 0
      64 bool shuffle_images = false
      65 uint32 concat_dim = 1
    1001 HDF5OutputParameter hdf5_output_param
"""
