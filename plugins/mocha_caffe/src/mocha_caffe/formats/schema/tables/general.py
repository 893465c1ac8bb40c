"""Layers that combine, select and rearrange; recurrent layers."""

from __future__ import annotations

TABLE = """
message ArgMaxParameter
       1 bool out_max_val = false
       2 uint32 top_k = 1
       3 int32 axis

message ConcatParameter
       1 uint32 concat_dim = 1
       2 int32 axis = 1

message EltwiseParameter
    enum EltwiseOp PROD=0 SUM=1 MAX=2
       1 EltwiseOp operation = SUM
       2 repeated float coeff
       3 bool stable_prod_grad = true

message EmbedParameter
       1 uint32 num_output
       2 uint32 input_dim
       3 bool bias_term = true
       4 FillerParameter weight_filler
       5 FillerParameter bias_filler

message FlattenParameter
       1 int32 axis = 1
       2 int32 end_axis = -1

message InnerProductParameter
       1 uint32 num_output
       2 bool bias_term = true
       3 FillerParameter weight_filler
       4 FillerParameter bias_filler
       5 int32 axis = 1
       6 bool transpose = false

message ParameterParameter
       1 BlobShape shape

message PythonParameter
       1 string module
       2 string layer
       3 string param_str = ""
       4 bool share_in_parallel = false

message RecurrentParameter
       1 uint32 num_output = 0
       2 FillerParameter weight_filler
       3 FillerParameter bias_filler
       4 bool debug_info = false
       5 bool expose_hidden = false

message ReductionParameter
    enum ReductionOp SUM=1 ASUM=2 SUMSQ=3 MEAN=4
       1 ReductionOp operation = SUM
       2 int32 axis = 0
       3 float coeff = 1.0

message ReshapeParameter
       1 BlobShape shape
       2 int32 axis = 0
       3 int32 num_axes = -1

message SliceParameter
       1 uint32 slice_dim = 1
       2 repeated uint32 slice_point
       3 int32 axis = 1

message SoftmaxParameter
    enum Engine DEFAULT=0 CAFFE=1 CUDNN=2
       1 Engine engine = DEFAULT
       2 int32 axis = 1

message TileParameter
       1 int32 axis = 1
       2 int32 tiles
"""
