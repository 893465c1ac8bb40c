/* Neurons: y = f(a), and dx = dy f'(x) as a function of y, which is given as a, and dy, which is b.
 *
 * The slopes of swish and GELU are no functions of y: they are given x as a. Where a NumPy function would pass NaN on,
 * comparisons are written so that NaN takes that side.
 */
#include "elementwise_map.h"
#include "vmath.h"

/* p0: the floor of the output. */
MAP(relu, 1, vf_pick(a < vf_all(p[0]), vf_all(p[0]), a))
MAP(relu_back, 2, (vf)((a > vf_all(p[0])) & (vi)b))

/* p0: the slope of the left side. */
MAP(lrelu, 1, vf_pick(a > 0, a, p[0] * a))
MAP(lrelu_back, 2, vf_pick(a > 0, b, p[0] * b))

MAP(sigmoid, 1, vf_sigmoid(a))
MAP(sigmoid_back, 2, b * (a * (1.0f - a)))

MAP(tanh, 1, vf_tanh(a))
MAP(tanh_back, 2, b * (1.0f - a * a))

/* Its derivative is multiply. */
MAP(exponential, 1, vf_exp(a))

/* p0: alpha. */
MAP(elu, 1, vf_pick(a > 0, a, p[0] * vf_expm1_below(vf_below(a))))
MAP(elu_back, 2, vf_pick(a > 0, b, b * (a + p[0])))

MAP(softplus, 1, vf_above(a) + vf_log1p_unit(vf_exp(-vf_abs(a))))
MAP(softplus_back, 2, -(b * vf_expm1_below(-a)))

/* Of y = a s, where s = sigmoid(z) and rate = dz/da. In this order: s (1 - s) is 0 where a * rate may overflow. */
INLINE vf gate_slope(vf s, vf a, vf rate) {
    return s + s * (1.0f - s) * a * rate;
}

/* y = a s with s = sigmoid(beta a); p0: beta. */
MAP(swish, 1, a * vf_sigmoid(p[0] * a))
MAP(swish_back, 2, b * gate_slope(vf_sigmoid(p[0] * a), a, vf_all(p[0])))

/* y = a s with s = sigmoid(rate v (1 + cubic v^2)), v = a within +-far; p0: rate, p1: cubic, p2: far. */
INLINE vf within(vf x, float far) {
    return vf_between(x, -far, far);
}

INLINE vf gelu_gate(const float *p, vf v) {
    return vf_sigmoid(p[0] * v * (1.0f + p[1] * v * v));
}

INLINE vf gelu_slope(const float *p, vf a) {
    vf v = within(a, p[2]);
    return gate_slope(gelu_gate(p, v), a, p[0] * (1.0f + 3.0f * p[1] * v * v));
}

MAP(gelu, 1, a * gelu_gate(p, within(a, p[2])))
MAP(gelu_back, 2, b * gelu_slope(p, a))
