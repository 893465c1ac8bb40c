"""One layer of the first general format (`layers`, types as enum)."""

from __future__ import annotations

TABLE = """
message V1LayerParameter
    enum LayerType NONE=0 ABSVAL=35 ACCURACY=1 ARGMAX=30 BNLL=2 CONCAT=3 CONTRASTIVE_LOSS=37 CONVOLUTION=4
        DATA=5 DECONVOLUTION=39 DROPOUT=6 DUMMY_DATA=32 EUCLIDEAN_LOSS=7 ELTWISE=25 EXP=38 FLATTEN=8
        HDF5_DATA=9 HDF5_OUTPUT=10 HINGE_LOSS=28 IM2COL=11 IMAGE_DATA=12 INFOGAIN_LOSS=13 INNER_PRODUCT=14
        LRN=15 MEMORY_DATA=29 MULTINOMIAL_LOGISTIC_LOSS=16 MVN=34 POOLING=17 POWER=26 RELU=18 SIGMOID=19
        SIGMOID_CROSS_ENTROPY_LOSS=27 SILENCE=36 SOFTMAX=20 SOFTMAX_LOSS=21 SPLIT=22 SLICE=33 TANH=23
        WINDOW_DATA=24 THRESHOLD=31 CROP=40
    enum DimCheckMode STRICT=0 PERMISSIVE=1
       1 V0LayerParameter layer
       2 repeated string bottom
       3 repeated string top
       4 string name
       5 LayerType type
       6 repeated BlobProto blobs
       7 repeated float blobs_lr
       8 repeated float weight_decay
       9 ConcatParameter concat_param
      10 ConvolutionParameter convolution_param
      11 DataParameter data_param
      12 DropoutParameter dropout_param
      13 HDF5DataParameter hdf5_data_param
      14 HDF5OutputParameter hdf5_output_param
      15 ImageDataParameter image_data_param
      16 InfogainLossParameter infogain_loss_param
      17 InnerProductParameter inner_product_param
      18 LRNParameter lrn_param
      19 PoolingParameter pooling_param
      20 WindowDataParameter window_data_param
      21 PowerParameter power_param
      22 MemoryDataParameter memory_data_param
      23 ArgMaxParameter argmax_param
      24 EltwiseParameter eltwise_param
      25 ThresholdParameter threshold_param
      26 DummyDataParameter dummy_data_param
      27 AccuracyParameter accuracy_param
      29 HingeLossParameter hinge_loss_param
      30 ReLUParameter relu_param
      31 SliceParameter slice_param
      32 repeated NetStateRule include
      33 repeated NetStateRule exclude
      34 MVNParameter mvn_param
      35 repeated float loss_weight
      36 TransformationParameter transform_param
      37 TanHParameter tanh_param
      38 SigmoidParameter sigmoid_param
      39 SoftmaxParameter softmax_param
      40 ContrastiveLossParameter contrastive_loss_param
      41 ExpParameter exp_param
      42 LossParameter loss_param
    1001 repeated string param
    1002 repeated DimCheckMode blob_share_mode
"""
