# cython: language_level=3
"""Local response normalisation of images with their channels last, bound to its arrays."""

from mocha_cython._chain cimport Link, images_run, link_of
from mocha_cython._memory cimport floats

cdef extern from "lrn.h" nogil:
    ctypedef struct lrn_t "struct lrn":
        long num, height, width, channels
        int kernel, threads
        float rate, shift, power
        const float *x
        float *y
        const float *dy
        float *dx
        float *scratch
    ctypedef void (*run_t "lrn_run")(const lrn_t *) noexcept nogil
    ctypedef long (*lrn_size_t "lrn_size")(const lrn_t *, int) noexcept nogil
    ctypedef struct kernels_t "struct lrn_kernels":
        lrn_size_t across_scratch, within_scratch
        run_t across_forward, across_backward, within_forward, within_backward
        images_run across_images, within_images
    const kernels_t *lrn_at(int level)


def scratch(int level, int threads, shape, int kernel, bint across, bint back=False):
    """How many floats forward works in, or backward."""
    cdef lrn_t l
    l.num, l.height, l.width, l.channels = shape
    l.kernel = kernel
    kernels = lrn_at(level)
    return threads * (kernels.across_scratch(&l, back) if across else kernels.within_scratch(&l, back))


cdef class Lrn:
    """y from x, and dx from x and dy, all (num, height, width, channels).

    across: neighbours lie along the channels, else in a square.   rate: what the sum of squares is multiplied by.
    ahead, back: scratch of forward and backward.   dy, dx, back: None without backward.
    """

    cdef lrn_t _l
    cdef run_t _forward, _backward
    cdef images_run _images
    cdef float *_ahead
    cdef float *_back
    cdef tuple _alive

    def __init__(self, int level, int threads, bint across, int kernel, float rate, float shift, float power, x, y,
                 ahead, dy=None, dx=None, back=None):
        kernels = lrn_at(level)
        self._forward = kernels.across_forward if across else kernels.within_forward
        self._backward = kernels.across_backward if across else kernels.within_backward
        self._images = kernels.across_images if across else kernels.within_images
        self._alive = (x, y, ahead, dy, dx, back)
        self._l.num, self._l.height, self._l.width, self._l.channels = x.shape
        self._l.kernel, self._l.threads = kernel, threads
        self._l.rate, self._l.shift, self._l.power = rate, shift, power
        self._l.x, self._l.y, self._ahead = floats(x), floats(y), floats(ahead)
        if dx is not None:
            self._l.dy, self._l.dx, self._back = floats(dy), floats(dx), floats(back)

    def forward(self):
        self._l.scratch = self._ahead
        with nogil:
            self._forward(&self._l)

    def link(self):
        """Itself for a chain; `ahead` must then be memory of its own."""
        self._l.scratch = self._ahead
        size = self._l.height * self._l.width * self._l.channels
        return link_of(self, self._images, &self._l, size, size)

    def backward(self):
        self._l.scratch = self._back
        with nogil:
            self._backward(&self._l)
