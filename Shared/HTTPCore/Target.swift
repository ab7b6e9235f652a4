import Glibc

/// Checks a request target (RFC 9112 §3.2) so that every later reader sees the same path.
enum Target {
    struct Parts: Equatable {
        /// Index ranges in the head.
        var path: Range<Int>
        var query: Range<Int>?
        /// The authority of an absolute-form target.
        var authority: Range<Int>?
    }

    static func parse(
        _ head: UnsafeRawBufferPointer, _ range: Range<Int>, method: Method
    ) throws(HTTPError) -> Parts {
        if method == .connect { throw HTTPError(501, "CONNECT is not implemented.") }
        if head[range.lowerBound] == ASCII.slash { return try origin(head, range, nil) }
        if range.count == 1, head[range.lowerBound] == UInt8(ascii: "*"), method == .options {
            return Parts(path: range, query: nil, authority: nil)
        }
        return try absolute(head, range)
    }

    private static func absolute(
        _ head: UnsafeRawBufferPointer, _ range: Range<Int>
    ) throws(HTTPError) -> Parts {
        var start: Int?
        for scheme in ["http://", "https://"] as [StaticString] {
            let count = scheme.utf8CodeUnitCount
            guard range.count >= count else { continue }
            let prefix = range.lowerBound..<range.lowerBound + count
            if ASCII.equalsIgnoringCase(UnsafeRawBufferPointer(rebasing: head[prefix]), scheme) {
                start = prefix.upperBound
            }
        }
        guard let start else { throw .bad("The request target must be a path or a URL.") }
        var end = start
        while end < range.upperBound, head[end] != ASCII.slash, head[end] != UInt8(ascii: "?") {
            end += 1
        }
        // Without a path there is nothing that a gateway could forward as it came.
        guard end < range.upperBound, head[end] == ASCII.slash else {
            throw .bad("The URL in the request line has no path.")
        }
        return try origin(head, end..<range.upperBound, start..<end)
    }

    private static func origin(
        _ head: UnsafeRawBufferPointer, _ range: Range<Int>, _ authority: Range<Int>?
    ) throws(HTTPError) -> Parts {
        var end = range.lowerBound
        while end < range.upperBound, head[end] != UInt8(ascii: "?") { end += 1 }
        let path = range.lowerBound..<end
        try checkPath(UnsafeRawBufferPointer(rebasing: head[path]))
        guard end < range.upperBound else {
            return Parts(path: path, query: nil, authority: authority)
        }
        let query = end + 1..<range.upperBound
        try checkQuery(UnsafeRawBufferPointer(rebasing: head[query]))
        return Parts(path: path, query: query, authority: authority)
    }

    /// Only pchar; no empty or dot segments, also when encoded; no encoded controls, and encoded
    /// separators in external ids alone.
    private static func checkPath(_ path: UnsafeRawBufferPointer) throws(HTTPError) {
        var segmentStart = 1
        var i = 1
        while i <= path.count {
            if i == path.count || path[i] == ASCII.slash {
                try checkSegment(path, segmentStart, i)
                segmentStart = i + 1
                i += 1
            } else if path[i] == ASCII.percent {
                try checkEscape(path, i, since: segmentStart)
                i += 3
            } else {
                guard ASCII.isPathByte(path[i]) else { throw invalidCharacter }
                i += 1
            }
        }
    }

    private static func checkSegment(
        _ path: UnsafeRawBufferPointer, _ start: Int, _ end: Int
    ) throws(HTTPError) {
        // A path may end with a slash: it is then another path, which no route has.
        if start == end, end < path.count { throw .bad("The path has an empty segment.") }
        var dots = 0
        var i = start
        while i < end {
            let isPlain = path[i] == ASCII.dot
            let isEscaped =
                path[i] == ASCII.percent && PercentEncoding.escape(path, at: i) == ASCII.dot
            if isPlain || isEscaped {
                dots += 1
                i += isPlain ? 1 : 3
            } else if path[i] == ASCII.semicolon {
                break  // `..;x` is a dot segment to some servers
            } else {
                return
            }
        }
        if dots == 1 || dots == 2 { throw .bad("The path has a dot segment.") }
    }

    private static func checkEscape(
        _ path: UnsafeRawBufferPointer, _ i: Int, since segmentStart: Int
    ) throws(HTTPError) {
        guard let byte = PercentEncoding.escape(path, at: i) else { throw invalidEscape }
        let isSeparator = byte == ASCII.slash || byte == UInt8(ascii: "\\")
        if byte < 0x20 || byte == 0x7F || isSeparator && !isExternal(path, segmentStart..<i) {
            throw .bad("The path has an encoded separator or control character.")
        }
    }

    /// Whether a segment is a name by an external id, in which every visible character can stand:
    /// `ext:…`, `user:ext:…`, `team:ext:…`. Such a segment is no path, whoever decodes it.
    private static func isExternal(_ path: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
        let segment = UnsafeRawBufferPointer(rebasing: path[range])
        return PercentEncoding.withDecoded(segment) { text in
            ["ext:", "user:ext:", "team:ext:"].contains { text.starts(with: $0.utf8) }
        } ?? false
    }

    private static func checkQuery(_ query: UnsafeRawBufferPointer) throws(HTTPError) {
        var i = 0
        while i < query.count {
            if query[i] == ASCII.percent {
                guard PercentEncoding.escape(query, at: i) != nil else { throw invalidEscape }
                i += 3
            } else {
                guard ASCII.isQueryByte(query[i]) else { throw invalidCharacter }
                i += 1
            }
        }
    }

    private static let invalidCharacter = HTTPError.bad(
        "The request target has a character that must be percent-encoded.")
    private static let invalidEscape = HTTPError.bad(
        "The request target has a malformed percent-escape.")
}
