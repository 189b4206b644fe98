import Foundation

/// What the beam passes through.
///
/// Linear attenuation is mass attenuation times density. Mass attenuation coefficients at 40, 50,
/// 60 and 80 keV are those of Hubbell and Seltzer, NIST Standard Reference Database 126 (NISTIR
/// 5632, tables 3 and 4), with compositions after ICRU Report 44; between the energies they are
/// interpolated log-log. One effective energy stands for the spectrum: beam hardening is left out.
public enum Tissue: String, Codable, Sendable, CaseIterable {
  case water, muscle, adipose, corticalBone, trabecularBone, inflatedLung, iron

  /// Density in g/cm³ (ICRU Report 44; trabecular bone and the lung at bedside inspiration are
  /// chosen: 1.18 and 0.28).
  public var density: Double {
    switch self {
    case .water: 1.00
    case .muscle: 1.05
    case .adipose: 0.95
    case .corticalBone: 1.92
    case .trabecularBone: 1.18
    case .inflatedLung: 0.28
    case .iron: 7.874
    }
  }

  /// Mass attenuation in cm²/g at 40, 50, 60 and 80 keV.
  private var massAttenuation: [Double] {
    switch self {
    case .water: [0.2683, 0.2269, 0.2059, 0.1837]
    case .muscle, .inflatedLung: [0.2685, 0.2262, 0.2048, 0.1823]
    case .adipose: [0.2396, 0.2123, 0.1974, 0.1800]
    case .corticalBone: [0.6655, 0.4242, 0.3148, 0.2229]
    // Half cortical bone, half marrow (taken as muscle), by weight.
    case .trabecularBone: [0.4670, 0.3252, 0.2598, 0.2026]
    case .iron: [3.629, 1.958, 1.205, 0.5952]
    }
  }

  /// Linear attenuation coefficient in 1/mm at an effective energy of 40 to 80 keV.
  ///
  ///     Tissue.water.attenuation(energyKeV: 60)  // 0.02059
  public func attenuation(energyKeV: Double) -> Double {
    precondition(
      (40...80).contains(energyKeV), "energyKeV (\(energyKeV)) must lie in 40...80")
    let energies = [40.0, 50, 60, 80]
    let table = massAttenuation
    let upper = min(3, max(1, energies.firstIndex { $0 >= energyKeV } ?? 3))
    let span = log(energies[upper] / energies[upper - 1])
    let weight = log(energyKeV / energies[upper - 1]) / span
    let mass = exp((1 - weight) * log(table[upper - 1]) + weight * log(table[upper]))
    return mass * density / 10
  }
}
