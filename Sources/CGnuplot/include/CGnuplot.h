// gnuplot through gnuplot-iostream, as a C interface: open, send the bytes of a script, close.
#pragma once
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Sends exactly `count` bytes of `script` to a new gnuplot process started by `command`
/// (for example "gnuplot 2>errors.txt") and waits for it. Returns its exit status, or -1 with
/// `message` filled when it could not be started or written to.
int lightbox_gnuplot_run(const char *command, const char *script, size_t count, char *message,
                         size_t capacity);

#ifdef __cplusplus
}
#endif
