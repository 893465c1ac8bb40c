/* The tile of dx: C[i][v] (+)= sum over t < length of A_i[t] W[t][v], i < rows, v < vectors * LANES.
 *
 * The first tile of a panel reads W where it lies and leaves a copy, row after row without gaps, zeros where columns
 * are lacking; the others read the copy, which the first cache holds. So copying costs the stores only.
 *
 * Each step fetches a row of `ahead`, the part of W that comes next, into the second cache. All tiles of a panel fetch
 * the same: what is there already costs next to nothing, and processors drop requests when they have many. `ahead` may
 * go on where W ends, because nothing is read.
 *
 * All rows * vectors sums stay in registers. How to use it: fill a `struct tile_dx` and call tile_dx(rows, vectors) ->
 * the function for that size, where 1 <= vectors <= TILE_VECTORS and 1 <= rows <= tile_rows(vectors).
 */
#ifndef MOCHA_INNER_PRODUCT_TILE_H
#define MOCHA_INNER_PRODUCT_TILE_H

#include "tile.h"

struct tile_dx {
    const float *a[TILE_ROWS]; /* one pointer for each row */
    const float *w;            /* NULL: read the copy */
    float *copy;               /* length rows of vectors * LANES floats */
    const float *ahead;
    long ldw, length;          /* rows of w and of ahead are ldw apart */
    float *c;                  /* row i at c + i ldc */
    long ldc;
    long last;                 /* columns of the last vector that exist, 1 to LANES */
    int add;                   /* add to C instead of overwriting it */
};

enum { LINE = 16 }; /* floats that one fetch brings */

typedef void (*tile_dx_function)(const struct tile_dx *);

INLINE void tile_dx_body(const struct tile_dx *tile, const int rows, const int vectors, const int first) {
    const long length = tile->length, ldw = tile->ldw, ldc = tile->ldc, last = tile->last;
    const int add = tile->add;
    const float *w = tile->w, *ahead = tile->ahead;
    float *copy = tile->copy, *c = tile->c;
    const float *a[TILE_ROWS];
    vf sum[TILE_ROWS][TILE_VECTORS];

    UNROLL for (int i = 0; i < rows; i++) {
        a[i] = tile->a[i];
        UNROLL for (int v = 0; v < vectors; v++) sum[i][v] = (vf){0};
    }
    for (long t = 0; t < length; t++, ahead += ldw, copy += vectors * LANES) {
        vf row[TILE_VECTORS];
        UNROLL for (int v = 0; v < vectors; v++) {
            if (v * LANES % LINE == 0) __builtin_prefetch(ahead + v * LANES, 0, 2);
            if (!first) row[v] = vf_load(copy + v * LANES);
            else if (v < vectors - 1 || last == LANES) row[v] = vf_load(w + v * LANES);
            else row[v] = vf_load_part(w + v * LANES, last);
            if (first) vf_store(copy + v * LANES, row[v]);
        }
        if (first) w += ldw;
        UNROLL for (int i = 0; i < rows; i++) {
            const vf x = vf_all(a[i][t]);
            UNROLL for (int v = 0; v < vectors; v++) sum[i][v] += x * row[v];
        }
    }
    UNROLL for (int i = 0; i < rows; i++, c += ldc) {
        UNROLL for (int v = 0; v < vectors; v++) {
            const int part = v == vectors - 1 && last < LANES;
            if (add) sum[i][v] += part ? vf_load_part(c + v * LANES, last) : vf_load(c + v * LANES);
            if (part) vf_store_part(c + v * LANES, sum[i][v], last);
            else vf_store(c + v * LANES, sum[i][v]);
        }
    }
}

#define TILE_DX_FUNCTION(rows, vectors)                                                                                \
    static void tile_dx_##rows##x##vectors(const struct tile_dx *tile) {                                               \
        if (tile->w) tile_dx_body(tile, rows, vectors, 1);                                                             \
        else tile_dx_body(tile, rows, vectors, 0);                                                                     \
    }
TILE_SIZES(TILE_DX_FUNCTION)

#define TILE_DX_ENTRY(rows, vectors) [vectors - 1][rows - 1] = tile_dx_##rows##x##vectors,
static const tile_dx_function tile_dx_functions[TILE_VECTORS][TILE_ROWS] = {TILE_SIZES(TILE_DX_ENTRY)};

INLINE tile_dx_function tile_dx(int rows, int vectors) {
    return tile_dx_functions[vectors - 1][rows - 1];
}

#endif
