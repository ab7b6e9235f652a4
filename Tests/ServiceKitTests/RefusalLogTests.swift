import Contract
import EventLoop
import HTTPServer
import Kernel
import TestSupport
import Testing

@testable import ServiceKit

@Suite struct RefusalLogTests {
    private let book = LogBook()
    private let routes = [
        Route.now(Endpoint("thing", .get, "/api/things", summary: "")) { _ in .noContent },
        Route.now(Endpoint("limited", .get, "/api/limited", summary: "")) { _ in
            throw Fault(.rateLimited, code: "x", "Too many.", retryAfter: 1)
        },
    ]

    private func messages(_ text: String) -> [JSONValue] {
        book.text.split(separator: "\n").compactMap { JSONValue(Array($0.utf8)) }
            .filter { $0["message"]?.string == text }
    }

    @Test(arguments: [
        "GET /nothing HTTP/1.1\r\nHost: t\r\n\r\n",
        "DELETE /api/things HTTP/1.1\r\nHost: t\r\n\r\n",
        "GET /api/things HTTP/1.1\r\nHost: t\r\n\r\n",
        "GET /api/limited HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer ann\r\n\r\n",
        "NONSENSE\r\n\r\n",
    ])
    func `each of many refusals is logged or counted`(request: String) async throws {
        var unlogged = 0
        try await withAPI(routes, logger: book.logger(.info)) { api, server in
            for _ in 0..<60 { _ = try await api.send(request) }
            // Whoever is served is not lost among them.
            let good = try await api.call("GET", "/api/things", token: "ann")
            #expect(good.status == 204)
            unlogged = await server.metrics().unlogged
        }
        let written = messages("request")
        #expect(written.count { $0["status"]?.int != 204 } == 60 - unlogged)
        #expect(written.contains { $0["status"]?.int == 204 })
        #expect(written.allSatisfy { $0["client"]?.string == "127.0.0.1" })
        // How many windows they fell into is the machine's business.
        let told = messages("refusals not logged")
        #expect(unlogged > 0)
        #expect(told.compactMap { Int($0["count"]?.string ?? "") }.reduce(0, +) == unlogged)
        #expect(told.allSatisfy { $0["client"]?.string == "127.0.0.1" })
    }

    /// How many of `counts` refusals have a line, by address, and what is told of the others.
    private func window(_ counts: [(host: String, count: Int)]) async -> [String: Int] {
        await windows([counts])[0]
    }

    private func windows(_ windows: [[(host: String, count: Int)]]) async -> [[String: Int]] {
        let group = EventLoopGroup(count: 1)
        let loop = group.loops[0]
        let logger = book.logger(.info)
        let taken = await EventLoopGroup.on(loop) {
            let log = RefusalLog(logger, on: loop)
            return windows.map { counts in
                defer { log.flush() }
                return counts.reduce(into: [:]) { $0[$1.host] = Self.taken($1.count, $1.host, log) }
            }
        }
        group.stop()
        return taken
    }

    /// How many of `count` refusals of `host` have a line.
    private static func taken(_ count: Int, _ host: String, _ log: RefusalLog) -> Int {
        guard let address = IPAddress(host) else { return 0 }
        let peer = Peer(address: address, host: host)
        return (0..<count).count { _ in log.takes(peer) }
    }

    @Test func `an address or /64 has ten lines in a window`() async {
        let taken = await window([
            ("192.0.2.1", 60), ("192.0.2.2", 10), ("2001:db8::1", 8), ("2001:db8::2", 8),
        ])
        #expect(
            taken == ["192.0.2.1": 10, "192.0.2.2": 10, "2001:db8::1": 8, "2001:db8::2": 2])
        let told = messages("refusals not logged").map {
            "\($0["client"]?.string ?? "") \($0["count"]?.string ?? "")"
        }
        #expect(told.sorted() == ["192.0.2.1 50", "2001:db8::1 6"])
    }

    @Test func `a flood from many addresses has a maximum of lines in a window`() async {
        let many = (0..<1_000).map { (host: "10.0.\($0 / 250).\($0 % 250)", count: 3) }
        let taken = await window(many)
        #expect(taken.values.reduce(0, +) == 200)
        // Each address that is told apart has a line, the rest has one.
        let told = messages("refusals not logged")
        #expect(told.count <= 257)
        let counts = told.compactMap { Int($0["count"]?.string ?? "") }
        #expect(counts.reduce(0, +) == 2_800)
        #expect(told.contains { $0["client"]?.string == "others" })
    }

    @Test func `an address that is counted stays counted among many new ones`() async {
        let many = (0..<300).map { (host: "10.0.\($0 / 250).\($0 % 250)", count: 1) }
        _ = await window(many + [(host: "10.0.0.0", count: 20)])
        let told = messages("refusals not logged").filter { $0["client"]?.string == "10.0.0.0" }
        #expect(told.map { $0["count"]?.string } == ["20"])
    }

    @Test func `each window starts with all of its lines`() async {
        let full = (0..<200).map { (host: "10.0.0.\($0)", count: 1) }
        let taken = await windows([full, full])
        #expect(taken.map { $0.values.reduce(0, +) } == [200, 200])
    }

    @Test func `each window ends by itself`() async {
        let group = EventLoopGroup(count: 1)
        let loop = group.loops[0]
        let logger = book.logger(.info)
        let log = await EventLoopGroup.on(loop) { Kept(RefusalLog(logger, on: loop, window: 20)) }
        for count in 1...3 {
            let taken = await EventLoopGroup.on(loop) { Self.taken(11, "192.0.2.1", log.log) }
            #expect(taken == 10)
            #expect(await eventually { messages("refusals not logged").count == count })
        }
        group.stop()
    }

    /// Used only on its loop.
    private final class Kept: @unchecked Sendable {
        let log: RefusalLog
        init(_ log: RefusalLog) { self.log = log }
    }

    @Test func `a few refusals are logged without a summary`() async throws {
        try await withAPI(routes, logger: book.logger(.info)) { api, _ in
            for _ in 0..<10 { _ = try await api.call("GET", "/nothing") }
        }
        #expect(messages("request").count == 10)
        #expect(messages("refusals not logged").isEmpty)
    }

    @Test func `errors of authenticated users are always logged`() async throws {
        let invalid = Route.now(Endpoint("invalid", .get, "/api/invalid", summary: "")) { _ in
            throw Fault.invalid("/x", "is wrong")
        }
        try await withAPI([invalid], logger: book.logger(.info)) { api, _ in
            for _ in 0..<30 { _ = try await api.call("GET", "/api/invalid", token: "ann") }
        }
        #expect(messages("request").count == 30)
    }
}
