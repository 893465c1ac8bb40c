// The gradients of a convolution. Slopes of the neuron and the unpooling happen as dy is read; the gradient of the
// bias is a column of ones behind the cells.
//
// LeNet's second, by the filters: 205 MFLOP in 2 x 8 tiles, so the 4096 outputs are dealt out to blocks (`pieces`),
// which write 100 KB each; a second launch adds them up in a fixed order.

#include "convolution.cuh"

struct Slopes {
  static constexpr bool ALONG_K = true;
  Behind behind;
  Geometry g;
  Spot spot;
  int group, row, column;
  long long plane;
  INLINE void fix(long long k) {
    int n;
    spot.find(k, n, row, column);
    plane = behind.plane(g, n, group * g.outputs());
  }
  INLINE float at(long long i) const {
    if (i >= g.outputs()) return 0;
    return behind.at(g, plane + behind.plane(g, 0, i), row, column);
  }
};

struct Cells {
  static constexpr bool ALONG_K = true;
  Windows windows;
  Spot spot;
  int group;
  long long count;
  INLINE void fix(long long k) {
    int n, row, column;
    spot.find(k, n, row, column);
    windows.aim(n, group, row, column);
  }
  INLINE float at(long long j) const { return j < count ? windows.see(j) : (j == count ? 1.0f : 0.0f); }
};

struct Part {
  float* part;
  long long lines, pitch, j;
  INLINE void fix(long long column) { j = column; }
  INLINE void put(long long i, float4 v) const {
    if (i >= lines) return;
    const float four[4] = {v.x, v.y, v.z, v.w};
    for (int n = 0; n < 4 && j + n < pitch; ++n) part[i * pitch + j + n] = four[n];
  }
};

// parts (pieces, filters, depth + 1): of each filter the gradient and, behind it, that of its bias.
extern "C" __global__ void __launch_bounds__(kThreads)
    by_filter(float* parts, const float* x, const int4* table, long long num, long long channels, long long height,
              long long width, long long filters, long long rows, long long columns, long long groups, long long cells,
              long long stride_y, long long stride_x, long long pad_y, long long pad_x, const float* dy, const float* y,
              const unsigned char* codes, long long neuron, float a, float b, float c, long long down, long long across,
              long long pool_rows, long long pool_columns, long long mean, long long window, long long pieces) {
  const Geometry g = OF_GEOMETRY;
  const Behind behind = OF_BEHIND;
  const Spot spot(g.plane(), g.columns);
  const int group = blockIdx.z / pieces, piece = blockIdx.z % pieces;
  const long long depth = g.inputs() * g.cells, all = g.num * (long long)g.plane();
  const long long share = (all + pieces - 1) / pieces, start = piece * share;
  tile_product(blockIdx.y * (long long)MT, blockIdx.x * (long long)NT, start, min(start + share, all),
               Slopes{behind, g, spot, group}, Cells{{x, table, g}, spot, group, depth},
               Part{parts + (piece * g.groups + group) * g.outputs() * (depth + 1), g.outputs(), depth + 1});
}

// The sum of the parts; with `add` added to what is there.
extern "C" __global__ void sum_parts(float* dweight, float* dbias, const float* parts, long long filters,
                                     long long depth, long long pieces, long long add) {
  const long long count = filters * (depth + 1), i = thread_number();
  if (i >= count) return;
  float sum = 0;
  for (long long piece = 0; piece < pieces; ++piece) sum += parts[piece * count + i];
  const long long f = i / (depth + 1), k = i - f * (depth + 1);
  float* target = k < depth ? dweight + f * depth + k : (dbias ? dbias + f : nullptr);
  if (target) *target = add ? *target + sum : sum;
}

// table: {filter, y, x, place in the filters of channel 0} for each cell of each filter.
struct Weights {
  static constexpr bool ALONG_K = true;
  const float* weight;
  const int4* table;
  long long lines, cells;
  const float* column;
  INLINE void fix(long long k) { column = weight + table[k].w; }
  INLINE float at(long long i) const { return i < lines ? column[i * cells] : 0.0f; }
};

struct Pixels {
  static constexpr bool ALONG_K = false;
  Behind behind;
  const int4* table;
  Geometry g;
  int group;
  long long count;
  int row, column;
  long long plane;
  bool inside;

  INLINE void fix(long long j) {
    int n;
    Spot(g.size(), g.width).find(j, n, row, column);
    inside = j < count;
    row += g.pad_y;
    column += g.pad_x;
    plane = behind.plane(g, n, group * g.outputs());
  }

  INLINE float at(long long k) const {
    if (!inside) return 0;
    const int4 cell = table[k];
    int up = row - cell.y, left = column - cell.z;
    if (up < 0 || left < 0) return 0;
    if (g.stride_y > 1 || g.stride_x > 1) {
      const int above = up / g.stride_y, before = left / g.stride_x;
      if (above * g.stride_y != up || before * g.stride_x != left) return 0;
      up = above;
      left = before;
    }
    if (up >= g.rows || left >= g.columns) return 0;
    return behind.at(g, plane + behind.plane(g, 0, cell.x), up, left);
  }
};

struct Bottoms {
  float* dx;
  Geometry g;
  int group;
  Quad quad;
  INLINE void fix(long long j) { quad.fix(j, group * g.inputs()); }
  INLINE void put(long long i, float4 v) const {
    if (i < g.inputs()) quad.put(dx, i, v);
  }
};

extern "C" __global__ void __launch_bounds__(kThreads)
    by_image(float* dx, const float* weight, const int4* table, long long num, long long channels, long long height,
             long long width, long long filters, long long rows, long long columns, long long groups, long long cells,
             long long stride_y, long long stride_x, long long pad_y, long long pad_x, const float* dy, const float* y,
             const unsigned char* codes, long long neuron, float a, float b, float c, long long down, long long across,
             long long pool_rows, long long pool_columns, long long mean, long long window) {
  const Geometry g = OF_GEOMETRY;
  const Behind behind = OF_BEHIND;
  const int group = blockIdx.z;
  const long long per_filter = (long long)g.inputs() * g.cells;
  const int count = g.num * g.size();
  tile_product(blockIdx.y * (long long)MT, blockIdx.x * (long long)NT, 0, (long long)g.outputs() * g.cells,
               Weights{weight + group * g.outputs() * per_filter, table, g.inputs(), g.cells},
               Pixels{behind, table, g, group, count}, Bottoms{dx, g, group, {g.channels, g.size(), count}});
}
