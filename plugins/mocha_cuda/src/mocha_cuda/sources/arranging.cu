// Numbers that move and do not change. Bound by memory: 8 bytes an element.

#include "common.cuh"

// Rows of `width` numbers between two arrays whose rows are `target_pitch` and `source_pitch` numbers apart.
extern "C" __global__ void copy_rows(float* target, const float* source, long long n, long long width,
                                     long long target_pitch, long long source_pitch) {
  const long long i = thread_number();
  if (i >= n) return;
  const long long row = n <= MOCHA_NARROW ? unsigned(i) / unsigned(width) : i / width, column = i - row * width;
  target[row * target_pitch + column] = source[row * source_pitch + column];
}

constexpr int kSide = 32, kLines = 8;

// Each of a stack of matrices (rows, columns) turned, by tiles of 32 x 32 in shared memory, so that both sides are read
// and written along lines; blocks of 32 x 8 threads. The odd column keeps a warp's numbers in 32 different banks.
extern "C" __global__ void transpose(float* y, const float* x, long long rows, long long columns) {
  __shared__ float tile[kSide][kSide + 1];
  const long long across = (columns + kSide - 1) / kSide, down = (rows + kSide - 1) / kSide;
  const long long matrix = blockIdx.x / (across * down), place = blockIdx.x % (across * down);
  const long long top = place / across * kSide, left = place % across * kSide;
  const int line = threadIdx.x / kSide, lane = threadIdx.x % kSide;
  x += matrix * rows * columns;
  y += matrix * rows * columns;
  for (int k = line; k < kSide; k += kLines) {
    if (top + k < rows && left + lane < columns) tile[k][lane] = x[(top + k) * columns + left + lane];
  }
  __syncthreads();
  for (int k = line; k < kSide; k += kLines) {
    if (left + k < columns && top + lane < rows) y[(left + k) * rows + top + lane] = tile[lane][k];
  }
}

// y[i] = x[the sum over the axes of y of place * stride]; axes: (size, stride) of each, the last axis first.
extern "C" __global__ void permute(float* y, const float* x, const long long* axes, long long n, long long count) {
  const long long i = thread_number();
  if (i >= n) return;
  long long rest = i, source = 0;
  for (long long k = 0; k < count; ++k) {
    const long long above = rest / axes[2 * k];
    source += (rest - above * axes[2 * k]) * axes[2 * k + 1];
    rest = above;
  }
  y[i] = x[source];
}

// Where the rectangle of an image begins: one of 0 ... room; the middle where `u` is missing.
INLINE int begin(const float* u, long long image, long long room) {
  return u ? int(floorf(u[image] * (room + 1))) : int(room / 2);
}

struct Cut {
  const float* draw;  // (3, num): top, left, mirror
  long long num, room_y, room_x;
  bool crops, mirrors;
  INLINE int top(long long image) const { return begin(crops ? draw : nullptr, image, room_y); }
  INLINE int left(long long image) const { return begin(crops ? draw + num : nullptr, image, room_x); }
  INLINE bool mirrored(long long image) const { return mirrors && draw[2 * num + image] > 0.5f; }
};

// Rectangles (rows, columns) of images (num, channels, height, width); draw may be missing where nothing is random.
extern "C" __global__ void crop(float* y, const float* x, const float* draw, long long n, long long num,
                                long long channels, long long height, long long width, long long rows,
                                long long columns, long long crops, long long mirrors) {
  const long long i = thread_number();
  if (i >= n) return;
  const Place<long long> at(i, rows, columns, 1);
  const long long image = at.outer / channels;
  const Cut cut = {draw, num, height - rows, width - columns, crops != 0, mirrors != 0};
  const long long column = cut.mirrored(image) ? columns - 1 - at.column : at.column;
  y[i] = x[(at.outer * height + at.row + cut.top(image)) * width + column + cut.left(image)];
}

extern "C" __global__ void crop_backward(float* dx, const float* dy, const float* draw, long long n, long long num,
                                         long long channels, long long height, long long width, long long rows,
                                         long long columns, long long crops, long long mirrors) {
  const long long i = thread_number();
  if (i >= n) return;
  const Place<long long> at(i, height, width, 1);
  const long long image = at.outer / channels;
  const Cut cut = {draw, num, height - rows, width - columns, crops != 0, mirrors != 0};
  const long long row = at.row - cut.top(image), shown = at.column - cut.left(image);
  const bool inside = row >= 0 && row < rows && shown >= 0 && shown < columns;
  const long long column = cut.mirrored(image) ? columns - 1 - shown : shown;
  dx[i] = inside ? dy[(at.outer * rows + row) * columns + column] : 0.0f;
}
