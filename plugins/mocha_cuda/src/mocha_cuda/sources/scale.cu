// Factors, summands and slopes along some axes of a blob, seen as (outer, channels, inner): y = s x + b, y = x + b and
// the PReLU; their gradients by all that was read, in one pass over memory.

#include "channels.cuh"

// s or b may be missing; y may lie on x.
extern "C" __global__ void scale_forward(float* y, const float* x, const float* s, const float* b, long long n,
                                         long long channels, long long inner) {
  map_at(y, n, [=](long long i, float v) {
    const long long channel = n <= MOCHA_NARROW ? unsigned(i) / unsigned(inner) % unsigned(channels)
                                                : i / inner % channels;
    return (s ? s[channel] * v : v) + (b ? b[channel] : 0.0f);
  }, x);
}

// dx = s dy, which may lie on dy; parts (pieces, 2, channels): sums of x dy (0 where x is missing) and of dy.
// dx, s, parts may be missing.
extern "C" __global__ void scale_backward(float* dx, float* parts, const float* x, const float* s, const float* dy,
                                          long long outer, long long channels, long long inner) {
  const Piece piece(outer, channels, inner);
  const float factor = s && piece.channel < channels ? s[piece.channel] : 1.0f;
  Pair sums = {0, 0};
  piece.each([&](long long i) {
    const float d = dy[i];
    sums = sums + Pair{x ? x[i] * d : 0.0f, d};
    if (dx) dx[i] = factor * d;
  });
  if (!parts || !piece.all(sums, Pair{0, 0}, Plus())) return;
  parts[2 * blockIdx.y * channels + piece.channel] = sums.first;
  parts[(2 * blockIdx.y + 1) * channels + piece.channel] = sums.second;
}

// The sums of all pieces; either may be missing. With `add` they are added to.
extern "C" __global__ void add_pieces(float* first, float* second, const float* parts, long long channels,
                                      long long pieces, long long add) {
  const long long channel = thread_number();
  if (channel >= channels) return;
  Pair sums = {0, 0};
  for (long long p = 0; p < pieces; ++p)
    sums = sums + Pair{parts[2 * p * channels + channel], parts[(2 * p + 1) * channels + channel]};
  if (first) first[channel] = add ? first[channel] + sums.first : sums.first;
  if (second) second[channel] = add ? second[channel] + sums.second : sums.second;
}

extern "C" __global__ void prelu_forward(float* y, const float* x, const float* slope, long long n, long long channels,
                                         long long inner) {
  map_at(y, n, [=](long long i, float v) { return v > 0 ? v : slope[i / inner % channels] * v; }, x);
}

// dx may lie on dy, or be missing; parts as above, the first of the two.
extern "C" __global__ void prelu_backward(float* dx, float* parts, const float* x, const float* slope, const float* dy,
                                          long long outer, long long channels, long long inner) {
  const Piece piece(outer, channels, inner);
  const float factor = piece.channel < channels ? slope[piece.channel] : 0.0f;
  Pair sums = {0, 0};
  piece.each([&](long long i) {
    const float v = x[i], d = dy[i];
    if (!(v > 0)) sums.first += d * v;
    if (dx) dx[i] = v > 0 ? d : factor * d;
  });
  if (!parts || !piece.all(sums, Pair{0, 0}, Plus())) return;
  parts[2 * blockIdx.y * channels + piece.channel] = sums.first;
  parts[(2 * blockIdx.y + 1) * channels + piece.channel] = 0;
}
