// JPEG decoding and encoding through libturbojpeg, with every error as a message.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Width, height and component count of a JPEG in memory. Returns 0, or -1 with `message` filled.
int lightbox_jpeg_header(const uint8_t *bytes, size_t count, int *width, int *height,
                         int *components, char *message, size_t capacity);

/// Decodes to 8-bit grey (components 1) or RGB (components 3), rows top to bottom, into
/// `pixels` of width x height x components bytes. Returns 0, or -1 with `message` filled.
int lightbox_jpeg_decode(const uint8_t *bytes, size_t count, int width, int height, int components,
                         uint8_t *pixels, char *message, size_t capacity);

#ifdef __cplusplus
}
#endif
