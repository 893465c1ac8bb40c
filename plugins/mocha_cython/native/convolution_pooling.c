/* A pooling right behind the convolution, image by image, so that the images between them never leave the cache.
 *
 * Forward: a thread computes an image's convolution in its own scratch, and pools it from there into y; of few images
 * each has scratch of its own, and the team pools pieces of them.
 * Backward: dy of the pooling is spread over a scratch image, from which the gradients of the convolution are computed.
 * It reads what forward kept: the places of maxima, or for a mean behind a ReLU which outputs it let pass, one byte
 * each. A ReLU in front of a maximum is taken behind it, where there are fewer numbers: max(0, .) is the same there.
 */
#include "convolution_parts.h"
#include "pooling_image.h"

static long pooled_floats(const struct convolution *f) {
    return (long)f->pool->rows * f->pool->columns * f->filters;
}

static void *places_of(const struct convolution *f, long n) {
    return f->places ? (char *)f->places + n * pooled_floats(f) * (f->pool->wide ? 4 : 1) : NULL;
}

/* Notes which outputs of rows first ... last - 1 are positive. */
static void note_passed(const struct convolution *f, const float *between, long n, long first, long last) {
    const long row = f->columns * f->filters, end = last * row;
    uint8_t *to = f->passed + n * between_floats(f);
    long k = first * row;
    for (; k + LANES <= end; k += LANES) vi_store_bytes(to + k, (vf_load(between + k) > (vf){0}) & 1);
    for (; k < end; k++) to[k] = between[k] > 0;
}

/* One of `pieces` pieces of the pooled image n. */
void pool_forward(const struct convolution *f, const float *between, long n, long piece, long pieces) {
    const int first = (int)stretch_start(f->pool->rows, pieces, piece);
    const int last = (int)stretch_start(f->pool->rows, pieces, piece + 1);
    pooling_forward_image(f->pool, between, f->y + n * pooled_floats(f), places_of(f, n), first, last);
    if (!f->passed) return;
    note_passed(f, between, n, stretch_start(f->rows, pieces, piece), stretch_start(f->rows, pieces, piece + 1));
}

/* The gradient of the image in front of the pooling. */
void pool_backward(const struct convolution *f, float *between, long n) {
    const long at = n * pooled_floats(f);
    pooling_backward_image(f->pool, f->y + at, places_of(f, n), f->dy + at, between, 0, (int)f->rows);
}
