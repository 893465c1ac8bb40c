# cython: language_level=3
"""Updates of all parameters of a solver in one call."""

from libc.stdlib cimport calloc, free

from mocha_cython._memory cimport floats

cdef extern from "update.h" nogil:
    ctypedef struct place_t "struct update_place":
        float *weight
        float *first
        float *second
        const float *diff
        long count
        int regularizer
        float decay, step, rate
    ctypedef struct start_t "struct update_start":
        pass
    ctypedef struct update_t "struct update":
        place_t *place
        long places
        start_t *start
        long chunks
        float numbers[5]
        int threads
    ctypedef void (*run_t "update_run")(const update_t *) noexcept nogil
    ctypedef struct kernels_t "struct update_kernels":
        long (*chunks)(const place_t *, long, start_t *) noexcept nogil
        run_t sgd, nesterov, adam, adamw
    const kernels_t *update_at(int level)
    int REGU_NONE, REGU_L2, REGU_L1

NONE, L2, L1 = REGU_NONE, REGU_L2, REGU_L1


cdef class Update:
    """One method ("sgd", "nesterov", "adam", "adamw") on places (weight, diff, history, regularizer, decay).

    history: one array, or Adam's two moments.   regularizer: NONE, L2 or L1; its gradient is decay w or decay sign(w).
    """

    cdef update_t _u
    cdef run_t _run
    cdef tuple _alive

    def __init__(self, int level, int threads, str method, places):
        kernels = update_at(level)
        cdef run_t runs[4]
        runs[0], runs[1], runs[2], runs[3] = kernels.sgd, kernels.nesterov, kernels.adam, kernels.adamw
        self._run = runs[("sgd", "nesterov", "adam", "adamw").index(method)]
        self._alive = tuple(places)
        self._u.threads = threads
        self._u.places = len(self._alive)
        self._u.place = <place_t *>calloc(self._u.places + 1, sizeof(place_t))
        if self._u.place == NULL:
            raise MemoryError
        for i in range(len(self._alive)):
            self._bind(&self._u.place[i], self._alive[i])
        self._u.chunks = kernels.chunks(self._u.place, self._u.places, NULL)
        self._u.start = <start_t *>calloc(self._u.chunks + 1, sizeof(start_t))
        if self._u.start == NULL:
            raise MemoryError
        kernels.chunks(self._u.place, self._u.places, self._u.start)

    cdef _bind(self, place_t *p, tuple place):
        weight, diff, history, regularizer, decay = place
        first, *second = history
        p.weight, p.diff, p.first, p.count = floats(weight), floats(diff), floats(first), weight.size
        p.second = floats(second[0]) if second else NULL
        p.regularizer, p.decay = regularizer, decay

    def __dealloc__(self):
        free(self._u.place)
        free(self._u.start)

    def run(self, tuple numbers, list steps, list rates):
        """One update. For each place what its gradient is multiplied by, and its learning rate (which AdamW reads)."""
        cdef long i
        for i in range(len(numbers)):
            self._u.numbers[i] = numbers[i]
        for i in range(self._u.places):
            self._u.place[i].step = steps[i]
            self._u.place[i].rate = rates[i]
        with nogil:
            self._run(&self._u)

