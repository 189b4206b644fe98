import Foundation
import Kernels
import Testing

@Suite struct SHA256Tests {
  /// NIST, "Cryptographic Standards and Guidelines: Example values", SHA-256, and FIPS 180-2
  /// appendix B; the empty message from the CAVP short-message vectors.
  static let known: [(String, String)] = [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ]

  @Test(arguments: known) func knownAnswers(message: String, digest: String) {
    #expect(SHA256.hex(of: Array(message.utf8)) == digest)
    #expect(SHA256.hex(of: Data(message.utf8)) == digest)
  }

  @Test func aMillionLettersA() {
    let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    #expect(
      SHA256.hex(of: bytes)
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  /// Every length around the block boundary, cut at every place, gives the digest of the whole.
  @Test func piecesGiveTheDigestOfTheWhole() {
    for count in [55, 56, 63, 64, 65, 119, 120, 128, 200] {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 31) }
      let whole = SHA256.hex(of: bytes)
      for cut in 0...count {
        var hasher = SHA256()
        hasher.update(Array(bytes[..<cut]))
        hasher.update(Array(bytes[cut...]))
        #expect(hasher.hexDigest() == whole)
      }
    }
  }
}
