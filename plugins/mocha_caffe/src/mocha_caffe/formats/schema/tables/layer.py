"""One layer in the current format. `prototxt` is Mocha's own: the options that have no number in a binary file."""

from __future__ import annotations

TABLE = """
message LayerParameter
       1 string name
       2 string type
       3 repeated string bottom
       4 repeated string top
       5 repeated float loss_weight
       6 repeated ParamSpec param
       7 repeated BlobProto blobs
       8 repeated NetStateRule include
       9 repeated NetStateRule exclude
      10 Phase phase
      11 repeated bool propagate_down
     100 TransformationParameter transform_param
     101 LossParameter loss_param
     102 AccuracyParameter accuracy_param
     103 ArgMaxParameter argmax_param
     104 ConcatParameter concat_param
     105 ContrastiveLossParameter contrastive_loss_param
     106 ConvolutionParameter convolution_param
     107 DataParameter data_param
     108 DropoutParameter dropout_param
     109 DummyDataParameter dummy_data_param
     110 EltwiseParameter eltwise_param
     111 ExpParameter exp_param
     112 HDF5DataParameter hdf5_data_param
     113 HDF5OutputParameter hdf5_output_param
     114 HingeLossParameter hinge_loss_param
     115 ImageDataParameter image_data_param
     116 InfogainLossParameter infogain_loss_param
     117 InnerProductParameter inner_product_param
     118 LRNParameter lrn_param
     119 MemoryDataParameter memory_data_param
     120 MVNParameter mvn_param
     121 PoolingParameter pooling_param
     122 PowerParameter power_param
     123 ReLUParameter relu_param
     124 SigmoidParameter sigmoid_param
     125 SoftmaxParameter softmax_param
     126 SliceParameter slice_param
     127 TanHParameter tanh_param
     128 ThresholdParameter threshold_param
     129 WindowDataParameter window_data_param
     130 PythonParameter python_param
     131 PReLUParameter prelu_param
     132 SPPParameter spp_param
     133 ReshapeParameter reshape_param
     134 LogParameter log_param
     135 FlattenParameter flatten_param
     136 ReductionParameter reduction_param
     137 EmbedParameter embed_param
     138 TileParameter tile_param
     139 BatchNormParameter batch_norm_param
     140 ELUParameter elu_param
     141 BiasParameter bias_param
     142 ScaleParameter scale_param
     143 InputParameter input_param
     144 CropParameter crop_param
     145 ParameterParameter parameter_param
     145 RawType forward_type
     146 RecurrentParameter recurrent_param
     146 RawType backward_type
     147 SwishParameter swish_param
     147 RawType forward_math
     148 ClipParameter clip_param
     148 RawType backward_math
     149 string engine
   66242 string prototxt
"""
