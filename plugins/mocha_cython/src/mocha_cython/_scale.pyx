# cython: language_level=3
"""A factor and a summand for each channel of images with their channels last, bound to its arrays."""

from mocha_cython._chain cimport Link, images_run, link_of
from mocha_cython._memory cimport floats

cdef extern from "scale.h" nogil:
    ctypedef struct scale_t "struct scale":
        long pixels, channels, image
        int threads
        const float *x
        const float *s
        const float *b
        float *y
        const float *dy
        float *dx
        float *ds
        float *db
        float *scratch
    ctypedef void (*run_t "scale_run")(const scale_t *) noexcept nogil
    ctypedef long (*amount_t "scale_size")(const scale_t *) noexcept nogil
    ctypedef struct kernels_t "struct scale_kernels":
        amount_t scratch
        run_t forward, backward
        images_run images
    const kernels_t *scale_at(int level)


def scratch(int level, int threads, long pixels, long channels):
    """How many floats backward works in, if there are gradients of s or b."""
    cdef scale_t p
    p.pixels, p.channels, p.threads = pixels, channels, threads
    return scale_at(level).scratch(&p)


cdef float *_floats(array) except? NULL:
    return NULL if array is None else floats(array)


cdef class Scale:
    """y = s x + b, all but s and b (num, height, width, channels); what is None is not there, or not wanted."""

    cdef scale_t _p
    cdef run_t _forward, _backward
    cdef images_run _images
    cdef tuple _alive

    def __init__(self, int level, int threads, x, s, b, y, dy=None, dx=None, ds=None, db=None, work=None):
        kernels = scale_at(level)
        self._forward, self._backward, self._images = kernels.forward, kernels.backward, kernels.images
        self._alive = (x, s, b, y, dy, dx, ds, db, work)
        self._p.channels = x.shape[3]
        self._p.pixels, self._p.image = x.size // x.shape[3], x.shape[1] * x.shape[2]
        self._p.threads = threads
        self._p.x, self._p.s, self._p.b, self._p.y = floats(x), floats(s), _floats(b), floats(y)
        self._p.dy, self._p.dx, self._p.ds, self._p.db = _floats(dy), _floats(dx), _floats(ds), _floats(db)
        self._p.scratch = _floats(work)

    def forward(self):
        with nogil:
            self._forward(&self._p)

    def link(self):
        """Itself for a chain."""
        size = self._p.image * self._p.channels
        return link_of(self, self._images, &self._p, size, size)

    def backward(self):
        with nogil:
            self._backward(&self._p)
