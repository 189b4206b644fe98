import Foundation
import Imaging
import Kernels
import Tensors

/// A generator of fixed-flexion radiographs of knees over the years, with known truth.
///
///     let phantom = KneePhantom()
///     let knees = phantom.knees(patients: 500, stream: RandomStream(1).child("train"))
///     let pixels = phantom.pixels(of: knees[0], film: 0, size: 64)
///
/// One film shows one knee; the medial side lies at the viewer's right, left knees are mirrored. A
/// larger picture shows the same knee in more detail. Everything is a function of the stream's name
/// and the patient's number, whatever the number of patients or threads.
public struct KneePhantom: Sendable {
  public let population: KneePopulation

  public init(_ population: KneePopulation = KneePopulation()) {
    precondition(
      population.visits.first == 0
        && zip(population.visits, population.visits.dropFirst())
          .allSatisfy(<),
      "visits (\(population.visits)) must start at 0 and rise")
    precondition(
      population.replacementRate.count == 5,
      "replacementRate (\(population.replacementRate)) must have a rate per grade")
    self.population = population
  }

  /// Width of the picture's field in mm: a pixel is this over the size of the picture.
  public static var fieldMM: Double { KneeRenderer.fieldMM }

  /// Both knees of each patient, right before left. Identifiers start with `prefix`: cohorts that
  /// will be joined need different ones, and different streams.
  public func knees(
    patients count: Int, prefix: String = "", stream: RandomStream
  ) -> [Knee] {
    precondition(count > 0, "patients (\(count)) must be positive")
    return (0..<count).flatMap { patient(number: $0, prefix: prefix, stream: stream) }
  }

  /// The knees of one patient, right and left.
  public func patient(number: Int, prefix: String = "", stream: RandomStream) -> [Knee] {
    let own = stream.child("patient").child(number)
    let person = population.person(stream: own)
    let anatomy = KneeAnatomy.pair(of: person, stream: own)
    let courses = KneeCourse.pair(of: person, anatomy, population, stream: own)
    let visits = population.visits
    let signs = zip(courses, anatomy).map { course, anatomy in
      visits.map { course.signs(of: anatomy, months: Double($0)) }
    }
    // Who is seen: a patient leaves with both knees, a knee is replaced by itself.
    var fate = own.child("fate")
    var lost: Int?
    var replaced: [Int?] = [nil, nil]
    for visit in visits.indices.dropFirst() {
      let years = Double(visits[visit] - visits[visit - 1]) / 12
      let grades = signs.map { $0[visit - 1].grade }
      for side in 0..<2 {
        let share = 1 - pow(1 - population.replacementRate[grades[side]], years)
        let isReplaced = fate.bernoulli(share)
        if isReplaced, replaced[side] == nil { replaced[side] = visits[visit] }
      }
      let odds =
        population.dropOut / (1 - population.dropOut)
        * exp(0.25 * (Double(grades.max()!) - 1.5))
      let isLost = fate.bernoulli(odds / (1 + odds))
      if isLost, lost == nil { lost = visits[visit] }
    }
    let reader = KneeReader(misread: population.misread)
    return KneeSide.allCases.enumerated().map { index, side in
      let stream = own.child(side.rawValue)
      let films = visits.indices.filter { visits[$0] < lost ?? .max }.map { visit -> KneeFilm in
        let months = visits[visit]
        let film = stream.child("film").child(months)
        let isReplaced = months >= replaced[index] ?? .max
        let grade = signs[index][visit].grade
        return KneeFilm(
          months: months, signs: signs[index][visit], isReplaced: isReplaced,
          trueGrade: isReplaced ? nil : grade,
          readGrade: isReplaced ? nil : reader.read(grade, stream: film.child("reader")),
          view: KneeView(nuisance: population.nuisance, stream: film))
      }
      return Knee(
        patient: "\(prefix)\(number)", patientNumber: number, side: side, person: person,
        anatomy: anatomy[index], course: courses[index], replacedMonths: replaced[index],
        lostMonths: lost, films: films, stream: stream)
    }
  }

  /// The pixels of a film, [1, size, size], 0...1, bone bright.
  public func pixels(of knee: Knee, film: Int, size: Int) -> [Float] {
    precondition(
      knee.films.indices.contains(film), "film (\(film)) must lie in \(knee.films.indices)")
    return pixels(of: knee, shown: knee.films[film], size: size)
  }

  /// The pixels of a film that need not be one of the knee's: other signs, another view.
  ///
  /// With the signs of another visit this is the knee as it would look in the same view; with the
  /// same months the noise is the same.
  public func pixels(of knee: Knee, shown film: KneeFilm, size: Int) -> [Float] {
    let scene = KneeScene(
      anatomy: knee.anatomy, signs: film.signs, view: film.view, isReplaced: film.isReplaced,
      stream: knee.stream)
    return KneeRenderer(scene: scene, view: film.view).picture(
      size: size, stream: knee.stream.child("film").child(film.months))
  }

  /// A film as an image with its spacing in mm.
  public func image(of knee: Knee, film: Int, size: Int) -> Image {
    let spacing = Self.fieldMM / Double(size)
    return Image(
      pixels: Tensor(shape: [1, size, size], pixels(of: knee, film: film, size: size)),
      spacingMM: Image.Spacing(y: spacing, x: spacing))
  }

  /// Many films at once, [film, 1, size, size]; the threads share the films.
  public func pictures(
    _ films: [(knee: Knee, film: Int)], size: Int
  ) -> Tensor<Float> {
    let plane = size * size
    return Tensor<Float>(shape: [films.count, 1, size, size]) { buffer in
      nonisolated(unsafe) let buffer = buffer
      Parallel.each(films.count) { index in
        let values = pixels(of: films[index].knee, film: films[index].film, size: size)
        for pixel in 0..<plane { buffer[index * plane + pixel] = values[pixel] }
      }
    }
  }
}

/// One film of a knee and the truth about it.
public struct KneeFilm: Codable, Hashable, Sendable {
  /// Months after the first film.
  public var months: Int
  public var signs: KneeSigns
  /// Whether metal has taken the joint's place; there is no grade then.
  public var isReplaced: Bool
  /// Kellgren-Lawrence grade by the signs, and as a reader wrote it down.
  public var trueGrade, readGrade: Int?
  public var view: KneeView
}

/// One knee of a patient, with its films up to the end of follow-up.
public struct Knee: Codable, Hashable, Sendable {
  public var patient: String
  public var patientNumber: Int
  public var side: KneeSide
  public var person: KneePerson
  public var anatomy: KneeAnatomy
  public var course: KneeCourse
  /// First visit after the replacement of the joint, drawn for the whole of follow-up even where the
  /// patient was lost before; nil where it stays.
  public var replacedMonths: Int?
  /// First visit that the patient did not attend; nil where all were.
  public var lostMonths: Int?
  /// In the order of the visits; the first is at 0.
  public var films: [KneeFilm]
  /// The knee's own stream, from which films are drawn again.
  public var stream: RandomStream

  /// The last film of the joint itself; the first one where there is no other.
  public var lastNative: KneeFilm { films.last { !$0.isReplaced } ?? films[0] }

  /// Rise of the grade from the first film to the last of the joint itself, as read.
  public var readRise: Int { (lastNative.readGrade ?? 0) - (films[0].readGrade ?? 0) }
  /// The same rise without a reader's error.
  public var trueRise: Int { (lastNative.trueGrade ?? 0) - (films[0].trueGrade ?? 0) }
}

extension Knee {
  /// Difference in mm of the gap between the drawn outlines from the joint space that the film
  /// should show, before magnification: rounding alone.
  package func placementErrorMM(_ film: KneeFilm, _ compartment: KneeCompartment) -> Double {
    let outline = KneeOutline(anatomy: anatomy, signs: film.signs, view: film.view)
    let wanted =
      film.view.filmedMM(film.signs.spaceMM[compartment.rawValue]) / film.view.magnification
    return abs(Double(outline.gap(compartment)) - wanted)
  }
}
