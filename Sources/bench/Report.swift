/// The page of results: all tables, and how to read them.
struct Report {
  private let results: Results
  init(_ results: Results) { self.results = results }

  private static func markdown(_ table: Results.Table) -> String {
    guard !table.rows.isEmpty else { return "Not measured yet." }
    let lines = ([table.header] + table.rows).map { "| " + $0.joined(separator: " | ") + " |" }
    let rule = "|" + table.header.map { _ in " --- |" }.joined()
    return ([lines[0], rule] + lines.dropFirst()).joined(separator: "\n")
  }

  var text: String {
    """
    # How fast

    Written by `make bench`, workload by workload (*run*). Times are medians after one warm-up, \
    both sides in turn in one run; a turn of a short workload is up to ten repetitions in a row on \
    every side, and its time that of one. *ratio* is our time over that of the fastest peer (or \
    our memory over the peer's), *must* and *aim* its goals. A bfloat16 peer is reported beside, \
    outside the ratio, and timed once where it is slower than float32. *CPU* is processor time of \
    all threads (waiting in a loop included), which a busy machine changes less. Peaks of memory \
    are resident: each process whole, since the workload began.

    \(Self.markdown(results.comparisons))

    ## What is left

    The rate of single kernels as a share of the matrix product's rate (arithmetic) or of a copy's \
    (memory traffic). Winograd's algorithm saves multiplications, so a 3x3 convolution may pass \
    100 %.

    \(Self.markdown(results.kernels))

    ## When, and on what

    When each workload was measured last, and at which code (a commit; + marks edited sources); the \
    machine's load over 1, 5 and 15 minutes when it was done.

    \(Self.markdown(results.runs))

    """
  }
}
