# cython: language_level=3
"""Uniform random numbers, the same as `mocha_core.random` draws, and dropout."""

from libc.stdint cimport uint8_t, uint32_t, uint64_t

from mocha_cython._memory cimport floats

cdef extern from "random.h" nogil:
    ctypedef struct uniform_t "struct uniform":
        uint32_t key[2]
        uint64_t call
        float *y
        double *wide
        long n
        int threads
    ctypedef struct dropout_t "struct dropout":
        const float *draws
        const float *source "from"
        float *to
        uint8_t *kept
        long n
        float ratio, scale
        int threads
    ctypedef struct kernels_t "struct random_kernels":
        void (*uniform)(const uniform_t *) noexcept nogil
        void (*drop)(const dropout_t *) noexcept nogil
        void (*drop_back)(const dropout_t *) noexcept nogil
    const kernels_t *random_at(int level)


def fill_uniform(int level, int threads, tuple key, uint64_t call, array):
    """Fill a contiguous float32 or float64 array with the numbers that `Stream.fill_uniform` draws at its call `call`."""
    cdef uniform_t u
    cdef double[::1] wide
    u.key[0], u.key[1] = key
    u.call, u.y, u.wide, u.n, u.threads = call, NULL, NULL, array.size, threads
    if array.dtype == "float64":
        wide = array.reshape(-1)
        u.wide = &wide[0] if u.n else NULL
    else:
        u.y = floats(array)
    kernels = random_at(level)
    with nogil:
        kernels.uniform(&u)


cdef class Dropout:
    """mask * source into `to`: forward makes the mask of the draws and notes it in `kept`, one byte for each element."""

    cdef const kernels_t *_kernels
    cdef dropout_t _d
    cdef tuple _alive

    def __init__(self, int level, int threads, float ratio, float scale, draws, kept, source, to):
        self._kernels, self._alive = random_at(level), (draws, kept, source, to)
        for array in (draws, kept, source):
            if array is not None and array.size != to.size:
                raise ValueError(f"dropout of arrays of {array.size} and {to.size} elements")
        cdef uint8_t[::1] bytes_of_kept = kept.reshape(-1)
        self._d.draws, self._d.source, self._d.to = floats(draws), floats(source), floats(to)
        self._d.n, self._d.ratio, self._d.scale, self._d.threads = to.size, ratio, scale, threads
        self._d.kept = &bytes_of_kept[0] if self._d.n else NULL

    def forward(self):
        with nogil:
            self._kernels.drop(&self._d)

    def backward(self):
        """The mask of the last forward; the draws are not read."""
        with nogil:
            self._kernels.drop_back(&self._d)
