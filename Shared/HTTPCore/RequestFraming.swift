/// Reads what the head says about body and connection (RFC 9112 §6, §9.3), refusing whatever two
/// servers could read differently.
enum RequestFraming {
    struct Result {
        var framing = BodyFraming.none
        var keepAlive = true
        var expectsContinue = false
    }

    static func read(
        _ list: FieldList, minorVersion: UInt8, limits: HTTPLimits
    ) throws(HTTPError) -> Result {
        var result = Result()
        result.keepAlive = minorVersion == 1
        var length: Int?
        var codings = 0
        for field in list.fields {
            switch field.name {
            case .contentLength:
                guard length == nil else { throw .bad("Content-Length is repeated.") }
                length = try contentLength(list, field, limits)
            case .transferEncoding:
                codings += 1
                try checkCoding(list, field)
            case .connection:
                if hasClose(list, field) { result.keepAlive = false }
            case .expect:
                try readExpect(list, field)
                result.expectsContinue = minorVersion == 1
            default: break
            }
        }
        if codings > 0 {
            guard length == nil else {
                throw .bad("There are both Content-Length and Transfer-Encoding.")
            }
            guard codings == 1 else { throw .bad("Transfer-Encoding is repeated.") }
            guard minorVersion == 1 else { throw .bad("HTTP/1.0 has no Transfer-Encoding.") }
            result.framing = .chunked
        } else if let length, length > 0 {
            result.framing = .length(length)
        }
        if result.framing == .none { result.expectsContinue = false }
        return result
    }

    private static func contentLength(
        _ list: FieldList, _ field: FieldList.Field, _ limits: HTTPLimits
    ) throws(HTTPError) -> Int {
        let (value, isNumber) = list.withValue(of: field) {
            (Digits.decimal($0), Digits.areDecimal($0))
        }
        guard isNumber else { throw .bad("Content-Length is not a number.") }
        guard let value, value <= limits.bodyBytes else { throw BodyDecoder.tooLarge(limits) }
        return value
    }

    /// Exactly `chunked`. A list, parameters or another coding could be read as something else.
    static func checkCoding(_ list: FieldList, _ field: FieldList.Field) throws(HTTPError) {
        guard list.withValue(of: field, { ASCII.equalsIgnoringCase($0, "chunked") }) else {
            throw .bad("Transfer-Encoding is not exactly chunked.")
        }
    }

    /// `close` wins wherever it stands. An HTTP/1.0 connection closes in any case: nobody who
    /// speaks it today needs more.
    static func hasClose(_ list: FieldList, _ field: FieldList.Field) -> Bool {
        list.withValue(of: field) { value in
            value.split(separator: ASCII.comma).contains { option in
                let option = ASCII.trimmed(UnsafeRawBufferPointer(rebasing: option))
                return ASCII.equalsIgnoringCase(option, "close")
            }
        }
    }

    private static func readExpect(
        _ list: FieldList, _ field: FieldList.Field
    ) throws(HTTPError) {
        guard list.withValue(of: field, { ASCII.equalsIgnoringCase($0, "100-continue") }) else {
            throw HTTPError(417, "The only supported expectation is 100-continue.")
        }
    }
}
