import EventLoop
import HTTPCore
import HTTPServer
import TestSupport
import Testing

/// A request of a random conversation and what must come back.
private struct Step: Sendable {
    let bytes: [UInt8]
    let answer: Int

    init(_ random: SeededRandom) {
        let mode = random.below(5)
        let size = random.below(random.below(4) == 0 ? 150_000 : 300)
        let body = [UInt8](repeating: UInt8(ascii: "b"), count: size)
        let isChunked = random.below(2) == 0
        let isGet = random.below(3) == 0
        // `stream` answers with so many bytes; the others with the length of the body.
        answer = mode == 2 ? size * 3 : isGet ? 0 : size
        let target = "/\(mode)/\(size * 3)"
        if isGet {
            bytes = Array(get(target).utf8)
        } else if isChunked {
            var text = "POST \(target) HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
            var rest = body[...]
            while !rest.isEmpty {
                let part = rest.prefix(1 + random.below(20_000))
                text += String(part.count, radix: 16) + ";x\r\n"
                text += String(decoding: part, as: UTF8.self) + "\r\n"
                rest = rest.dropFirst(part.count)
            }
            bytes = Array((text + "0\r\nT: x\r\n\r\n").utf8)
        } else {
            bytes = Array(post(target, String(decoding: body, as: UTF8.self)).utf8)
        }
    }
}

/// Answers by the first segment of the path: at once, later, in parts, at the end of the round.
@Sendable private func act(_ exchange: Exchange) {
    let words = exchange.head.pathText.split(separator: "/")
    let log = Log(Sink.Seen())
    let sink = Sink(log)
    let answer = {
        exchange.respond(
            Response(200, body: [UInt8](repeating: UInt8(ascii: "a"), count: log.value.bytes.count))
        )
    }
    switch words[0] {
    case "1": sink.onEnd = { exchange.loop.schedule(milliseconds: 1) { answer() } }
    case "2": stream(exchange, sink, total: Int(words[1]) ?? 0)
    case "3": sink.onEnd = { exchange.loop.postpone { answer() } }
    case "4":
        // The body is asked for only after a while.
        sink.onEnd = answer
        exchange.loop.schedule(milliseconds: 1) { exchange.readBody(sink) }
        return
    default: sink.onEnd = answer
    }
    exchange.readBody(sink)
}

private func stream(_ exchange: Exchange, _ sink: Sink, total: Int) {
    let left = Log(total)
    let go = {
        while left.value > 0 {
            let part = [UInt8](repeating: UInt8(ascii: "s"), count: min(left.value, 7_001))
            left.change { $0 -= part.count }
            if !part.withUnsafeBytes({ exchange.write($0) }) { return }
        }
        exchange.end()
    }
    sink.onDrained = go
    sink.onEnd = {
        exchange.begin(200, total % 2 == 0 ? .chunked : .length(total)) { _ in }
        go()
    }
}

extension Sockets {
    @Suite struct StressTests {
        /// Many clients at once, each pipelining requests of all kinds in pieces of all sizes.
        @Test(arguments: 1...12 as ClosedRange<UInt64>)
        func `random conversations are answered in full and in order`(seed: UInt64) async throws {
            try await withServer(loops: 2, handler: act) { server in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<6 {
                        let random = SeededRandom(seed: seed &* 1_000 &+ UInt64(number))
                        group.addTask { try await converse(server.port, random) }
                    }
                    try await group.waitForAll()
                }
                #expect(await eventually { await server.connectionCount() == 0 }, "seed \(seed)")
            }
        }
    }
}

private func converse(_ port: UInt16, _ random: SeededRandom) async throws {
    let seed = random.seed
    let steps = (0..<25).map { _ in Step(random) }
    let isSlowReader = random.below(2) == 0
    let client = try RawClient(
        port: port, timeout: 8_000, receiveBuffer: isSlowReader ? 8 << 10 : nil)
    let halfCloses = random.below(2) == 0
    onThread {
        var rest = steps.flatMap(\.bytes)[...]
        while !rest.isEmpty {
            let longest = random.below(3) == 0 ? 60_000 : 500
            let piece = rest.prefix(1 + random.below(longest))
            guard (try? client.send(Array(piece))) != nil else { return }
            rest = rest.dropFirst(piece.count)
            if random.below(20) == 0 { pauseThread(milliseconds: 1) }
        }
        if halfCloses { client.shutdownWrite() }
    }
    try await blocking {
        for (i, step) in steps.enumerated() {
            let response = try client.response()
            #expect(response.status == 200, "seed \(seed), request \(i)")
            #expect(response.body.count == step.answer, "seed \(seed), request \(i)")
        }
        if halfCloses { #expect(client.whatHappens() == .ended, "seed \(seed)") }
        client.close()
    }
}
