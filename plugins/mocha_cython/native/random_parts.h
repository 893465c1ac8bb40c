/* What the sources of this family know of each other. */
#ifndef MOCHA_RANDOM_PARTS_H
#define MOCHA_RANDOM_PARTS_H

#include "random.h"
#include "vec.h"

typedef uint32_t vu __attribute__((vector_size(LANES * 4)));

void KERNEL(drop)(const struct dropout *d);
void KERNEL(drop_back)(const struct dropout *d);

#endif
