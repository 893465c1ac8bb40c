/* How pooling runs over an image: the cells of a window that lie in it, and the windows that hold a pixel. */
#ifndef MOCHA_POOLING_WALK_H
#define MOCHA_POOLING_WALK_H

#include "pooling_shape.h"
#include "vec.h"

/* The cells begin ... end - 1 of a window lie in the image. */
struct span {
    int begin, end;
};

/* start: where the window's first cell lies, maybe before the image. */
INLINE struct span cells_inside(int start, int kernel, int size) {
    int begin = start < 0 ? -start : 0;
    int end = start + kernel > size ? size - start : kernel;
    return (struct span){begin, end};
}

/* The windows begin ... end - 1 hold the pixel at `at`; none if begin >= end. */
INLINE struct span windows_over(int at, int kernel, int stride, int pad, int count) {
    int reach = at + pad, before = reach - kernel + stride; /* before / stride: the first window that still holds it */
    int begin = before < 0 ? 0 : before / stride, end = reach / stride + 1;
    return (struct span){begin, end < count ? end : count};
}

/* The same for the pixel at `at`, from those of the pixel before it, without a division. */
INLINE struct span windows_next(struct span w, int at, int kernel, int stride, int pad, int count) {
    w.begin += at + pad - w.begin * stride >= kernel;
    w.end += w.end < count && at + pad >= w.end * stride;
    return w;
}

/* Asks for the pixels that the window below will read first. The rows of a window are streams a whole row apart, read a
 * few cache lines at a time, which the processor does not foresee well. */
INLINE void fetch_ahead(const struct pooling_shape *s, const float *x, int row, int column) {
    const long channels = s->channels, count = s->stride_width * channels;
    for (int i = row; i < row + s->stride_height && i < s->height; i++)
        for (long k = 0; k < count; k += 16) __builtin_prefetch(x + ((long)i * s->width + column) * channels + k, 0, 2);
}

/* Before a statement: runs it for each vector of a pixel's channels, `n` of them from channel `c` on. part: whether
 * there are fewer channels than LANES, so that n is. */
#define EACH_VECTOR(c, n, channels, part)                                                                              \
    for (long next_ = 0, c = 0, n = (part) ? (channels) : LANES; (void)n, next_ < (channels);                          \
         next_ += LANES, c = (part) || next_ + LANES <= (channels) ? next_ : (channels)-LANES)

INLINE vf load_some(const float *p, int part, long n) {
    return part ? vf_load_part(p, n) : vf_load(p);
}

INLINE void store_some(float *p, vf v, int part, long n) {
    if (part)
        vf_store_part(p, v, n);
    else
        vf_store(p, v);
}

#endif
