import Glibc

/// Finds where a head ends. Each byte is looked at once, however the head is cut into reads.
struct HeadScanner {
    enum Result: Equatable {
        case incomplete
        /// The head takes this many bytes, its empty line included.
        case complete(Int)
        case failure(HTTPError)
    }

    private var scanned = 0
    private var lineStart = 0
    private var lines = 0

    /// - Parameter firstLineBytes: bytes allowed up to the end of the first line, or nil; over it
    ///   414, for only a target can make a request line as long.
    mutating func scan(
        _ bytes: UnsafeRawBufferPointer, headBytes: Int, firstLineBytes: Int?
    ) -> Result {
        guard let base = bytes.baseAddress else { return .incomplete }
        while scanned < bytes.count,
            let found = memchr(base + scanned, Int32(ASCII.lineFeed), bytes.count - scanned)
        {
            let index = UnsafeRawPointer(found) - base
            // The limits first: what is too long is found before its end has come, too.
            if lines == 0, let firstLineBytes, index > firstLineBytes {
                return .failure(Self.targetTooLong)
            }
            if index > headBytes { return .failure(Self.tooLarge) }
            guard index > lineStart, bytes[index - 1] == ASCII.carriageReturn else {
                return .failure(.bad("A line ends without CR LF."))
            }
            let isEmpty = index == lineStart + 1
            scanned = index + 1
            lineStart = scanned
            lines += 1
            if isEmpty { return .complete(scanned) }
        }
        scanned = bytes.count
        if lines == 0, let firstLineBytes, scanned > firstLineBytes {
            return .failure(Self.targetTooLong)
        }
        return scanned > headBytes ? .failure(Self.tooLarge) : .incomplete
    }

    private static let targetTooLong = HTTPError(414, "The request target is too long.")
    private static let tooLarge = HTTPError(431, "The header fields are too large.")
}
