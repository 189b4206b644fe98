#include "CGnuplot.h"

#include <gnuplot-iostream.h>

#include <cstdio>
#include <exception>

int lightbox_gnuplot_run(const char *command, const char *script, size_t count, char *message,
                         size_t capacity) {
  try {
    Gnuplot plot(command);
    plot.write(script, static_cast<std::streamsize>(count));
    plot.flush();
    if (!plot) {
      std::snprintf(message, capacity, "gnuplot stopped reading its script");
      return -1;
    }
    return 0;
  } catch (const std::exception &error) {
    std::snprintf(message, capacity, "%s", error.what());
    return -1;
  }
}
