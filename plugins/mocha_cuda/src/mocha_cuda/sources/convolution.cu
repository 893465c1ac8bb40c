// Convolution forward as one product of gathered matrices (filters, cells of all channels) x (the same, outputs of all
// images), with bias, neuron and a pooling of 2 x 2 cells in its registers: nothing but results is written.
//
// LeNet's second (64 x 20 x 12 x 12, 50 filters 5 x 5, pooled): 205 MFLOP (262 with the edges of tiles), 1.7 MB;
// at 60 TFLOP/s and 4 TB/s 4 us and 0.4 us: bound by arithmetic, so each number brought is used MT or NT times.

#include "convolution.cuh"

struct Filters {
  static constexpr bool ALONG_K = true;
  const float* weight;
  long long lines, pitch;
  const float* column;
  INLINE void fix(long long k) { column = weight + k; }
  INLINE float at(long long i) const { return i < lines ? column[i * pitch] : 0.0f; }
};

// With a pooling four neighbouring columns are the cells of one window.
struct Outputs {
  Geometry g;
  Pool pool;
  bool pooled;
  int count;
  INLINE bool find(int j, int& n, int& row, int& column) const {
    if (j >= count) return false;
    if (!pooled) {
      Spot(g.plane(), g.columns).find(j, n, row, column);
      return true;
    }
    Spot(pool.rows * pool.columns, pool.columns).find(j >> 2, n, row, column);
    row = (row << pool.down) + ((j & 3) >> pool.across);
    column = (column << pool.across) + (j & ((1 << pool.across) - 1));
    return row < g.rows && column < g.columns;
  }
};

struct Seen {
  static constexpr bool ALONG_K = false;
  Windows windows;
  Outputs outputs;
  int group;
  bool inside;
  INLINE void fix(long long j) {
    int n, row, column;
    inside = outputs.find(j, n, row, column);
    if (inside) windows.aim(n, group, row, column);
  }
  INLINE float at(long long k) const { return inside ? windows.see(k) : 0.0f; }
};

struct Ends {
  const float* bias;
  int neuron;
  float a, b, c;
  INLINE float operator()(int f, float v) const { return activate(neuron, bias ? v + bias[f] : v, a, b, c); }
};

struct Images {
  float* y;
  Ends ends;
  Geometry g;
  int group;
  Quad quad;
  INLINE void fix(long long j) { quad.fix(j, group * g.outputs()); }
  INLINE void put(long long i, float4 v) const {
    if (i >= g.outputs()) return;
    const int f = group * g.outputs() + i;
    quad.put(y, i, make_float4(ends(f, v.x), ends(f, v.y), ends(f, v.z), ends(f, v.w)));
  }
};

constexpr int kCut = 255;

struct Pooled {
  float* y;
  unsigned char* codes;
  Ends ends;
  Geometry g;
  Pool pool;
  int group, relu, cut;  // relu: in front of a mean; cut: a ReLU behind the pooling; both with the floor ends.a
  long long start;
  int here, rows, columns;  // cells of the window that lie in the image
  float rate;

  INLINE void fix(long long j) {
    int n, row, column;
    Spot(pool.rows * pool.columns, pool.columns).find(j >> 2, n, row, column);
    here = n < g.num;
    start = ((n * (long long)g.filters + group * g.outputs()) * pool.rows + row) * pool.columns + column;
    rows = min(1 << pool.down, g.rows - (row << pool.down));
    columns = min(1 << pool.across, g.columns - (column << pool.across));
    rate = pool.rate(row, column, g);
  }

  INLINE bool has(int cell) const {
    return (cell >> pool.across) < rows && (cell & ((1 << pool.across) - 1)) < columns;
  }

  INLINE float largest(const float (&v)[4], int& code) const {
    float best = v[0];
    code = 0;
    for (int cell = 1; cell < 4; ++cell) {
      if (has(cell) && (v[cell] > best || (v[cell] != v[cell] && best == best))) {
        best = v[cell];
        code = cell;
      }
    }
    if (!cut) return best;
    if (!(best > ends.a)) code = kCut;
    return best < ends.a ? ends.a : best;
  }

  INLINE float average(const float (&v)[4], int& code) const {
    float sum = 0;
    code = 0;
    for (int cell = 0; cell < 4; ++cell) {
      if (!has(cell)) continue;
      code |= (!relu || v[cell] > ends.a) << cell;
      sum += relu && v[cell] < ends.a ? ends.a : v[cell];
    }
    const float mean = sum * rate;
    if (!cut) return mean;
    if (!(mean > ends.a)) code = 0;
    return mean < ends.a ? ends.a : mean;
  }

  INLINE void put(long long i, float4 v) const {
    if (i >= g.outputs() || !here) return;
    const float bias = ends.bias ? ends.bias[group * g.outputs() + i] : 0.0f;
    const float four[4] = {v.x + bias, v.y + bias, v.z + bias, v.w + bias};
    const long long place = start + i * (pool.rows * pool.columns);
    int code;
    y[place] = pool.mean ? average(four, code) : largest(four, code);
    if (codes) codes[place] = code;
  }
};

extern "C" __global__ void __launch_bounds__(kThreads)
    convolution(float* y, const float* x, const float* weight, const float* bias, const int4* table, long long num,
                long long channels, long long height, long long width, long long filters, long long rows,
                long long columns, long long groups, long long cells, long long stride_y, long long stride_x,
                long long pad_y, long long pad_x, long long neuron, float a, float b, float c) {
  const Geometry g = OF_GEOMETRY;
  const int group = blockIdx.z;
  const int depth = g.inputs() * g.cells, count = g.num * g.plane();
  tile_product(blockIdx.y * (long long)MT, blockIdx.x * (long long)NT, 0, depth,
               Filters{weight + group * g.outputs() * (long long)depth, g.outputs(), depth},
               Seen{{x, table, g}, {g, {}, false, count}, group},
               Images{y, {bias, int(neuron), a, b, c}, g, group, {g.filters, g.plane(), count}});
}

// The same with a pooling. codes: for backward; may be missing.
extern "C" __global__ void __launch_bounds__(kThreads)
    convolution_pooling(float* y, unsigned char* codes, const float* x, const float* weight, const float* bias,
                        const int4* table, long long num, long long channels, long long height, long long width,
                        long long filters, long long rows, long long columns, long long groups, long long cells,
                        long long stride_y, long long stride_x, long long pad_y, long long pad_x, long long down,
                        long long across, long long pool_rows, long long pool_columns, long long mean,
                        long long window, long long relu, long long cut, float floor) {
  const Geometry g = OF_GEOMETRY;
  const Pool pool = {int(down), int(across), int(pool_rows), int(pool_columns), int(mean), int(window)};
  const int group = blockIdx.z;
  const int depth = g.inputs() * g.cells, count = 4 * g.num * pool.rows * pool.columns;
  tile_product(blockIdx.y * (long long)MT, blockIdx.x * (long long)NT, 0, depth,
               Filters{weight + group * g.outputs() * (long long)depth, g.outputs(), depth},
               Seen{{x, table, g}, {g, pool, true, count}, group},
               Pooled{y, codes, {bias, 0, floor, 0, 0}, g, pool, group, int(relu), int(cut)});
}
