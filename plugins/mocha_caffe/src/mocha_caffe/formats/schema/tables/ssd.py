"""The detector fork (SSD): its layers, and its options of data and transformation that a deployed net carries along."""

from __future__ import annotations

TABLE = """
enum CodeType CORNER=1 CENTER_SIZE=2 CORNER_SIZE=3

extend LayerParameter
     200 AnnotatedDataParameter annotated_data_param @AnnotatedData
     201 MultiBoxLossParameter multibox_loss_param @MultiBoxLoss
     202 PermuteParameter permute_param @Permute also 148
     203 PriorBoxParameter prior_box_param @PriorBox also 150
     204 DetectionOutputParameter detection_output_param @DetectionOutput also 147
     205 DetectionEvaluateParameter detection_evaluate_param @DetectionEvaluate
     206 NormalizeParameter norm_param @Normalize also 149
     207 VideoDataParameter video_data_param @VideoData also 140

message PermuteParameter
       1 repeated uint32 order

message NormalizeParameter
       1 bool across_spatial = true
       2 FillerParameter scale_filler
       3 bool channel_shared = true
       4 float eps = 1e-10

message PriorBoxParameter
       1 repeated float min_size
       2 repeated float max_size
       3 repeated float aspect_ratio
       4 bool flip = true
       5 bool clip = false
       6 repeated float variance
       7 uint32 img_size
       8 uint32 img_h
       9 uint32 img_w
      10 float step
      11 float step_h
      12 float step_w
      13 float offset = 0.5
      14 repeated float offset_h
      15 repeated float offset_w
      16 repeated float width
      17 repeated float height

message NonMaximumSuppressionParameter
       1 float nms_threshold = 0.3
       2 int32 top_k
       3 float eta = 1.0

message SaveOutputParameter
       1 string output_directory
       2 string output_name_prefix
       3 string output_format
       4 string label_map_file
       5 string name_size_file
       6 uint32 num_test_image
       7 ResizeParameter resize_param

message DetectionOutputParameter
       1 uint32 num_classes
       2 bool share_location = true
       3 int32 background_label_id = 0
       4 NonMaximumSuppressionParameter nms_param
       5 SaveOutputParameter save_output_param
       6 CodeType code_type = CORNER
       7 int32 keep_top_k = -1
       8 bool variance_encoded_in_target = false
       9 float confidence_threshold
      10 bool visualize = false
      11 float visualize_threshold
      12 string save_file
       0 bool normalized_bbox = true
       0 bool clip = false

message MultiBoxLossParameter
    enum LocLossType L2=0 SMOOTH_L1=1
    enum ConfLossType SOFTMAX=0 LOGISTIC=1
    enum MatchType BIPARTITE=0 PER_PREDICTION=1
    enum MiningType NONE=0 MAX_NEGATIVE=1 HARD_EXAMPLE=2
       1 LocLossType loc_loss_type = SMOOTH_L1
       2 ConfLossType conf_loss_type = SOFTMAX
       3 float loc_weight = 1.0
       4 uint32 num_classes
       5 bool share_location = true
       6 MatchType match_type = PER_PREDICTION
       7 float overlap_threshold = 0.5
       8 bool use_prior_for_matching = true
       9 uint32 background_label_id = 0
      10 bool use_difficult_gt = true
      11 bool do_neg_mining
      12 float neg_pos_ratio = 3.0
      13 float neg_overlap = 0.5
      14 CodeType code_type = CORNER
      16 bool encode_variance_in_target = false
      17 bool map_object_to_agnostic = false
      18 bool ignore_cross_boundary_bbox = false
      19 bool bp_inside = false
      20 MiningType mining_type = MAX_NEGATIVE
      21 NonMaximumSuppressionParameter nms_param
      22 int32 sample_size = 64
      23 bool use_prior_for_nms = false

message DetectionEvaluateParameter
       1 uint32 num_classes
       2 uint32 background_label_id = 0
       3 float overlap_threshold = 0.5
       4 bool evaluate_difficult_gt = true
       5 string name_size_file
       6 ResizeParameter resize_param
"""
