import Testing
import Training

struct LearningRateScheduleTests {
  @Test("The cosine is PyTorch's CosineAnnealingLR(T_max: 8), torch 2.13.0")
  func cosine() {
    let torch = [
      1.0, 0.9619397662556434, 0.8535533905932737, 0.6913417161825449, 0.5, 0.30865828381745514,
      0.14644660940672627, 0.03806023374435664,
    ]
    for (step, expected) in torch.enumerated() {
      let ours = LearningRateSchedule.cosine.factor(step: step, of: 8)
      // PyTorch multiplies step by step: a few roundings of numbers up to 1 each.
      #expect(abs(ours - expected) <= 32 * 0x1p-53, "step \(step): \(ours), torch \(expected)")
    }
  }

  @Test("A warm-up climbs in equal steps to 1 and the shape follows")
  func warmup() {
    let schedule = LearningRateSchedule(.cosine, warmupSteps: 4)
    let factors = (0..<6).map { schedule.factor(step: $0, of: 12) }
    #expect(factors[..<5] == [0.25, 0.5, 0.75, 1, 1])
    #expect(factors[5] == LearningRateSchedule.cosine.factor(step: 1, of: 8))
    #expect(
      (0..<5).map { LearningRateSchedule.constant.factor(step: $0, of: 5) } == [1, 1, 1, 1, 1])
  }
}
