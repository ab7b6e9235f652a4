/// A response as far as its empty line.
public struct ResponseHead: Sendable {
    /// 200…599; interim responses are skipped by the parser.
    public let status: Int
    /// The header fields.
    public let fields: FieldList
    /// How the end of the body is found.
    public let framing: BodyFraming
    /// The connection may carry another exchange after this one.
    public let keepAlive: Bool

    /// What Content-Length says; also of an answer to HEAD, which has no body.
    public var contentLength: Int? {
        fields.withValue(.contentLength) { Digits.decimal($0) } ?? nil
    }
}
