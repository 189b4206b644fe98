//: ### The sheet for the eye
//: Three volunteers across, from the lower to the upper half of the right lobe; then the same lobe
//: along its length, under pressure, and in the magnet.
import LightboxStudy

struct NeckSheetRow: TableRow {
  static let columns = [
    Column("volunteer"), Column("shows"), Column("right lobe [ml]", digits: 3),
    Column("left lobe [ml]", digits: 3),
  ]
  var volunteer: Int
  var shows: String
  var right, left: Double
}

/// One tile: what it shows, and how to make it from a volunteer.
struct NeckTile {
  var number: Int
  var shows: String
  var draw: (NeckAnatomy, NeckUltrasound) -> Image
}

func neckTiles() -> [NeckTile] {
  // As many pixels as a tile of the sheet has, 38 mm.
  let side = 128
  let pixel = 0.3
  func picture(_ frame: Tensor<Float>) -> Image {
    let (rows, columns) = (frame.shape[0], frame.shape[1])
    return Image(
      pixels: Tensor(shape: [1, rows, columns], frame.elements.map { $0 / 255 }),
      spacingMM: .init(y: pixel, x: pixel))
  }
  func across(_ number: Int, x: Double, share: Double, _ shows: String) -> NeckTile {
    NeckTile(number: number, shows: shows) { neck, scan in
      let (low, high) = neck.right.boundsMM
      let z = low.z + share * (high.z - low.z)
      return picture(
        scan.frame(
          columns: side, rows: side,
          imageToWorld: NeckUltrasound.plane(
            at: [x, 0, z], across: [1, 0, 0], columns: side, pixelMM: pixel)))
    }
  }
  func along(_ number: Int, pressure: Double, _ shows: String) -> NeckTile {
    NeckTile(number: number, shows: shows) { neck, scan in
      let lobe = neck.right
      let axis = lobe.lengthAxis
      let probe = ProbePressure(compression: pressure, axisXMM: lobe.centreMM.x)
      return picture(
        scan.frame(
          columns: side, rows: side,
          imageToWorld: NeckUltrasound.plane(
            at: [lobe.centreMM.x, 0, lobe.centreMM.z], across: [-axis.x, 0, -axis.z], columns: side,
            pixelMM: pixel),
          pressure: probe))
    }
  }
  func magnet(_ number: Int) -> NeckTile {
    NeckTile(number: number, shows: "T1, magnet") { neck, _ in
      let image = NeckMRI().scan(neck, stream: RandomStream(4).child(number)).image
      let (ny, nx) = (image.geometry.height, image.geometry.width)
      let slice = image.geometry.depth / 2 * ny * nx
      let left = (nx - side) / 2
      let values = image.voxels.withUnsafeElements { voxels in
        (0..<(ny * side)).map { k in
          min(1, 0.85 * voxels[slice + k / side * nx + left + k % side])
        }
      }
      return Image(pixels: Tensor(shape: [1, ny, side], values), spacingMM: .init(y: 0.8, x: 0.8))
    }
  }
  return [
    across(0, x: -17, share: 0.3, "right, low"),
    across(0, x: 0, share: 0.35, "midline"),
    across(0, x: 17, share: 0.6, "left, high"),
    across(1, x: -17, share: 0.4, "right lobe"),
    across(2, x: -17, share: 0.5, "right lobe"),
    across(2, x: 17, share: 0.4, "left lobe"),
    along(0, pressure: 0, "long axis"),
    along(0, pressure: 0.1, "pressed 10 %"),
    magnet(0),
  ]
}

func neckSheet(_ study: StudyRun) throws {
  let stream = study.stream.child("neck-sheet")
  let tiles = neckTiles()
  let necks = (0..<3).map { volunteer(stream, $0) }
  try study.figure(
    "figure-neck",
    "Simulated necks: trachea with its shadow, carotid and jugular, lobes, straps; "
      + "0.3 mm pixels, 60 dB",
    tier: .simulated,
    from: tiles.map {
      NeckSheetRow(
        volunteer: $0.number, shows: $0.shows, right: necks[$0.number].right.volumeMM3 / 1000,
        left: necks[$0.number].left.volumeMM3 / 1000)
    }
  ) { plot in
    plot.imageGrid(try drawn(tiles, necks, stream), columns: 3, caption: \.shows)
  }
}

func drawn(_ tiles: [NeckTile], _ necks: [NeckAnatomy], _ stream: RandomStream) throws -> [Image] {
  let scans = necks.indices.map { number in
    NeckUltrasound(
      NeckLabels(necks[number]), field: ScattererField(stream: stream.child("field").child(number)))
  }
  return try Parallel.map(tiles.count) { k in
    tiles[k].draw(necks[tiles[k].number], scans[tiles[k].number])
  }
}
