import ArgumentParser
import Foundation
import Kernels

/// The options of every study; make passes the same names in capitals (`SCALE=smoke`).
public struct StudyOptions: ParsableArguments, Sendable {
  @Option(
    help: ArgumentHelp("smoke (a minute), default (the committed results) or full (hours)."))
  public var scale: Scale = .default

  @Option(help: ArgumentHelp("Number of seeds.", valueName: "count"))
  public var seeds: Int?

  @Option(
    help: ArgumentHelp("Real data instead of the phantom: a file or folder.", valueName: "path"))
  public var data: String?

  @Option(
    help: ArgumentHelp(
      "Folder that results are written to instead of Figures/<study>.", valueName: "folder"))
  public var out: String?

  @Option(help: ArgumentHelp("Cores to use; results do not depend on it.", valueName: "count"))
  public var jobs: Int?

  @Option(help: ArgumentHelp("avx2 forces kernels that every recent x86-64 has."))
  public var isa: KernelISA?

  @Option(help: ArgumentHelp("Pretrained weights, where the study has them.", valueName: "file"))
  public var weights: String?

  @Option(
    help: ArgumentHelp(
      "secure (the operating system's generator, default with --data) or seeded (repeatable)."))
  public var noise: NoiseChoice?

  @Option(
    help: ArgumentHelp(
      "Folder that holds Package.swift; default: the nearest one above here.", valueName: "folder"))
  public var root: String?

  @Flag(help: "Say why each stage would run or be reused; compute nothing.")
  public var explain = false

  @Flag(help: "Draw figures and weave the page again from the written tables; compute nothing.")
  public var redraw = false

  @Flag(help: "Run again apart from the cache and compare with the written results.")
  public var check = false

  @Flag(help: "Wait for another run of this study to end instead of stopping.")
  public var wait = false

  public init() {}

  /// What the run is asked to do.
  public enum Mode: Sendable { case run, explain, redraw, check }

  public var mode: Mode { explain ? .explain : redraw ? .redraw : check ? .check : .run }

  public mutating func validate() throws {
    if let seeds, seeds < 1 { throw ValidationError("--seeds \(seeds): must be at least 1") }
    if let jobs, jobs < 1 { throw ValidationError("--jobs \(jobs): must be at least 1") }
    if [explain, redraw, check].filter({ $0 }).count > 1 {
      throw ValidationError("--explain, --redraw and --check exclude each other")
    }
    for (name, path) in [("data", data), ("out", out), ("weights", weights), ("root", root)]
    where path == "" {
      throw ValidationError("--\(name): the path is empty")
    }
  }

  /// Refuses a number of seeds from which no difference between seeds has a spread, where the
  /// study judges one.
  ///
  /// - claims: the study's claims.tsv; nil for a study that judges none.
  ///
  /// Throws a usage error (64); an input error (65) for a damaged claims.tsv.
  func checkSeeds(claims: String?) throws {
    guard let seeds, seeds < 2, let claims else { return }
    guard let judged = try ClaimDeclaration.read(claims).first(where: \.needsSeeds) else { return }
    throw LightboxError(
      .usage,
      "--seeds \(seeds): found \(seeds) seed, expected at least 2, and "
        + "\(VerdictEngine.fewestSeeds) for a verdict; \(judged.id) is judged by differences "
        + "between seeds; leave --seeds (SEEDS=) out, or take SCALE=smoke for a quick look")
  }

  /// The options that can change a byte of the results and are not at their default, as
  /// `name=value` in the order of the contract; empty for a run whose results are committed.
  ///
  /// `--out` chooses another place, and is not part of the name.
  public func byteChanging(seedsByDefault: Int) -> [String] {
    var parts: [String] = []
    if scale != .default { parts.append("scale=\(scale.rawValue)") }
    if let seeds, seeds != seedsByDefault { parts.append("seeds=\(seeds)") }
    if let data { parts.append("data=\(Self.baseName(data))") }
    if let isa { parts.append("isa=\(isa.rawValue)") }
    if let weights { parts.append("weights=\(Self.baseName(weights))") }
    if let noise, noise != defaultNoise { parts.append("noise=\(noise.rawValue)") }
    return parts
  }

  /// Where the noise of private training comes from when `--noise` is not given.
  public var defaultNoise: NoiseChoice { data == nil ? .seeded : .secure }

  /// Where the noise of private training comes from.
  public var effectiveNoise: NoiseChoice { noise ?? defaultNoise }

  /// Last component of a path with everything but letters, digits and `. _ -` replaced.
  static func baseName(_ path: String) -> String {
    let last = URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent
    let safe = last.unicodeScalars.map { scalar -> Character in
      let plain =
        scalar.isASCII
        && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
          || "._-".unicodeScalars.contains(scalar))
      return plain ? Character(scalar) : "_"
    }
    return String(safe)
  }
}

/// A limit on the instructions that kernels may use.
public enum KernelISA: String, Codable, Hashable, Sendable, CaseIterable {
  case avx2
}

/// Where the noise that protects patients comes from.
public enum NoiseChoice: String, Codable, Hashable, Sendable, CaseIterable {
  /// The operating system's generator: not repeatable, by intent.
  case secure
  /// The study's streams: repeatable, and no protection for anyone.
  case seeded
}

extension Scale: ExpressibleByArgument {}
extension KernelISA: ExpressibleByArgument {}
extension NoiseChoice: ExpressibleByArgument {}
