import HTTPCore

/// Path and query of a request as its client sent them, percent-encoded.
struct AskedTarget {
    let path: String
    let query: String?

    var text: String { query.map { path + "?" + $0 } ?? path }

    init(_ head: RequestHead) {
        path = head.pathText
        query = head.queryText
    }

    init(_ target: String) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts[0])
        query = parts.count > 1 ? String(parts[1]) : nil
    }
}
