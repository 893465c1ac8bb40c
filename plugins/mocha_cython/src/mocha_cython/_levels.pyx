# cython: language_level=3
"""Which instruction sets the kernels are built for, and which this processor has."""

cdef extern from "levels.h" nogil:
    int best_level()

cdef extern from "team.h" nogil:
    """
    #ifdef _OPENMP
    #define MOCHA_HAS_OPENMP 1
    #else
    #define MOCHA_HAS_OPENMP 0
    #endif
    """
    const int MOCHA_HAS_OPENMP


def best():
    """The best level that both this build and this processor have: 0 baseline, 1 AVX2, 2 AVX-512."""
    return best_level()


def has_openmp():
    """Whether the kernels were built with OpenMP; they run on one thread otherwise."""
    return bool(MOCHA_HAS_OPENMP)
