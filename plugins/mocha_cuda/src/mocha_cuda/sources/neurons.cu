// Neurons, alone and behind a bias. Bound by memory: 8 bytes an element forward, 12 backward.

#include "neurons.cuh"

extern "C" __global__ void neuron_forward(float* y, const float* x, long long n, long long neuron, float a, float b,
                                          float c) {
  map(y, n, [=](float v) { return activate(neuron, v, a, b, c); }, x);
}

// kept: y, or x where the slope is a function of x.
extern "C" __global__ void neuron_backward(float* dx, const float* kept, const float* dy, long long n,
                                           long long neuron, float a, float b, float c) {
  map(dx, n, [=](float v, float d) { return descend(neuron, v, d, a, b, c); }, kept, dy);
}

template <class I>
INLINE void add_bias(float* y, const float* x, const float* bias, I n, I channels, I inner, int neuron, float a,
                     float b, float c) {
  map_at(y, n, [=](I i, float v) { return activate(neuron, v + bias[i / inner % channels], a, b, c); }, x);
}

// y = f(x + bias), for x of shape (outer, channels, inner); y may lie on x.
extern "C" __global__ void bias_forward(float* y, const float* x, const float* bias, long long n, long long channels,
                                        long long inner, long long neuron, float a, float b, float c) {
  if (n <= MOCHA_NARROW) {
    add_bias<unsigned>(y, x, bias, n, channels, inner, neuron, a, b, c);
  } else {
    add_bias<long long>(y, x, bias, n, channels, inner, neuron, a, b, c);
  }
}
