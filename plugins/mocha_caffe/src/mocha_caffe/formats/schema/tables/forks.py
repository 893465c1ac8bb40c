"""Layers of other forks: segmentation (BN, Interp, Upsample), regions, shuffling, cropping.

Forks gave the same number to different messages. What is meant follows from the layer's type (`@Type`) and, failing
that, from the wire type; `also` lists the other numbers a fork used. A number of 0 marks a field that is read from text
only, because its number in that fork means something else in Caffe.
"""

from __future__ import annotations

TABLE = """
extend LayerParameter
      45 BNParameter bn_param @BN also 41 137 152 1137
     137 UpsampleParameter upsample_param @Upsample also 149 150 160
     143 InterpParameter interp_param @Interp also 163 2143
     149 CropCenterParameter crop_center_param @CropCenter
     164 ShuffleChannelParameter shuffle_channel_param @ShuffleChannel also 159
   10002 PSROIPoolingParameter psroi_pooling_param @PSROIPooling also 153
  100000 ReLU6Parameter relu6_param @ReLU6 also 2060
 8266711 ROIPoolingParameter roi_pooling_param @ROIPooling also 43 143 147 150 154 161 200
 8266712 SmoothL1LossParameter smooth_l1_loss_param @SmoothL1Loss also 144 148 201

message BNParameter
    enum BNMode LEARN=0 INFERENCE=1
    enum Engine DEFAULT=0 CAFFE=1 CUDNN=2
       1 FillerParameter slope_filler
       2 FillerParameter bias_filler
       3 float momentum = 0.9 also 7
       3 BNMode bn_mode = LEARN
       4 float eps = 1e-5 also 8
       4 bool moving_average = false
       5 bool frozen = false also 9
       5 float decay = 0.05
       6 Engine engine = DEFAULT also 12
       0 FillerParameter scale_filler
       0 FillerParameter shift_filler
       0 float var_eps = 1e-10
       0 int32 axis = 1

message InterpParameter
       1 int32 height = 0
       2 int32 width = 0
       3 int32 zoom_factor = 1
       4 int32 shrink_factor = 1
       5 int32 pad_beg = 0
       6 int32 pad_end = 0
       7 string interp_type = "bilinear"

message UpsampleParameter
       1 uint32 scale = 2
       2 uint32 scale_h
       3 uint32 scale_w
       4 bool pad_out_h = false
       5 bool pad_out_w = false
       6 uint32 upsample_h
       7 uint32 upsample_w

message CropCenterParameter
       2 repeated uint32 crop_size

message ShuffleChannelParameter
       1 uint32 group = 1

message ReLU6Parameter
       1 float negative_slope = 0
       0 float threshold = 6

message ROIPoolingParameter
       1 uint32 pooled_h = 0
       2 uint32 pooled_w = 0
       3 float spatial_scale = 1

message PSROIPoolingParameter
       1 float spatial_scale
       2 int32 output_dim
       3 int32 group_size

message SmoothL1LossParameter
       1 float sigma = 1
"""
