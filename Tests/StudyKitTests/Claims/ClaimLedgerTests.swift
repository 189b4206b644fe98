import Cohorts
import Foundation
import Imaging
import Kernels
import StudyKit
import Testing

@Suite struct ClaimLedgerTests {
  static func claims() throws -> [ClaimDeclaration] {
    try ClaimDeclaration.parse(
      claimsText([
        ["id": "one", "rule.public": "O(0)"],
        ["id": "two", "rule.public": "context"],
        ["id": "three", "rule.public": "composite", "kind": "judgement"],
        ["id": "S.four", "rule.public": "X"],
        ["id": "five", "rule.public": "-"],
        ["id": "six", "rule.public": "X", "knobs": "", "tolerance": "", "tolerance_origin": ""],
      ]), file: "claims.tsv")
  }

  static func ledger() throws -> Ledger {
    try Ledger(
      judging: try claims(),
      measurements: [
        ClaimMeasurement(
          id: "one", tier: "public",
          measured: .pairedSeeds([0.02, 0.03, 0.025, 0.03, 0.02], caseVariance: 0),
          recipe: "difference(mean(e; value | arm=a); mean(e; value | arm=b))"),
        ClaimMeasurement(id: "six", tier: "public", measured: .holds(false)),
      ], tiers: [.aggregates])
  }

  @Test func everyClaimHasARowPerTier() throws {
    let ledger = try Self.ledger()
    #expect(ledger.rows.count == 12)
    #expect(ledger.tiers == [.aggregates, .public])
    #expect(ledger.row("one", tier: .public)?.verdict == .agrees)
    #expect(ledger.row("one", tier: .aggregates)?.verdict == .undecided)
    #expect(ledger.row("one", tier: .aggregates)?.reason == "not measured in this run")
    #expect(ledger.row("one")?.tier == .public)
    #expect(ledger.row("nine") == nil)
    #expect(ledger.row("one", tier: .public)?.n == 5)
  }

  @Test func headlineCountsWhatIsAtRisk() throws {
    let headline = try Self.ledger().headline(.public)
    // one agrees, two context, five untestable, six disagrees; composite and S stand outside.
    #expect(headline.statements == 4)
    #expect(headline.context == 1)
    #expect(headline.untestable == 1)
    #expect(headline.atRisk == 2)
    #expect(headline.agrees == 1)
    #expect(headline.disagrees == 1)
    #expect(headline.undecided == 0)
    #expect(headline.decided == 1)
    #expect(
      headline.atRisk
        == headline.statements - headline.context - headline.untestable - headline.builtIn)
    #expect(
      headline.description
        == "public: decided 2 of 2 at risk (2 of 4 statements) · statements 4 · context 1 · "
        + "untestable here 1 · built in 0 · at risk 2 · agrees 1 · disagrees 1 · undecided 0")
  }

  @Test func roundTrips() throws {
    let ledger = try Self.ledger()
    let text = try ledger.encoded()
    let again = try Ledger.decoded(text, file: "ledger.tsv")
    #expect(again == ledger)
    #expect(try again.encoded() == text)
    #expect(
      text.hasPrefix(
        "id\twhere\tquote\tprinted\tkind\trule.simulated\trule.aggregates\trule.public\ttolerance\t"
          + "tolerance_origin\tknobs\tflip\tsource\tmeasured\tlow\thigh\tn\tseeds\ttier\tverdict\t"
          + "reason\trecipe\n"))
  }

  @Test func refusesUndeclaredAndDoubleClaims() throws {
    let extra = ClaimMeasurement(id: "seven", tier: "public", measured: .holds(true))
    let error = #expect(throws: LightboxError.self) {
      try Ledger(judging: try Self.claims(), measurements: [extra])
    }
    #expect(error?.description.contains("seven") == true)
    let twice = ClaimMeasurement(id: "six", tier: "public", measured: .holds(true))
    #expect(throws: LightboxError.self) {
      try Ledger(judging: try Self.claims(), measurements: [twice, twice])
    }
  }
}

@Suite struct ClaimRecipeTests {
  /// Two seeds, two arms; AUROC by hand: pairs of (positive, negative) in the right order.
  static let cases = """
    case\tseed\tarm\tsex\ttruth.a\tscore.a\ttruth.b\tscore.b\tthreshold.a
    1\t1\tx\tF\t1\t0.9\t0\t0.1\t0.5
    2\t1\tx\tF\t0\t0.2\t1\t0.4\t0.5
    3\t1\tx\tM\t1\t0.4\t\t0.4\t0.5
    4\t1\tx\tM\t0\t0.4\t0\t0.6\t0.5
    1\t2\tx\tF\t1\t0.9\t0\t0.1\t0.5
    2\t2\tx\tF\t0\t0.95\t1\t0.4\t0.5
    3\t2\tx\tM\t1\t0.4\t\t0.4\t0.5
    4\t2\tx\tM\t0\t0.1\t0\t0.3\t0.5
    1\t1\ty\tF\t1\t0.1\t0\t0.1\t0.5
    2\t1\ty\tF\t0\t0.2\t1\t0.4\t0.5
    1\t2\ty\tF\t1\t0.3\t0\t0.1\t0.5
    2\t2\ty\tF\t0\t0.2\t1\t0.4\t0.5

    """

  static func table(_ name: String) throws -> TextTable {
    #expect(name == "p")
    return try TextTable(bytes: Array(cases.utf8), file: "p.tsv", format: .tsv)
  }

  // AUROC of a in arm x, seed 1: (.9, .4) against (.2, .4) wins 3.5 of 4; seed 2, against
  // (.95, .1): 2 of 4. Label b, seed 1: .4 against .1 and .6, 1 of 2; seed 2: 2 of 2.
  static let expectations: [(String, Double)] = [
    ("auroc(p; truth.a, score.a | arm=x, seed=1)", 0.875),
    ("auroc(p; truth.a, score.a | arm=x, seed=2)", 0.5),
    ("auroc(p; truth.a, score.a | arm=x)", 0.6875),
    ("mean-auroc(p | arm=x)", 0.71875),
    ("auroc(p; truth.a, score.a | arm=y)", 0.5),
    ("difference(auroc(p; truth.a, score.a | arm=x); auroc(p; truth.a, score.a | arm=y))", 0.1875),
    ("accuracy(p; truth.a, score.a, 0.5 | arm=x, seed=1)", 0.75),
    ("sensitivity(p; truth.a, score.a, threshold.a | arm=x, seed=1)", 0.5),
    ("specificity(p; truth.a, score.a, 0.5 | arm=x, seed=2)", 0.5),
    ("sensitivity(p; truth.a, score.a, 0.4 | arm=x, seed=1)", 1),
    ("mean(p; score.b | arm!=x, sex=F)", 0.25),
    ("mean(p; score.a | case>=3, seed=1)", 0.4),
    ("largest(mean(p; score.a | seed=1, arm=y), mean(p; score.b | seed=1, arm=y))", 0.25),
    (
      "absolute(difference(mean(p; score.a | seed=1, arm=y); mean(p; score.b | seed=1, arm=y)))",
      0.1
    ),
    ("average(mean(p; score.a | seed=1, arm=y); mean(p; score.b | seed=1, arm=y))", 0.2),
  ]

  @Test(arguments: expectations)
  func evaluates(text: String, expected: Double) throws {
    let value = try Recipe(text).evaluate(Self.table)
    // Means of a handful of decimals.
    #expect(abs(value - expected) < 4 * expected.ulp)
  }

  /// By hand, and numpy std(ddof=1), quantile, scipy pearsonr and ttest_rel of the four scores of
  /// arm x, seed 1; sums of four numbers and a root, so some ulps of numbers below 1.
  static let vocabulary: [(String, Double)] = [
    ("count(p | arm=x, seed=1)", 4), ("count(p | arm=x)", 4), ("count(p | truth.b=1, seed=2)", 2),
    ("sd(p; score.a | arm=x, seed=1)", 0.29860788111948194),
    ("sd(p; score.a | arm=y, seed=1)", 0.5.squareRoot() / 10),
    ("quantile(p; score.a, 0.5 | arm=x, seed=1)", 0.4),
    ("quantile(p; score.a, 0.9 | arm=x, seed=1)", 0.75),
    ("pearson(p; score.a, score.b | arm=x, seed=1)", -0.7716100557048687),
    ("paired-t(p; score.a, score.b | arm=x, seed=1)", 0.4200840252084031),
    ("dice(p; truth.a, score.a, threshold.a | arm=x, seed=1)", 2.0 / 3),
    ("dice(p; truth.a, score.a, 0.4 | arm=x, seed=1)", 0.8),
  ]

  @Test(arguments: vocabulary)
  func evaluatesTheClosedVocabulary(text: String, expected: Double) throws {
    #expect(abs(try Recipe(text).evaluate(Self.table) - expected) < 1e-14)
  }

  @Test(arguments: [
    "auroc", "auroc(p)", "auroc(p; truth.a)", "median(p; score.a)", "mean(p; score.a | arm)",
    "difference(mean(p; score.a))", "auroc(p; truth.a, score.a | arm=x | sex=F)",
  ])
  func refusesWhatItCannotRead(text: String) {
    #expect(throws: LightboxError.self) { try Recipe(text) }
  }

  @Test(arguments: [
    "auroc(p; truth.z, score.a)", "auroc(p; truth.a, score.a | arm=z)",
    "sd(p; score.a | case=1, seed=1, arm=x)", "quantile(p; score.a, 1.5 | arm=x)",
    "pearson(p; threshold.a, score.a | arm=x)", "paired-t(p; score.a, score.a | arm=x)",
    "auroc(p; truth.a, score.a | case=1, seed=1)", "mean(p; score.a | arm=x, seed=9)",
  ])
  func namesWhatIsUndefined(text: String) throws {
    let recipe = try Recipe(text)
    let error = #expect(throws: LightboxError.self) { try recipe.evaluate(Self.table) }
    #expect(error?.kind == .input)
  }
}

@Suite struct CommittedClaimsTests {
  /// The folder above this file that holds the studies.
  static var studies: URL {
    var place = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    while place.pathComponents.count > 1 {
      let candidate = place.appendingPathComponent("Studies")
      if FileManager.default.fileExists(atPath: candidate.path) { return candidate }
      place.deleteLastPathComponent()
    }
    return place
  }

  /// Every claims.tsv of the studies reads, and gives a row for each claim on each tier.
  @Test func studiesDeclareReadableClaims() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.studies.path).sorted()
    var files = 0
    for folder in folders {
      let path = "\(Self.studies.path)/\(folder)/claims.tsv"
      guard FileManager.default.fileExists(atPath: path) else { continue }
      files += 1
      let claims = try ClaimDeclaration.read(path)
      let ledger = try Ledger(
        judging: claims, measurements: [], tiers: [.aggregates, .simulated, .public])
      #expect(ledger.rows.count == 3 * claims.count)
      for headline in ledger.headlines {
        // Nothing was measured, so nothing at risk is decided.
        #expect(headline.agrees == 0 && headline.disagrees == 0)
        #expect(headline.undecided == headline.atRisk)
      }
      #expect(try Ledger.decoded(ledger.encoded(), file: "ledger.tsv") == ledger)
    }
    #expect(files > 0)
  }
}
