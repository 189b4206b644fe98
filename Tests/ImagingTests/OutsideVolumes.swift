import Foundation
import Imaging
import Tensors
import Testing

/// Files that nibabel 5.4 and SimpleITK 2.5 wrote, with what those programs read from them.
enum OutsideVolumes {
  /// Voxel (x, y, z) of 4 x 3 x 2 holds 6 x + 2 y + z - 5, except where stated.
  static func bytes(_ base64: String) -> [UInt8] { [UInt8](Data(base64Encoded: base64)!) }

  /// int16, sform, slope 0.5 and intercept 3: voxel (3, 1, 1) is 11.
  static let sform = bytes(
    "H4sIAAAAAAACA4thZCAKMDOwADETAyMUogIWBgEw3WBvbGxsf/ZMjz0Dg4IDiI+KNzgDFQFpBweGQQEYGdrShe26"
      + "1pTu4+g6YsfAoOHIwLDoINA/TmdaLts5bQrcP6HRfT9IXDfhpt3JD1b2TMw9+0Fqtn3YZ7fl1Gxb089sDiD16Cbn"
      + "aRuC6d//GRnYGXgZ/v5nZuBk4Gf4/5+VgZtBkOHPfyYGDgY+hn//WRi4wKHHxsDDIMQAABoI8w2QAQAA")
  /// uint16, big-endian, a qform that mirrors, values higher by 5.
  static let qformBig = bytes(
    "H4sIAAAAAAACA2NgYIxhIAYwM7AAMRMDIxSiACYGBgEGhv0NDAz2xsbG9j1nzjooANkNqNh5A4RGaBpgAPSFnXB6"
      + "277SNV12R7o4HDUYGA4uYmBwYqHc6DxtQxiTjYGHQQjoWw4GPgYRYChyAcNKDGg3OwMvgzAwTDkZ+BlEGVgZuBkE"
      + "GcQBI7gHvpABAAA=")
  /// float32 without orientation.
  static let bare = bytes(
    "H4sIAAAAAAACA4thZCAKMDOwADETAyMUogIBBgUw3WBvbGxsf/ZMjz0Dg4IDiI+KNzhD6OEP8rQNoawFByB+fgAM"
      + "jwBHBgYHIN8ByBYAsguAuGE/UA2QbwBkd4D4QHkGIJ8ByE4AYgaQfiBfASTnCDHzAJDvAGRPcAQADr80+8ABAAA=")
  /// int16, zlib-compressed, rotated.
  static let mha = bytes(
    "T2JqZWN0VHlwZSA9IEltYWdlCk5EaW1zID0gMwpCaW5hcnlEYXRhID0gVHJ1ZQpCaW5hcnlEYXRhQnl0ZU9yZGVy"
      + "TVNCID0gRmFsc2UKQ29tcHJlc3NlZERhdGEgPSBUcnVlCkNvbXByZXNzZWREYXRhU2l6ZSA9IDQ0ClRyYW5zZm9y"
      + "bU1hdHJpeCA9IDAuNTkwMTc1MDU2MzI1MzYxMzggMC42MDY1MTcwMDAxNjA2ODU2NiAwLjUzMjc1NzQ3ODk3ODQx"
      + "Nzk2IC0wLjc0NDY2MDIzOTYwMTU3NTEyIDAuNjYzODUxNDUwNjkzODM1NzggMC4wNjkxNTQ3NDY1MzQyMzc5NDkg"
      + "LTAuMzExNzI4Mjk1ODcyOTk0OTQgLTAuNDM3NTM2NzE4Mzc2NjA5NzkgMC44NDM0Mzc2NjE5NjY5OTIxCk9mZnNl"
      + "dCA9IDEwLjUgLTIwLjI1IDMzCkNlbnRlck9mUm90YXRpb24gPSAwIDAgMApBbmF0b21pY2FsT3JpZW50YXRpb24g"
      + "PSBBTEkKRWxlbWVudFNwYWNpbmcgPSAwLjY5OTk5OTk5OTk5OTk5OTk2IDEuMTAwMDAwMDAwMDAwMDAwMSAyLjUK"
      + "RGltU2l6ZSA9IDQgMyAyCkVsZW1lbnRUeXBlID0gTUVUX1NIT1JUCkVsZW1lbnREYXRhRmlsZSA9IExPQ0FMCnhe"
      + "BcGFAYBAAAQgzLdr/02NE+5UitWbxmiXdGanJ7XB5ktrcqC3uPxG6AqY")
}
