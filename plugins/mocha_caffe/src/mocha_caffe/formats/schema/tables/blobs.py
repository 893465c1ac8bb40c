"""Blobs and records of data: numbers that are read as arrays."""

from __future__ import annotations

TABLE = """
enum RawType DOUBLE=0 FLOAT=1 FLOAT16=2 INT=3 UINT=4

message BlobShape
       1 packed int64 dim

message BlobProto
       1 int32 num = 0
       2 int32 channels = 0
       3 int32 height = 0
       4 int32 width = 0
       5 array float data
       6 array float diff
       7 BlobShape shape
       8 array double double_data
       9 array double double_diff
      10 RawType raw_data_type
      12 bytes raw_data

message BlobProtoVector
       1 repeated BlobProto blobs

message Datum
       1 int32 channels
       2 int32 height
       3 int32 width
       4 bytes data
       5 int32 label
       6 array float float_data
       7 bool encoded = false
"""
