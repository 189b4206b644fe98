import CKissFFT

/// Discrete Fourier transforms of Double data, through KissFFT.
public enum FFT {
  /// X[k] = Σ x[n] exp(∓2πi nk/N), unnormalised; minus for the forward transform.
  ///
  /// Input and output are real and imaginary parts of equal length; any length works, products
  /// of 2, 3 and 5 are fast.
  public static func transform(
    real: [Double], imaginary: [Double], inverse: Bool = false
  ) -> (real: [Double], imaginary: [Double]) {
    precondition(
      real.count == imaginary.count,
      "real (count \(real.count)) must match imaginary (count \(imaginary.count))")
    let n = real.count
    var input = [Double](repeating: 0, count: 2 * n)
    for i in 0..<n {
      input[2 * i] = real[i]
      input[2 * i + 1] = imaginary[i]
    }
    var output = [Double](repeating: 0, count: 2 * n)
    lightbox_fft(n, inverse ? 1 : 0, &input, &output)
    return (
      (0..<n).map { output[2 * $0] },
      (0..<n).map { output[2 * $0 + 1] }
    )
  }
}
