import HTTPCore

/// The head of a response as far as it has been received: the first that isn't informational (RFC
/// 9110 §15.2).
struct AnswerHead {
    /// Nil until the status line is complete.
    private(set) var status: Int?
    /// Empty until all have been received, and if they are malformed.
    private(set) var fields = FieldList.none
    /// Whether more bytes would change nothing.
    private(set) var isWhole = false
    /// How many bytes come before the body; nil until the head is complete, and if it is malformed.
    private(set) var count: Int?

    /// Bytes.
    static let maximum = 65_536

    /// - Parameter bytes: received so far.
    init(_ bytes: [UInt8]) {
        var limits = HTTPLimits()
        limits.headBytes = Self.maximum
        var parser = ResponseParser(limits: limits)
        parser.expectResponse(to: .post)
        bytes.withUnsafeBytes { bytes in
            var rest = bytes
            while true {
                let (event, consumed) = parser.next(rest)
                let isLast = read(event, rest)
                if case .head = event { count = bytes.count - rest.count + consumed }
                guard !isLast, consumed > 0 else { break }
                rest = UnsafeRawBufferPointer(rebasing: rest[consumed...])
            }
        }
    }

    /// - Returns: whether there is nothing more to read.
    private mutating func read(
        _ event: ResponseParser.Event, _ rest: UnsafeRawBufferPointer
    ) -> Bool {
        switch event {
        case .head(let head):
            status = head.status
            fields = head.fields
            isWhole = true
        case .needMore: status = ResponseParser.status(ofHead: rest)
        case .failure:
            status = ResponseParser.status(ofHead: rest)
            isWhole = status != nil
        case .body, .end: break
        }
        return isWhole
    }
}
