import StudyKit
import Testing

/// What of a source counts as code.
@Suite struct SourceTextTests {
  @Test(arguments: [
    ("let a = 1  // one\n\n//: prose\n  let b = 2   \n", "let a = 1\n  let b = 2"),
    ("a /* x */ b", "a  b"),
    ("a /* x /* nested */ still */ b", "a  b"),
    ("a\n/* two\nlines */\nb", "a\nb"),
    ("let url = \"http://a.b\"  // link", "let url = \"http://a.b\""),
    ("let q = \"say \\\"hi\\\" // no\" // yes", "let q = \"say \\\"hi\\\" // no\""),
    ("let r = #\"a \" // in \"#  // out", "let r = #\"a \" // in \"#"),
    (
      "let m = \"\"\"\n  // kept \" here\n  \"\"\"\n// gone",
      "let m = \"\"\"\n  // kept \" here\n  \"\"\""
    ),
    ("#include <a.h> // b\n#if x\n", "#include <a.h>\n#if x"),
    ("let e = \"\"  // empty", "let e = \"\""),
    ("// only a comment", ""),
  ])
  func commentsAndBlankLinesGo(_ source: String, _ code: String) {
    #expect(SourceText.withoutComments(source) == code)
  }

  @Test func whatChangesInCodeChangesTheText() {
    #expect(SourceText.withoutComments("a  b") != SourceText.withoutComments("a b"))
    #expect(
      SourceText.withoutComments("let s = \"a//b\"") != SourceText.withoutComments("let s = \"a\""))
  }
}
