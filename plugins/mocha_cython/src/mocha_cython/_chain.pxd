# cython: language_level=3
"""How a kernel hands itself to a chain."""

cdef extern from "chain.h" nogil:
    ctypedef void (*images_run)(const void *layer, const float *x, float *y, long num, long place) noexcept nogil

    struct link:
        images_run run
        const void *layer
        long before "from"
        long behind "to"

    struct chain:
        const link *link
        long links, num, block
        int threads
        const float *x
        float *y
        float *between
        long between_floats

    void run_chain(const chain *c)


cdef class Link:
    cdef link c
    cdef object owner


cdef Link link_of(object owner, images_run run, const void *layer, long before, long behind)
