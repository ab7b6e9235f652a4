import TestSupport

@testable import HTTPCore

/// What a parser says about bytes, in a form that does not depend on how they were cut: parts of
/// a body are joined.
struct Reading: Equatable, CustomStringConvertible {
    var events: [String] = []
    private var body: [UInt8]?

    var description: String { events.joined(separator: " | ") }
    var failed: Bool { events.last?.hasPrefix("fail") ?? false }

    mutating func add(_ event: String) {
        if let body { events.append("body " + String(decoding: body, as: UTF8.self)) }
        body = nil
        events.append(event)
    }

    mutating func add(_ part: UnsafeRawBufferPointer) { body = (body ?? []) + Array(part) }

    /// Nothing more comes.
    mutating func finish() {
        guard let body else { return }
        events.append("body " + String(decoding: body, as: UTF8.self) + "…")
        self.body = nil
    }
}

/// Feeds `pieces` as a connection does: what was not consumed comes again with the next.
func feed(
    _ pieces: [ArraySlice<UInt8>],
    _ next: (UnsafeRawBufferPointer) -> (isDone: Bool, consumed: Int)
) {
    var pending: [UInt8] = []
    for piece in pieces {
        pending += piece
        var offset = 0
        while true {
            let (isDone, consumed) = pending[offset...].withUnsafeBytes(next)
            offset += consumed
            if isDone { break }
        }
        pending.removeFirst(offset)
    }
}

/// Reads requests from `pieces`, up to the first failure.
func readRequests(_ pieces: [ArraySlice<UInt8>], limits: HTTPLimits = HTTPLimits()) -> Reading {
    var parser = RequestParser(limits: limits)
    var reading = Reading()
    feed(pieces) { bytes in
        let (event, consumed) = parser.next(bytes)
        switch event {
        case .needMore: return (true, consumed)
        case .head(let head): reading.add(describe(head))
        case .body(let part): reading.add(part)
        case .end: reading.add("end")
        case .failure(let error): reading.add("fail \(error.status) \(error.detail)")
        }
        return (false, consumed)
    }
    reading.finish()
    return reading
}

/// Reads answers to requests of `method` from `pieces`; another one follows each.
func readResponses(
    _ pieces: [ArraySlice<UInt8>], to method: HTTPCore.Method = .get
) -> Reading {
    var parser = ResponseParser(limits: HTTPLimits())
    parser.expectResponse(to: method)
    var reading = Reading()
    feed(pieces) { bytes in
        let (event, consumed) = parser.next(bytes)
        switch event {
        // An interim response was taken; what follows it may be there already.
        case .needMore: return (consumed == 0, consumed)
        case .head(let head):
            let fields = describe(head.fields)
            reading.add("\(head.status) \(head.framing) keepAlive=\(head.keepAlive) \(fields)")
        case .body(let part): reading.add(part)
        case .end:
            reading.add("end")
            parser.expectResponse(to: method)
        case .failure(let error): reading.add("fail \(error.detail)")
        }
        return (false, consumed)
    }
    reading.finish()
    return reading
}

private func describe(_ head: RequestHead) -> String {
    "\(head.method) \(head.pathText) ?\(head.queryText ?? "-") 1.\(head.minorVersion) "
        + "\(head.framing) keepAlive=\(head.keepAlive) continue=\(head.expectsContinue) "
        + describe(head.fields)
}

private func describe(_ list: FieldList) -> String {
    list.fields.map { "\(list.name(of: $0))=\(list.value(of: $0))" }.joined(separator: ";")
}

/// `bytes` cut at random places.
func cut(_ bytes: [UInt8], _ random: SeededRandom, longest: Int = 40) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var rest = bytes[...]
    while !rest.isEmpty {
        let piece = rest.prefix(1 + random.below(longest))
        pieces.append(piece)
        rest = rest.dropFirst(piece.count)
    }
    return pieces
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
