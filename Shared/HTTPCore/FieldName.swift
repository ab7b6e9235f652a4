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
    case forwarded
    case host
    case idempotencyKey = "idempotency-key"
    case ifMatch = "if-match"
    case ifNoneMatch = "if-none-match"
    case keepAlive = "keep-alive"
    case latchkeyAtOnce = "latchkey-at-once"
    case latchkeyIdentity = "latchkey-identity"
    case latchkeyDeadline = "latchkey-deadline"
    case latchkeyUser = "latchkey-user"
    case latchkeyTarget = "latchkey-target"
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

    /// By length, then by the texts of that length, of which there are few. Written out: a table
    /// would be a global, and whether it is there yet would be asked for each field. A test holds
    /// it to the raw values.
    init(_ bytes: UnsafeRawBufferPointer) {
        func named(_ name: FieldName, _ text: StaticString) -> FieldName? {
            ASCII.equalsIgnoringCase(bytes, text) ? name : nil
        }
        let found: FieldName? =
            switch bytes.count {
            case 2:
                named(.te, "te")
            case 3:
                named(.via, "via")
            case 4:
                named(.date, "date")
                    ?? named(.host, "host")
            case 6:
                named(.accept, "accept")
                    ?? named(.cookie, "cookie")
                    ?? named(.expect, "expect")
                    ?? named(.origin, "origin")
                    ?? named(.prefer, "prefer")
                    ?? named(.server, "server")
            case 7:
                named(.trailer, "trailer")
                    ?? named(.upgrade, "upgrade")
            case 8:
                named(.ifMatch, "if-match")
            case 9:
                named(.forwarded, "forwarded")
            case 10:
                named(.connection, "connection")
                    ?? named(.keepAlive, "keep-alive")
                    ?? named(.tracestate, "tracestate")
                    ?? named(.userAgent, "user-agent")
            case 11:
                named(.retryAfter, "retry-after")
                    ?? named(.traceparent, "traceparent")
            case 12:
                named(.contentType, "content-type")
                    ?? named(.xRequestId, "x-request-id")
            case 13:
                named(.authorization, "authorization")
                    ?? named(.cacheControl, "cache-control")
                    ?? named(.ifNoneMatch, "if-none-match")
                    ?? named(.latchkeyUser, "latchkey-user")
            case 14:
                named(.contentLength, "content-length")
            case 15:
                named(.acceptLanguage, "accept-language")
                    ?? named(.idempotencyKey, "idempotency-key")
                    ?? named(.latchkeyTarget, "latchkey-target")
                    ?? named(.xForwardedFor, "x-forwarded-for")
            case 16:
                named(.contentEncoding, "content-encoding")
                    ?? named(.latchkeyAtOnce, "latchkey-at-once")
                    ?? named(.proxyConnection, "proxy-connection")
            case 17:
                named(.latchkeyIdentity, "latchkey-identity")
                    ?? named(.latchkeyDeadline, "latchkey-deadline")
                    ?? named(.transferEncoding, "transfer-encoding")
            case 18:
                named(.proxyAuthenticate, "proxy-authenticate")
            case 22:
                named(.xContentTypeOptions, "x-content-type-options")
            default: nil
            }
        self = found ?? .other
    }
}
