// Neurons and their slopes; numbers a, b, c are options of theirs. The formulas are those of mocha_core/neurons.

#ifndef MOCHA_NEURONS
#define MOCHA_NEURONS

#include "common.cuh"

enum Neuron {
  IDENTITY,
  RELU,         // a: the floor
  LRELU,        // a: the slope
  SIGMOID,
  TANH,
  EXPONENTIAL,
  ABS,
  CLIP,         // a, b: the bounds
  ELU,          // a: alpha
  SOFTPLUS,
  SWISH,        // a: beta
  GELU,         // a: the rate, b: the cubic coefficient, c: where it ends
};

// e^min(x, 0) / (1 + e^-|x|): no overflow, and full relative precision on both sides.
INLINE float sigmoid(float x) { return expf(x < 0 ? x : (x > 0 ? 0.0f : x)) / (1 + expf(-fabsf(x))); }

INLINE float gelu_gate(float z, float a, float b) { return sigmoid(a * z * (1 + b * z * z)); }

INLINE float within(float x, float low, float high) { return x < low ? low : (x > high ? high : x); }

INLINE float activate(int neuron, float x, float a, float b, float c) {
  switch (neuron) {
    case RELU: return x < a ? a : x;
    case LRELU: return x > 0 ? x : a * x;
    case SIGMOID: return sigmoid(x);
    case TANH: return tanhf(x);
    case EXPONENTIAL: return expf(x);
    case ABS: return fabsf(x);
    case CLIP: return within(x, a, b);
    case ELU: return x > 0 ? x : a * expm1f(x);
    case SOFTPLUS: return (x < 0 ? 0.0f : x) + log1pf(expf(-fabsf(x)));
    case SWISH: return x * sigmoid(a * x);
    case GELU: return x * gelu_gate(within(x, -c, c), a, b);
  }
  return x;
}

// dy times the slope, which is a function of y; of the last two and of ABS it is one of x, which then stands for y.
INLINE float descend(int neuron, float y, float dy, float a, float b, float c) {
  switch (neuron) {
    case RELU: return y > a ? dy : 0.0f;
    case LRELU: return y > 0 ? dy : a * dy;
    case SIGMOID: return dy * y * (1 - y);
    case TANH: return dy * (1 - y * y);
    case EXPONENTIAL: return dy * y;
    case ABS: return dy * (y > 0 ? 1.0f : (y < 0 ? -1.0f : y));
    case CLIP: return y > a && y < b ? dy : 0.0f;
    case ELU: return y > 0 ? dy : dy * (y + a);
    case SOFTPLUS: return -dy * expm1f(-y);
    case SWISH: {
      const float s = sigmoid(a * y);
      return dy * (s + s * (1 - s) * y * a);
    }
    case GELU: {
      const float z = within(y, -c, c), s = gelu_gate(z, a, b);
      return dy * (s + s * (1 - s) * y * a * (1 + 3 * b * z * z));
    }
  }
  return dy;
}

#endif
