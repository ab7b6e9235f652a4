/// What a decoder found at the front of the bytes it was given.
public enum BodyEvent {
    /// Nothing more can be said before more bytes arrive.
    case needMore
    /// Body bytes; lent, valid as long as the bytes passed in.
    case body(UnsafeRawBufferPointer)
    case end
    case failure(HTTPError)
}

/// Takes a body out of the bytes that follow a head.
struct BodyDecoder {
    private enum Phase {
        case length(Int)
        case chunked(ChunkedDecoder)
        case untilClose
    }

    private var phase: Phase

    init(_ framing: BodyFraming, limits: HTTPLimits) {
        switch framing {
        case .none: phase = .length(0)
        case .length(let count): phase = .length(count)
        case .chunked: phase = .chunked(ChunkedDecoder(limits: limits))
        case .untilClose: phase = .untilClose
        }
    }

    /// Whether the peer's close ends the body rightfully.
    var endsWithConnection: Bool {
        if case .untilClose = phase { return true }
        return false
    }

    /// - Returns: the event and how many bytes it took.
    mutating func next(_ bytes: UnsafeRawBufferPointer) -> (event: BodyEvent, consumed: Int) {
        switch phase {
        case .length(0):
            return (.end, 0)
        case .length(let remaining):
            guard !bytes.isEmpty else { return (.needMore, 0) }
            let count = min(remaining, bytes.count)
            phase = .length(remaining - count)
            return (.body(UnsafeRawBufferPointer(rebasing: bytes[..<count])), count)
        case .chunked(var decoder):
            let result = decoder.next(bytes)
            phase = .chunked(decoder)
            return result
        case .untilClose:
            return bytes.isEmpty ? (.needMore, 0) : (.body(bytes), bytes.count)
        }
    }

    static func tooLarge(_ limits: HTTPLimits) -> HTTPError {
        HTTPError(413, "The body is larger than \(limits.bodyBytes) bytes.")
    }
}
