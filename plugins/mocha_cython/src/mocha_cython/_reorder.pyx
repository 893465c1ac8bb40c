# cython: language_level=3
"""Copies in another order: transpositions of images, and runs of numbers between one array and several."""

from libc.stdlib cimport calloc, free

from mocha_cython._chain cimport Link, images_run, link_of
from mocha_cython._memory cimport floats

cdef extern from "reorder.h" nogil:
    ctypedef struct transpose_t "struct transpose":
        const float *x
        float *y
        long num, rows, columns
        int threads
    ctypedef struct part_t "struct part":
        float *array
        long start, width
    ctypedef struct joint_t "struct joint":
        float *whole
        const part_t *part
        long parts, rows, width
        int threads
    ctypedef struct kernels_t "struct reorder_kernels":
        void (*transpose)(const transpose_t *) noexcept nogil
        images_run transpose_images
        void (*join)(const joint_t *) noexcept nogil
        void (*cut)(const joint_t *) noexcept nogil
    const kernels_t *reorder_at(int level)


cdef class Transpose:
    """y[n, c, r] = x[n, r, c]: for arrays of `num` matrices with so many rows and columns, whatever their shapes."""

    cdef const kernels_t *_kernels
    cdef transpose_t _t
    cdef tuple _alive

    def __init__(self, int level, int threads, long num, long rows, long columns, x, y):
        if x.size != num * rows * columns or y.size != x.size:
            raise ValueError(f"{num} matrices of {rows} x {columns} are not {x.size} numbers, or not {y.size}")
        self._kernels, self._alive = reorder_at(level), (x, y)
        self._t = transpose_t(floats(x), floats(y), num, rows, columns, threads)

    def run(self):
        with nogil:
            self._kernels.transpose(&self._t)

    def link(self):
        """Itself for a chain."""
        size = self._t.rows * self._t.columns
        return link_of(self, self._kernels.transpose_images, &self._t, size, size)


cdef class Joint:
    """Rows of `whole` (of `rows` rows) that are made of the rows of the parts, (array or None, width of its rows)."""

    cdef const kernels_t *_kernels
    cdef joint_t _j
    cdef part_t *_parts
    cdef tuple _alive

    def __init__(self, int level, int threads, long rows, whole, parts):
        self._kernels, self._alive = reorder_at(level), (whole, *parts)
        self._parts = <part_t *>calloc(len(parts) + 1, sizeof(part_t))
        if self._parts == NULL:
            raise MemoryError
        cdef long k, start = 0
        for k in range(len(parts)):
            array, width = parts[k]
            if array is not None and array.size != rows * width:
                raise ValueError(f"part {k} has {array.size} numbers, not {rows} rows of {width}")
            self._parts[k] = part_t(floats(array), start, width)
            start += width
        if whole.size != rows * start:
            raise ValueError(f"the whole has {whole.size} numbers, not {rows} rows of {start}")
        self._j = joint_t(floats(whole), self._parts, len(parts), rows, start, threads)

    def __dealloc__(self):
        free(self._parts)

    def join(self):
        """Parts to whole."""
        with nogil:
            self._kernels.join(&self._j)

    def cut(self):
        """Whole to parts."""
        with nogil:
            self._kernels.cut(&self._j)
