/* Sizes of the register tiles in tile_nn.h and tile_tn.h: `rows` numbers spread over vectors, times `vectors` vectors.
 *
 * rows * vectors sums, the vectors and a spread number must fit the registers: 32 of AVX-512 and of 64-bit ARM, else
 * 16. Two units that take four cycles for a sum want at least 8 sums under way. tile_rows(vectors) is the most rows.
 */
#ifndef MOCHA_TILE_H
#define MOCHA_TILE_H

#include "vec.h"

enum { TILE_ROWS = 12, TILE_VECTORS = 4 };

#define UNROLL _Pragma("GCC unroll 12")

#if defined(__AVX512F__) || defined(__aarch64__)
#define TILE_MOST {12, 12, 8, 6}
#define TILE_SIZES(F)                                                                                                  \
    F(1, 1) F(2, 1) F(3, 1) F(4, 1) F(5, 1) F(6, 1) F(7, 1) F(8, 1) F(9, 1) F(10, 1) F(11, 1) F(12, 1)                 \
    F(1, 2) F(2, 2) F(3, 2) F(4, 2) F(5, 2) F(6, 2) F(7, 2) F(8, 2) F(9, 2) F(10, 2) F(11, 2) F(12, 2)                 \
    F(1, 3) F(2, 3) F(3, 3) F(4, 3) F(5, 3) F(6, 3) F(7, 3) F(8, 3)                                                    \
    F(1, 4) F(2, 4) F(3, 4) F(4, 4) F(5, 4) F(6, 4)
#else
#define TILE_MOST {12, 6, 4, 3}
#define TILE_SIZES(F)                                                                                                  \
    F(1, 1) F(2, 1) F(3, 1) F(4, 1) F(5, 1) F(6, 1) F(7, 1) F(8, 1) F(9, 1) F(10, 1) F(11, 1) F(12, 1)                 \
    F(1, 2) F(2, 2) F(3, 2) F(4, 2) F(5, 2) F(6, 2)                                                                    \
    F(1, 3) F(2, 3) F(3, 3) F(4, 3)                                                                                    \
    F(1, 4) F(2, 4) F(3, 4)
#endif

INLINE int tile_rows(int vectors) {
    static const int most[TILE_VECTORS] = TILE_MOST;
    return most[vectors - 1];
}

/* What tile_nn.h computes with. */
struct tile_nn {
    const float *a[TILE_ROWS]; /* one pointer for each row */
    const long *offset;        /* where each segment begins, from those pointers; NULL: one segment at 0 */
    long segments, length;     /* how many, and the terms of one */
    const float *b;            /* packed: segments * length rows of vectors * LANES floats */
    long skip;                 /* floats of b between two segments that are left out */
    float *c;                  /* row i at c + i ldc, */
    long ldc;
    const long *place;         /* or at c + place[i], if this is not NULL */
    long last;                 /* columns of the last vector that exist, 1 to LANES */
    const float *bias;         /* vectors * LANES floats, or NULL for zeros */
    int add;                   /* add to C instead of overwriting it */
    int relu;                  /* C = max(0, .) at the end */
};

typedef void (*tile_nn_function)(const struct tile_nn *);

/* What tile_tn.h computes with. */
struct tile_tn {
    const float *a;
    long a_segment, a_step;
    const float *b;
    long b_segment, b_step;
    long segments, length;
    float *c; /* row r at c + r ldc */
    long ldc;
    long last; /* columns of the last vector that exist, 1 to LANES */
    int add;   /* add to C instead of overwriting it */
};

typedef void (*tile_tn_function)(const struct tile_tn *);

#endif
