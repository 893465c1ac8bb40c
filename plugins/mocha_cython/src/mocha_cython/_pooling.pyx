# cython: language_level=3
"""Pooling of images with their channels last, bound to its arrays."""

from mocha_cython._chain cimport Link, images_run, link_of
from mocha_cython._memory cimport bytes_of, floats
from mocha_cython._pooling_shape cimport pooling_shape, set_windows

cdef extern from "pooling.h" nogil:
    ctypedef struct pooling_t "struct pooling":
        pooling_shape shape
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
        images_run images
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
    cdef images_run _images
    cdef tuple _alive

    def __init__(self, int level, int threads, kernel, stride, pad, x, y, rates=None, floor=None, places=None,
                 dy=None, dx=None):
        kernels = pooling_at(level)
        self._forward, self._backward, self._images = kernels.forward, kernels.backward, kernels.images
        self._alive = (x, y, rates, places, dy, dx)
        cdef pooling_shape *s = &self._p.shape
        set_windows(s, x.shape[1:], y.shape[1:3], kernel, stride, pad, rates, floor)
        s.ahead = x.nbytes > FAR
        s.wide = places is not None and places.dtype.itemsize == 4
        self._p.num, self._p.threads = x.shape[0], threads
        self._p.x, self._p.y = floats(x), floats(y)
        self._p.dy, self._p.dx = NULL if dx is None else floats(dy), floats(dx)
        self._p.places = bytes_of(places)

    def forward(self):
        with nogil:
            self._forward(&self._p)

    def link(self):
        """Itself for a chain; writes no places."""
        cdef pooling_shape *s = &self._p.shape
        return link_of(self, self._images, &self._p, s.height * s.width * s.channels, s.rows * s.columns * s.channels)

    def backward(self):
        with nogil:
            self._backward(&self._p)
