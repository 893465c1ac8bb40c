// The cells of all windows of images as one matrix, for convolutions by matrix products: cells (channels x kernel,
// images x places), products (filters, images x places). Bound by memory: the matrix is as many times the images as the
// kernel has cells.

#include "neurons.cuh"

struct Lie {
  int channels, height, width, rows, columns, kernel_y, kernel_x, stride_y, stride_x, pad_y, pad_x, dilate_y, dilate_x;
};

#define OF_LIE                                                                                                     \
  {int(channels), int(height),   int(width),    int(rows),  int(columns), int(kernel_y), int(kernel_x),            \
   int(stride_y), int(stride_x), int(pad_y),    int(pad_x), int(dilate_y), int(dilate_x)}

// n: numbers in the matrix of `num` images.
extern "C" __global__ void im2col(float* cells, const float* x, long long n, long long num, long long channels,
                                  long long height, long long width, long long rows, long long columns,
                                  long long kernel_y, long long kernel_x, long long stride_y, long long stride_x,
                                  long long pad_y, long long pad_x, long long dilate_y, long long dilate_x) {
  const Lie g = OF_LIE;
  const long long number = thread_number();
  if (number >= n) return;
  const Place<long long> at(number, num, rows, columns);
  const int cell = at.outer % (g.kernel_y * g.kernel_x), channel = at.outer / (g.kernel_y * g.kernel_x);
  const int top = at.column * g.stride_y - g.pad_y + cell / g.kernel_x * g.dilate_y;
  const int left = at.inner * g.stride_x - g.pad_x + cell % g.kernel_x * g.dilate_x;
  const bool inside = (unsigned)top < (unsigned)g.height && (unsigned)left < (unsigned)g.width;
  cells[number] = inside ? x[((at.row * g.channels + channel) * g.height + top) * g.width + left] : 0.0f;
}

// The adjoint: each element of the images becomes the sum of the cells that show it, in the order of the kernel.
extern "C" __global__ void col2im(float* dx, const float* cells, long long n, long long num, long long channels,
                                  long long height, long long width, long long rows, long long columns,
                                  long long kernel_y, long long kernel_x, long long stride_y, long long stride_x,
                                  long long pad_y, long long pad_x, long long dilate_y, long long dilate_x) {
  const Lie g = OF_LIE;
  const long long number = thread_number();
  if (number >= n) return;
  const Place<long long> at(number, height, width, 1);
  const long long image = at.outer / channels, channel = at.outer % channels;
  float sum = 0;
  for (int p = 0; p < g.kernel_y; ++p) {
    const int up = int(at.row) + g.pad_y - p * g.dilate_y, row = up / g.stride_y;
    if (up < 0 || row * g.stride_y != up || row >= g.rows) continue;
    for (int q = 0; q < g.kernel_x; ++q) {
      const int back = int(at.column) + g.pad_x - q * g.dilate_x, column = back / g.stride_x;
      if (back < 0 || column * g.stride_x != back || column >= g.columns) continue;
      const long long cell = (channel * g.kernel_y + p) * g.kernel_x + q;
      sum += cells[((cell * num + image) * g.rows + row) * g.columns + column];
    }
  }
  dx[number] = sum;
}

// y (num, filters, places) = f(products (filters, num, places) + bias); bias may be missing.
extern "C" __global__ void spread(float* y, const float* products, const float* bias, long long n, long long num,
                                  long long filters, long long places, long long neuron, float a, float b, float c) {
  const long long i = thread_number();
  if (i >= n) return;
  const Place<long long> at(i, num, filters, places);
  const float v = products[(at.column * num + at.row) * places + at.inner];
  y[i] = activate(neuron, bias ? v + bias[at.column] : v, a, b, c);
}

// products (filters, num, places) from dy (num, filters, places).
extern "C" __global__ void gather(float* products, const float* dy, long long n, long long num, long long filters,
                                  long long places) {
  const long long i = thread_number();
  if (i >= n) return;
  const Place<long long> at(i, filters, num, places);
  products[i] = dy[(at.column * filters + at.row) * places + at.inner];
}
