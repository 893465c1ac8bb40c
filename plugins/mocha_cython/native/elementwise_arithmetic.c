/* Sums, products, quotients and powers of arrays, and their derivatives.
 *
 * Powers: y = u^power of u = p0 a + p1. Their derivatives are given b = dy and p2 = power p0: dx = dy p2 u^(power - 1).
 */
#include "elementwise_map.h"
#include "vmath.h"

#define U (p[0] * a + p[1])

MAP(copy, 1, a)
MAP(negate, 1, -a)
MAP(scale, 1, p[0] * a)
MAP(add, 2, a + b)
MAP(subtract, 2, a - b)
MAP(multiply, 2, a * b)
MAP(divide, 2, a / b)

/* c = dy, y by the first factor, z by the second; for a quotient its value is given as a. */
MAP2(multiply_back, 3, 2, c * b, c * a)
MAP2(divide_back, 3, 2, c / b, -(c * a / b))
MAP(divide_by_b, 3, -(c * a / b))

MAP(linear, 1, U)
MAP(square, 1, U * U)
MAP(root, 1, vf_sqrt(U))
MAP(reciprocal, 1, 1.0f / U)
MAP(square_back, 2, b * (p[2] * U))
MAP(root_back, 2, b * (p[2] / vf_sqrt(U)))
MAP(reciprocal_back, 2, b * (p[2] / (U * U)))
