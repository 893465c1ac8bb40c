"""Layers that bring data in."""

from __future__ import annotations

TABLE = """
message TransformationParameter
       1 float scale = 1
       2 bool mirror = false
       3 uint32 crop_size = 0
       4 string mean_file
       5 repeated float mean_value
       6 bool force_color = false
       7 bool force_gray = false
       8 ResizeParameter resize_param
       9 NoiseParameter noise_param
      10 EmitConstraint emit_constraint
      11 uint32 crop_h = 0
      12 uint32 crop_w = 0
      13 DistortionParameter distort_param
      14 ExpansionParameter expand_param

message DataParameter
    enum DB LEVELDB=0 LMDB=1
       1 string source
       2 float scale = 1
       3 string mean_file
       4 uint32 batch_size
       5 uint32 crop_size = 0
       6 bool mirror = false
       7 uint32 rand_skip = 0
       8 DB backend = LEVELDB
       9 bool force_encoded_color = false
      10 uint32 prefetch = 4

message DummyDataParameter
       1 repeated FillerParameter data_filler
       2 repeated uint32 num
       3 repeated uint32 channels
       4 repeated uint32 height
       5 repeated uint32 width
       6 repeated BlobShape shape

message HDF5DataParameter
       1 string source
       2 uint32 batch_size
       3 bool shuffle = false

message HDF5OutputParameter
       1 string file_name

message ImageDataParameter
       1 string source
       2 float scale = 1
       3 string mean_file
       4 uint32 batch_size = 1
       5 uint32 crop_size = 0
       6 bool mirror = false
       7 uint32 rand_skip = 0
       8 bool shuffle = false
       9 uint32 new_height = 0
      10 uint32 new_width = 0
      11 bool is_color = true
      12 string root_folder = ""

message InputParameter
       1 repeated BlobShape shape

message MemoryDataParameter
       1 uint32 batch_size
       2 uint32 channels
       3 uint32 height
       4 uint32 width

message WindowDataParameter
       1 string source
       2 float scale = 1
       3 string mean_file
       4 uint32 batch_size
       5 uint32 crop_size = 0
       6 bool mirror = false
       7 float fg_threshold = 0.5
       8 float bg_threshold = 0.5
       9 float fg_fraction = 0.25
      10 uint32 context_pad = 0
      11 string crop_mode = "warp"
      12 bool cache_images = false
      13 string root_folder = ""
"""
