// Double-precision complex FFT. Debian's libkissfft holds only the float build, so the shim
// instantiates the package's C++ header, kissfft.hh, for double.
#pragma once
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Unnormalised discrete Fourier transform of `count` interleaved complex numbers; `inverse`
/// non-zero flips the sign of the exponent. `input` and `output` must not overlap.
void lightbox_fft(size_t count, int inverse, const double *input, double *output);

#ifdef __cplusplus
}
#endif
