# cython: language_level=3
"""The windows of a pooling as its kernels see them."""

from mocha_cython._memory cimport floats


cdef extern from "pooling_shape.h" nogil:
    struct pooling_shape:
        int height, width, channels, rows, columns
        int kernel_height, kernel_width, stride_height, stride_width, pad_height, pad_width
        int mean, relu, ahead, wide
        float floor
        const float *rates


cdef inline int set_windows(pooling_shape *s, image, out, kernel, stride, pad, rates, floor) except -1:
    """image: (height, width, channels). The rest as `_pooling.Pooling` has it."""
    s.height, s.width, s.channels = image
    s.rows, s.columns = out
    s.kernel_height, s.kernel_width = kernel
    s.stride_height, s.stride_width = stride
    s.pad_height, s.pad_width = pad
    s.mean, s.rates = rates is not None, floats(rates)
    s.relu, s.floor = floor is not None, floor or 0.0
    return 0
