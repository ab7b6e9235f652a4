/// Reads the requests of one connection. Give it the bytes that it has not consumed yet, together
/// with what has arrived since; it says what stands at their front.
public struct RequestParser {
    /// What the bytes so far amount to.
    public enum Event {
        case needMore
        case head(RequestHead)
        /// Body bytes; lent, valid as long as the bytes passed in.
        case body(UnsafeRawBufferPointer)
        /// The request is complete; the next bytes belong to another one.
        case end
        /// The connection can't be read any further: answer and close.
        case failure(HTTPError)
    }

    private enum Phase {
        case head(HeadScanner, emptyLines: Int)
        case body(BodyDecoder)
        case failed
    }

    /// What could be read of the head that failed: for its answer alone.
    public private(set) var refused: RequestHead?
    private let limits: HTTPLimits
    private var phase = Phase.head(HeadScanner(), emptyLines: 0)

    public init(limits: HTTPLimits) { self.limits = limits }

    /// No byte of another request has been consumed: closing here cuts nothing.
    public var isBetweenRequests: Bool {
        if case .head = phase { return true }
        return false
    }

    /// - Returns: the event and how many bytes it took.
    public mutating func next(
        _ bytes: UnsafeRawBufferPointer
    ) -> (event: Event, consumed: Int) {
        switch phase {
        case .head(let scanner, let emptyLines): return head(bytes, scanner, emptyLines)
        case .body(var decoder):
            let (event, consumed) = decoder.next(bytes)
            phase = .body(decoder)
            switch event {
            case .needMore: return (.needMore, consumed)
            case .body(let part): return (.body(part), consumed)
            case .end:
                phase = .head(HeadScanner(), emptyLines: 0)
                return (.end, consumed)
            case .failure(let error): return fail(error)
            }
        case .failed: return (.needMore, 0)
        }
    }

    private mutating func head(
        _ bytes: UnsafeRawBufferPointer, _ scanner: HeadScanner, _ emptyLines: Int
    ) -> (event: Event, consumed: Int) {
        var scanner = scanner
        var skipped = 0
        var emptyLines = emptyLines
        while bytes.count >= skipped + 2, bytes[skipped] == ASCII.carriageReturn,
            bytes[skipped + 1] == ASCII.lineFeed
        {
            emptyLines += 1
            guard emptyLines <= limits.leadingEmptyLines else {
                return fail(.bad("There are too many empty lines before the request line."))
            }
            skipped += 2
        }
        let rest = UnsafeRawBufferPointer(rebasing: bytes[skipped...])
        if rest.count == 1, rest[0] == ASCII.carriageReturn {
            phase = .head(scanner, emptyLines: emptyLines)
            return (.needMore, skipped)
        }
        let firstLine = limits.targetBytes + 32
        switch scanner.scan(rest, headBytes: limits.headBytes, firstLineBytes: firstLine) {
        case .incomplete:
            phase = .head(scanner, emptyLines: emptyLines)
            return (.needMore, skipped)
        case .failure(let error): return fail(error)
        case .complete(let count):
            let block = UnsafeRawBufferPointer(rebasing: rest[..<count])
            do {
                let head = try RequestLine.parse(block, limits: limits)
                phase = .body(BodyDecoder(head.framing, limits: limits))
                return (.head(head), skipped + count)
            } catch {
                refused = RequestLine.parseForLog(block, limits: limits)
                return fail(error)
            }
        }
    }

    private mutating func fail(_ error: HTTPError) -> (event: Event, consumed: Int) {
        phase = .failed
        return (.failure(error), 0)
    }
}
