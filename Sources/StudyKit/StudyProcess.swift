import ArgumentParser
import Foundation
import Kernels

/// The process around a run: options, environment, signals, exit codes.
enum StudyProcess {
  static var executablePath: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
  }

  static var executableName: String { (executablePath as NSString).lastPathComponent }

  /// Largest resident size of the process so far, in MB.
  static var peakMB: Double {
    var usage = rusage()
    getrusage(.init(RUSAGE_SELF.rawValue), &usage)
    return (Double(usage.ru_maxrss) / 1024 * 10).rounded() / 10
  }

  static func main<S: Study>(_ study: S.Type) -> Never {
    do {
      var command = try StudyCommand<S>.parseAsRoot()
      guard let parsed = command as? StudyCommand<S> else {
        try command.run()
        exit(0)
      }
      try relaunchIfNeeded(parsed.options)
      exit(try run(study, parsed.options))
    } catch let error as LightboxError {
      RunProgress.write("\(S.name): \(error)\n")
      exit(error.kind.rawValue)
    } catch {
      StudyCommand<S>.exit(withError: error)
    }
  }

  /// Runs the study in the mode asked for; the result is the exit code.
  private static func run<S: Study>(_ study: S.Type, _ options: StudyOptions) throws -> Int32 {
    let root = try root(options)
    try options.checkSeeds(claims: study.paper.claims.map { "\(root)/\(study.folder)/\($0)" })
    let cacheFolder = "\(root)/.cache/\(S.name)"
    if options.mode == .explain {
      let seeds = options.seeds ?? S.seeds.count(at: options.scale)
      print(
        "\(S.name) at \(options.scale.rawValue) scale, \(seeds) \(seeds == 1 ? "seed" : "seeds"): "
          + "what a run would compute, and why")
      // Before the sources are read, which takes longer than to start.
      fflush(nil)
    }
    // An explanation reads only, and may be asked for while the study runs.
    let lock =
      options.mode == .explain
      ? nil
      : try StudyLock(study: S.name, folder: cacheFolder, waits: options.wait) {
        RunProgress.write($0 + "\n")
      }
    defer { withExtendedLifetime(lock) {} }
    let run = try StudyRun(study, options: options, root: root)
    watchSignals(run)
    do {
      switch options.mode {
      case .run: try run.perform { try S.run(run) }
      case .explain: try run.performExplain { try S.run(run) }
      case .redraw: try run.performRedraw { try S.run(run) }
      case .check: return try run.performCheck { try S.run(run) }
      }
      return run.failed ? 1 : 0
    } catch {
      run.progress.stop()
      run.outputs.discard()
      let known = error as? LightboxError
      RunProgress.write("\(S.name): \(known?.description ?? "\(error)")\n")
      return known?.kind.rawValue ?? LightboxError.Kind.software.rawValue
    }
  }

  /// The root of the sources: asked for, or the nearest folder above with a Package.swift.
  private static func root(_ options: StudyOptions) throws -> String {
    if let asked = options.root {
      let path = URL(fileURLWithPath: asked).standardizedFileURL.path
      guard DurableFile.isFolder(path) else {
        throw LightboxError(.usage, "--root \(asked): no such folder")
      }
      return path
    }
    var place = FileManager.default.currentDirectoryPath
    while !DurableFile.exists(place + "/Package.swift") {
      guard place != "/" else {
        throw LightboxError(
          .usage, "no Package.swift here or above; name the project's folder with --root")
      }
      place = (place as NSString).deletingLastPathComponent
    }
    return place
  }

  // MARK: Environment

  /// Starts the program again in the environment that its numbers need, so that it gives the same
  /// bits with and without make. Libraries read these variables before `main`.
  private static func relaunchIfNeeded(_ options: StudyOptions) throws {
    let environment = ProcessInfo.processInfo.environment
    var wanted: [String: String?] = ["OPENBLAS_NUM_THREADS": "1"]
    if environment["LC_ALL"] != "C" { wanted["LC_ALL"] = "C.UTF-8" }
    wanted["ONEDNN_MAX_CPU_ISA"] = .some(options.isa == .avx2 ? "AVX2" : nil)
    wanted["OPENBLAS_CORETYPE"] = .some(
      options.isa == .avx2 ? "Haswell" : Machine.coreThatBLASMisses)
    if let jobs = options.jobs { wanted["LIGHTBOX_THREADS"] = String(jobs) }
    let mark = "LIGHTBOX_RELAUNCHED"
    guard environment[mark] == nil, wanted.contains(where: { environment[$0.key] != $0.value })
    else { return }
    for (name, value) in wanted {
      if let value { setenv(name, value, 1) } else { unsetenv(name) }
    }
    setenv(mark, "1", 1)
    var arguments = CommandLine.arguments.map { strdup($0) } + [nil]
    execv("/proc/self/exe", &arguments)
    unsetenv(mark)
    throw LightboxError(
      .software,
      "cannot start \(executablePath) again: \(String(cString: strerror(errno)))")
  }

  // MARK: Signals

  /// On an interrupt or a request to end: says that the run resumes, and ends with 128 + n. What
  /// was written so far is whole, so nothing needs to be waited for.
  private static func watchSignals(_ run: StudyRun) {
    // A file that may not grow is an error to report, not a signal to die of.
    signal(SIGXFSZ, SIG_IGN)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: signalQueue)
      let (progress, outputs, name) = (run.progress, run.outputs, run.name)
      source.setEventHandler {
        progress.stop()
        outputs.discard()
        RunProgress.write(
          "\(name): stopped; nothing half-written. The same command continues where it was.\n")
        _exit(128 + number)
      }
      source.resume()
      run.keep(source)
    }
  }

  private static let signalQueue = DispatchQueue(label: "lightbox.signals", qos: .userInteractive)
}

/// The command line of a study.
struct StudyCommand<S: Study>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: S.name,
      abstract: S.paper.title.isEmpty ? "A study of \(S.paper.doi)." : "Study of: \(S.paper.title)",
      discussion: """
        Takes \(Budget.inWords(minutes: S.budget.default)); --scale smoke is a tour of \
        \(Budget.inWords(minutes: S.budget.smoke)). Stop it at any time: the same command \
        continues. Results: Figures/\(S.name)/.

        Example: make \(S.name) SCALE=smoke
        """)
  }

  @OptionGroup var options: StudyOptions

  mutating func run() throws {}
}
