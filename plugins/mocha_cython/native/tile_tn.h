/* The tile of a product with the first factor transposed: C[r][v] (+)= sum over s, p of A[s][p][r] B[s][p][v].
 *
 * r < rows, v < vectors * LANES, s < segments, p < length; A[s][p] begins at a + s a_segment + p a_step, B likewise.
 * For the gradient of filters A is the image (r runs along a row of the window: contiguous when channels are last),
 * B the gradient of the output, p runs over the pixels of an output row, s over the output rows; for a dense layer
 * there is one segment and p runs over the samples.
 *
 * All sums stay in registers. Nothing is packed: B is read where it lies, of the last vector only the `last` columns
 * that exist (packing B to whole vectors is faster below AVX-512 when a column tail would be read very often).
 *
 * How to use it: fill a `struct tile_tn` and call tile_tn(rows, vectors) -> the function for that size, where
 * 1 <= vectors <= TILE_VECTORS and 1 <= rows <= tile_rows(vectors). One source of a family includes this file.
 */
#ifndef MOCHA_TILE_TN_H
#define MOCHA_TILE_TN_H

#include "tile.h"

INLINE void tile_tn_body(const struct tile_tn *tile, const int rows, const int vectors, const int whole) {
    const long last = tile->last, a_step = tile->a_step, b_step = tile->b_step, length = tile->length;
    vf sum[TILE_ROWS][TILE_VECTORS];

    UNROLL for (int r = 0; r < rows; r++) {
        UNROLL for (int v = 0; v < vectors; v++) {
            __builtin_prefetch(tile->c + r * tile->ldc + v * LANES, 1);
            sum[r][v] = (vf){0};
        }
    }
    for (long s = 0; s < tile->segments; s++) {
        const float *a = tile->a + s * tile->a_segment, *b = tile->b + s * tile->b_segment;
        for (long p = 0; p < length; p++, a += a_step, b += b_step) {
            vf column[TILE_VECTORS];
            UNROLL for (int v = 0; v < vectors; v++) {
                column[v] = whole || v < vectors - 1 ? vf_load(b + v * LANES) : vf_load_part(b + v * LANES, last);
            }
            UNROLL for (int r = 0; r < rows; r++) {
                const vf x = vf_all(a[r]);
                UNROLL for (int v = 0; v < vectors; v++) sum[r][v] += x * column[v];
            }
        }
    }
    float *c = tile->c;
    UNROLL for (int r = 0; r < rows; r++, c += tile->ldc) {
        UNROLL for (int v = 0; v < vectors; v++) {
            const int part = !whole && v == vectors - 1;
            if (tile->add) sum[r][v] += part ? vf_load_part(c + v * LANES, last) : vf_load(c + v * LANES);
            if (part) vf_store_part(c + v * LANES, sum[r][v], last);
            else vf_store(c + v * LANES, sum[r][v]);
        }
    }
}

#define TILE_TN_FUNCTION(rows, vectors)                                                                                \
    static void tile_tn_##rows##x##vectors(const struct tile_tn *tile) {                                               \
        if (tile->last == LANES) tile_tn_body(tile, rows, vectors, 1);                                                 \
        else tile_tn_body(tile, rows, vectors, 0);                                                                     \
    }
TILE_SIZES(TILE_TN_FUNCTION)

#define TILE_TN_ENTRY(rows, vectors) [vectors - 1][rows - 1] = tile_tn_##rows##x##vectors,
static const tile_tn_function tile_tn_functions[TILE_VECTORS][TILE_ROWS] = {TILE_SIZES(TILE_TN_ENTRY)};

INLINE tile_tn_function tile_tn(int rows, int vectors) {
    return tile_tn_functions[vectors - 1][rows - 1];
}

#endif
