/* Matrices turned: y[n][c][r] = x[n][r][c], which brings the channels of images last (rows are channels, columns are
 * pixels) or first (rows are pixels).
 *
 * Tiles of LANES x LANES numbers are turned in registers. Seen as one list, number (r, l) of a tile has the place whose
 * binary digits are those of r, then those of l. Interleaving the first half of the list with the second moves the
 * first digit behind the last; after log2(LANES) times the digits of l come first: the tile is turned.
 *
 * A task is a stretch of columns of one matrix: for every LANES columns all rows, so that the lines written follow each
 * other. At the borders tiles overlap, and write the same numbers again. Matrices of few rows or columns have loops
 * with that number as a constant, which the compiler turns into vectors; other narrow ones go number by number.
 */
#include "interleave.h"
#include "reorder.h"
#include "team.h"
#include "vec.h"

enum {
    TASK = 1 << 13,  /* numbers */
    SMALL = 1 << 15, /* numbers that one thread copies sooner than a second one is woken */
};

INLINE void interleave(const vf *from, vf *to) {
#pragma GCC unroll 16
    for (int i = 0; i < LANES / 2; i++) {
        to[2 * i] = vf_front(from[i], from[i + LANES / 2]);
        to[2 * i + 1] = vf_back(from[i], from[i + LANES / 2]);
    }
}

INLINE void turn_tile(const float *x, long x_row, float *y, long y_row) {
    vf a[LANES], b[LANES];
#pragma GCC unroll 16
    for (int i = 0; i < LANES; i++) a[i] = vf_load(x + i * x_row);
    interleave(a, b);
    interleave(b, a);
#if LANES > 4
    interleave(a, b);
#if LANES > 8
    interleave(b, a);
#else
    memcpy(a, b, sizeof a);
#endif
#endif
#pragma GCC unroll 16
    for (int i = 0; i < LANES; i++) vf_store(y + i * y_row, a[i]);
}

static void turn_tiles(const float *x, float *y, long rows, long columns, long first, long last) {
    for (long c = first;;) {
        for (long r = 0;;) {
            turn_tile(x + r * columns + c, columns, y + c * rows + r, rows);
            if (r == rows - LANES) break;
            r = r + 2 * LANES <= rows ? r + LANES : rows - LANES;
        }
        if (c == last - LANES) return;
        c = c + 2 * LANES <= last ? c + LANES : last - LANES;
    }
}

INLINE void turn_few_rows(const float *restrict x, float *restrict y, long rows, long columns, long first, long last) {
    for (long c = first; c < last; c++)
        for (long r = 0; r < rows; r++) y[c * rows + r] = x[r * columns + c];
}

INLINE void turn_few_columns(const float *restrict x, float *restrict y, long rows, long columns) {
    for (long r = 0; r < rows; r++)
        for (long c = 0; c < columns; c++) y[c * rows + r] = x[r * columns + c];
}

/* Columns first ... last - 1 of one matrix; all of them where there are few. */
static void turn(const float *x, float *y, long rows, long columns, long first, long last) {
    if (rows >= LANES && columns >= LANES) turn_tiles(x, y, rows, columns, first, last);
    else if (rows == 1 || columns == 1) memcpy(y + first, x + first, (size_t)(rows * (last - first)) * sizeof *x);
    else if (rows == 2) turn_few_rows(x, y, 2, columns, first, last);
    else if (rows == 3) turn_few_rows(x, y, 3, columns, first, last);
    else if (rows == 4) turn_few_rows(x, y, 4, columns, first, last);
    else if (columns == 2) turn_few_columns(x, y, rows, 2);
    else if (columns == 3) turn_few_columns(x, y, rows, 3);
    else if (columns == 4) turn_few_columns(x, y, rows, 4);
    else turn_few_rows(x, y, rows, columns, first, last);
}

/* How many tasks a matrix makes, each of at least LANES columns. */
static long tasks_of(long rows, long columns) {
    long width = TASK / rows > LANES ? TASK / rows : LANES;
    return columns / width > 1 ? columns / width : 1;
}

void KERNEL(transpose)(const struct transpose *t) {
    long size = t->rows * t->columns, tasks = tasks_of(t->rows, t->columns);
    MOCHA_OMP(parallel for schedule(static) num_threads(t->threads) if(t->num * size > SMALL))
    for (long task = 0; task < t->num * tasks; task++) {
        long n = task / tasks, s = task % tasks;
        long first = stretch_start(t->columns, tasks, s), last = stretch_start(t->columns, tasks, s + 1);
        turn(t->x + n * size, t->y + n * size, t->rows, t->columns, first, last);
    }
}

void KERNEL(transpose_images)(const void *layer, const float *x, float *y, long num, long place) {
    const struct transpose *t = layer;
    (void)place;
    for (long n = 0; n < num; n++, x += t->rows * t->columns, y += t->rows * t->columns) {
        turn(x, y, t->rows, t->columns, 0, t->columns);
    }
}
