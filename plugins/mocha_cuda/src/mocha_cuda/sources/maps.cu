// Arithmetic element by element. Bound by memory; results may lie on operands.

#include "common.cuh"

enum Operation { ADD, SUBTRACT, MULTIPLY, DIVIDE, MAXIMUM };

INLINE float combined(int operation, float a, float b) {
  switch (operation) {
    case ADD: return a + b;
    case SUBTRACT: return a - b;
    case MULTIPLY: return a * b;
    case DIVIDE: return a / b;
  }
  return a > b || a != a ? a : b;
}

extern "C" __global__ void binary(float* y, const float* a, const float* b, long long n, long long operation) {
  map(y, n, [=](float u, float v) { return combined(operation, u, v); }, a, b);
}

// y = s x + t
extern "C" __global__ void linear(float* y, const float* x, long long n, float s, float t) {
  map(y, n, [=](float v) { return s * v + t; }, x);
}

// y = s a + t b
extern "C" __global__ void weighted(float* y, const float* a, const float* b, long long n, float s, float t) {
  map(y, n, [=](float u, float v) { return s * u + t * v; }, a, b);
}

INLINE void slopes(int operation, float a, float b, float dy, float& da, float& db) {
  switch (operation) {
    case MULTIPLY:
      da = dy * b;
      db = dy * a;
      return;
    case DIVIDE:  // a stands for y = a / b here
      da = dy / b;
      db = -dy * a / b;
      return;
    case MAXIMUM: {
      const bool second = b != b || b >= a;
      da = second ? 0.0f : dy;
      db = second ? dy : 0.0f;
      return;
    }
  }
  da = dy;
  db = operation == SUBTRACT ? -dy : dy;
}

// Both gradients at once, as each may lie on dy; either may be missing.
extern "C" __global__ void binary_backward(float* da, float* db, const float* a, const float* b, const float* dy,
                                           long long n, long long operation) {
  const bool product = operation != ADD && operation != SUBTRACT;
  for (long long i = thread_number(); i < n; i += gridDim.x * (long long)blockDim.x) {
    float by_a, by_b;
    slopes(operation, product ? a[i] : 0.0f, product ? b[i] : 0.0f, dy[i], by_a, by_b);
    if (da) da[i] = by_a;
    if (db) db[i] = by_b;
  }
}

INLINE float power_of(float x, float power) {
  if (power == 1) return x;
  if (power == 2) return x * x;
  return powf(x, power);
}

// y = (scale x + shift)^power
extern "C" __global__ void power(float* y, const float* x, long long n, float power, float scale, float shift) {
  map(y, n, [=](float v) { return power_of(scale * v + shift, power); }, x);
}

// dx = slope dy (scale x + shift)^less
extern "C" __global__ void power_backward(float* dx, const float* x, const float* dy, long long n, float less,
                                          float scale, float shift, float slope) {
  map(dx, n, [=](float v, float d) { return slope * d * power_of(scale * v + shift, less); }, x, dy);
}

// y = e^(rate x + shift); its gradient is `product` below, with y.
extern "C" __global__ void exponential(float* y, const float* x, long long n, float rate, float shift) {
  map(y, n, [=](float v) { return expf(rate * v + shift); }, x);
}

// y = s a b
extern "C" __global__ void product(float* y, const float* a, const float* b, long long n, float s) {
  map(y, n, [=](float u, float v) { return s * (u * v); }, a, b);
}

// y = 1 where x > threshold, else 0
extern "C" __global__ void threshold(float* y, const float* x, long long n, float threshold) {
  map(y, n, [=](float v) { return v > threshold ? 1.0f : 0.0f; }, x);
}

// kept: 1 for each element that stays; y = scale x for those, 0 for the others.
extern "C" __global__ void dropout(float* y, unsigned char* kept, const float* x, const float* draw, long long n,
                                   float ratio, float scale) {
  map_at(y, n, [=](long long i, float v, float u) {
    kept[i] = u > ratio;
    return u > ratio ? scale * v : 0.0f * v;
  }, x, draw);
}

extern "C" __global__ void dropout_backward(float* dx, const unsigned char* kept, const float* dy, long long n,
                                            float scale) {
  map_at(dx, n, [=](long long i, float d) { return kept[i] ? scale * d : 0.0f * d; }, dy);
}
