import EventLoop
import Kernel
import Tracing

@testable import HTTPCore
@testable import ServiceKit

let httpTargets: [FuzzTarget] = [
    FuzzTarget(name: "request", run: fuzzRequest),
    FuzzTarget(name: "response", run: fuzzResponse),
    FuzzTarget(name: "target", run: fuzzTarget),
    FuzzTarget(name: "fields", run: fuzzFields),
]

/// What a parser has said, whichever way the bytes were cut.
private struct Said: Equatable {
    var events: [String] = []
    var body: [UInt8] = []

    mutating func add(_ event: String) {
        events.append("\(body.count) bytes, \(event)")
        body = []
    }
}

/// The first byte says how the rest is cut.
private func pieces(_ bytes: [UInt8]) -> (whole: [ArraySlice<UInt8>], cut: [ArraySlice<UInt8>]) {
    let size = Int(bytes.first ?? 0) + 1
    let rest = bytes.dropFirst()
    let cut = stride(from: rest.startIndex, to: rest.endIndex, by: size).map {
        rest[$0..<min($0 + size, rest.endIndex)]
    }
    return ([rest], cut)
}

/// Feeds `pieces` as a connection does: what was not consumed comes again with the next.
private func feed(
    _ pieces: [ArraySlice<UInt8>],
    _ next: (UnsafeRawBufferPointer) -> (isDone: Bool, consumed: Int)
) {
    var pending: [UInt8] = []
    for piece in pieces {
        pending += piece
        var offset = 0
        var isDone = false
        while !isDone {
            let consumed: Int
            (isDone, consumed) = pending[offset...].withUnsafeBytes(next)
            require(consumed >= 0 && offset + consumed <= pending.count, "consumes what is there")
            offset += consumed
        }
        pending.removeFirst(offset)
    }
}

/// However the bytes are cut, the same requests; each head is safe to pass on.
private func fuzzRequest(_ bytes: [UInt8]) {
    func said(_ pieces: [ArraySlice<UInt8>]) -> Said {
        var parser = RequestParser(limits: HTTPLimits())
        var said = Said()
        feed(pieces) { bytes in
            let (event, consumed) = parser.next(bytes)
            switch event {
            case .needMore: return (true, consumed)
            case .head(let head):
                checkHead(head)
                said.add("head \(head.method) \(head.withTarget { Array($0) }) \(head.framing)")
            case .body(let part): said.body += part
            case .end: said.add("end")
            case .failure(let error):
                require((400...505).contains(error.status), "a failure has a status")
                said.add("failure \(error.status)")
                return (true, consumed)
            }
            return (false, consumed)
        }
        return said
    }
    let (whole, cut) = pieces(bytes)
    let (one, many) = (said(whole), said(cut))
    // A limit may be met a little later, or by another rule, where less of the line is there.
    let isSame = one == many || (one.events.last ?? "").contains("failure")
    require(isSame, "cutting changes nothing")
}

private func checkHead(_ head: RequestHead) {
    let limits = HTTPLimits()
    require(head.fields.count <= limits.fieldCount, "fields are bounded")
    head.withTarget { target in
        require(target.count <= limits.targetBytes, "the target is bounded")
        require(
            target.allSatisfy { $0 > 0x20 && $0 < 0x7F } && target.first == 0x2F
                || head.isAsterisk, "a target is visible ASCII and begins with a slash")
    }
    for field in head.fields.fields {
        head.fields.withName(of: field) {
            require(!$0.isEmpty && $0.allSatisfy(ASCII.isToken), "a name is a token")
        }
        head.fields.withValue(of: field) {
            require($0.allSatisfy { $0 == 9 || $0 >= 0x20 && $0 != 0x7F }, "a value is clean")
        }
    }
    // Written anew, it is the same request.
    var out = ByteBuffer()
    out.append(head.method.name + " ")
    head.withTarget { out.append($0) }
    out.append(" HTTP/1.1\r\n")
    for field in head.fields.fields { MessageWriter.field(head.fields, field, into: &out) }
    out.append("\r\n")
    guard head.method != .other, head.minorVersion == 1, out.count <= limits.headBytes else {
        return
    }
    var parser = RequestParser(limits: limits)
    guard case .head(let again) = parser.next(out.readable).event else {
        return require(false, "what was read can be written and read again")
    }
    require(again.pathText == head.pathText && again.framing == head.framing, "and is the same")
}

private func fuzzResponse(_ bytes: [UInt8]) {
    let methods: [Method] = [.get, .head, .post, .connect]
    let method = methods[Int((bytes.first ?? 0) >> 6)]
    func said(_ pieces: [ArraySlice<UInt8>]) -> Said {
        var parser = ResponseParser(limits: HTTPLimits())
        parser.expectResponse(to: method)
        var said = Said()
        feed(pieces) { bytes in
            let (event, consumed) = parser.next(bytes)
            switch event {
            case .needMore: return (consumed == 0, consumed)
            case .head(let head):
                require((200...999).contains(head.status), "a final answer has a final status")
                said.add("head \(head.status) \(head.framing)")
            case .body(let part): said.body += part
            case .end:
                said.add("end")
                parser.expectResponse(to: method)
            case .failure:
                said.add("failure")
                return (true, consumed)
            }
            return (false, consumed)
        }
        return said
    }
    let (whole, cut) = pieces(bytes)
    let (one, many) = (said(whole), said(cut))
    require(one == many || one.events.last?.contains("failure") == true, "cutting changes nothing")
}

private let routes = Router([
    (.get, "/api/entities", 0), (.get, "/api/entities/shares", 1),
    (.get, "/api/entities/{entityId}", 2), (.post, "/api/entities/{entityId}/shares", 3),
    (.delete, "/api/entities/{entityId}/shares/{shareId}", 4), (.get, "/", 5),
])

/// What matches a route is one path to every reader.
private func fuzzTarget(_ bytes: [UInt8]) {
    guard let head = head("GET ", bytes, " HTTP/1.1\r\nHost: a\r\n\r\n") else { return }
    head.withPath { path in
        let segments = path.split(separator: 0x2F, omittingEmptySubsequences: false).dropFirst()
        for (index, segment) in segments.enumerated() {
            let raw = UnsafeRawBufferPointer(rebasing: segment)
            let isLast = index == segments.count - 1
            require(!raw.isEmpty || isLast || head.isAsterisk, "no empty segment")
            let plain = PercentEncoding.decode(raw)
            require(plain != "." && plain != "..", "no dot segment, encoded or not")
            require(plain?.utf8.contains { $0 < 0x20 || $0 == 0x2F } != true, "no hidden slash")
        }
    }
    for method in [Method.get, .post, .delete] {
        let match = head.withPath { routes.match(method, $0) }
        guard case .found(let route, let parameters) = match else { continue }
        if route >= 2, route <= 4 { _ = head.decodedPath(parameters[0]) }
        if route == 4 { _ = head.decodedPath(parameters[1]) }
    }
    if let inner = head.below("/api") {
        require(inner.pathText == String(head.pathText.dropFirst(4)), "a prefix is taken off")
    }
    _ = head.queryItems()
}

/// The fields whose values we read, each with the same bytes.
private func fuzzFields(_ bytes: [UInt8]) {
    let names = [
        "X-Forwarded-For", "Forwarded", "If-Match", "Content-Type", "traceparent", "Cookie",
        "Latchkey-Deadline", "X-Request-Id", "Accept-Language",
    ]
    for name in names {
        guard let head = head("GET / HTTP/1.1\r\nHost: a\r\n\(name): ", bytes, "\r\n\r\n") else {
            return
        }
        let fields = head.fields
        for node in Forwarded.nodes(.xForwardedFor, in: fields)
            + Forwarded.nodes(.forwarded, in: fields)
        {
            guard let node else { continue }
            require(!node.isEmpty && node.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "a bare node")
            if let address = IPAddress(node) {
                require(IPAddress(address.text) == address, "an address reads as it is written")
            }
        }
        if let text = fields[.ifMatch], let condition = ETag.Condition(text) {
            _ = condition.holds(for: "\"a\"", weakly: true)
        }
        if let context = SpanContext(fields) {
            require(context.traceparent.utf8.count == 55, "a traceparent has one length")
        }
        _ = fields.withValue(.contentType) { MediaType.isJSON($0) }
        _ = fields.items(of: .connection)
    }
}

private func head(_ before: String, _ bytes: [UInt8], _ after: String) -> RequestHead? {
    var parser = RequestParser(limits: HTTPLimits())
    let all = Array(before.utf8) + bytes + Array(after.utf8)
    guard case .head(let head) = all.withUnsafeBytes({ parser.next($0).event }) else { return nil }
    return head
}
