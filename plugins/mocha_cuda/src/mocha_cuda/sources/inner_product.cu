// y = f(x W' + b) for x (rows, features), W (outputs, features); dy <- dy f'(y) as it is read, then dW = dy' x,
// db = the sum of dy over the rows (a column of ones behind x), dx = dy W. Each is one launch.
//
// LeNet's first (64 x 800 by 500): 51 MFLOP and 1.9 MB each; at 60 TFLOP/s and 4 TB/s 0.9 us and 0.5 us.

#include "neurons.cuh"
#include "tile.cuh"

// at(i, k) = x[i * pitch + k], for i < lines.
struct Rows {
  static constexpr bool ALONG_K = true;
  const float* x;
  long long lines, pitch;
  const float* column;
  INLINE void fix(long long k) { column = x + k; }
  INLINE float at(long long i) const { return i < lines ? column[i * pitch] : 0.0f; }
};

// at(i, k) = x[k * pitch + i], for i < pitch; 1 for i = pitch.
struct Columns {
  static constexpr bool ALONG_K = false;
  const float* x;
  long long pitch, line;
  INLINE void fix(long long i) { line = i; }
  INLINE float at(long long k) const { return line < pitch ? x[k * pitch + line] : (line == pitch ? 1.0f : 0.0f); }
};

// dy f'(y); y may be missing.
struct Slope {
  const float *dy, *y;
  int neuron;
  float a, b, c;
  INLINE float operator[](long long i) const { return y ? descend(neuron, y[i], dy[i], a, b, c) : dy[i]; }
};

struct SlopeRows {
  static constexpr bool ALONG_K = true;
  Slope slope;
  long long lines, pitch, step;
  INLINE void fix(long long k) { step = k; }
  INLINE float at(long long i) const { return i < lines ? slope[i * pitch + step] : 0.0f; }
};

struct SlopeColumns {
  static constexpr bool ALONG_K = false;
  Slope slope;
  long long pitch, line;
  INLINE void fix(long long i) { line = i; }
  INLINE float at(long long k) const { return line < pitch ? slope[k * pitch + line] : 0.0f; }
};

INLINE void put_row(float* y, float4 v, long long j, long long pitch) {
  if (j + 4 <= pitch && aligned(y)) {
    store4(y, v);
    return;
  }
  const float four[4] = {v.x, v.y, v.z, v.w};
  for (int n = 0; n < 4 && j + n < pitch; ++n) y[n] = four[n];
}

struct Activated {
  float* y;
  const float* bias;
  long long lines, pitch;
  int neuron;
  float a, b, c;
  long long j;
  INLINE void fix(long long column) { j = column; }
  INLINE float one(long long n, float v) const {
    return j + n < pitch ? activate(neuron, bias ? v + bias[j + n] : v, a, b, c) : 0.0f;
  }
  INLINE void put(long long i, float4 v) const {
    if (i >= lines) return;
    put_row(y + i * pitch + j, make_float4(one(0, v.x), one(1, v.y), one(2, v.z), one(3, v.w)), j, pitch);
  }
};

struct Plain {
  float* y;
  long long lines, pitch, j;
  INLINE void fix(long long column) { j = column; }
  INLINE void put(long long i, float4 v) const {
    if (i < lines) put_row(y + i * pitch + j, v, j, pitch);
  }
};

// The column behind the last goes to `bias`. With `add` both are added to.
struct Gradient {
  float *weight, *bias;
  long long lines, pitch;
  bool add;
  long long j;
  INLINE void fix(long long column) { j = column; }
  INLINE void put(long long i, float4 v) const {
    if (i >= lines) return;
    const float four[4] = {v.x, v.y, v.z, v.w};
    for (int n = 0; n < 4; ++n) {
      float* target = j + n < pitch ? weight + i * pitch + j + n : (j + n == pitch && bias ? bias + i : nullptr);
      if (target) *target = add ? *target + four[n] : four[n];
    }
  }
};

extern "C" __global__ void __launch_bounds__(kThreads)
    inner_product(float* y, const float* x, const float* weight, const float* bias, long long rows, long long features,
                  long long outputs, long long neuron, float a, float b, float c) {
  tile_product(blockIdx.y * (long long)MT, blockIdx.x * (long long)NT, 0, features, Rows{x, rows, features},
               Rows{weight, outputs, features}, Activated{y, bias, rows, outputs, int(neuron), a, b, c});
}

extern "C" __global__ void __launch_bounds__(kThreads)
    by_weight(float* dweight, float* dbias, const float* x, const float* dy, const float* y, long long rows,
              long long features, long long outputs, long long add, long long neuron, float a, float b, float c) {
  tile_product(blockIdx.y * (long long)MT, blockIdx.x * (long long)NT, 0, rows,
               SlopeColumns{{dy, y, int(neuron), a, b, c}, outputs}, Columns{x, features},
               Gradient{dweight, dbias, outputs, features, add != 0});
}

extern "C" __global__ void __launch_bounds__(kThreads)
    by_bottom(float* dx, const float* weight, const float* dy, const float* y, long long rows, long long features,
              long long outputs, long long neuron, float a, float b, float c) {
  tile_product(blockIdx.y * (long long)MT, blockIdx.x * (long long)NT, 0, outputs,
               SlopeRows{{dy, y, int(neuron), a, b, c}, rows, outputs}, Columns{weight, features},
               Plain{dx, rows, features});
}
