/// status-line = HTTP-version SP status-code [ SP reason-phrase ] (RFC 9112 §4).
enum StatusLine {
    static func parse(
        _ bytes: UnsafeRawBufferPointer
    ) throws(HTTPError) -> (status: Int, minorVersion: UInt8, end: Int) {
        let prefix: StaticString = "HTTP/1."
        guard bytes.count >= 14 else { throw bad }
        for i in 0..<7 where bytes[i] != prefix.utf8Start[i] { throw bad }
        let minor = bytes[7] &- 0x30
        guard minor <= 1, bytes[8] == ASCII.space,
            let status = Digits.decimal(UnsafeRawBufferPointer(rebasing: bytes[9..<12])),
            (100...599).contains(status)
        else { throw bad }
        var end = 12
        guard bytes[end] == ASCII.space || bytes[end] == ASCII.carriageReturn else { throw bad }
        while bytes[end] != ASCII.carriageReturn {
            guard ASCII.isFieldValue(bytes[end]) else { throw bad }
            end += 1
        }
        guard bytes[end + 1] == ASCII.lineFeed else { throw bad }
        return (status, minor, end + 2)
    }

    private static let bad = HTTPError.bad("The status line is malformed.")
}

/// How the body of a response is delimited (RFC 9112 §6.3).
enum ResponseFraming {
    static func read(
        _ list: FieldList, status: Int, minorVersion: UInt8, method: Method
    ) throws(HTTPError) -> (framing: BodyFraming, keepAlive: Bool) {
        var keepAlive = minorVersion == 1
        var length: Int?
        var codings = 0
        for field in list.fields {
            switch field.name {
            case .contentLength:
                guard length == nil, let count = list.withValue(of: field, Digits.decimal) else {
                    throw .bad("Content-Length is repeated or not a number.")
                }
                length = count
            case .transferEncoding:
                codings += 1
                try RequestFraming.checkCoding(list, field)
            case .connection:
                if RequestFraming.hasClose(list, field) { keepAlive = false }
            default: break
            }
        }
        guard codings <= 1, codings == 0 || length == nil else {
            throw .bad("The response has two framings.")
        }
        if method == .head || status == 204 || status == 304 { return (.none, keepAlive) }
        if codings == 1 { return (.chunked, keepAlive) }
        if let length { return (length == 0 ? .none : .length(length), keepAlive) }
        return (.untilClose, false)
    }
}
