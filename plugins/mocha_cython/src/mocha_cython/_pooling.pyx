# cython: language_level=3
"""Pooling of images with their channels last, bound to its arrays."""

from libc.stdint cimport uint8_t

from mocha_cython._memory cimport floats

cdef extern from "pooling.h" nogil:
    ctypedef struct shape_t "struct pooling_shape":
        int height, width, channels, rows, columns
        int kernel_height, kernel_width, stride_height, stride_width, pad_height, pad_width
        int mean, relu, ahead, wide
        float floor
        const float *rates
    ctypedef struct pooling_t "struct pooling":
        shape_t shape
        long num
        int threads
        const float *x
        float *y
        void *places
        const float *dy
        float *dx
    ctypedef void (*run_t "pooling_run")(const pooling_t *) noexcept nogil
    ctypedef struct kernels_t "struct pooling_kernels":
        run_t forward, backward
    const kernels_t *pooling_at(int level)

FAR = 1 << 23
"""Bytes of a batch above which its images are taken to lie outside the cache."""


cdef class Pooling:
    """y from x, and dx from dy, both (num, height, width, channels).

    kernel, stride, pad: (height, width).   rates: None for the maximum; for a mean what to multiply the sums by, for
    each window.   floor: of a ReLU behind the pooling, or None.   places: of y's shape, uint8 or int32, where backward
    finds the maxima (None: there is no backward, or it needs none).   dy, dx: None without backward.
    """

    cdef pooling_t _p
    cdef run_t _forward, _backward
    cdef tuple _alive

    def __init__(self, int level, int threads, kernel, stride, pad, x, y, rates=None, floor=None, places=None,
                 dy=None, dx=None):
        kernels = pooling_at(level)
        self._forward, self._backward = kernels.forward, kernels.backward
        self._alive = (x, y, rates, places, dy, dx)
        cdef shape_t *s = &self._p.shape
        self._p.num, s.height, s.width, s.channels = x.shape
        s.rows, s.columns = y.shape[1:3]
        s.kernel_height, s.kernel_width = kernel
        s.stride_height, s.stride_width = stride
        s.pad_height, s.pad_width = pad
        s.mean, s.rates = rates is not None, NULL if rates is None else floats(rates)
        s.relu, s.floor = floor is not None, floor or 0.0
        s.ahead = x.nbytes > FAR
        s.wide = places is not None and places.dtype.itemsize == 4
        self._p.threads = threads
        self._p.x, self._p.y = floats(x), floats(y)
        self._p.dy, self._p.dx = NULL if dx is None else floats(dy), NULL if dx is None else floats(dx)
        cdef uint8_t[::1] flat
        if places is not None:
            flat = places.reshape(-1).view("uint8")
            self._p.places = <void *>&flat[0]

    def forward(self):
        with nogil:
            self._forward(&self._p)

    def backward(self):
        with nogil:
            self._backward(&self._p)
