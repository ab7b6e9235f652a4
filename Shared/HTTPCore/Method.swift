/// Request methods. Methods that no route can have are kept apart, for they answer 501.
public enum Method: UInt8, Sendable, CaseIterable {
    case get, head, post, put, patch, delete, options, connect, trace, other

    /// The method's token.
    public var name: String {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .patch: "PATCH"
        case .delete: "DELETE"
        case .options: "OPTIONS"
        case .connect: "CONNECT"
        case .trace: "TRACE"
        case .other: ""
        }
    }

    /// Methods are case-sensitive (RFC 9110 §9.1).
    public init(_ bytes: UnsafeRawBufferPointer) {
        func named(_ method: Method, _ text: StaticString) -> Method? {
            ASCII.equals(bytes, text) ? method : nil
        }
        let found: Method? =
            switch bytes.count {
            case 3: named(.get, "GET") ?? named(.put, "PUT")
            case 4: named(.post, "POST") ?? named(.head, "HEAD")
            case 5: named(.patch, "PATCH") ?? named(.trace, "TRACE")
            case 6: named(.delete, "DELETE")
            case 7: named(.options, "OPTIONS") ?? named(.connect, "CONNECT")
            default: nil
            }
        self = found ?? .other
    }

    /// Sending it twice has the effect of sending it once (RFC 9110 §9.2.2).
    public var isIdempotent: Bool {
        switch self {
        case .get, .head, .put, .delete, .options, .trace: true
        case .post, .patch, .connect, .other: false
        }
    }
}
