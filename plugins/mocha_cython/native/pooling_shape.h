/* Where the windows of a pooling lie, and what becomes of their cells. Images are [height][width][channels].
 *
 * Window (i, j) begins in row i * stride_height - pad_height and column j * stride_width - pad_width of the image; it
 * may stick out on every side, but holds at least one pixel.
 */
#ifndef MOCHA_POOLING_SHAPE_H
#define MOCHA_POOLING_SHAPE_H

struct pooling_shape {
    int height, width, channels;
    int rows, columns; /* of windows */
    int kernel_height, kernel_width, stride_height, stride_width, pad_height, pad_width;
    int mean;           /* 0: the largest cell; 1: the sum of the cells times the window's rate */
    int relu;           /* 1: then max(floor, .) */
    float floor;
    int ahead;          /* 1: images come from memory and are fetched a window ahead; 0: they are in the cache */
    int wide;           /* places are int32_t; uint8_t if a window has at most 255 cells */
    const float *rates; /* mean: 1 / area of each window, [rows][columns] */
};

#endif
