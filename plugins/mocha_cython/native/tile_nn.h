/* The tile of a product: C[i][v] = bias[v] + sum over s, t of A_i[offset[s] + t] B[s length + t][v].
 *
 * i < rows, v < vectors * LANES, s < segments, t < length. A dense product has one segment with offset 0. In a
 * convolution A_i points to the corner of pixel i's window, a segment is a row of the window, contiguous when channels
 * are last: no window is ever copied.
 *
 * All rows * vectors sums stay in registers from the first term to the last: a step over t loads `vectors` vectors of
 * B, spreads one number of each row of A over a vector, and multiplies and adds rows * vectors times. B is packed: for
 * a panel of `vectors` vectors the rows (s, t) lie one after the other, LANES * vectors floats each, zeros where
 * columns are lacking. A and C are read and written exactly where rows and columns exist; rows of C may lie anywhere,
 * and `skip` leaves out terms at the end of each segment of B.
 *
 * How to use it: fill a `struct tile_nn` and call tile_nn(rows, vectors) -> the function for that size, where
 * 1 <= vectors <= TILE_VECTORS and 1 <= rows <= tile_rows(vectors). One source of a family includes this file.
 */
#ifndef MOCHA_TILE_NN_H
#define MOCHA_TILE_NN_H

#include "tile.h"

INLINE void tile_nn_body(const struct tile_nn *tile, const int rows, const int vectors) {
    static const long at_zero = 0;
    const long *offset = tile->offset ? tile->offset : &at_zero, *end = offset + tile->segments;
    const long length = tile->length, skip = tile->skip;
    const float *b = tile->b;
    const float *a[TILE_ROWS];
    vf sum[TILE_ROWS][TILE_VECTORS];

    UNROLL for (int i = 0; i < rows; i++) {
        a[i] = tile->a[i];
        UNROLL for (int v = 0; v < vectors; v++) sum[i][v] = tile->bias ? vf_load(tile->bias + v * LANES) : (vf){0};
    }
    for (; offset < end; offset++, b += skip) {
        const long stop = *offset + length;
        for (long t = *offset; t < stop; t++, b += vectors * LANES) {
            vf column[TILE_VECTORS];
            UNROLL for (int v = 0; v < vectors; v++) column[v] = vf_load(b + v * LANES);
            UNROLL for (int i = 0; i < rows; i++) {
                const vf x = vf_all(a[i][t]);
                UNROLL for (int v = 0; v < vectors; v++) sum[i][v] += x * column[v];
            }
        }
    }
    const long last = tile->last;
    const int add = tile->add, relu = tile->relu;
    UNROLL for (int i = 0; i < rows; i++) {
        float *c = tile->c + (tile->place ? tile->place[i] : i * tile->ldc);
        UNROLL for (int v = 0; v < vectors; v++) {
            const int part = v == vectors - 1 && last < LANES;
            if (add) sum[i][v] += part ? vf_load_part(c + v * LANES, last) : vf_load(c + v * LANES);
            if (relu) sum[i][v] = vf_relu(sum[i][v]);
            if (part) vf_store_part(c + v * LANES, sum[i][v], last);
            else vf_store(c + v * LANES, sum[i][v]);
        }
    }
}

#define TILE_NN_FUNCTION(rows, vectors)                                                                                \
    static void tile_nn_##rows##x##vectors(const struct tile_nn *tile) { tile_nn_body(tile, rows, vectors); }
TILE_SIZES(TILE_NN_FUNCTION)

#define TILE_NN_ENTRY(rows, vectors) [vectors - 1][rows - 1] = tile_nn_##rows##x##vectors,
static const tile_nn_function tile_nn_functions[TILE_VECTORS][TILE_ROWS] = {TILE_SIZES(TILE_NN_ENTRY)};

INLINE tile_nn_function tile_nn(int rows, int vectors) {
    return tile_nn_functions[vectors - 1][rows - 1];
}

#endif
