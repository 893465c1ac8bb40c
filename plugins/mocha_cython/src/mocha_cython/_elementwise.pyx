# cython: language_level=3
"""Functions applied element by element; `OPERATIONS` names them."""

from mocha_cython._chain cimport Link, images_run, link_of
from mocha_cython._memory cimport floats

cdef extern from "elementwise.h" nogil:
    ctypedef struct map_t "struct map":
        const float *a
        const float *b
        const float *c
        float *y
        float *z
        long n
        float numbers[3]
        int threads
    ctypedef struct map_images_t "struct map_images":
        map_t map
        int operation
        long image
    ctypedef struct kernels_t "struct elementwise_kernels":
        void (*run)(const map_t *, int) noexcept nogil
        images_run images
    const kernels_t *elementwise_at(int level)
    int OPERATION_COUNT, OPERATION_add
    const char *operation_name(int operation)

cdef extern from "team.h" nogil:
    void copy_images(float *y, const float *x, long images, long floats, int threads)

OPERATIONS = {operation_name(k).decode(): k for k in range(OPERATION_COUNT)}


cdef class Map:
    """One operation on arrays of one size: `numbers` are its constants; `z` is the second output of those with two."""

    cdef const kernels_t *_kernels
    cdef map_t _m
    cdef map_images_t _images
    cdef int _operation
    cdef tuple _alive

    def __init__(self, int level, int threads, str operation, tuple numbers, y, a, b=None, c=None, *, z=None):
        self._kernels, self._operation, self._alive = elementwise_at(level), OPERATIONS[operation], (y, z, a, b, c)
        for array in (z, a, b, c):
            if array is not None and array.size != y.size:
                raise ValueError(f"{operation} of arrays of {array.size} and {y.size} elements")
        self._m.y, self._m.z = floats(y), floats(z)
        self._m.a, self._m.b, self._m.c = floats(a), floats(b), floats(c)
        self._m.n, self._m.threads = y.size, threads
        for k in range(len(numbers)):
            self._m.numbers[k] = numbers[k]

    def run(self):
        with nogil:
            self._kernels.run(&self._m, self._operation)

    def link(self, long num):
        """Itself for a chain of so many images; only where y is computed from a alone."""
        self._images = map_images_t(self._m, self._operation, self._m.n // num)
        return link_of(self, self._kernels.images, &self._images, self._images.image, self._images.image)


def copy_to(int threads, y, x):
    """y = x, for contiguous float32 arrays of one shape; x may be read-only."""
    if x.shape != y.shape or not x.flags.c_contiguous:
        raise ValueError(f"copy of an array of shape {x.shape} to one of {y.shape}, or of one with gaps")
    cdef float *to = floats(y)
    cdef const float[::1] flat = x.reshape(-1)
    cdef long images = len(y) if y.ndim else 1, size = y.size
    if size:
        with nogil:
            copy_images(to, &flat[0], images, size // images, threads)


def add_to(int level, int threads, y, x):
    """y += x, for contiguous float32 arrays of one size."""
    if x.size != y.size:
        raise ValueError(f"add of arrays of {x.size} and {y.size} elements")
    cdef map_t m
    m.y, m.a, m.b, m.c, m.z, m.n, m.threads = floats(y), floats(y), floats(x), NULL, NULL, y.size, threads
    with nogil:
        elementwise_at(level).run(&m, OPERATION_add)
