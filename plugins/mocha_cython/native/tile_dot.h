/* The tile of a product with the second factor transposed: Y[i][j] (+)= bias[j] + sum over k of X[i][k] W[j][k].
 *
 * i < rows, j < columns, k < length. Both factors are contiguous along k, so nothing is packed: a step takes LANES
 * terms of each row of X and of W, and multiplies and adds rows * columns times, into one vector of partial sums for
 * each (i, j). All of them stay in registers; at the end each vector is summed up, four vectors at a time:
 *
 *     fold 4 vectors -> 1, which holds in each quarter (4 floats) what that quarter adds to the four sums;
 *     join vectors so that the quarters of one are added, and the sums of several folds lie side by side.
 *
 * How to use it: fill a `struct tile_dot` and call tile_dot(rows, columns) -> the function for that size, with
 * 1 <= rows <= DOT_ROWS and 1 <= columns <= DOT_COLUMNS. Columns are computed by fours: in place of those that lack,
 * the last row of W is read again. One source of a family includes this file.
 */
#ifndef MOCHA_TILE_DOT_H
#define MOCHA_TILE_DOT_H

#include "tile.h"

/* rows * columns sums, `rows` vectors of X and one of W must fit the registers. */
#if defined(__AVX512F__) || defined(__aarch64__)
enum { DOT_ROWS = 3, DOT_COLUMNS = 8 };
#elif defined(__AVX2__)
enum { DOT_ROWS = 3, DOT_COLUMNS = 4 };
#else
enum { DOT_ROWS = 2, DOT_COLUMNS = 4 };
#endif

/* Holds a vector in a register: else compilers load it again for each use, and loads become the limit. */
#if defined(__AVX512F__)
#define DOT_KEEP(v) __asm__("" : "+v"(v))
#elif defined(__SSE2__)
#define DOT_KEEP(v) __asm__("" : "+x"(v))
#else
#define DOT_KEEP(v) (void)0
#endif

struct tile_dot {
    const float *x, *w; /* row i of X at x + i ldx, row j of W at w + j ldw */
    long ldx, ldw, length;
    float *y; /* row i at y + i ldy */
    long ldy;
    int columns;       /* how many there are */
    const float *bias; /* for each column, or NULL for zeros */
    int add;           /* add to Y instead of overwriting it */
    int relu;          /* Y = max(0, .) at the end */
    const float *ahead; /* `length` floats that will be wanted soon, to be brought into the second cache meanwhile */
};

typedef void (*tile_dot_function)(const struct tile_dot *);

/* Floats of two vectors in the order given, counted through both. */
#if defined(__clang__)
#define DOT_SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define DOT_SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (vi){__VA_ARGS__})
#endif

#if LANES == 16
#define DOT_EACH_QUARTER(i, j, k, l)                                                                                   \
    i, j, k + 12, l + 12, i + 4, j + 4, k + 16, l + 16, i + 8, j + 8, k + 20, l + 20, i + 12, j + 12, k + 24, l + 24
#elif LANES == 8
#define DOT_EACH_QUARTER(i, j, k, l) i, j, k + 4, l + 4, i + 4, j + 4, k + 8, l + 8
#else
#define DOT_EACH_QUARTER(i, j, k, l) i, j, k, l
#endif

INLINE vf dot_fold(vf a, vf b, vf c, vf d) {
    const vf ab = DOT_SHUFFLE(a, b, DOT_EACH_QUARTER(0, 1, 4, 5)) + DOT_SHUFFLE(a, b, DOT_EACH_QUARTER(2, 3, 6, 7));
    const vf cd = DOT_SHUFFLE(c, d, DOT_EACH_QUARTER(0, 1, 4, 5)) + DOT_SHUFFLE(c, d, DOT_EACH_QUARTER(2, 3, 6, 7));
    return DOT_SHUFFLE(ab, cd, DOT_EACH_QUARTER(0, 2, 4, 6)) + DOT_SHUFFLE(ab, cd, DOT_EACH_QUARTER(1, 3, 5, 7));
}

/* The sums of neighbouring quarters: those of p, then those of q. */
INLINE vf dot_join(vf p, vf q) {
#if LANES == 16
    return DOT_SHUFFLE(p, q, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27) +
           DOT_SHUFFLE(p, q, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
#elif LANES == 8
    return DOT_SHUFFLE(p, q, 0, 1, 2, 3, 8, 9, 10, 11) + DOT_SHUFFLE(p, q, 4, 5, 6, 7, 12, 13, 14, 15);
#else
    return p + q;
#endif
}

/* The sums of LANES / 4 folds, side by side. */
INLINE vf dot_joined(const vf *fold) {
#if LANES == 16
    return dot_join(dot_join(fold[0], fold[1]), dot_join(fold[2], fold[3]));
#elif LANES == 8
    return dot_join(fold[0], fold[1]);
#else
    return fold[0];
#endif
}

typedef float dot_four __attribute__((vector_size(16)));
typedef int32_t dot_four_bits __attribute__((vector_size(16)));

/* Four neighbouring sums on their way into Y. */
INLINE void dot_store(const struct tile_dot *tile, const float *total, float *y, int column) {
    dot_four value, more;
    memcpy(&value, total, sizeof value);
    if (tile->bias) {
        memcpy(&more, tile->bias + column, sizeof more);
        value += more;
    }
    if (tile->add) {
        memcpy(&more, y + column, sizeof more);
        value += more;
    }
    if (tile->relu) value = (dot_four)(~(dot_four_bits)(value < 0) & (dot_four_bits)value);
    memcpy(y + column, &value, sizeof value);
}

/* The same for the columns that are left, less than four. */
INLINE void dot_store_each(const struct tile_dot *tile, const float *total, float *y, int column) {
    for (int j = column; j < tile->columns; j++) {
        float value = total[j - column];
        if (tile->bias) value += tile->bias[j];
        if (tile->add) value += y[j];
        y[j] = tile->relu && value < 0 ? 0 : value;
    }
}

INLINE void tile_dot_body(const struct tile_dot *tile, const int rows, const int columns) {
    enum { GROUP = LANES / 4 };
    const long length = tile->length, tail = length % LANES;
    const float *x[DOT_ROWS], *w[DOT_COLUMNS], *ahead = tile->ahead;
    vf sum[DOT_ROWS][DOT_COLUMNS];

    UNROLL for (int i = 0; i < rows; i++) x[i] = tile->x + i * tile->ldx;
    UNROLL for (int j = 0; j < columns; j++) {
        w[j] = tile->w + (j < tile->columns ? j : tile->columns - 1) * tile->ldw;
        UNROLL for (int i = 0; i < rows; i++) sum[i][j] = (vf){0};
    }
    for (long k = 0; k < length - tail; k += LANES) {
        vf part[DOT_ROWS];
        __builtin_prefetch(ahead + k, 0, 2);
        UNROLL for (int i = 0; i < rows; i++) part[i] = vf_load(x[i] + k);
        UNROLL for (int j = 0; j < columns; j++) {
            vf weight = vf_load(w[j] + k);
            DOT_KEEP(weight);
            UNROLL for (int i = 0; i < rows; i++) sum[i][j] += part[i] * weight;
        }
    }
    if (tail) {
        vf part[DOT_ROWS];
        UNROLL for (int i = 0; i < rows; i++) part[i] = vf_load_part(x[i] + length - tail, tail);
        UNROLL for (int j = 0; j < columns; j++) {
            const vf weight = vf_load_part(w[j] + length - tail, tail);
            UNROLL for (int i = 0; i < rows; i++) sum[i][j] += part[i] * weight;
        }
    }
    const int groups = columns / 4;
    vf fold[DOT_ROWS * DOT_COLUMNS / 4 + GROUP];
    float total[DOT_ROWS * DOT_COLUMNS + LANES];
    UNROLL for (int f = 0; f < rows * groups; f++) {
        const vf *four = sum[f / groups] + f % groups * 4;
        fold[f] = dot_fold(four[0], four[1], four[2], four[3]);
    }
    UNROLL for (int f = 0; f < GROUP; f++) fold[rows * groups + f] = (vf){0};
    UNROLL for (int f = 0; f < rows * groups; f += GROUP) vf_store(total + f * 4, dot_joined(fold + f));

    UNROLL for (int f = 0; f < rows * groups; f++) {
        float *y = tile->y + f / groups * tile->ldy;
        const int column = f % groups * 4;
        if (column + 4 <= tile->columns) dot_store(tile, total + f * 4, y, column);
        else dot_store_each(tile, total + f * 4, y, column);
    }
}

#define TILE_DOT_FUNCTION(rows, columns)                                                                               \
    static void tile_dot_##rows##x##columns(const struct tile_dot *tile) { tile_dot_body(tile, rows, columns); }
#if defined(__AVX512F__) || defined(__aarch64__)
#define DOT_SIZES(F) F(1, 4) F(2, 4) F(3, 4) F(1, 8) F(2, 8) F(3, 8)
#elif defined(__AVX2__)
#define DOT_SIZES(F) F(1, 4) F(2, 4) F(3, 4)
#else
#define DOT_SIZES(F) F(1, 4) F(2, 4)
#endif
DOT_SIZES(TILE_DOT_FUNCTION)

#define TILE_DOT_ENTRY(rows, columns) [columns / 4 - 1][rows - 1] = tile_dot_##rows##x##columns,
static const tile_dot_function tile_dot_functions[DOT_COLUMNS / 4][DOT_ROWS] = {DOT_SIZES(TILE_DOT_ENTRY)};

INLINE tile_dot_function tile_dot(int rows, int columns) {
    return tile_dot_functions[(columns - 1) / 4][rows - 1];
}

#endif
