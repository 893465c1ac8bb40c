// Where the numbers of a convolution lie: images (num, channels, height, width), filters (filters, channels / groups,
// cells), outputs (num, filters, rows, columns).
//
// Tables (one int4 for each step along k) are made on the host, so that no kernel divides in its inner loop.

#ifndef MOCHA_CONVOLUTION
#define MOCHA_CONVOLUTION

#include "neurons.cuh"
#include "tile.cuh"

#define OF_GEOMETRY                                                                                              \
  {int(num), int(channels), int(height), int(width), int(filters), int(rows), int(columns), int(groups),         \
   int(cells), int(stride_y), int(stride_x), int(pad_y), int(pad_x)}

struct Geometry {
  int num, channels, height, width, filters, rows, columns, groups, cells, stride_y, stride_x, pad_y, pad_x;
  INLINE int plane() const { return rows * columns; }
  INLINE int size() const { return height * width; }
  INLINE int inputs() const { return channels / groups; }
  INLINE int outputs() const { return filters / groups; }
};

// A pooling behind a convolution whose windows have four cells and do not overlap: 2 x 2, 4 x 1 or 1 x 4.
struct Pool {
  int down, across, rows, columns;  // a window has 2^down x 2^across cells
  int mean, window;  // window: a mean divides by the cells in the image, and not by 4
  INLINE float rate(int y, int x, const Geometry& g) const {
    if (!window) return 0.25f;
    return 1.0f / (min(1 << down, g.rows - (y << down)) * min(1 << across, g.columns - (x << across)));
  }
};

// The gradient by what the convolution gives, from that by what its neuron, or its pooling, makes of it.
struct Behind {
  const float *dy, *y;         // y: of a neuron with this slope; may be missing
  const unsigned char* codes;  // of a pooling: where the maximum was, or which cells passed a ReLU
  int neuron;
  float a, b, c;
  Pool pool;

  // For filter f of image n: what to add to a place within its plane.
  INLINE long long plane(const Geometry& g, int n, int f) const {
    return (n * (long long)g.filters + f) * (codes ? pool.rows * pool.columns : g.plane());
  }

  INLINE float at(const Geometry& g, long long plane, int row, int column) const {
    if (!codes) {
      const long long i = plane + row * g.columns + column;
      return y ? descend(neuron, y[i], dy[i], a, b, c) : dy[i];
    }
    const int down = row >> pool.down, across = column >> pool.across;
    if (down >= pool.rows || across >= pool.columns) return 0;
    const long long i = plane + down * pool.columns + across;
    const int cell = ((row - (down << pool.down)) << pool.across) + column - (across << pool.across);
    if (!pool.mean) return codes[i] == cell ? dy[i] : 0.0f;
    return codes[i] >> cell & 1 ? dy[i] * pool.rate(down, across, g) : 0.0f;
  }
};

#define OF_BEHIND                                                                                                    \
  {dy, y, codes, int(neuron), a, b, c, {int(down), int(across), int(pool_rows), int(pool_columns), int(mean), int(window)}}

// An output, or a pixel: its image, row and column, by its number among those of all images.
struct Spot {
  Divisor plane, line;
  INLINE Spot(int size, int width) : plane(size), line(width) {}
  INLINE void find(int number, int& n, int& row, int& column) const {
    n = plane.quotient(number);
    const int rest = number - n * plane.by;
    row = line.quotient(rest);
    column = rest - row * line.by;
  }
};

// Four neighbouring numbers of images (num, channels, size), which may lie on several of them.
struct Quad {
  int channels, size, count, j, rest;
  long long start;

  INLINE void fix(int first, int channel) {
    const int n = first / size;
    j = first;
    rest = first - n * size;
    start = (n * (long long)channels + channel) * size + rest;
  }

  // In this channel, counted from that given above.
  INLINE void put(float* images, int channel, float4 v) const {
    float* target = images + start + channel * (long long)size;
    if (j + 4 <= count && rest + 4 <= size && aligned(target)) {
      store4(target, v);
      return;
    }
    const float four[4] = {v.x, v.y, v.z, v.w};
    for (int n = 0, place = rest; n < 4 && j + n < count; ++n, ++place) {
      if (place == size) {
        place = 0;
        target += (channels - 1) * (long long)size;
      }
      target[n] = four[n];
    }
  }
};

// Pixels of images, seen from the outputs; table: {offset, y, x, -} for each cell of each channel of a window.
struct Windows {
  const float* x;
  const int4* table;
  Geometry g;
  int top, left;
  const float* corner;

  INLINE void aim(int n, int group, int row, int column) {
    top = row * g.stride_y - g.pad_y;
    left = column * g.stride_x - g.pad_x;
    corner = x + (n * (long long)g.channels + group * g.inputs()) * (g.height * g.width) + top * g.width + left;
  }

  INLINE float see(long long k) const {
    const int4 cell = table[k];
    const bool inside = (unsigned)(top + cell.y) < (unsigned)g.height && (unsigned)(left + cell.z) < (unsigned)g.width;
    return inside ? corner[cell.x] : 0.0f;
  }
};

#endif
