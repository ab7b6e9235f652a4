/// Bytes that are no acceptable message. The connection can't be read any further.
public struct HTTPError: Error, Sendable, Equatable {
    /// The status for the peer, if it is a client: 400, 413, 414, 431, 501 or 505.
    public let status: Int
    /// The rule that was broken, for people; holds no bytes of the message.
    public let detail: String

    public init(_ status: Int, _ detail: String) {
        self.status = status
        self.detail = detail
    }

    static func bad(_ detail: String) -> HTTPError { HTTPError(400, detail) }
}
