"""The detector fork (SSD): augmentation, boxes and records of its training data."""

from __future__ import annotations

TABLE = """
enum AnnotationType BBOX=0

message AnnotatedDataParameter
       1 repeated BatchSampler batch_sampler
       2 string label_map_file
       3 AnnotationType anno_type

message Sampler
       1 float min_scale = 1
       2 float max_scale = 1
       3 float min_aspect_ratio = 1
       4 float max_aspect_ratio = 1

message SampleConstraint
       1 float min_jaccard_overlap
       2 float max_jaccard_overlap
       3 float min_sample_coverage
       4 float max_sample_coverage
       5 float min_object_coverage
       6 float max_object_coverage

message BatchSampler
       1 bool use_original_image = true
       2 Sampler sampler
       3 SampleConstraint sample_constraint
       4 uint32 max_sample
       5 uint32 max_trials = 100

message VideoDataParameter
    enum VideoType WEBCAM=0 VIDEO=1
       1 VideoType video_type = WEBCAM
       2 int32 device_id = 0
       3 string video_file
       4 uint32 skip_frames = 0

message ResizeParameter
    enum ResizeMode WARP=1 FIT_SMALL_SIZE=2 FIT_LARGE_SIZE_AND_PAD=3
    enum PadMode CONSTANT=1 MIRRORED=2 REPEAT_NEAREST=3
    enum InterpMode LINEAR=1 AREA=2 NEAREST=3 CUBIC=4 LANCZOS4=5
       1 float prob = 1
       2 ResizeMode resize_mode = WARP
       3 uint32 height = 0
       4 uint32 width = 0
       5 PadMode pad_mode = CONSTANT
       6 repeated float pad_value
       7 repeated InterpMode interp_mode
       8 uint32 height_scale = 0
       9 uint32 width_scale = 0

message SaltPepperParameter
       1 float fraction = 0
       2 repeated float value

message NoiseParameter
       1 float prob = 0
       2 bool hist_eq = false
       3 bool inverse = false
       4 bool decolorize = false
       5 bool gauss_blur = false
       6 float jpeg = -1
       7 bool posterize = false
       8 bool erode = false
       9 bool saltpepper = false
      10 SaltPepperParameter saltpepper_param
      11 bool clahe = false
      12 bool convert_to_hsv = false
      13 bool convert_to_lab = false

message DistortionParameter
       1 float brightness_prob = 0
       2 float brightness_delta = 0
       3 float contrast_prob = 0
       4 float contrast_lower = 0
       5 float contrast_upper = 0
       6 float hue_prob = 0
       7 float hue_delta = 0
       8 float saturation_prob = 0
       9 float saturation_lower = 0
      10 float saturation_upper = 0
      11 float random_order_prob = 0

message ExpansionParameter
       1 float prob = 1
       2 float max_expand_ratio = 1

message EmitConstraint
    enum EmitType CENTER=0 MIN_OVERLAP=1
       1 EmitType emit_type = CENTER
       2 float emit_overlap

message NormalizedBBox
       1 float xmin
       2 float ymin
       3 float xmax
       4 float ymax
       5 int32 label
       6 bool difficult
       7 float score
       8 float size

message Annotation
       1 int32 instance_id = 0
       2 NormalizedBBox bbox

message AnnotationGroup
       1 int32 group_label
       2 repeated Annotation annotation

message AnnotatedDatum
       1 Datum datum
       2 AnnotationType type
       3 repeated AnnotationGroup annotation_group
"""
