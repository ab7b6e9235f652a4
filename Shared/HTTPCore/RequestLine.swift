/// Reads a whole request head: its line (RFC 9112 §3), fields, Host and framing.
enum RequestLine {
    /// - Parameter bytes: the head with its empty line; every line is known to end with CR LF.
    static func parse(
        _ bytes: UnsafeRawBufferPointer, limits: HTTPLimits
    ) throws(HTTPError) -> RequestHead {
        let (method, target, minorVersion, end) = try line(bytes, limits)
        let parts = try Target.parse(bytes, target, method: method)
        let fields = FieldList(
            bytes: [UInt8](bytes),
            fields: try FieldParser.parse(bytes, from: end, limit: limits.fieldCount))
        try checkHost(bytes, fields, minorVersion, authority: parts.authority)
        try checkSingle(fields)
        let framing = try RequestFraming.read(fields, minorVersion: minorVersion, limits: limits)
        return RequestHead(
            method: method, minorVersion: minorVersion, fields: fields, framing: framing.framing,
            keepAlive: framing.keepAlive, expectsContinue: framing.expectsContinue,
            path: parts.path, query: parts.query)
    }

    /// What can be read of a head that was refused, so that its answer can name the request: the
    /// path unless that is too long, the fields, no body. Nil if not even its lines are sound.
    static func parseForLog(
        _ bytes: UnsafeRawBufferPointer, limits: HTTPLimits
    ) -> RequestHead? {
        var anyTarget = limits
        anyTarget.targetBytes = bytes.count
        guard let (method, target, minorVersion, end) = try? line(bytes, anyTarget),
            let fields = try? FieldParser.parse(bytes, from: end, limit: limits.fieldCount)
        else { return nil }
        let pathEnd = bytes[target].firstIndex(of: UInt8(ascii: "?")) ?? target.upperBound
        let isLong = target.count > limits.targetBytes
        return RequestHead(
            method: method, minorVersion: minorVersion,
            fields: FieldList(bytes: [UInt8](bytes), fields: fields), framing: .none,
            keepAlive: false, expectsContinue: false,
            path: target.lowerBound..<(isLong ? target.lowerBound : pathEnd), query: nil)
    }

    /// method SP request-target SP HTTP-version CRLF, with exactly one space each.
    private static func line(
        _ bytes: UnsafeRawBufferPointer, _ limits: HTTPLimits
    ) throws(HTTPError) -> (Method, target: Range<Int>, minorVersion: UInt8, end: Int) {
        var i = 0
        while ASCII.isToken(bytes[i]) { i += 1 }
        guard i > 0, i <= 32, bytes[i] == ASCII.space else {
            throw .bad("The request line has no valid method.")
        }
        let method = Method(UnsafeRawBufferPointer(rebasing: bytes[..<i]))
        let start = i + 1
        i = start
        while bytes[i] > ASCII.space, bytes[i] != 0x7F { i += 1 }
        guard i > start, bytes[i] == ASCII.space else {
            throw .bad("The request line has no valid target.")
        }
        let target = start..<i
        guard target.count <= limits.targetBytes else {
            throw HTTPError(414, "The request target is longer than \(limits.targetBytes) bytes.")
        }
        let minorVersion = try version(bytes, i + 1)
        return (method, target, minorVersion, i + 11)
    }

    private static func version(
        _ bytes: UnsafeRawBufferPointer, _ start: Int
    ) throws(HTTPError) -> UInt8 {
        let name: StaticString = "HTTP/"
        guard bytes.count >= start + 10 else { throw badVersion }
        for i in 0..<5 where bytes[start + i] != name.utf8Start[i] { throw badVersion }
        guard ASCII.isDigit(bytes[start + 5]), bytes[start + 6] == ASCII.dot,
            ASCII.isDigit(bytes[start + 7]), bytes[start + 8] == ASCII.carriageReturn,
            bytes[start + 9] == ASCII.lineFeed
        else { throw badVersion }
        let minor = bytes[start + 7] - 0x30
        guard bytes[start + 5] == UInt8(ascii: "1"), minor <= 1 else {
            throw HTTPError(505, "The version must be HTTP/1.0 or HTTP/1.1.")
        }
        return minor
    }

    private static func checkHost(
        _ bytes: UnsafeRawBufferPointer, _ fields: FieldList, _ minorVersion: UInt8,
        authority: Range<Int>?
    ) throws(HTTPError) {
        let count = fields.count(of: .host)
        guard count <= 1, count == 1 || minorVersion == 0 else {
            throw .bad(count == 0 ? "Host is missing." : "Host is repeated.")
        }
        guard fields.withValue(.host, HostRule.isValid) ?? true else {
            throw .bad("Host must be a host name with an optional port.")
        }
        guard let authority else { return }
        // RFC 9112 §3.2.2 lets the target win; where the two differ somebody else may read Host.
        let target = UnsafeRawBufferPointer(rebasing: bytes[authority])
        let same = fields.withValue(.host) { host in
            host.count == target.count
                && host.indices.allSatisfy { ASCII.lower(host[$0]) == ASCII.lower(target[$0]) }
        }
        guard !target.isEmpty, same ?? false else {
            throw .bad("The URL in the request line and Host name different hosts.")
        }
    }

    /// Fields that mean one thing (RFC 9110 §5.3): of two, two readers may take different ones.
    private static func checkSingle(_ fields: FieldList) throws(HTTPError) {
        guard fields.count(of: .authorization) <= 1 else {
            throw .bad("Authorization is repeated.")
        }
        guard fields.count(of: .contentType) <= 1 else { throw .bad("Content-Type is repeated.") }
    }

    private static let badVersion = HTTPError.bad(
        "The request line does not end with an HTTP version.")
}
