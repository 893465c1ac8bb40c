# cython: language_level=3
"""Arrays as the kernels see them."""


cdef inline float *floats(array) except? NULL:
    """Where an array begins, NULL for None; refuses what is not contiguous, writable float32."""
    if array is None:
        return NULL
    if not array.flags.c_contiguous:
        raise ValueError("a kernel needs contiguous arrays")
    cdef float[::1] flat = array.reshape(-1)
    return &flat[0] if flat.shape[0] else NULL
