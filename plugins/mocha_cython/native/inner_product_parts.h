/* What the sources of the family share: the functions of one level, and when work is worth a team of threads. */
#ifndef MOCHA_INNER_PRODUCT_PARTS_H
#define MOCHA_INNER_PRODUCT_PARTS_H

#include "inner_product.h"
#include "team.h"
#include "vec.h"

/* Products below this many multiplications are over before a second thread has woken up. */
enum { ALONE_BELOW = 1 << 18 };

void KERNEL(inner_product_forward)(const struct inner_product *ip);
void KERNEL(inner_product_backward)(const struct inner_product *ip);
long KERNEL(inner_product_scratch)(long num, long inputs, long outputs, int threads);

INLINE long least(long a, long b) {
    return a < b ? a : b;
}

INLINE long most(long a, long b) {
    return a > b ? a : b;
}

/* n / d, rounded up. */
INLINE long pieces_of(long n, long d) {
    return (n + d - 1) / d;
}

INLINE int team_for(const struct inner_product *ip) {
    return (double)ip->num * (double)ip->inputs * (double)ip->outputs < ALONE_BELOW ? 1 : ip->threads;
}

#endif
