import Foundation
import StudyKit
import Tensors
import Testing

/// States of long stages: exact, throttled, and whole after any death of the process.
@Suite struct CheckpointTests {
  struct State: Codable, Equatable {
    var step: Int
    var losses: [Double]
    var rate: Float
    var weights: [String: Tensor<Float>]
    var moments: Tensor<Double>?
  }

  static let state = State(
    step: 7,
    losses: [0.1, 1 / 3, .infinity, -.infinity, 5e-324, .greatestFiniteMagnitude, -0.0],
    rate: 0.1,
    weights: [
      "a.weight": Tensor(shape: [2, 3], [1, 2, 3, 4, 5, .leastNonzeroMagnitude]),
      "b": Tensor(shape: [0], []), "scalar": Tensor(7.25),
    ], moments: Tensor(shape: [1, 1, 2], [.pi, -.pi]))

  private func folder() -> String {
    NSTemporaryDirectory() + "lightbox-checkpoint-" + UUID().uuidString
  }

  @Test func statesComeBackToTheBit() throws {
    let place = folder()
    defer { try? FileManager.default.removeItem(atPath: place) }
    let store = CheckpointStore(folder: place, interval: 0)
    #expect(try store.load(State.self) == nil)
    try store.save(Self.state)
    let back = try #require(try CheckpointStore(folder: place).load(State.self))
    #expect(back == Self.state)
    #expect(back.losses.map(\.bitPattern) == Self.state.losses.map(\.bitPattern))
  }

  @Test func aBareTensorAndABareNumberAreStatesToo() throws {
    let place = folder()
    defer { try? FileManager.default.removeItem(atPath: place) }
    let store = CheckpointStore(folder: place, interval: 0)
    let tensor = Tensor<Float>(shape: [2], [1, 2])
    try store.save(tensor)
    #expect(try store.load(Tensor<Float>.self) == tensor)
    try store.save([tensor, tensor])
    #expect(try store.load([Tensor<Float>].self) == [tensor, tensor])
    try store.save(0.1)
    #expect(try store.load(Double.self) == 0.1)
  }

  @Test func aDamagedStateGivesWayToTheOneBefore() throws {
    let place = folder()
    defer { try? FileManager.default.removeItem(atPath: place) }
    let store = CheckpointStore(folder: place, interval: 0)
    for step in 1...4 {
      var state = Self.state
      state.step = step
      try store.save(state)
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: place).sorted()
    #expect(names == ["state-3", "state-4"])
    let file = place + "/state-4/tensors.safetensors"
    var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
    bytes[bytes.count - 1] ^= 1
    try bytes.write(to: URL(fileURLWithPath: file))
    #expect(try CheckpointStore(folder: place).load(State.self)?.step == 3)
    try Data().write(to: URL(fileURLWithPath: place + "/state-3/value.json"))
    #expect(try CheckpointStore(folder: place).load(State.self) == nil)
  }

  @Test func statesAreWrittenNoOftenerThanTheInterval() throws {
    let place = folder()
    defer { try? FileManager.default.removeItem(atPath: place) }
    let store = CheckpointStore(folder: place, interval: 3600)
    var evaluated = 0
    func state() -> Int {
      evaluated += 1
      return evaluated
    }
    try store.save(state())
    #expect(evaluated == 0 && !store.isDue)
    try store.saveNow(state())
    #expect(try store.load(Int.self) == 1)
  }

  @Test func marksSurviveAndCountRepeats() throws {
    let place = folder()
    defer { try? FileManager.default.removeItem(atPath: place) }
    for steps in [[1, 2, 3], [2, 3, 4]] {
      let store = CheckpointStore(folder: place)
      for step in steps { try store.mark(step) }
    }
    #expect(CheckpointStore(folder: place).marked == [1, 2, 3, 2, 3, 4])
  }

  @Test func tensorsWithoutABoxAreEncodedInPlace() throws {
    let tensor = Tensor<Double>(shape: [2, 2], [1, 2, 3, 0.1])
    let data = try JSONEncoder().encode(tensor)
    #expect(try JSONDecoder().decode(Tensor<Double>.self, from: data) == tensor)
    let wrong = Data(#"{"shape":[3],"elements":[1,2]}"#.utf8)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Tensor<Double>.self, from: wrong)
    }
  }
}
