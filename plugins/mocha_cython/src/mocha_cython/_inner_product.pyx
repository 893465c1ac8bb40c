# cython: language_level=3
"""Fully connected layers, bound once to their arrays; the mathematics is in native/inner_product.h."""

from mocha_cython._memory cimport floats

cdef extern from "inner_product.h" nogil:
    ctypedef struct product_t "struct inner_product":
        long num, inputs, outputs
        int threads, relu
        const float *x
        const float *weight
        const float *bias
        float *y
        float *dy
        float *dx
        float *dweight
        float *dbias
        float *scratch
    ctypedef void (*run_t "inner_product_run")(const product_t *) noexcept nogil
    ctypedef struct kernels_t "struct inner_product_kernels":
        run_t forward, backward
        long (*scratch)(long num, long outputs, int threads) noexcept nogil
    const kernels_t *inner_product_at(int level)


def scratch_floats(int level, int threads, long num, long outputs):
    """Floats of scratch that backward works with."""
    return inner_product_at(level).scratch(num, outputs, threads)


cdef class InnerProduct:
    """y from x, and the gradients from dy; x is (num, inputs), y (num, outputs), weight (outputs, inputs).

    bias: (outputs) numbers, or None.   relu: y = max(0, .).
    dy: None without backward, which spends it if `relu`.   dx, dweight, dbias: None where not wanted.
    scratch: `scratch_floats` of them.
    """

    cdef product_t _p
    cdef run_t _forward, _backward
    cdef tuple _alive

    def __init__(self, int level, int threads, x, weight, bias, y, *, bint relu=False, dy=None, dx=None,
                 dweight=None, dbias=None, scratch=None):
        kernels = inner_product_at(level)
        self._forward, self._backward = kernels.forward, kernels.backward
        self._alive = (x, weight, bias, y, dy, dx, dweight, dbias, scratch)
        self._p.outputs, self._p.inputs = weight.shape
        self._p.num, self._p.threads, self._p.relu = x.shape[0], threads, relu
        self._p.x, self._p.weight, self._p.bias = floats(x), floats(weight), floats(bias)
        self._p.y, self._p.dy, self._p.dx = floats(y), floats(dy), floats(dx)
        self._p.dweight, self._p.dbias, self._p.scratch = floats(dweight), floats(dbias), floats(scratch)
        self._check(x, weight, y)

    def _check(self, x, weight, y):
        if x.size != self._p.num * self._p.inputs or y.size != self._p.num * self._p.outputs:
            raise ValueError(f"x {x.shape} and y {y.shape} do not fit a weight of {weight.shape}")

    def forward(self):
        with nogil:
            self._forward(&self._p)

    def backward(self):
        with nogil:
            self._backward(&self._p)
