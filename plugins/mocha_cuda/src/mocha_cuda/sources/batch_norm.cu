// Batch normalisation: y = (x - mean) factor, factor = 1 / sqrt(var + eps). Two launches each way, each of which passes
// over memory once: 12 bytes an element forward, 20 backward.
//
// Variances: each thread sums about the first element it sees, so that nothing large cancels; the results of threads and
// pieces are joined as in Chan, Golub and LeVeque, "Algorithms for computing the sample variance", 1983. Means are kept
// as distances from the channel's first element (`origins`), and so to more digits than the numbers themselves have.

#include "channels.cuh"

struct Moments {
  float count, mean, squares;  // squares: the sum of (x - mean)^2
};

INLINE Moments partner(Moments v, int step) {
  return {partner(v.count, step), partner(v.mean, step), partner(v.squares, step)};
}

struct Join {
  INLINE Moments operator()(Moments a, Moments b) const {
    if (b.count == 0) return a;
    if (a.count == 0) return b;
    const float count = a.count + b.count, apart = b.mean - a.mean, share = b.count / count;
    return {count, a.mean + apart * share, a.squares + b.squares + apart * apart * a.count * share};
  }
};

// parts (pieces, 2, channels): means and sums of squares; behind them the origins (channels). count: sum of weights of batches so far; may be missing.
extern "C" __global__ void moments(float* parts, float* count, const float* x, long long outer, long long channels,
                                   long long inner, float moving_average) {
  const Piece piece(outer, channels, inner);
  const float origin = piece.channel < channels ? x[piece.channel * inner] : 0.0f;
  float n = 0, first = 0, sum = 0, squares = 0;
  piece.each([&](long long i) {
    if (n == 0) first = x[i];
    const float d = x[i] - first;
    n += 1;
    sum += d;
    squares += d * d;
  });
  const float centred = n > 0 ? squares - sum * sum / n : 0.0f;
  Moments mine = {n, n > 0 ? first - origin + sum / n : 0.0f, centred < 0 ? 0.0f : centred};
  if (piece.all(mine, Moments{0, 0, 0}, Join())) {
    parts[2 * blockIdx.y * channels + piece.channel] = mine.mean;
    parts[(2 * blockIdx.y + 1) * channels + piece.channel] = mine.squares;
    if (blockIdx.y == 0) parts[2 * gridDim.y * channels + piece.channel] = origin;
  }
  if (count && thread_number() == 0 && blockIdx.y == 0) *count = moving_average * *count + 1;
}

INLINE Moments joined(const float* parts, const Piece& piece, long long pieces) {
  const long long share = (piece.outer + pieces - 1) / pieces;
  Moments all = {0, 0, 0};
  for (long long p = 0; p < pieces; ++p) {
    const long long rows = min((p + 1) * share, piece.outer) - min(p * share, piece.outer);
    all = Join()(all, {float(rows * piece.inner), parts[2 * p * piece.channels + piece.channel],
                       parts[(2 * p + 1) * piece.channels + piece.channel]});
  }
  return all;
}

INLINE void move(float* average, float value, float count) { *average += (value - *average) / count; }

// Of the batch; factors are kept for backward. mean, var: running averages, brought up to date; may be missing.
extern "C" __global__ void normalise(float* y, float* factors, float* mean, float* var, const float* x,
                                     const float* parts, const float* count, long long outer, long long channels,
                                     long long inner, long long pieces, float eps) {
  const Piece piece(outer, channels, inner);
  if (piece.channel >= channels) return;
  const Moments all = joined(parts, piece, pieces);
  const float biased = all.squares / all.count, factor = 1 / sqrtf(biased + eps);
  const float origin = parts[2 * pieces * channels + piece.channel];
  piece.each([&](long long i) { y[i] = (x[i] - origin - all.mean) * factor; });
  if (blockIdx.y > 0 || threadIdx.x >= (inner > 1 ? 1 : 32)) return;
  factors[piece.channel] = factor;
  if (!mean) return;
  move(mean + piece.channel, origin + all.mean, *count);
  move(var + piece.channel, biased * (all.count / max(all.count - 1, 1.0f)), *count);
}

// By running averages.
extern "C" __global__ void normalise_by(float* y, const float* x, const float* mean, const float* var, long long outer,
                                        long long channels, long long inner, float eps) {
  const Piece piece(outer, channels, inner);
  if (piece.channel >= channels) return;
  const float middle = mean[piece.channel], factor = 1 / sqrtf(var[piece.channel] + eps);
  piece.each([&](long long i) { y[i] = (x[i] - middle) * factor; });
}

extern "C" __global__ void normalise_by_backward(float* dx, const float* dy, const float* var, long long outer,
                                                 long long channels, long long inner, float eps) {
  const Piece piece(outer, channels, inner);
  if (piece.channel >= channels) return;
  const float factor = 1 / sqrtf(var[piece.channel] + eps);
  piece.each([&](long long i) { dx[i] = dy[i] * factor; });
}

// parts (pieces, 2, channels): sums of dy and of dy y.
extern "C" __global__ void slopes(float* parts, const float* y, const float* dy, long long outer, long long channels,
                                  long long inner) {
  const Piece piece(outer, channels, inner);
  Pair sums = {0, 0};
  piece.each([&](long long i) { sums = sums + Pair{dy[i], dy[i] * y[i]}; });
  if (piece.all(sums, Pair{0, 0}, Plus())) {
    parts[2 * blockIdx.y * channels + piece.channel] = sums.first;
    parts[(2 * blockIdx.y + 1) * channels + piece.channel] = sums.second;
  }
}

// dx = (dy - mean dy - y mean(dy y)) factor; dx may lie on dy.
extern "C" __global__ void normalise_backward(float* dx, const float* y, const float* dy, const float* factors,
                                              const float* parts, long long outer, long long channels, long long inner,
                                              long long pieces) {
  const Piece piece(outer, channels, inner);
  if (piece.channel >= channels) return;
  Pair sums = {0, 0};
  for (long long p = 0; p < pieces; ++p)
    sums = sums + Pair{parts[2 * p * channels + piece.channel], parts[(2 * p + 1) * channels + piece.channel]};
  const float count = outer * inner, mean = sums.first / count, along = sums.second / count;
  const float factor = factors[piece.channel];
  piece.each([&](long long i) { dx[i] = (dy[i] - mean - y[i] * along) * factor; });
}
