# cython: language_level=3
"""Layers that work image by image, run one after the other on a few images at a time; see native/chain.h."""

from libc.stdlib cimport calloc, free

from mocha_cython._memory cimport floats


cdef class Link:
    """A kernel bound to its arrays, of which a chain takes the parameters and the scratch memory only.

    before, behind: how many floats an image has in front of it and behind it.
    """

    @property
    def before(self):
        return self.c.before

    @property
    def behind(self):
        return self.c.behind


cdef Link link_of(object owner, images_run run, const void *layer, long before, long behind):
    """`layer` is memory of `owner`."""
    cdef Link made = Link.__new__(Link)
    made.owner, made.c = owner, link(run, layer, before, behind)
    return made


cdef class Chain:
    """Links between x, the batch in front of the first, and y, behind the last; `block` images go through at once.

    between: for each thread twice the memory of a block of the largest images between two links.
    """

    cdef chain _c
    cdef link *_links
    cdef tuple _alive

    def __init__(self, int threads, long num, long block, links, x, y, between):
        self._alive = (tuple(links), x, y, between)
        self._links = <link *>calloc(len(links), sizeof(link))
        if self._links == NULL:
            raise MemoryError
        cdef long k
        for k in range(len(links)):
            self._links[k] = (<Link?>links[k]).c
        ends = (num * links[0].before, num * links[len(links) - 1].behind)
        if (x.size, y.size) != ends:
            raise ValueError(f"{num} images are not {x.size} numbers in front of a chain and {y.size} behind it")
        most = max([each.behind for each in links[:len(links) - 1]], default=0) * block
        if between.size < 2 * threads * most:
            raise ValueError(f"{between.size} floats are too few for {threads} threads with twice {most}")
        self._c = chain(self._links, len(links), num, block, threads, floats(x), floats(y), floats(between), most)

    def __dealloc__(self):
        free(self._links)

    def run(self):
        with nogil:
            run_chain(&self._c)
