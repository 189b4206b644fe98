import Statistics
import Testing

@Suite struct McNemarTests {
  /// Fagerland, Lydersen and Laake 2013: 21 children, 1 and 7 discordant; 18/256 and 10/256.
  @Test func exactAndMidP() {
    let paired = McNemar(firstOnly: 1, secondOnly: 7, pairs: 21)
    #expect(abs(paired.pValue - 18.0 / 256) < 1e-14)
    #expect(abs(paired.midPValue - 10.0 / 256) < 1e-14)
    // C(4, 2)/16 = 3/8 at the middle.
    let even = McNemar(firstOnly: 2, secondOnly: 2, pairs: 9)
    #expect(even.pValue == 1)
    #expect(abs(even.midPValue - 13.0 / 16) < 1e-14)
    let none = McNemar(firstOnly: 0, secondOnly: 0, pairs: 9)
    #expect(none.pValue == 1 && none.midPValue == 1)
  }

  /// Tango 1998: 32 pairs, 9 and 3 discordant, −.027 to .390; 44 pairs, 0 and 1, from −.096 at 90 %.
  @Test func tangoAsPrinted() throws {
    let sleep = try McNemar(firstOnly: 9, secondOnly: 3, pairs: 32).interval()
    #expect(abs(sleep.low - -0.027) <= 0.0005 && abs(sleep.high - 0.390) <= 0.0005)
    let lenses = try McNemar(firstOnly: 0, secondOnly: 1, pairs: 44).interval(level: 0.9)
    #expect(abs(lenses.low - -0.096) <= 0.0005)
  }

  /// SciPy's brentq on the score statistic; without discordant pairs ±z²/(n + z²).
  @Test func tangoByRootFinding() throws {
    let children = try McNemar(firstOnly: 1, secondOnly: 7, pairs: 21).interval()
    #expect(abs(children.low - -0.5172322764212649) < 1e-10)
    #expect(abs(children.high - -0.02600303248094914) < 1e-10)
    let many = try McNemar(firstOnly: 40, secondOnly: 20, pairs: 160).interval()
    #expect(abs(many.low - 0.030864533133087343) < 1e-10)
    #expect(abs(many.high - 0.21806424416682058) < 1e-10)
    let z = 1.959963984540054
    let none = try McNemar(firstOnly: 0, secondOnly: 0, pairs: 30).interval()
    #expect(abs(none.high - z * z / (30 + z * z)) < 1e-10)
    #expect(abs(none.low + none.high) < 1e-10)
  }

  @Test(arguments: [(5, 2, 20), (0, 6, 9), (3, 3, 11), (12, 0, 12), (1, 0, 1)])
  func swappingTurnsTheSign(_ b: Int, _ c: Int, _ n: Int) throws {
    let one = McNemar(firstOnly: b, secondOnly: c, pairs: n)
    let two = McNemar(firstOnly: c, secondOnly: b, pairs: n)
    #expect(one.pValue == two.pValue && one.midPValue == two.midPValue)
    #expect(one.midPValue <= one.pValue)
    let (first, second) = (try one.interval(), try two.interval())
    #expect(abs(first.low + second.high) < 1e-10 && abs(first.high + second.low) < 1e-10)
    #expect(first.contains(try one.difference))
    #expect(first.low >= -1 && first.high <= 1)
  }

  @Test func fromCallsAndFigures() throws {
    let truth = [true, true, true, false, false]
    let table = try #require(
      ReaderFigure.sensitivity(threshold: 3).mcNemar(
        [3, 1, 4, 5, 1], [2, 3, 5, 1, 1], truth: truth))
    #expect(table == McNemar(firstOnly: 1, secondOnly: 1, pairs: 3))
    let specific = try #require(
      ReaderFigure.specificity(threshold: 3).mcNemar(
        [3, 1, 4, 5, 1], [2, 3, 5, 1, 1], truth: truth))
    #expect(specific == McNemar(firstOnly: 0, secondOnly: 1, pairs: 2))
    #expect(ReaderFigure.auroc.mcNemar([1, 2, 3, 4, 5], [1, 2, 3, 4, 5], truth: truth) == nil)
    #expect(throws: Undefined("no pairs")) {
      try McNemar(firstOnly: 0, secondOnly: 0, pairs: 0).difference
    }
  }
}

@Suite struct PredictiveValueTests {
  /// The breast cancer signature of van de Vijver et al. at prevalence .07 (31 of 34 and 32 of 44):
  /// standard logit intervals as the R package CIfinder prints them ("zhou", README).
  @Test func asPrinted() throws {
    let values = try PredictiveValues(
      ConfusionTable(truePositives: 31, falsePositives: 12, trueNegatives: 32, falseNegatives: 3),
      prevalence: 0.07)
    let positive = try values.positiveInterval()
    let negative = try values.negativeInterval()
    let found = [
      try values.positive, positive.low, positive.high, try values.negative, negative.low,
      negative.high,
    ]
    let printed = [0.2010444, 0.1331384, 0.2919216, 0.9909508, 0.9734141, 0.9969560]
    for (a, b) in zip(found, printed) { #expect(abs(a - b) <= 0.5e-7 + 1e-12, "\(a) for \(b)") }
  }

  /// At the study's own prevalence they are the table's; at 1/2 odds are the likelihood ratios.
  @Test func closedForms() throws {
    let table = ConfusionTable(
      truePositives: 30, falsePositives: 15, trueNegatives: 45, falseNegatives: 10)
    let own = try PredictiveValues(table, prevalence: 0.4)
    #expect(abs(try own.positive - table.positivePredictiveValue.value) < 1e-14)
    #expect(abs(try own.negative - table.negativePredictiveValue.value) < 1e-14)
    let even = try PredictiveValues(table, prevalence: 0.5)
    #expect(abs(try even.positive - 0.75) < 1e-14)
    #expect(abs(try even.negative - 0.75) < 1e-14)
  }

  @Test func refusals() throws {
    let perfect = try PredictiveValues(
      ConfusionTable(truePositives: 5, falsePositives: 0, trueNegatives: 9, falseNegatives: 0),
      prevalence: 0.1)
    #expect(try perfect.positive == 1)
    #expect(throws: Undefined.self) { try perfect.positiveInterval() }
    #expect(throws: Undefined.self) { try perfect.negativeInterval() }
    let silent = try PredictiveValues(
      ConfusionTable(truePositives: 0, falsePositives: 0, trueNegatives: 9, falseNegatives: 5),
      prevalence: 0.1)
    #expect(throws: Undefined("no case is called positive")) { try silent.positive }
    #expect(abs(try silent.negative - 0.9) < 1e-14)
  }
}
