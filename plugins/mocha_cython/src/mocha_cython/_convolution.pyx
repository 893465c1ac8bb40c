# cython: language_level=3, boundscheck=False, wraparound=False
"""Convolution of images whose channels are last, bound once to its arrays; the formula is in native/convolution.h."""

from libc.stdint cimport uint8_t

from mocha_cython._chain cimport Link, images_run, link_of
from mocha_cython._memory cimport bytes_of, floats
from mocha_cython._pooling_shape cimport pooling_shape, set_windows

cdef extern from "convolution.h" nogil:
    struct convolution:
        long num, height, width, channels, ldx
        long rows, columns, filters, ldy
        long kernel[2]
        long stride[2]
        long pad[2]
        long dilation[2]
        long groups
        int relu, threads
        long panels, back_panels, sum_panels
        int way, packed, add
        const float *x
        const float *filter
        const float *bias
        float *y
        float *dy
        float *dx
        float *dfilter
        float *dbias
        float *forward_scratch
        float *backward_scratch
        const pooling_shape *pool
        void *places
        uint8_t *passed

    struct convolution_kernels:
        long (*forward_scratch)(const convolution *) noexcept nogil
        long (*backward_scratch)(const convolution *) noexcept nogil
        int (*way)(const convolution *) noexcept nogil
        void (*forward)(const convolution *) noexcept nogil
        void (*backward)(const convolution *) noexcept nogil
        void (*pack)(const convolution *) noexcept nogil
        images_run images

    const convolution_kernels *convolution_at(int level)


WAYS = ("default", "gather", "scatter")


cdef class Windows:
    """The windows of a pooling behind a convolution.

    image: its (height, width, channels). out: the (rows, columns) of windows. rates: None for the maximum; for a mean
    what to multiply the sums by, for each window. floor: of a ReLU behind the pooling, or None. wide: whether the cells
    of a window are too many for a byte.
    """

    cdef pooling_shape s
    cdef object rates

    def __init__(self, image, out, kernel, stride, pad, rates=None, floor=None, bint wide=False):
        set_windows(&self.s, image, out, kernel, stride, pad, rates, floor)
        self.s.wide, self.rates = wide, rates


cdef class Sizes:
    """The sizes of a convolution and how it is computed; tells the scratch that it wants.

    image: (num, height, width, channels). panels, back_panels, sum_panels: how filters are packed, forward
    and for the gradients of the images and of the filters. way: how the gradient of the images is computed ("gather",
    "scatter"). 0 and "default" choose.
    """

    cdef convolution c
    cdef const convolution_kernels *kernels
    cdef readonly int level
    cdef readonly tuple top
    cdef Windows pool

    def __init__(self, int level, int threads, tuple image, long filters, tuple kernel, tuple stride=(1, 1),
                 tuple pad=(0, 0), tuple dilation=(1, 1), long groups=1, *, bint relu=False, long panels=0,
                 long back_panels=0, long sum_panels=0, str way="default", long ldx=0, long ldy=0,
                 Windows pool=None):
        self.level, self.kernels = level, convolution_at(level)
        self.c.num, self.c.height, self.c.width, self.c.channels = image
        self.c.filters, self.c.groups = filters, groups
        for i in range(2):
            self.c.kernel[i], self.c.stride[i] = kernel[i], stride[i]
            self.c.pad[i], self.c.dilation[i] = pad[i], dilation[i]
        self.c.rows, self.c.columns = self._out(0, image[1]), self._out(1, image[2])
        self.c.ldx, self.c.ldy = ldx or self.c.channels, ldy or filters
        self.c.relu, self.c.threads, self.c.panels, self.c.back_panels = relu, threads, panels, back_panels
        self.c.sum_panels, self.c.way = sum_panels, WAYS.index(way)
        self.top = (self.c.num, self.c.rows, self.c.columns, self.c.filters)
        if pool is not None:
            if (pool.s.height, pool.s.width, pool.s.channels) != self.top[1:] or self.c.ldy != filters:
                raise ValueError(f"the pooling's image is not the convolution's, {self.top[1:]}")
            self.pool, self.c.pool = pool, &pool.s
            self.top = (self.c.num, pool.s.rows, pool.s.columns, filters)

    def _out(self, int i, long size):
        return (size + 2 * self.c.pad[i] - (self.c.kernel[i] - 1) * self.c.dilation[i] - 1) // self.c.stride[i] + 1

    @property
    def forward_scratch(self):
        """Floats that forward works with."""
        return self.kernels.forward_scratch(&self.c)

    @property
    def backward_scratch(self):
        """Floats that backward works with."""
        return self.kernels.backward_scratch(&self.c)

    @property
    def way(self):
        """How the gradient of the images is computed."""
        return WAYS[self.kernels.way(&self.c)]


cdef float *address(object array, long least) except? NULL:
    """Where an array of at least so many floats begins; nothing for None."""
    if array is not None and array.size < least:
        raise ValueError(f"an array of {array.size} floats is too small; {least} are needed")
    return floats(array)


cdef class Convolution:
    """One convolution on its arrays, all float32 and contiguous; the gradients may be None.

    `add` makes backward add to dfilter and dbias instead of overwriting them. With a pooling y and dy are the
    pooling's, and backward wants memory that forward fills: places, of the maxima (bytes, int32 if the windows are
    wide); passed, for a mean behind a ReLU, a byte for each output of the convolution.
    """

    cdef convolution c
    cdef const convolution_kernels *kernels
    cdef tuple arrays
    cdef Sizes sizes

    def __init__(self, Sizes sizes, x, filter, bias, y, forward_scratch, dy=None, dx=None, dfilter=None, dbias=None,
                 backward_scratch=None, *, bint add=False, places=None, passed=None):
        self.sizes, self.c, self.kernels = sizes, sizes.c, sizes.kernels
        self.arrays = (x, filter, bias, y, forward_scratch, dy, dx, dfilter, dbias, backward_scratch, places, passed)
        cdef long pixels = sizes.c.num * sizes.c.height * sizes.c.width
        cdef long tops = sizes.top[0] * sizes.top[1] * sizes.top[2]
        cdef long weights = sizes.c.kernel[0] * sizes.c.kernel[1] * sizes.c.channels // sizes.c.groups * sizes.c.filters
        pixels = (pixels - 1) * sizes.c.ldx + sizes.c.channels
        tops = (tops - 1) * sizes.c.ldy + sizes.c.filters
        self.c.x, self.c.dx = address(x, pixels), address(dx, pixels)
        self.c.y, self.c.dy = address(y, tops), address(dy, tops)
        self.c.filter, self.c.dfilter = address(filter, weights), address(dfilter, weights)
        self.c.bias, self.c.dbias = address(bias, sizes.c.filters), address(dbias, sizes.c.filters)
        self.c.forward_scratch = address(forward_scratch, sizes.forward_scratch)
        self.c.backward_scratch = address(backward_scratch, sizes.backward_scratch)
        self.c.places, self.c.passed = bytes_of(places), bytes_of(passed)
        self.c.add = add

    def forward(self, bint packed=False):
        """Writes y. packed: filters, bias and scratch are as the forward before left them, and not packed again."""
        self.c.packed = packed
        with nogil:
            self.kernels.forward(&self.c)

    def pack(self):
        """What forward does first: filters, bias and scratch are then as the links want them."""
        with nogil:
            self.kernels.pack(&self.c)

    def link(self):
        """Itself for a chain, of at least two images for each thread; wants `pack` before it runs."""
        before = self.c.height * self.c.width * self.c.ldx
        behind = self.sizes.top[1] * self.sizes.top[2] * self.c.ldy
        return link_of(self, self.kernels.images, &self.c, before, behind)

    def backward(self):
        """Writes the gradients that are wanted; spends dy."""
        with nogil:
            self.kernels.backward(&self.c)
