// hide
import LightboxStudy

// show

//: ### What is printed
//: Everything that this chapter rests on, in one place: four measures before and after help from
//: abstract A, the two that abstract B repeats, and figure readings of six readers.

/// Whether the synthetic later radiograph was shown.
enum Support: String, CaseIterable { case unaided, aided }

/// One of the four measures, as printed.
struct PublishedMeasure {
  var key, name: String
  /// Abstract A, in percent.
  var unaided, aided: String
  /// Abstract B, in percent; empty where it prints none.
  var unaidedB = ""
  var aidedB = ""

  static let sensitivity = PublishedMeasure(
    key: "sens", name: "sensitivity", unaided: "42.1 %", aided: "51.6 %", unaidedB: "42.1 %",
    aidedB: "51.6 %")
  static let specificity = PublishedMeasure(
    key: "spec", name: "specificity", unaided: "72.3 %", aided: "88.6 %", unaidedB: "72.3 %",
    aidedB: "88.6 %")
  static let positiveValue = PublishedMeasure(
    key: "ppv", name: "PPV", unaided: "28.4 %", aided: "57.6 %")
  static let negativeValue = PublishedMeasure(
    key: "npv", name: "NPV", unaided: "83.9 %", aided: "88.4 %")
  static let all = [sensitivity, specificity, positiveValue, negativeValue]

  private func number(_ support: Support) -> PrintedNumber {
    PrintedNumber(support == .unaided ? unaided : aided)!
  }
  /// As a fraction.
  func value(_ support: Support) -> Double { number(support).fraction }
  /// The fractions that print like this.
  func interval(_ support: Support) -> Interval { number(support).interval() }
}

/// The number of readers, as each abstract prints it.
let readersPrinted = (a: "seven", b: "seven")
let readerCount = 7

/// A point of the ROC plane.
struct PlanePoint: Hashable {
  var falsePositive, sensitivity: Double
  var youden: Double { sensitivity - falsePositive }

  /// The printed mean of the readers.
  static func printed(_ support: Support) -> PlanePoint {
    PlanePoint(
      falsePositive: 1 - PublishedMeasure.specificity.value(support),
      sensitivity: PublishedMeasure.sensitivity.value(support))
  }
}

/// A reader's two points, and how far each coordinate may be off.
struct ReaderPoint {
  var name: String
  var unaided, aided: PlanePoint
  var error: Double

  func point(_ support: Support) -> PlanePoint { support == .unaided ? unaided : aided }

  /// Six figure readings, ± .01, and the seventh reader, who follows from the printed means of all
  /// seven and inherits the six errors and half a digit of seven means.
  static let all: [ReaderPoint] = {
    let read: [[Double]] = [
      [0.46, 0.54, 0.07, 0.54], [0.20, 0.30, 0.05, 0.50], [0.10, 0.22, 0.08, 0.47],
      [0.16, 0.32, 0.05, 0.34], [0.22, 0.37, 0.08, 0.49], [0.42, 0.55, 0.34, 0.71],
    ]
    let six = read.enumerated().map { index, x in
      ReaderPoint(
        name: "R\(index + 1)", unaided: PlanePoint(falsePositive: x[0], sensitivity: x[1]),
        aided: PlanePoint(falsePositive: x[2], sensitivity: x[3]), error: 0.01)
    }
    return six + [completing(six)]
  }()

  /// The seventh reader, who brings the mean of all to the printed one.
  static func completing(_ six: [ReaderPoint]) -> ReaderPoint {
    func rest(_ support: Support, _ coordinate: (PlanePoint) -> Double) -> Double {
      Double(readerCount) * coordinate(.printed(support))
        - six.reduce(0) { $0 + coordinate($1.point(support)) }
    }
    func last(_ support: Support) -> PlanePoint {
      PlanePoint(
        falsePositive: rest(support, \.falsePositive), sensitivity: rest(support, \.sensitivity))
    }
    return ReaderPoint(
      name: "R7", unaided: last(.unaided), aided: last(.aided),
      error: 6 * 0.01 + Double(readerCount) * 0.0005)
  }
}

/// AUROC of the model and of the supervised network, figure readings.
let printedAUROC = (model: PrintedNumber("0.69")!, supervised: PrintedNumber("0.52")!)
