// hide
import LightboxStudy

// show

//: ### What decides a claim
//: A claim that several effects must satisfy shows one of them in the ledger: the one whose 90 %
//: interval reaches furthest from zero. The interval in its reason may be another effect's, the one
//: that decides, and is wider than 95 % where one of several is enough to refuse (.05 over their
//: number). Both sides of the shown one stand in `cases/estimates`, seed by seed, with the claim in
//: the place of the cell, and `make verify` makes value and interval of them again. Which effect it
//: is, the estimator says.

/// Two numbers of a seed whose difference is judged.
struct SeedPair {
  var seed: Int
  var first, second: Double
  var n: Int
}

func measured(_ pairs: [SeedPair]) -> Measured {
  .pairedSeeds(pairs.map { $0.first - $0.second }, caseVariance: 0)
}

/// An effect of a claim: what it compares, by which estimator.
struct Effect {
  var claim, first, second, estimator: String
  var pairs: [SeedPair]
}

/// The ledger's number again: the deciding effect's first side less the other.
func decidingRecipe(_ claim: String, arm: String) -> String {
  "difference(mean(estimates; value | cell=\(claim), arm=\(arm)); "
    + "mean(estimates; value | cell=\(claim), arm!=\(arm)))"
}

/// The effects of every simulated claim that shows a number.
func judgedEffects(_ experiment: Experiment) throws -> [[Effect]] {
  let all = try experiment.futures(.usual)
  let method = Arm.method.name
  return [
    [Plain.published, Plain.tuned].map {
      Effect(
        claim: "oa.supervised", first: method, second: $0,
        estimator: "deciding auroc, \(Question.fast.rawValue)", pairs: areaPairs(all, method, $0))
    },
    [Question.onset, .progression].map {
      Effect(
        claim: "oa.improves", first: method, second: Plain.tuned,
        estimator: "deciding auroc, \($0.rawValue)",
        pairs: areaPairs(all, method, Plain.tuned, $0))
    },
    horizons.map {
      Effect(
        claim: "oa.horizon", first: Plain.copy, second: method,
        estimator: "deciding joint-space error [mm], month \($0)",
        pairs: horizonPairs(all, months: $0))
    },
    marginals(all, method).map {
      Effect(
        claim: "oa.plausible", first: method, second: Plain.future,
        estimator: $0.name == impossibleAnatomy
          ? "deciding share, \($0.name)" : "deciding mean over SD, \($0.name)",
        pairs: $0.pairs)
    },
  ]
}

/// Both sides of each claim's deciding effect; none for a claim that shows no number.
func decidingRows(_ experiment: Experiment) throws -> [EstimateRow] {
  try judgedEffects(experiment).flatMap { effects -> [EstimateRow] in
    let family = Measured.family(effects.map { measured($0.pairs) })
    guard let value = family.value, let interval = family.interval(),
      let found = effects.first(where: {
        let own = measured($0.pairs)
        return own.value == value && own.interval() == interval
      })
    else { return [] }
    return found.pairs.flatMap { pair in
      [(found.first, pair.first), (found.second, pair.second)].map { arm, value in
        EstimateRow(
          arm: arm, seed: pair.seed, cell: found.claim, estimator: found.estimator, value: value,
          standardError: nil, n: pair.n)
      }
    }
  }
}
