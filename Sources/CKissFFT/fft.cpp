#include "CKissFFT.h"

#include <complex>
#include <kissfft/kissfft.hh>

void lightbox_fft(size_t count, int inverse, const double *input, double *output) {
  if (count == 0) return;
  kissfft<double> plan(count, inverse != 0);
  plan.transform(reinterpret_cast<const std::complex<double> *>(input),
                 reinterpret_cast<std::complex<double> *>(output));
}
