# cython: language_level=3
"""Batch normalisation of images with their channels last, bound to its arrays."""

from mocha_cython._chain cimport Link, images_run, link_of
from mocha_cython._memory cimport floats

cdef extern from "batch_norm.h" nogil:
    ctypedef struct norm_t "struct batch_norm":
        long pixels, channels, image
        int threads, batch
        double eps
        const float *x
        float *y
        float *mean
        float *var
        float *factor
        const float *dy
        float *dx
        float *scratch
    ctypedef void (*run_t "batch_norm_run")(const norm_t *) noexcept nogil
    ctypedef long (*amount_t "batch_norm_size")(const norm_t *) noexcept nogil
    ctypedef struct kernels_t "struct batch_norm_kernels":
        amount_t scratch
        run_t forward, backward, find_factor
        images_run images
    const kernels_t *batch_norm_at(int level)


def scratch(int level, int threads, long pixels, long channels):
    """How many floats forward works in, and backward."""
    cdef norm_t b
    b.pixels, b.channels, b.threads = pixels, channels, threads
    return batch_norm_at(level).scratch(&b)


cdef class BatchNorm:
    """y from x, and dx from y and dy, all (num, height, width, channels).

    batch: forward writes mean and var, else it reads them.   factor: written by forward, read by backward.
    ahead, back: scratch of forward and backward, None without `batch`.   dy, dx: None without backward.
    """

    cdef norm_t _b
    cdef const kernels_t *_kernels
    cdef float *_ahead
    cdef float *_back
    cdef tuple _alive

    def __init__(self, int level, int threads, bint batch, double eps, x, y, mean, var, factor, ahead=None, dy=None,
                 dx=None, back=None):
        self._kernels = batch_norm_at(level)
        self._alive = (x, y, mean, var, factor, ahead, dy, dx, back)
        self._b.channels = x.shape[3]
        self._b.pixels, self._b.image = x.size // x.shape[3], x.shape[1] * x.shape[2]
        self._b.threads, self._b.batch, self._b.eps = threads, batch, eps
        self._b.x, self._b.y = floats(x), floats(y)
        self._b.mean, self._b.var, self._b.factor = floats(mean), floats(var), floats(factor)
        self._ahead = NULL if ahead is None else floats(ahead)
        self._back = NULL if back is None else floats(back)
        if dx is not None:
            self._b.dy, self._b.dx = floats(dy), floats(dx)

    def forward(self):
        self._b.scratch = self._ahead
        with nogil:
            self._kernels.forward(&self._b)

    def find_factor(self):
        """What forward does first with a given var."""
        with nogil:
            self._kernels.find_factor(&self._b)

    def link(self):
        """Itself for a chain, where mean and var are given; wants `find_factor` before it runs."""
        size = self._b.image * self._b.channels
        return link_of(self, self._kernels.images, &self._b, size, size)

    def backward(self):
        self._b.scratch = self._back
        with nogil:
            self._kernels.backward(&self._b)
