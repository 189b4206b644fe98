import Foundation
import Kernels

// Stages of one value. The body gets the context and the values of the upstream stages; it may
// read constants of the study, and nothing else that can change.

extension StudyRun {
  /// A stage that stands on nothing but its configuration and inputs.
  ///
  /// - configuration: everything that may change the value and is not code; enters the key as
  ///   JSON with sorted keys.
  /// - modules: the modules whose code the value depends on, with all they import; default all
  ///   below Plotting and StudyKit.
  /// - inputs: files that the body reads, besides `--data` and `--weights`, which always count.
  public func stage<Value: StageValue>(
    _ name: String, configuration: some Encodable = NoConfiguration(), modules: [String]? = nil,
    inputs: [StudyInput] = [], _ body: @escaping (StageContext) throws -> Value
  ) throws -> Staged<Value> {
    let definition = StageDefinition(name, modules, inputs)
    return try one(definition, configuration, upstream: []) { context in try body(context) }
  }

  /// A stage on one upstream stage, or on an array of them.
  public func stage<A: Upstream, Value: StageValue>(
    _ name: String, _ a: A, configuration: some Encodable = NoConfiguration(),
    modules: [String]? = nil, inputs: [StudyInput] = [],
    _ body: @escaping (StageContext, A.Value) throws -> Value
  ) throws -> Staged<Value> {
    let definition = StageDefinition(name, modules, inputs)
    return try one(definition, configuration, upstream: [a]) { context in
      try body(context, a.load(keeping: true))
    }
  }

  /// A stage on two upstream stages.
  public func stage<A: Upstream, B: Upstream, Value: StageValue>(
    _ name: String, _ a: A, _ b: B, configuration: some Encodable = NoConfiguration(),
    modules: [String]? = nil, inputs: [StudyInput] = [],
    _ body: @escaping (StageContext, A.Value, B.Value) throws -> Value
  ) throws -> Staged<Value> {
    let definition = StageDefinition(name, modules, inputs)
    return try one(definition, configuration, upstream: [a, b]) { context in
      try body(context, a.load(keeping: true), b.load(keeping: true))
    }
  }

  /// A stage on three upstream stages.
  public func stage<A: Upstream, B: Upstream, C: Upstream, Value: StageValue>(
    _ name: String, _ a: A, _ b: B, _ c: C,
    configuration: some Encodable = NoConfiguration(), modules: [String]? = nil,
    inputs: [StudyInput] = [],
    _ body: @escaping (StageContext, A.Value, B.Value, C.Value) throws -> Value
  ) throws -> Staged<Value> {
    let definition = StageDefinition(name, modules, inputs)
    return try one(definition, configuration, upstream: [a, b, c]) { context in
      try body(
        context, a.load(keeping: true), b.load(keeping: true), c.load(keeping: true))
    }
  }

  private func one<Value: StageValue>(
    _ definition: StageDefinition, _ configuration: some Encodable,
    upstream: [any Upstream], _ body: @escaping (StageContext) throws -> Value
  ) throws -> Staged<Value> {
    let group = StageGroup(definition.name, isParallel: false, run: self)
    let task = try task(
      definition, configuration, label: definition.name, upstream: upstream, group: group,
      stream: stream.child(definition.name), body)
    group.add(task)
    try register(group)
    try explain(group)
    return Staged(task)
  }
}

// Groups: many independent values side by side, each cached under a key of its own.

extension StudyRun {
  /// One value for each configuration, computed over `--jobs` cores, each on one of them.
  ///
  /// A member is labelled by its configuration's `description`, where it has one, else by the
  /// fields of its JSON; the label names its stream, so it must not change without reason.
  ///
  ///     let arms = study.seeds.map { Arm(epsilon: 8, seed: $0) }
  ///     let models = try study.stages("train", over: arms, cohort) { context, arm, cohort in … }
  ///
  /// A killed run loses at most the members in flight, and of those what came after their last
  /// checkpoint. Asking for one member's value computes all that are missing.
  public func stages<Configuration: Encodable, Value: StageValue>(
    _ name: String, over configurations: [Configuration], modules: [String]? = nil,
    inputs: [StudyInput] = [],
    _ body: @escaping (StageContext, Configuration) throws -> Value
  ) throws -> [Staged<Value>] {
    try many(StageDefinition(name, modules, inputs), configurations, { _ in [] }) {
      context, _, configuration in try body(context, configuration)
    }
  }

  /// One value for each configuration, all standing on the same upstream stage.
  public func stages<Configuration: Encodable, A: Upstream, Value: StageValue>(
    _ name: String, over configurations: [Configuration], _ a: A, modules: [String]? = nil,
    inputs: [StudyInput] = [],
    _ body: @escaping (StageContext, Configuration, A.Value) throws -> Value
  ) throws -> [Staged<Value>] {
    try many(StageDefinition(name, modules, inputs), configurations, { _ in [a] }) {
      context, _, configuration in try body(context, configuration, a.load(keeping: true))
    }
  }

  /// One value for each configuration, all standing on the same two upstream stages.
  public func stages<Configuration: Encodable, A: Upstream, B: Upstream, Value: StageValue>(
    _ name: String, over configurations: [Configuration], _ a: A, _ b: B,
    modules: [String]? = nil, inputs: [StudyInput] = [],
    _ body: @escaping (StageContext, Configuration, A.Value, B.Value) throws -> Value
  ) throws -> [Staged<Value>] {
    try many(StageDefinition(name, modules, inputs), configurations, { _ in [a, b] }) {
      context, _, configuration in
      try body(context, configuration, a.load(keeping: true), b.load(keeping: true))
    }
  }

  /// One value for each configuration, each standing on an upstream stage of its own: `each[i]`
  /// belongs to `configurations[i]`.
  public func stages<Configuration: Encodable, A: Upstream, Value: StageValue>(
    _ name: String, over configurations: [Configuration], each: [A], modules: [String]? = nil,
    inputs: [StudyInput] = [],
    _ body: @escaping (StageContext, Configuration, A.Value) throws -> Value
  ) throws -> [Staged<Value>] {
    precondition(
      each.count == configurations.count,
      "each (count \(each.count)) must match the configurations (count \(configurations.count))")
    return try many(StageDefinition(name, modules, inputs), configurations, { [each[$0]] }) {
      context, index, configuration in
      try body(context, configuration, each[index].load(keeping: false))
    }
  }

  /// One value for each configuration, each standing on an upstream stage of its own and all on a
  /// shared one.
  public func stages<Configuration: Encodable, A: Upstream, B: Upstream, Value: StageValue>(
    _ name: String, over configurations: [Configuration], each: [A], _ b: B,
    modules: [String]? = nil, inputs: [StudyInput] = [],
    _ body: @escaping (StageContext, Configuration, A.Value, B.Value) throws -> Value
  ) throws -> [Staged<Value>] {
    precondition(
      each.count == configurations.count,
      "each (count \(each.count)) must match the configurations (count \(configurations.count))")
    return try many(StageDefinition(name, modules, inputs), configurations, { [each[$0], b] }) {
      context, index, configuration in
      try body(
        context, configuration, each[index].load(keeping: false), b.load(keeping: true))
    }
  }

  private func many<Configuration: Encodable, Value: StageValue>(
    _ definition: StageDefinition, _ configurations: [Configuration],
    _ upstream: (Int) -> [any Upstream],
    _ body: @escaping (StageContext, Int, Configuration) throws -> Value
  ) throws -> [Staged<Value>] {
    let group = StageGroup(definition.name, isParallel: true, run: self)
    for (index, configuration) in configurations.enumerated() {
      let member = try StageDefinition.memberLabel(configuration)
      let label = "\(definition.name)[\(member)]"
      if group.tasks.contains(where: { $0.label == label }) {
        throw LightboxError(.software, "the stage \(label) is listed twice")
      }
      let task = try task(
        definition, configuration, label: label, upstream: upstream(index), group: group,
        stream: stream.child(definition.name).child(member)
      ) { context in try body(context, index, configuration) }
      group.add(task)
    }
    try register(group)
    try explain(group)
    return group.tasks.map { Staged($0) }
  }
}

/// The settings that every form of a stage shares.
struct StageDefinition {
  let name: String
  let modules: [String]?
  let inputs: [StudyInput]

  init(_ name: String, _ modules: [String]?, _ inputs: [StudyInput]) {
    Self.check(name, "stage name")
    self.name = name
    self.modules = modules
    self.inputs = inputs
  }

  /// Names become files: letters, digits and `. _ -`, not a dot first.
  static func check(_ name: String, _ what: String) {
    let allowed = CharacterSet(
      charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
    precondition(
      !name.isEmpty && !name.hasPrefix(".") && name.unicodeScalars.allSatisfy(allowed.contains),
      "the \(what) \"\(name)\" must be made of letters, digits and . _ -")
  }

  /// A member's label: the configuration's own description where it has one, else from its JSON:
  /// `{"arm":"private","seed":3}` gives `arm=private,seed=3`; nested parts stay as they are.
  static func memberLabel(_ configuration: some Encodable) throws -> String {
    if let described = configuration as? any CustomStringConvertible {
      return described.description
    }
    let json = try StageKey.json(configuration)
    let unquoted = CharacterSet(charactersIn: "\"")
    guard json.hasPrefix("{"), json != "{}" else { return json.trimmingCharacters(in: unquoted) }
    var fields: [String] = [""]
    var depth = 0
    var isInString = false
    var isEscaped = false
    for character in json.dropFirst().dropLast() {
      if isEscaped {
        isEscaped = false
      } else if isInString {
        if character == "\\" { isEscaped = true }
        if character == "\"" { isInString = false }
      } else if character == "\"" {
        isInString = true
      } else if "{[".contains(character) {
        depth += 1
      } else if "}]".contains(character) {
        depth -= 1
      } else if character == "," && depth == 0 {
        fields.append("")
        continue
      }
      fields[fields.count - 1].append(character)
    }
    return fields.map { field in
      guard let colon = field.firstIndex(of: ":") else { return field }
      let name = field[..<colon].trimmingCharacters(in: unquoted)
      let value = field[field.index(after: colon)...].trimmingCharacters(in: unquoted)
      return "\(name)=\(value)"
    }.joined(separator: ",")
  }
}

extension StudyRun {
  /// A task with its key.
  private func task<Value: StageValue>(
    _ definition: StageDefinition, _ configuration: some Encodable, label: String,
    upstream: [any Upstream], group: StageGroup, stream: RandomStream,
    _ body: @escaping (StageContext) throws -> Value
  ) throws -> StageTask {
    var parts: [(String, String)] = [
      ("stage", definition.name),
      ("configuration", try StageKey.json(configuration)),
      ("seed", String(seed)),
      ("scale", scale.rawValue),
      ("noise", noise.rawValue),
      ("threads", group.isParallel ? "1" : String(Parallel.threads)),
      ("isa", provenance.kernels),
    ]
    for input in [data, weights].compactMap({ $0 }) + definition.inputs {
      parts.append(("input \(input.name)", input.digest))
    }
    for (label, key) in upstream.flatMap({ $0.keys }) {
      parts.append(("upstream \(label)", key.hex))
    }
    parts.append(("toolchain", provenance.toolchain))
    for library in provenance.libraries.keys.sorted() {
      parts.append(("library \(library)", provenance.libraries[library]!))
    }
    parts += try code.parts(modules: definition.modules)
    return StageTask(
      stage: definition.name, label: label, key: StageKey(parts), stream: stream, group: group,
      prepare: { for stage in upstream { try stage.prepare() } },
      compute: { context in
        let value = try body(context)
        return { cache, entry in
          try cache.store(value, stage: definition.name, entry: entry)
        }
      })
  }
}
