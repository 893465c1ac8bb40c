# cython: language_level=3
"""The softmax, its loss and the accuracy, bound once to their arrays; the mathematics is in native/softmax.h."""

from mocha_cython._memory cimport floats

cdef extern from "softmax.h" nogil:
    ctypedef struct softmax_t "struct softmax":
        long before, classes, after
        int threads
        const float *x
        float *y
        const float *dy
        float *dx
    ctypedef struct loss_t "struct softmax_loss":
        long before, classes, after
        int threads
        const float *x
        const float *label
        const float *weights
        long weights_size
        float rate, floor
        float *loss
        float *y
        float *share
        float *terms
        float *dx
    ctypedef struct accuracy_t "struct softmax_accuracy":
        long before, classes, after, top
        const float *x
        const float *label
        float *accuracy
    ctypedef void (*softmax_run)(const softmax_t *) noexcept nogil
    ctypedef void (*loss_run "softmax_loss_run")(const loss_t *) noexcept nogil
    ctypedef void (*accuracy_run "softmax_accuracy_run")(const accuracy_t *) noexcept nogil
    ctypedef struct kernels_t "struct softmax_kernels":
        softmax_run forward, backward
        loss_run loss_forward, loss_backward
        accuracy_run accuracy
    const kernels_t *softmax_at(int level)


cdef class Softmax:
    """y from x, and dx from dy and y, all of `shape`, seen as (before, classes, after); dy, dx: None without backward."""

    cdef softmax_t _p
    cdef const kernels_t *_kernels
    cdef tuple _alive

    def __init__(self, int level, int threads, tuple shape, x, y, dy=None, dx=None):
        self._kernels, self._alive = softmax_at(level), (x, y, dy, dx)
        self._p.before, self._p.classes, self._p.after = shape
        self._p.threads = threads
        self._p.x, self._p.y, self._p.dy, self._p.dx = floats(x), floats(y), floats(dy), floats(dx)

    def forward(self):
        with nogil:
            self._kernels.forward(&self._p)

    def backward(self):
        with nogil:
            self._kernels.backward(&self._p)


cdef class SoftmaxLoss:
    """The loss from x and label, and dx.

    shape: of x, as (before, classes, after).   weights: flat, of a sample's elements or of all; or None.
    rate, floor: a location's share of the loss, and the least logarithm.   y: of x's shape, dx: None without backward.
    share, terms: a float for each location.
    """

    cdef loss_t _p
    cdef const kernels_t *_kernels
    cdef tuple _alive

    def __init__(self, int level, int threads, tuple shape, x, label, weights, float rate, float floor, loss, share,
                 terms, y=None, dx=None):
        self._kernels, self._alive = softmax_at(level), (x, label, weights, loss, share, terms, y, dx)
        self._p.before, self._p.classes, self._p.after = shape
        self._p.threads, self._p.rate, self._p.floor = threads, rate, floor
        self._p.x, self._p.label, self._p.weights = floats(x), floats(label), floats(weights)
        self._p.weights_size = 0 if weights is None else weights.size
        self._p.loss, self._p.share, self._p.terms = floats(loss), floats(share), floats(terms)
        self._p.y, self._p.dx = floats(y), floats(dx)

    def forward(self):
        with nogil:
            self._kernels.loss_forward(&self._p)

    def backward(self):
        with nogil:
            self._kernels.loss_backward(&self._p)


cdef class Accuracy:
    """The accuracy from x and label; shape: of x, as (before, classes, after)."""

    cdef accuracy_t _p
    cdef const kernels_t *_kernels
    cdef tuple _alive

    def __init__(self, int level, tuple shape, long top, x, label, accuracy):
        self._kernels, self._alive = softmax_at(level), (x, label, accuracy)
        self._p.before, self._p.classes, self._p.after = shape
        self._p.top = top
        self._p.x, self._p.label, self._p.accuracy = floats(x), floats(label), floats(accuracy)

    def forward(self):
        with nogil:
            self._kernels.accuracy(&self._p)
