#include "CPNG.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  const uint8_t *bytes;
  size_t count, position;
  char *message;
  size_t capacity;
} source;

typedef struct {
  uint8_t *bytes;
  size_t count, capacity;
} sink;

static void fail(png_structp png, png_const_charp text) {
  source *from = png_get_error_ptr(png);
  snprintf(from->message, from->capacity, "%s", text);
  png_longjmp(png, 1);
}

static void ignore(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static void take(png_structp png, png_bytep target, size_t count) {
  source *from = png_get_io_ptr(png);
  if (count > from->count - from->position) png_error(png, "early end of the file");
  memcpy(target, from->bytes + from->position, count);
  from->position += count;
}

static void give(png_structp png, png_bytep bytes, size_t count) {
  sink *to = png_get_io_ptr(png);
  if (to->count + count > to->capacity) {
    size_t capacity = 2 * (to->count + count) + 4096;
    uint8_t *grown = realloc(to->bytes, capacity);
    if (grown == NULL) png_error(png, "out of memory");
    to->bytes = grown;
    to->capacity = capacity;
  }
  memcpy(to->bytes + to->count, bytes, count);
  to->count += count;
}

static void flush(png_structp png) { (void)png; }

static int is_little_endian(void) {
  const uint16_t one = 1;
  return *(const uint8_t *)&one == 1;
}

// Decodes all of the image when `pixels` is not NULL, else the header alone.
static int read_png(source *from, lightbox_png_info *info, uint8_t *pixels) {
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, from, fail, ignore);
  png_infop header = png == NULL ? NULL : png_create_info_struct(png);
  if (header == NULL) {
    png_destroy_read_struct(&png, NULL, NULL);
    snprintf(from->message, from->capacity, "out of memory");
    return -1;
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_read_struct(&png, &header, NULL);
    return -1;
  }
  png_set_read_fn(png, from, take);
  png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
  png_read_info(png, header);
  // Deflate expands at most 1032-fold. What claims more is refused by its size alone, before the
  // library takes memory for whole rows.
  if (pixels == NULL && png_get_rowbytes(png, header) / 1032 > from->count) {
    info->width = png_get_image_width(png, header);
    info->height = png_get_image_height(png, header);
    info->channels = png_get_channels(png, header);
    info->bits = png_get_bit_depth(png, header);
    png_destroy_read_struct(&png, &header, NULL);
    return 0;
  }
  png_set_expand(png);
  if (is_little_endian()) png_set_swap(png);
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, header);
  info->width = png_get_image_width(png, header);
  info->height = png_get_image_height(png, header);
  info->channels = png_get_channels(png, header);
  info->bits = png_get_bit_depth(png, header);
  if (pixels != NULL) {
    size_t stride = png_get_rowbytes(png, header);
    for (int pass = 0; pass < passes; ++pass)
      for (size_t row = 0; row < info->height; ++row)
        png_read_row(png, pixels + row * stride, NULL);
    png_read_end(png, NULL);
  }
  png_destroy_read_struct(&png, &header, NULL);
  return 0;
}

int lightbox_png_header(const uint8_t *bytes, size_t count, lightbox_png_info *info,
                        char *message, size_t capacity) {
  source from = {bytes, count, 0, message, capacity};
  return read_png(&from, info, NULL);
}

int lightbox_png_decode(const uint8_t *bytes, size_t count, void *pixels, char *message,
                        size_t capacity) {
  source from = {bytes, count, 0, message, capacity};
  lightbox_png_info info;
  return read_png(&from, &info, pixels);
}

static int is_ascii(const char *text) {
  for (; *text != 0; ++text)
    if ((unsigned char)*text > 126) return 0;
  return 1;
}

int lightbox_png_encode(const void *pixels, lightbox_png_info info, const char *const *text,
                        int texts, uint8_t **output, size_t *size, char *message,
                        size_t capacity) {
  static const int colours[] = {0, PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA,
                                PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
  source errors = {NULL, 0, 0, message, capacity};
  sink to = {NULL, 0, 0};
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &errors, fail, ignore);
  png_infop header = png == NULL ? NULL : png_create_info_struct(png);
  if (header == NULL) {
    png_destroy_write_struct(&png, NULL);
    snprintf(message, capacity, "out of memory");
    return -1;
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_write_struct(&png, &header);
    free(to.bytes);
    return -1;
  }
  png_set_write_fn(png, &to, give, flush);
  png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
  png_set_compression_level(png, 6);
  png_set_IHDR(png, header, info.width, info.height, info.bits, colours[info.channels],
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  for (int i = 0; i < texts; ++i) {
    png_text chunk;
    memset(&chunk, 0, sizeof chunk);
    chunk.key = (char *)text[2 * i];
    chunk.text = (char *)text[2 * i + 1];
    chunk.compression =
        is_ascii(chunk.text) ? PNG_TEXT_COMPRESSION_NONE : PNG_ITXT_COMPRESSION_NONE;
    png_set_text(png, header, &chunk, 1);
  }
  png_write_info(png, header);
  if (info.bits == 16 && is_little_endian()) png_set_swap(png);
  size_t stride = (size_t)info.width * info.channels * (info.bits / 8);
  for (size_t row = 0; row < info.height; ++row)
    png_write_row(png, (const uint8_t *)pixels + row * stride);
  png_write_end(png, NULL);
  png_destroy_write_struct(&png, &header);
  *output = to.bytes;
  *size = to.count;
  return 0;
}

void lightbox_png_free(uint8_t *bytes) { free(bytes); }
