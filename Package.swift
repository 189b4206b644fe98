// swift-tools-version: 6.0
// The house as a list: C shims at the bottom, libraries above them in the order of their
// imports, then the executables. Build flags are the Makefile's, never in here.
//
// STUDIES="dp-fairness phantoms" in the environment limits which study executables are listed;
// an empty STUDIES lists none. Without the variable all of them are listed.

import Foundation
import PackageDescription

let environment = ProcessInfo.processInfo.environment
let wanted = environment["STUDIES"]?.split(whereSeparator: { " ,".contains($0) }).map(String.init)

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

/// A library target in Sources/<name>, Swift 6 mode.
func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: [.swiftLanguageMode(.v6)])
}

/// An executable target in Studies/<folder>: folder = executable = make target.
func study(_ folder: String) -> Target {
  .executableTarget(
    name: folder, dependencies: ["LightboxStudy"], path: "Studies/\(folder)",
    exclude: ["claims.tsv", "limits.tsv"].filter {
      FileManager.default.fileExists(atPath: "\(Context.packageDirectory)/Studies/\(folder)/\($0)")
    },
    swiftSettings: [.swiftLanguageMode(.v5)])
}

/// A test target in Tests/<module>Tests.
func tests(_ module: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: module + "Tests", dependencies: [.target(name: module)] + dependencies,
    swiftSettings: [.swiftLanguageMode(.v6)])
}

let shims: [Target] = [
  .systemLibrary(
    name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
  .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
  .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
  .systemLibrary(name: "CSystemRandom"),
  .target(name: "CKissFFT"),
  .target(
    name: "COneDNN",
    linkerSettings: [.linkedLibrary("dnnl"), .linkedLibrary("gomp")]),
  .target(name: "CPNG", linkerSettings: [.linkedLibrary("png16")]),
  .target(name: "CJPEG", linkerSettings: [.linkedLibrary("turbojpeg")]),
  .target(name: "CBoostMath"),
  .target(
    name: "CGnuplot",
    linkerSettings: [
      .linkedLibrary("boost_iostreams"), .linkedLibrary("boost_system"),
      .linkedLibrary("boost_filesystem"),
    ]),
]

let libraries: [Target] = [
  library("Kernels", ["COpenBLAS", "COneDNN", "CKissFFT"]),
  library("Tensors", ["Kernels"]),
  library("Autodiff", ["Tensors"]),
  library("Networks", ["Autodiff"]),
  library("Statistics", ["Kernels", "CBoostMath"]),
  library("Training", ["Networks", "Statistics", "Imaging"]),
  library("Privacy", ["Training", "Statistics", "CSystemRandom"]),
  library("Generative", ["Training"]),
  library("Imaging", ["Tensors", "CPNG", "CJPEG", "CZlib", "CZip"]),
  library("Metrics", ["Imaging", "Statistics"]),
  library("Physics", ["Imaging"]),
  library("Cohorts", ["Imaging"]),
  library("Phantoms", ["Cohorts", "Physics", "Statistics"]),
  library("Plotting", ["Kernels", "Imaging", "CGnuplot"]),
  library(
    "StudyKit", ["Plotting", "Statistics", "Tensors", "Cohorts", "Imaging", argumentParser]),
  library(
    "LightboxStudy",
    [
      "Kernels", "Tensors", "Autodiff", "Networks", "Training", "Privacy", "Generative", "Imaging",
      "Physics", "Statistics", "Metrics", "Cohorts", "Phantoms", "Plotting", "StudyKit",
    ]),
]

let executables: [Target] = [
  .executableTarget(
    name: "lightbox",
    dependencies: [
      "Statistics", "Metrics", "Networks", "Privacy", "Imaging", "Physics", "Plotting", "StudyKit",
      argumentParser,
    ],
    swiftSettings: [.swiftLanguageMode(.v6)]),
  .executableTarget(
    name: "bench",
    dependencies: [
      "Kernels", "Tensors", "Autodiff", "Networks", "Training", "Privacy", "Generative", "Imaging",
      "Physics", "Statistics", "Metrics", argumentParser,
    ],
    exclude: ["peers"], swiftSettings: [.swiftLanguageMode(.v6)]),
  // A few seconds of study for StudyKit's tests to kill, start again and compare.
  .executableTarget(
    name: "fixture-study", dependencies: ["StudyKit"], path: "Tests/Fixtures/kill-study",
    swiftSettings: [.swiftLanguageMode(.v5)]),
  // The study that `make new-study` copies; the tests run it.
  .executableTarget(
    name: "first-study", dependencies: ["LightboxStudy"], path: "Tests/Fixtures/first-study",
    exclude: ["claims.tsv"], swiftSettings: [.swiftLanguageMode(.v5)]),
]

// What the readers' tests and fuzzers share. `make fuzz` sets FUZZ, which lists the program that
// links libFuzzer; no other build sees it.
var fuzzing: [Target] = [
  .target(
    name: "Fuzzing", dependencies: ["Imaging", "Physics", "StudyKit"], path: "Tests/Fuzzing",
    swiftSettings: [.swiftLanguageMode(.v6)])
]
if environment["FUZZ"] != nil {
  fuzzing.append(
    .executableTarget(
      name: "fuzz", dependencies: ["Fuzzing"], path: "Tests/Fuzz", exclude: ["run.sh"],
      swiftSettings: [.swiftLanguageMode(.v6)]))
}

let studies = [
  "diffusion-vs-gan", "dp-fairness", "oa-progression", "phantoms", "thyroid-volumetry",
]
.filter { wanted?.contains($0) ?? true }
.map(study)

let testTargets: [Target] = [
  tests("Kernels"),
  tests("Tensors"),
  tests("Autodiff"),
  tests("Networks"),
  tests("Training"),
  tests("Privacy"),
  tests("Generative"),
  tests("Imaging", ["Fuzzing"]),
  tests("Fuzzing"),
  tests("Physics"),
  tests("Statistics"),
  tests("Metrics"),
  tests("Cohorts"),
  tests("Phantoms", ["Networks", "Training"]),
  tests("Plotting"),
  tests("StudyKit", ["fixture-study"]),
  .testTarget(
    name: "CommandTests", dependencies: ["lightbox", "fixture-study", "first-study", "Fuzzing"],
    swiftSettings: [.swiftLanguageMode(.v6)]),
]

// Imports reach through a target to those below it, so every target names all of them: else a
// change below would leave it linked against what was there before.
let targets = shims + libraries + executables + fuzzing + studies + testTargets
let below = Dictionary(uniqueKeysWithValues: targets.map { ($0.name, $0.dependencies) })

/// The name of a dependency in this package; nil for products of other packages.
func localName(_ dependency: Target.Dependency) -> String? {
  switch dependency {
  case .byNameItem(let name, _), .targetItem(let name, _): below[name] == nil ? nil : name
  default: nil
  }
}

for target in targets {
  var known = Set(target.dependencies.compactMap(localName))
  var pending = target.dependencies.compactMap(localName)
  while let next = pending.popLast() {
    for name in below[next]!.compactMap(localName) where known.insert(name).inserted {
      target.dependencies.append(.target(name: name))
      pending.append(name)
    }
  }
}

let package = Package(
  name: "Lightbox",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")
  ],
  targets: targets,
  cxxLanguageStandard: .cxx17
)
