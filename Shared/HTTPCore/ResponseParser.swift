/// Reads the responses of one connection to an upstream, which is not trusted more than a client.
public struct ResponseParser {
    /// What the bytes so far amount to.
    public enum Event {
        case needMore
        case head(ResponseHead)
        /// Body bytes; lent, valid as long as the bytes passed in.
        case body(UnsafeRawBufferPointer)
        case end
        /// The answer can't be used, and the connection neither.
        case failure(HTTPError)
    }

    private enum Phase {
        case idle
        case head(HeadScanner, Method)
        case body(BodyDecoder)
        case failed
    }

    private let limits: HTTPLimits
    private var phase = Phase.idle

    /// - Parameter limits: `headBytes`, `fieldCount` and `bodyBytes` apply.
    public init(limits: HTTPLimits) { self.limits = limits }

    /// The status that a head begins with, as soon as its status line is whole, whatever comes
    /// after that; nil also for an interim response.
    public static func status(ofHead bytes: UnsafeRawBufferPointer) -> Int? {
        guard let end = bytes.firstIndex(of: ASCII.lineFeed), end > 0,
            bytes[end - 1] == ASCII.carriageReturn,
            let line = try? StatusLine.parse(UnsafeRawBufferPointer(rebasing: bytes[...end])),
            line.status >= 200
        else { return nil }
        return line.status
    }

    /// A request of this method was sent: its response comes next.
    public mutating func expectResponse(to method: Method) {
        phase = .head(HeadScanner(), method)
    }

    /// - Returns: the event and how many bytes it took. Bytes while no response is expected fail.
    public mutating func next(
        _ bytes: UnsafeRawBufferPointer
    ) -> (event: Event, consumed: Int) {
        switch phase {
        case .idle: return bytes.isEmpty ? (.needMore, 0) : fail(.bad("Bytes without a request."))
        case .head(let scanner, let method): return head(bytes, scanner, method)
        case .body(var decoder):
            let (event, consumed) = decoder.next(bytes)
            phase = .body(decoder)
            switch event {
            case .needMore: return (.needMore, consumed)
            case .body(let part): return (.body(part), consumed)
            case .end:
                phase = .idle
                return (.end, consumed)
            case .failure(let error): return fail(error)
            }
        case .failed: return (.needMore, 0)
        }
    }

    /// The peer has closed its side. `.end` if that ends the body, `.failure` if it cuts it.
    public mutating func closed() -> Event {
        if case .body(let decoder) = phase, decoder.endsWithConnection {
            phase = .idle
            return .end
        }
        phase = .failed
        return .failure(.bad("The connection was closed before the response was complete."))
    }

    private mutating func head(
        _ bytes: UnsafeRawBufferPointer, _ scanner: HeadScanner, _ method: Method
    ) -> (event: Event, consumed: Int) {
        var scanner = scanner
        switch scanner.scan(bytes, headBytes: limits.headBytes, firstLineBytes: nil) {
        case .incomplete:
            phase = .head(scanner, method)
            return (.needMore, 0)
        case .failure(let error): return fail(error)
        case .complete(let count):
            do {
                let block = UnsafeRawBufferPointer(rebasing: bytes[..<count])
                return try headEvent(block, method)
            } catch {
                return fail(error)
            }
        }
    }

    private mutating func headEvent(
        _ block: UnsafeRawBufferPointer, _ method: Method
    ) throws(HTTPError) -> (event: Event, consumed: Int) {
        let line = try StatusLine.parse(block)
        let fields = FieldList(
            bytes: [UInt8](block),
            fields: try FieldParser.parse(block, from: line.end, limit: limits.fieldCount))
        if line.status < 200 {
            // 101 answers an Upgrade, which is never sent; other interim responses are skipped.
            guard line.status != 101 else { throw .bad("101 without an Upgrade.") }
            phase = .head(HeadScanner(), method)
            let rest = next(UnsafeRawBufferPointer(start: nil, count: 0))
            return (rest.event, block.count)
        }
        let (framing, keepAlive) = try ResponseFraming.read(
            fields, status: line.status, minorVersion: line.minorVersion, method: method)
        phase = .body(BodyDecoder(framing, limits: limits))
        let head = ResponseHead(
            status: line.status, fields: fields, framing: framing, keepAlive: keepAlive)
        return (.head(head), block.count)
    }

    private mutating func fail(_ error: HTTPError) -> (event: Event, consumed: Int) {
        phase = .failed
        return (.failure(error), 0)
    }
}
