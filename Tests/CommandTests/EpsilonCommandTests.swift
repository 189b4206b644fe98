import Foundation
import Testing

@Suite struct EpsilonCommandTests {
  struct Found: Decodable {
    struct Cost: Decodable {
      struct Renyi: Decodable {
        var epsilon, order: Double
      }
      struct Loss: Decodable {
        var lower, upper, estimate: Double
      }
      var sigma: Double
      var rdp: Renyi
      var prv: Loss
    }
    var samplingRate: Double
    var steps: Int
    var costs: [String: Cost]
    var notes: [String]
  }

  static func found(_ arguments: String...) throws -> Found {
    let outcome = try Command.run(["epsilon"] + arguments + ["--json"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    return try JSONDecoder().decode(Found.self, from: Data(outcome.output.utf8))
  }

  /// Opacus 1.6.0, RDPAccountant on the same orders and PRVAccountant; the tight value between the
  /// bounds by dp-accounting's PLD, 1.515370.
  @Test func whatARunCosts() throws {
    let found = try Self.found(
      "--q", "0.01", "--steps", "1000", "--sigma", "1.1", "--delta", "1e-5")
    let cost = try #require(found.costs["given"])
    #expect(abs(cost.rdp.epsilon - 1.711770) < 5e-7 && cost.rdp.order == 9.6)
    #expect(abs(cost.prv.estimate - 1.5153654929838125) < 2e-4)
    #expect(cost.prv.lower <= 1.515370 && 1.515370 <= cost.prv.upper)
  }

  /// 153,502 images, batches of 128, 100 epochs, delta 6e-6: noise 0.57 costs 7.8194 by Rényi
  /// (Opacus 1.6.0), so a budget of 7.89 needs a little less, and each accountant's own noise
  /// spends its budget and no more.
  @Test func whatABudgetNeeds() throws {
    let run = ["--n", "153502", "--batch", "128", "--epochs", "100", "--delta", "6e-6"]
    let outcome = try Command.run(["epsilon"] + run + ["--target", "7.89", "--json"])
    let found = try JSONDecoder().decode(Found.self, from: Data(outcome.output.utf8))
    #expect(found.steps == 119_923)
    let rdp = try #require(found.costs["rdp"])
    let prv = try #require(found.costs["prv"])
    #expect(rdp.sigma < 0.57 && rdp.sigma > 0.56 && prv.sigma < rdp.sigma)
    #expect(rdp.rdp.epsilon <= 7.89 && rdp.rdp.epsilon > 7.88)
    #expect(prv.prv.upper <= 7.89 && prv.prv.upper > 7.88)
    let back = try Command.run(["epsilon"] + run + ["--sigma", "0.57", "--json"])
    let cost = try JSONDecoder().decode(Found.self, from: Data(back.output.utf8)).costs["given"]
    #expect(abs(try #require(cost).rdp.epsilon - 7.819372337596831) < 1e-9)
  }

  @Test func textNamesItsConventions() throws {
    let outcome = try Command.run(
      "epsilon", "--q", "0.01", "--steps", "1000", "--sigma", "1.1", "--delta", "1e-5", "--group",
      "4")
    for part in [
      "Poisson-subsampled Gaussian, add or remove one record, delta 1e-05",
      "RDP  epsilon 1.7118  order 9.6, Balle 2020", "PRV  epsilon 1.5255", "group of 4  epsilon ",
    ] {
      #expect(outcome.output.contains(part), "\(outcome.output)")
    }
    let large = try Command.run(
      "epsilon", "--n", "1000", "--batch", "10", "--epochs", "1", "--sigma", "1", "--delta", "0.01")
    #expect(large.output.contains("note: delta 0.01 is not below 1/n"))
  }

  @Test(arguments: [
    (["--q", "0.01", "--steps", "9", "--sigma", "1", "--sampling", "shuffled"], "Poisson batches"),
    (["--q", "0.01", "--steps", "9"], "give one of --sigma"),
    (["--q", "0.01", "--sigma", "1"], "the steps are not clear"),
    (["--steps", "9", "--sigma", "1"], "the sampling rate is not clear"),
    (["--q", "2", "--steps", "9", "--sigma", "1"], "sampling rate 2.0"),
    (["--q", "0.1", "--steps", "9", "--sigma=-1"], "-1"),
    (["--q", "0.1", "--steps", "9", "--sigma", "1", "--group", "0"], "--group 0"),
  ])
  func refuses(_ arguments: [String], _ part: String) throws {
    let outcome = try Command.run(["epsilon", "--delta", "1e-5"] + arguments)
    #expect(outcome.code == 64 && outcome.output == "")
    #expect(outcome.errors.contains(part), "\(outcome.errors)")
  }

  @Test func deltaIsAProbability() throws {
    let outcome = try Command.run(
      "epsilon", "--q", "0.1", "--steps", "9", "--sigma", "1", "--delta", "2")
    #expect(outcome.code == 64 && outcome.errors.contains("delta 2.0"))
  }
}
