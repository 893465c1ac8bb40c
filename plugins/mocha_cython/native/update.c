/* Solver updates: for every weight w with gradient d, regularizer's gradient r and history,
 *
 *   SGD       h <- mu' h - s (d + r);  w <- w + h
 *   Nesterov  h' <- mu' h - s (d + r);  w <- w - mu' h + (1 + mu) h'
 *   Adam      g = d + r;  m <- b1 m + (1 - b1) g;  v <- b2 v + (1 - b2) g^2;  w <- w - s m / (sqrt(v) + epsilon)
 *   AdamW     the same with g = d, and w <- w - rate r besides.
 *
 * This is bound by memory: each number is read once and written once, in one pass over all arrays of a parameter.
 * Those lines are in the cache because they were read, so stores that go around the cache would save nothing.
 *
 * All parameters together are cut into chunks of one size, which the threads take as they come. A chunk begins within
 * some parameter and may go on through many small ones, so those cost no more than their numbers; that is all that one
 * flat buffer for all parameters would give. What happens to a number does not depend on its chunk or its thread.
 */
#include "update.h"

#include <math.h>
#include <stddef.h>

#include "team.h"
#include "vec.h"

enum {
    CHUNK = 1 << 14, /* numbers: with all arrays of a method a quarter of a second-level cache */
    LINE = 16,       /* numbers of a cache line: where chunks may begin within a parameter */
    SMALL = 1 << 15, /* numbers that one thread updates sooner than a second one is woken */
};

/* Updates `count` numbers of a parameter from `start` on. */
typedef void (*rule)(const struct update_place *p, const float *k, long start, long count);

static long lines(long count) {
    return (count + LINE - 1) / LINE * LINE;
}

static long cut(const struct update_place *place, long places, struct update_start *start) {
    long chunks = 0, room = 0;
    for (long i = 0; i < places; i++) {
        for (long offset = 0; offset < place[i].count;) {
            if (room == 0) {
                if (start) start[chunks] = (struct update_start){i, offset};
                chunks++;
                room = CHUNK;
            }
            long left = lines(place[i].count - offset), taken = left < room ? left : room;
            offset += taken;
            room -= taken;
        }
    }
    return chunks;
}

static void run_chunk(const struct update *u, rule f, long chunk) {
    long offset = u->start[chunk].offset;
    for (long i = u->start[chunk].place, room = CHUNK; i < u->places && room > 0; i++, offset = 0) {
        long left = u->place[i].count - offset, taken = left < room ? left : room;
        f(&u->place[i], u->numbers, offset, taken);
        room -= lines(taken);
    }
}

static void run(const struct update *u, rule f) {
    MOCHA_OMP(parallel for schedule(dynamic) num_threads(u->threads) if(u->chunks > SMALL / CHUNK))
    for (long chunk = 0; chunk < u->chunks; chunk++) run_chunk(u, f, chunk);
}

/* The regularizer's gradient; `kind` is known when this is compiled. */
INLINE float regu(int kind, float decay, float w) {
    return kind == REGU_L2 ? decay * w : kind == REGU_L1 ? decay * (float)((w > 0) - (w < 0)) : 0;
}

#define ARRAYS                                                                                                         \
    float *restrict w = p->weight + start;                                                                             \
    const float *restrict d = p->diff + start;                                                                         \
    const float decay = p->decay, step = p->step;

INLINE void sgd_of(int kind, const struct update_place *p, const float *k, long start, long count) {
    ARRAYS
    float *restrict h = p->first + start;
    const float momentum = k[0];
    for (long i = 0; i < count; i++) {
        h[i] = momentum * h[i] - step * (d[i] + regu(kind, decay, w[i]));
        w[i] += h[i];
    }
}

INLINE void nesterov_of(int kind, const struct update_place *p, const float *k, long start, long count) {
    ARRAYS
    float *restrict h = p->first + start;
    const float momentum = k[0], ahead = k[1];
    for (long i = 0; i < count; i++) {
        float before = momentum * h[i];
        h[i] = before - step * (d[i] + regu(kind, decay, w[i]));
        w[i] = w[i] - before + ahead * h[i];
    }
}

INLINE void adam_of(int kind, int decoupled, const struct update_place *p, const float *k, long start, long count) {
    ARRAYS
    float *restrict m = p->first + start, *restrict v = p->second + start;
    const float b1 = k[0], rest1 = k[1], b2 = k[2], rest2 = k[3], epsilon = k[4], rate = p->rate;
    for (long i = 0; i < count; i++) {
        float r = regu(kind, decay, w[i]), g = decoupled ? d[i] : d[i] + r;
        m[i] = b1 * m[i] + rest1 * g;
        v[i] = b2 * v[i] + rest2 * (g * g);
        w[i] = (decoupled ? w[i] - rate * r : w[i]) - step * (m[i] / (sqrtf(v[i]) + epsilon));
    }
}

/* A rule is compiled once for each regularizer. */
#define RULE(name, OF)                                                                                                \
    static void name##_rule(const struct update_place *p, const float *k, long start, long count) {                    \
        if (p->regularizer == REGU_NONE) OF(REGU_NONE);                                                       \
        if (p->regularizer == REGU_L2) OF(REGU_L2);                                                           \
        if (p->regularizer == REGU_L1) OF(REGU_L1);                                                           \
    }                                                                                                                  \
    static void name(const struct update *u) {                                                                         \
        run(u, name##_rule);                                                                                           \
    }
#define SGD(kind) sgd_of(kind, p, k, start, count)
#define NESTEROV(kind) nesterov_of(kind, p, k, start, count)
#define ADAM(kind) adam_of(kind, 0, p, k, start, count)
#define ADAMW(kind) adam_of(kind, 1, p, k, start, count)

RULE(sgd, SGD)
RULE(nesterov, NESTEROV)
RULE(adam, ADAM)
RULE(adamw, ADAMW)

const struct update_kernels KERNEL(update) = {cut, sgd, nesterov, adam, adamw};
