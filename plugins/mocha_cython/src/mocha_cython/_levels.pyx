# cython: language_level=3
"""Which instruction sets the kernels are built for, and which this processor has; the team of threads."""

import os

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
    void omp_set_max_active_levels(int levels)
    void end_team "dissolve_team"()


def best():
    """The best level that both this build and this processor have: 0 baseline, 1 AVX2, 2 AVX-512."""
    return best_level()


def has_openmp():
    """Whether the kernels were built with OpenMP; they run on one thread otherwise."""
    return bool(MOCHA_HAS_OPENMP)


def set_alone(bint alone):
    """Let all loops that the calling thread starts run on that thread only, or on a team again."""
    omp_set_max_active_levels(0 if alone else 1)


def dissolve_team():
    """End the threads that wait for the calling thread's next loop; that loop starts new ones."""
    end_team()


# Threads do not follow into a forked process. GNU's OpenMP does not notice that, and waits for them there for ever.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=dissolve_team)
