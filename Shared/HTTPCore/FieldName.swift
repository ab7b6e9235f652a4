/// The field names that this product handles itself, so that finding one compares a byte and not
/// a text. Any other name is `other` and is found by its text.
public enum FieldName: String, CaseIterable, Sendable {
    case other = ""
    case accept
    case acceptLanguage = "accept-language"
    case authorization
    case cacheControl = "cache-control"
    case connection
    case contentEncoding = "content-encoding"
    case contentLength = "content-length"
    case contentType = "content-type"
    case cookie
    case date
    case expect
    case host
    case idempotencyKey = "idempotency-key"
    case ifMatch = "if-match"
    case ifNoneMatch = "if-none-match"
    case keepAlive = "keep-alive"
    case latchkeyIdentity = "latchkey-identity"
    case latchkeyDeadline = "latchkey-deadline"
    case origin
    case prefer
    case proxyAuthenticate = "proxy-authenticate"
    case proxyConnection = "proxy-connection"
    case retryAfter = "retry-after"
    case server
    case te
    case traceparent
    case tracestate
    case trailer
    case transferEncoding = "transfer-encoding"
    case upgrade
    case userAgent = "user-agent"
    case via
    case xContentTypeOptions = "x-content-type-options"
    case xForwardedFor = "x-forwarded-for"
    case xRequestId = "x-request-id"

    private static let longest = 24
    /// Names by their length: almost every length has at most four.
    private static let byLength: [[(name: FieldName, bytes: [UInt8])]] = {
        var table = [[(name: FieldName, bytes: [UInt8])]](repeating: [], count: longest + 1)
        for name in allCases where name != .other {
            let bytes = Array(name.rawValue.utf8)
            table[bytes.count].append((name, bytes))
        }
        return table
    }()

    init(_ bytes: UnsafeRawBufferPointer) {
        self = .other
        guard bytes.count <= Self.longest else { return }
        for candidate in Self.byLength[bytes.count] {
            let same = candidate.bytes.withUnsafeBufferPointer { known in
                for i in 0..<known.count where known[i] != ASCII.lower(bytes[i]) { return false }
                return true
            }
            if same {
                self = candidate.name
                return
            }
        }
    }
}
