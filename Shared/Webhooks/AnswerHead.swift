import HTTPCore

/// The head of an answer, as far as it has come: the first that is not informational (RFC 9110
/// §15.2).
struct AnswerHead {
    /// Nil until its status line is whole.
    private(set) var status: Int?
    /// None until all of them have come, and where they can't be read.
    private(set) var fields = FieldList.none
    /// Nothing that comes changes it any more.
    private(set) var isWhole = false

    /// Bytes.
    static let maximum = 65_536

    /// - Parameter bytes: what a server has sent so far.
    init(_ bytes: [UInt8]) {
        var limits = HTTPLimits()
        limits.headBytes = Self.maximum
        var parser = ResponseParser(limits: limits)
        parser.expectResponse(to: .post)
        bytes.withUnsafeBytes { bytes in
            var rest = bytes
            while case let (event, consumed) = parser.next(rest), !read(event, rest), consumed > 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[consumed...])
            }
        }
    }

    /// - Returns: whether nothing more can be read.
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
