/// How a body is delimited (RFC 9112 §6.3).
public enum BodyFraming: Sendable, Equatable {
    case none
    /// Bytes.
    case length(Int)
    case chunked
    /// Responses alone: the body lasts until the connection closes.
    case untilClose
}

/// A request as far as its empty line: checked, in place, safe to pass on.
public struct RequestHead: Sendable {
    /// The request's method.
    public let method: Method
    /// 0 or 1: HTTP/1.0 or HTTP/1.1.
    public let minorVersion: UInt8
    /// The header fields.
    public internal(set) var fields: FieldList
    /// How the end of the body is found.
    public let framing: BodyFraming
    /// The connection may carry another request after this one.
    public let keepAlive: Bool
    /// The client waits for 100 (Continue) before it sends the body.
    public let expectsContinue: Bool
    /// Without what `below` has taken off.
    var path: Range<Int>
    var query: Range<Int>?

    /// `*` as in `OPTIONS *`.
    public var isAsterisk: Bool {
        path.count == 1 && fields.bytes[path.lowerBound] == UInt8(ascii: "*")
    }

    /// The raw path; still percent-encoded, known to have no dot segments and no empty ones.
    public var pathText: String {
        withPath { String(decoding: $0, as: UTF8.self) }
    }

    /// The raw query, without its question mark.
    public var queryText: String? {
        guard let query else { return nil }
        return fields.withBytes(query.lowerBound, query.count) {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// Lends the raw path.
    public func withPath<T>(_ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
        try fields.withBytes(path.lowerBound, path.count, body)
    }

    /// Lends path and query as they came: what a gateway forwards is what it matched.
    public func withTarget<T>(_ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
        let end = query?.upperBound ?? path.upperBound
        return try fields.withBytes(path.lowerBound, end - path.lowerBound, body)
    }

    /// A path parameter, percent-decoded; nil unless it is UTF-8.
    public func decodedPath(_ range: Range<Int>) -> String? {
        let start = path.lowerBound + range.lowerBound
        return fields.withBytes(start, range.count) { PercentEncoding.decode($0) }
    }

    /// The query as decoded name-value pairs, `+` read as a space; nil if one is not UTF-8.
    public func queryItems() -> [(name: String, value: String)]? {
        guard let query, !query.isEmpty else { return [] }
        return fields.withBytes(query.lowerBound, query.count) { PercentEncoding.form($0) }
    }

    /// The request as it is below `prefix`, for a server that has a part of a site's paths; nil
    /// if its path is elsewhere.
    /// - Parameter prefix: a path without a slash at its end, such as `/access`.
    public func below(_ prefix: String) -> RequestHead? {
        let count = prefix.utf8.count
        let isBelow = withPath { path in
            path.count > count && path[count] == ASCII.slash
                && path.prefix(count).elementsEqual(prefix.utf8)
        }
        guard isBelow else { return nil }
        var head = self
        head.path = path.lowerBound + count..<path.upperBound
        return head
    }
}
