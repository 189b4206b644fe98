// hide
import LightboxStudy

// show

//: ## Design: what is simulated, how often, and why that is enough
//: Two roads lead from a simulated neck to a volume. The *short road* carries the true gland
//: through the pose chain: every pixel of every tracked frame knows whether it lies in the gland,
//: the frames are compounded with the poses that the tracker reported, and voxels of at least one
//: half are counted. It keeps all of geometry (tremor, noise, calibration, latency, pressure,
//: coverage) and leaves out speckle and the network, whose error enters as a contour margin. It
//: costs a few hundredths of a second a sweep, so that whole trials can be repeated. The *long
//: road* renders speckle images, compounds them and lets a trained network find the gland. It is
//: walked for one whole trial, all 504 sweeps of it.
//:
//: Every claim about observers is judged over whole simulated trials, each with its own 28
//: volunteers: one trial is one seed. All settings of a seed measure the same volunteers and share
//: every random number that they do not switch off, so that differences between settings are
//: paired.

/// Sizes of a run. The paper: 28 volunteers, 26 + 6 + 6 scans for the network.
struct Sizes: Codable, Hashable {
  /// Volunteers of a trial, and those of the long road.
  var volunteers, rendered: Int
  /// Repeats of a rendered lobe that the network reads.
  var readRepeats: Int
  /// Labelled scans for training, set aside for checking, and for the Dice coefficient.
  var train, validation, test: Int
  /// Every how many-th plane of a training scan is used.
  var planeStep: Int
  /// Passes over the planes, planes a step, channels of the first level.
  var epochs, batch, width: Int

  static func at(_ scale: Scale) -> Sizes {
    scale.choose(
      smoke: Sizes(
        volunteers: 6, rendered: 1, readRepeats: 1, train: 2, validation: 1, test: 1, planeStep: 8,
        epochs: 6,
        batch: 8, width: 4),
      default: Sizes(
        volunteers: 28, rendered: 28, readRepeats: 3, train: 26, validation: 6, test: 6,
        planeStep: 4, epochs: 6,
        batch: 16, width: 16),
      full: Sizes(
        volunteers: 28, rendered: 28, readRepeats: 3, train: 26, validation: 6, test: 6,
        planeStep: 1, epochs: 40,
        batch: 16, width: 32))
  }
}

//: Each flip must be able to refute something: *shared errors only* moves 2D and 3D alike, so
//: whatever 3D is said to improve must vanish; *no operator bias* lets no operator err on average;
//: *2D errors off* makes 2D nearly perfect, so that 3D must lose; *no 2D reading error* takes away
//: what repeats of 2D average out, so that "similar within observers" must fail. The alternatives
//: halve and double what was tuned.

/// What a setting does to the published design.
struct TrialChange: Codable, Hashable {
  var name: String
  var sources = ErrorSources.all
  /// Factors on the operators' mean errors.
  var bias2D = 1.0
  var bias3D = 1.0
  /// Factors on what an operator does in one volunteer again and again.
  var habit2D = 1.0
  var habit3D = 1.0
  /// Factors on the error of single readings in 2D, and on pressure and coverage between sweeps.
  var repeat2D = 1.0
  var repeat3D = 1.0

  init(_ setting: TrialSetting) {
    name = setting.rawValue
    switch setting {
    case .primary: break
    case .bias2DHalved: bias2D = 0.5
    case .bias2DDoubled: bias2D = 2
    case .bias3DHalved: bias3D = 0.5
    case .bias3DDoubled: bias3D = 2
    case .habit2DHalved: habit2D = 0.5
    case .habit2DDoubled: habit2D = 2
    case .habit3DDoubled: habit3D = 2
    case .reading2DHalved: repeat2D = 0.5
    case .reading2DDoubled: repeat2D = 2
    case .repeats3DDoubled: repeat3D = 2
    case .sharedOnly: sources = .shared
    case .noOperatorBias: sources = .without(.caliperBias, .contourBias)
    case .no2DErrors:
      sources = ErrorSources(ErrorSource.allCases.filter { $0.scope != .calipers })
    case .no2DReadingError: sources = .without(.caliperReading)
    }
  }

  /// Some sources off.
  init(without off: [ErrorSource], name: String) {
    self.name = name
    sources = ErrorSources(ErrorSource.allCases.filter { !off.contains($0) })
  }

  static let primary = TrialChange(.primary)

  /// One source off at a time, and all off.
  static let switchedOff =
    ErrorSource.allCases.map { TrialChange(without: [$0], name: "without \($0.rawValue)") }
    + [TrialChange(without: ErrorSource.allCases, name: "no error at all")]

  /// The change of a name.
  static func named(_ name: String) -> TrialChange {
    let all = TrialSetting.allCases.map { TrialChange($0) } + switchedOff
    guard let found = all.first(where: { $0.name == name }) else {
      preconditionFailure("no change is called \(name)")
    }
    return found
  }

  /// Whether 3D volumes differ from those of the primary setting; where they do not, they are not
  /// computed again.
  var moves3D: Bool {
    bias3D != 1 || habit3D != 1 || repeat3D != 1
      || ErrorSource.allCases.contains { !sources[$0] && $0.scope != .calipers }
  }

  func design(volunteers: Int) -> TrialDesign {
    var design = TrialDesign()
    design.volunteers = volunteers
    design.sources = sources
    for index in design.operators.indices {
      func change(_ value: inout Double, _ factor: Double) { value *= factor }
      change(&design.operators[index].calipers.bias.length, bias2D)
      change(&design.operators[index].calipers.bias.width, bias2D)
      change(&design.operators[index].calipers.bias.depth, bias2D)
      change(&design.operators[index].calipers.habitSD, habit2D)
      change(&design.operators[index].calipers.readingSD, repeat2D)
      change(&design.operators[index].sweeps.contourBiasMM, bias3D)
      change(&design.operators[index].sweeps.contourHabitSDMM, habit3D)
      change(&design.operators[index].sweeps.marginHabitSDMM, habit3D)
      change(&design.operators[index].sweeps.marginRepeatSDMM, repeat3D)
      change(&design.operators[index].pressure.repeatSD, repeat3D)
    }
    return design
  }
}
