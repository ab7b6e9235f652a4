/// Request methods. Methods that no route can have are kept apart, for they answer 501.
public enum Method: UInt8, Sendable, CaseIterable {
    case get, head, post, put, patch, delete, options, connect, trace, other

    /// The method's token.
    public var name: String { Self.names[Int(rawValue)] }

    private static let names = [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE", "",
    ]

    /// Methods are case-sensitive (RFC 9110 §9.1).
    public init(_ bytes: UnsafeRawBufferPointer) {
        self = .other
        for method in Method.allCases where method != .other {
            let name = method.name.utf8
            if name.count == bytes.count, name.elementsEqual(bytes) {
                self = method
                return
            }
        }
    }

    /// Sending it twice has the effect of sending it once (RFC 9110 §9.2.2).
    public var isIdempotent: Bool {
        switch self {
        case .get, .head, .put, .delete, .options, .trace: true
        case .post, .patch, .connect, .other: false
        }
    }
}
