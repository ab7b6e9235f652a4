import Glibc

/// The chunked coding (RFC 9112 §7.1), strict: sizes are hexadecimal digits, lines end with CR LF,
/// extensions are bounded and ignored, trailers are checked and dropped.
struct ChunkedDecoder {
    private enum Phase {
        case sizeLine
        case data(Int)
        case dataEnd
        case trailers
        case done
    }

    private let limits: HTTPLimits
    private var phase = Phase.sizeLine
    private var received = 0
    private var trailerScanner = HeadScanner()

    init(limits: HTTPLimits) { self.limits = limits }

    mutating func next(_ bytes: UnsafeRawBufferPointer) -> (event: BodyEvent, consumed: Int) {
        var consumed = 0
        while true {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[consumed...])
            switch phase {
            case .sizeLine:
                switch sizeLine(rest) {
                case .success(0): return (.needMore, consumed)
                case .success(let count): consumed += count
                case .failure(let error): return (.failure(error), consumed)
                }
            case .data(let remaining):
                guard !rest.isEmpty else { return (.needMore, consumed) }
                let count = min(remaining, rest.count)
                phase = count == remaining ? .dataEnd : .data(remaining - count)
                let body = UnsafeRawBufferPointer(rebasing: rest[..<count])
                return (.body(body), consumed + count)
            case .dataEnd:
                guard rest.count >= 2 else {
                    let isWrong = rest.first.map { $0 != ASCII.carriageReturn } ?? false
                    return (isWrong ? .failure(Self.badEnd) : .needMore, consumed)
                }
                guard rest[0] == ASCII.carriageReturn, rest[1] == ASCII.lineFeed else {
                    return (.failure(Self.badEnd), consumed)
                }
                consumed += 2
                phase = .sizeLine
            case .trailers:
                let result = trailers(rest)
                return (result.event, consumed + result.consumed)
            case .done:
                return (.end, consumed)
            }
        }
    }

    /// - Returns: the length of the line with its end, 0 if it is not there yet.
    private mutating func sizeLine(_ bytes: UnsafeRawBufferPointer) -> Result<Int, HTTPError> {
        guard let base = bytes.baseAddress,
            let found = memchr(base, Int32(ASCII.lineFeed), min(bytes.count, limits.chunkLineBytes))
        else {
            return bytes.count < limits.chunkLineBytes
                ? .success(0) : .failure(.bad("A chunk-size line is too long."))
        }
        let end = UnsafeRawPointer(found) - base
        guard end > 0, bytes[end - 1] == ASCII.carriageReturn else {
            return .failure(.bad("A chunk-size line ends without CR LF."))
        }
        do {
            let size = try Self.size(UnsafeRawBufferPointer(rebasing: bytes[..<(end - 1)]))
            guard size <= limits.bodyBytes - received else {
                return .failure(BodyDecoder.tooLarge(limits))
            }
            received += size
            phase = size == 0 ? .trailers : .data(size)
            return .success(end + 1)
        } catch {
            return .failure(error)
        }
    }

    /// 1*HEXDIG, then nothing or an extension.
    private static func size(_ line: UnsafeRawBufferPointer) throws(HTTPError) -> Int {
        var size = 0
        var i = 0
        while i < line.count, let digit = ASCII.hex(line[i]) {
            // 15 digits are far beyond every limit and still fit an Int.
            guard i < 15 else { throw .bad("A chunk size has too many digits.") }
            size = size << 4 | Int(digit)
            i += 1
        }
        guard i > 0 else { throw .bad("A chunk size is not hexadecimal.") }
        guard i < line.count else { return size }
        try checkExtension(UnsafeRawBufferPointer(rebasing: line[i...]))
        return size
    }

    /// *( ";" token [ "=" ( token / quoted-string ) ] ) without the optional white space, which
    /// recipients read differently (RFC 9112 §7.1.1).
    private static func checkExtension(_ bytes: UnsafeRawBufferPointer) throws(HTTPError) {
        var i = 0
        while i < bytes.count {
            guard bytes[i] == ASCII.semicolon else { throw badExtension }
            i = try token(bytes, from: i + 1)
            guard i < bytes.count, bytes[i] == UInt8(ascii: "=") else { continue }
            let isQuoted = i + 1 < bytes.count && bytes[i + 1] == quote
            i = try isQuoted ? quotedString(bytes, from: i + 2) : token(bytes, from: i + 1)
        }
    }

    /// - Returns: the index after the token.
    private static func token(
        _ bytes: UnsafeRawBufferPointer, from start: Int
    ) throws(HTTPError) -> Int {
        var i = start
        while i < bytes.count, ASCII.isToken(bytes[i]) { i += 1 }
        guard i > start else { throw badExtension }
        return i
    }

    /// - Returns: the index after the closing quote.
    private static func quotedString(
        _ bytes: UnsafeRawBufferPointer, from start: Int
    ) throws(HTTPError) -> Int {
        var i = start
        while i < bytes.count, bytes[i] != quote {
            // A backslash takes the next byte with it (RFC 9110 §5.6.4).
            if bytes[i] == UInt8(ascii: "\\") { i += 1 }
            guard i < bytes.count, ASCII.isFieldValue(bytes[i]) else { throw badExtension }
            i += 1
        }
        guard i < bytes.count else { throw badExtension }
        return i + 1
    }

    private static let quote = UInt8(ascii: "\"")
    private static let badExtension = HTTPError.bad("A chunk extension is malformed.")

    private mutating func trailers(
        _ bytes: UnsafeRawBufferPointer
    ) -> (event: BodyEvent, consumed: Int) {
        if bytes.count >= 2, bytes[0] == ASCII.carriageReturn, bytes[1] == ASCII.lineFeed {
            phase = .done
            return (.end, 2)
        }
        switch trailerScanner.scan(bytes, headBytes: limits.headBytes, firstLineBytes: nil) {
        case .incomplete: return (.needMore, 0)
        case .failure(let error): return (.failure(error), 0)
        case .complete(let count):
            let block = UnsafeRawBufferPointer(rebasing: bytes[..<count])
            do {
                _ = try FieldParser.parse(block, from: 0, limit: limits.fieldCount)
            } catch {
                return (.failure(error), 0)
            }
            phase = .done
            return (.end, count)
        }
    }

    private static let badEnd = HTTPError.bad("Chunk data is not followed by CR LF.")
}
