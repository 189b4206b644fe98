import Cohorts
import Foundation
import Kernels
import StudyKit
import Testing

@Suite struct ClaimRuleTests {
  @Test(arguments: [
    ("R", ClaimRule.Form.rounding, false), ("B", .bounds, false), ("T", .test, false),
    ("V", .value, false), ("X", .audit, false), ("O(0)", .ordering(margin: 0), false),
    ("O(.5)", .ordering(margin: 0.5), false), ("O(0) M(flip)", .ordering(margin: 0), true),
    ("E(.02)", .sameness(low: -0.02, high: 0.02), false),
    ("E(.02) M(flip: small and hard)", .sameness(low: -0.02, high: 0.02), true),
    ("E(10 %)", .sameness(low: -0.1, high: 0.1), false),
    ("E(ratio 0.8 to 1.25)", .sameness(low: 0.8, high: 1.25), false),
    ("E(0.8..1.25)", .sameness(low: 0.8, high: 1.25), false), ("context", .context, false),
    ("E(.02, at most 1 outside)", .sameness(low: -0.02, high: 0.02, outside: 1), false),
    ("E(.02, at most 1 outside) M(flip)", .sameness(low: -0.02, high: 0.02, outside: 1), true),
    (
      "E(ratio 0.8 to 1.25, at most 12 outside)", .sameness(low: 0.8, high: 1.25, outside: 12),
      false
    ),
    ("context (as printed)", .contextAsPrinted, false), ("built in", .builtIn, false),
    ("composite", .composite, false), ("-", .untestable, false),
  ])
  func parses(text: String, form: ClaimRule.Form, needsFlip: Bool) throws {
    let rule = try #require(ClaimRule(text))
    #expect(rule.form == form)
    #expect(rule.needsFlip == needsFlip)
    #expect(rule.description == text)
  }

  @Test(arguments: [
    "", "Q", "O", "O()", "O(-1)", "E(0)", "E(x)", "E(2..1)", "M(flip)", "R M(flip)", "O(0) E(.1)",
    "R R", "context M(flip)", "E(.02, 1)", "E(.02, at most 0 outside)",
    "E(.02, at most -1 outside)",
    "E(.02, at most one outside)", "E(.02, at most 1 outside, or so)", "O(0, at most 1 outside)",
  ])
  func refuses(text: String) { #expect(ClaimRule(text) == nil) }

  @Test(arguments: [
    ("0.87", 0.865, 0.875), (".87", 0.865, 0.875), ("2.6 %", 0.0255, 0.0265),
    ("2.6%", 0.0255, 0.0265), ("193,311", 193310.5, 193311.5), ("-1.33 ml", -1.335, -1.325),
    ("\u{2212}1.33 ml", -1.335, -1.325), ("N = 1,625 CT", 1624.5, 1625.5),
    ("v5: 0.9", 0.85, 0.95), ("drop <= .03", 0.025, 0.035), ("12", 11.5, 12.5),
  ])
  func roundingIntervals(text: String, low: Double, high: Double) throws {
    let interval = try #require(PrintedNumber(text)).interval()
    #expect(interval.low == low)
    #expect(interval.high == high)
  }

  @Test(arguments: ["", "private lower", "five findings", "v5", "ResNet9"])
  func noNumber(text: String) { #expect(PrintedNumber(text) == nil) }

  @Test func toleranceReplacesHalfADigit() throws {
    let number = try #require(PrintedNumber("2.6 %"))
    #expect(number.interval(tolerance: 0.1).low == 2.5 / 100)
    // Half a digit written out changes nothing.
    #expect(number.interval(tolerance: 0.05) == number.interval())
    #expect(number.interval(tolerance: 0) == number.interval())
  }
}

/// claims.tsv with one row, cells by name over defaults that are valid.
func claimsText(_ rows: [[String: String]]) -> String {
  let defaults = [
    "id": "a.b", "where": "abstract", "quote": "words", "printed": "0.87", "kind": "ordering",
    "rule.simulated": "O(0) M(flip)", "rule.aggregates": "R", "rule.public": "O(0)",
    "tolerance": "0", "tolerance_origin": "stated margin", "knobs": "noise; clipping",
    "flip": "no noise: E(.005)", "source": "abstract v1",
  ]
  let lines = rows.map { row in
    ClaimDeclaration.columns.map { row[$0] ?? defaults[$0]! }.joined(separator: "\t")
  }
  return ([ClaimDeclaration.columns.joined(separator: "\t")] + lines).joined(separator: "\n") + "\n"
}

func declared(_ cells: [String: String]) throws -> ClaimDeclaration {
  try ClaimDeclaration.parse(claimsText([cells]), file: "claims.tsv")[0]
}

@Suite struct ClaimDeclarationTests {
  @Test func reads() throws {
    let claim = try declared([:])
    #expect(claim.id == "a.b")
    #expect(claim.kind == .ordering)
    #expect(claim.simulated.needsFlip)
    #expect(claim.rule(.restricted) == claim.rule(.public))
    #expect(claim.tolerance == 0)
    #expect(claim.knobs == ["noise", "clipping"])
    #expect(claim.printedNumber?.value == 0.87)
    #expect(claim.isCounted)
    #expect(try !declared(["id": "S.a"]).isCounted)
  }

  @Test(arguments: [
    ("kind", "opinion"), ("rule.simulated", "maybe"), ("rule.public", ""), ("tolerance", "small"),
    ("tolerance", "-1"), ("tolerance_origin", "taste"), ("source", "memory"), ("id", ""),
    ("id", "a b"), ("quote", ""), ("flip", ""),
  ])
  func namesFileRowAndColumn(column: String, cell: String) {
    let error = #expect(throws: LightboxError.self) {
      try ClaimDeclaration.parse(
        claimsText([["id": "first"], [column: cell]]), file: "x/claims.tsv")
    }
    #expect(error?.kind == .input)
    #expect(error?.description.contains("x/claims.tsv, row 3, column \(column)") == true)
  }

  @Test func refusesTwoRowsOfOneName() {
    let error = #expect(throws: LightboxError.self) {
      try ClaimDeclaration.parse(claimsText([[:], [:]]), file: "claims.tsv")
    }
    #expect(error?.description.contains("row 3, column id") == true)
  }

  @Test func refusesMissingAndUnknownColumns() {
    let text = claimsText([[:]])
    for changed in [
      text.replacingOccurrences(of: "\tflip\t", with: "\tflap\t"),
      text.replacingOccurrences(of: "\tsource\n", with: "\torigin\n"),
    ] {
      let error = #expect(throws: LightboxError.self) {
        try ClaimDeclaration.parse(changed, file: "claims.tsv")
      }
      #expect(error?.kind == .input)
    }
  }
}
