/* A square of LANES x LANES numbers turned in registers: the transposition that copies between orders are made of.
 *
 * Seen as one list, number (r, l) has the place whose binary digits are those of r, then those of l. Interleaving the
 * first half of the list with the second moves the first digit behind the last; after log2(LANES) times the digits of
 * l come first: the square is turned.
 */
#ifndef MOCHA_TURN_H
#define MOCHA_TURN_H

#include "vec.h"

#if LANES == 16
#define TURN_FRONT 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define TURN_BACK 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif LANES == 8
#define TURN_FRONT 0, 8, 1, 9, 2, 10, 3, 11
#define TURN_BACK 4, 12, 5, 13, 6, 14, 7, 15
#else
#define TURN_FRONT 0, 4, 1, 5
#define TURN_BACK 2, 6, 3, 7
#endif

#if defined __clang__ || __GNUC__ >= 12
#define TURN_PICK(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define TURN_PICK(a, b, ...) __builtin_shuffle(a, b, (vi){__VA_ARGS__})
#endif

INLINE void turn_once(const vf *from, vf *to) {
#pragma GCC unroll 16
    for (int i = 0; i < LANES / 2; i++) {
        to[2 * i] = TURN_PICK(from[i], from[i + LANES / 2], TURN_FRONT);
        to[2 * i + 1] = TURN_PICK(from[i], from[i + LANES / 2], TURN_BACK);
    }
}

/* Lane l of row r and lane r of row l change places. */
INLINE void turn(vf a[LANES]) {
    vf b[LANES];
    turn_once(a, b);
    turn_once(b, a);
#if LANES == 8
    turn_once(a, b);
    memcpy(a, b, sizeof b);
#elif LANES == 16
    turn_once(a, b);
    turn_once(b, a);
#endif
}

/* The first `rows` rows of the first `columns` numbers of a matrix, turned: a[l] holds column l; zeros elsewhere. */
INLINE void turn_part(vf a[LANES], const float *x, long row, long rows, long columns) {
    if (rows >= LANES && columns >= LANES) {
#pragma GCC unroll 16
        for (int i = 0; i < LANES; i++) a[i] = vf_load(x + i * row);
    } else {
        for (int i = 0; i < LANES; i++) {
            a[i] = i < rows ? vf_load_part(x + i * row, columns < LANES ? columns : LANES) : (vf){0};
        }
    }
    turn(a);
}

#endif
