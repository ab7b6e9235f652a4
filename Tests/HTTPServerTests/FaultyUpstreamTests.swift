import EventLoop
import HTTPClient
import HTTPCore
import TestSupport
import Testing

/// An upstream that answers the id in the target of each request, in ways that `random` chooses.
/// - Parameter isWell: from then on it does nothing wrong.
private func faultyUpstream(_ random: SeededRandom, _ isWell: Log<Bool>) -> RawServer {
    RawServer { connection, _ in
        while true {
            let head = String(
                decoding: try connection.receive(through: "\r\n\r\n"), as: UTF8.self)
            let id = head.split(separator: " ")[1].dropFirst()
            let ok = "HTTP/1.1 200 OK\r\nContent-Length: \(id.utf8.count)\r\n\r\n\(id)"
            switch isWell.value ? 0 : random.below(12) {
            case 0...3: try connection.send(ok)
            case 4: for byte in ok.utf8 { try connection.send([byte]) }
            case 5:
                try connection.send(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + String(id.utf8.count, radix: 16) + "\r\n\(id)\r\n0\r\n\r\n")
            case 6: return try connection.send("HTTP/1.1 200 OK\r\n\r\n\(id)")
            case 7: return try connection.send(String(ok.dropLast()))
            case 8: return connection.reset()
            case 9: try connection.send("HTTP/1.1 100 Continue\r\n\r\n\(ok)garbage")
            case 10: try connection.send("garbage\r\n\r\n")
            default:
                try connection.send(String(ok.prefix(random.below(ok.utf8.count))))
                _ = try connection.receive(through: "never")
            }
        }
    }
}

extension Sockets {
    @Suite struct FaultyUpstreamTests {
        /// Every call ends by its deadline; an answer that comes is the one to that call.
        @Test(arguments: 1...4 as ClosedRange<UInt64>)
        func `calls to a faulty upstream end in time and never get another's answer`(
            seed: UInt64
        ) async throws {
            let isWell = Log(false)
            let upstream = faultyUpstream(SeededRandom(seed: seed), isWell)
            try await withClient(upstream.port) {
                $0.maximumConnections = 6
                $0.breakerThreshold = 3
                $0.breakerOpen = 5
                $0.breakerLongestOpen = 10
            } test: { client in
                let tally = Log<[String: Int]>([:])
                await withTaskGroup(of: Void.self) { group in
                    for worker in 0..<8 {
                        group.addTask {
                            for i in 0..<40 {
                                // While the breaker is open, nothing goes out.
                                _ = await eventually {
                                    let outcome = await call(client, "\(worker)-\(i)", seed)
                                    tally.change { $0[outcome, default: 0] += 1 }
                                    return outcome != "circuitOpen"
                                }
                            }
                        }
                    }
                }
                #expect(tally.value.values.reduce(0, +) >= 320, "seed \(seed)")
                #expect(tally.value["200", default: 0] > 0, "seed \(seed): \(tally.value)")
                isWell.change { $0 = true }
                let healed = await eventually { await call(client, "well", seed) == "200" }
                #expect(healed, "seed \(seed): the breaker closes again")
            }
        }
    }
}

private func call(_ client: HTTPClient, _ id: String, _ seed: UInt64) async -> String {
    let began = ContinuousClock.now
    defer {
        let took = ContinuousClock.now - began
        #expect(took < .seconds(4), "seed \(seed), call \(id) took \(took)")
    }
    do {
        let response = try await client.send(ClientRequest(.get, "/\(id)"), deadline: 150)
        let body = String(decoding: response.body, as: UTF8.self)
        #expect(body == id, "seed \(seed): another's answer")
        return "\(response.status)"
    } catch {
        return "\(error)"
    }
}
