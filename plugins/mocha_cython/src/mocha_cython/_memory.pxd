# cython: language_level=3
"""Arrays as the kernels see them."""

from libc.stdint cimport uint8_t


cdef inline float *floats(array) except? NULL:
    """Where an array begins, NULL for None; refuses what is not contiguous, writable float32."""
    if array is None:
        return NULL
    if not array.flags.c_contiguous:
        raise ValueError("a kernel needs contiguous arrays")
    cdef float[::1] flat = array.reshape(-1)
    return &flat[0] if flat.shape[0] else NULL


cdef inline uint8_t *bytes_of(array) except? NULL:
    """The same of an array of whatever type."""
    if array is None:
        return NULL
    if not array.flags.c_contiguous:
        raise ValueError("a kernel needs contiguous arrays")
    cdef uint8_t[::1] flat = array.reshape(-1).view("uint8")
    return &flat[0] if flat.shape[0] else NULL
