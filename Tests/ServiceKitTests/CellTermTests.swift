import Contract
import EventLoop
import HTTPServer
import Synchronization
import TestSupport
import Testing

@testable import ServiceKit

@Suite struct CellTermTests {
    private struct Cell {
        let folder: TemporaryFolder
        /// The agent's.
        let lease: CellLease
        /// A service's.
        let mapped: CellLease

        init() throws {
            folder = try TemporaryFolder()
            lease = try CellLease("\(folder.path)/lease", isOwner: true)
            mapped = try CellLease("\(folder.path)/lease")
        }

        func hold(_ reign: UInt64, milliseconds: Int = 60_000) {
            lease.hold(reign, until: Ticks.nowWithSleep.adding(milliseconds: milliseconds))
        }
    }

    @Test func `a service learns when its machine may answer, and until when`() throws {
        let cell = try Cell()
        #expect(CellTerm(cell.mapped) == nil)
        cell.hold(3)
        let term = try #require(CellTerm(cell.mapped))
        #expect(term.stands && term.canRead && !term.isOver)
        cell.hold(3, milliseconds: 0)
        #expect(!term.stands && !term.canRead && !term.isOver)
        cell.hold(3)
        #expect(term.stands)
    }

    @Test func `without the storage it can still read for as long as it is told`() throws {
        let cell = try Cell()
        cell.hold(3, milliseconds: 0)
        let term = try #require(CellTerm(cell.mapped))
        #expect(!term.canRead)
        cell.lease.holdReads(until: Ticks.nowWithSleep.adding(milliseconds: 60_000))
        #expect(term.canRead && !term.stands)
    }

    @Test func `a later reign of the same machine is not the term that began before`() throws {
        let cell = try Cell()
        cell.hold(3)
        let term = try #require(CellTerm(cell.mapped))
        cell.hold(5)
        #expect(!term.stands && !term.canRead && term.isOver)
        #expect(try #require(CellTerm(cell.mapped)).stands)
        cell.lease.end()
        #expect(CellTerm(cell.mapped) == nil)
    }

    @Test func `an agent that starts again begins as a standby`() throws {
        let cell = try Cell()
        cell.hold(3)
        let term = try #require(CellTerm(cell.mapped))
        _ = try CellLease("\(cell.folder.path)/lease", isOwner: true)
        #expect(term.isOver && !term.stands)
    }

    private static let endpoints = (
        read: Endpoint("read", .get, "/api/read", access: .open, summary: "Read"),
        paused: Endpoint("paused", .get, "/api/paused", access: .open, summary: "Read late")
    )

    private func serve(
        _ term: CellTerm, _ routes: [Route], _ test: (APIClient) async throws -> Void
    ) async throws {
        var runtime = Runtime(group: EventLoopGroup(count: 1), logger: LogBook().logger())
        runtime.term = term
        let health = Health([], logger: runtime.logger, in: term) { _ in }
        let server = try await APIServer(
            health.routes + routes, options: ServerOptions(), runtime: runtime
        ) { NoUsers() }
        try await ending {
            await server.drain(milliseconds: 0)
            runtime.group.stop()
        } after: {
            try await test(APIClient(port: server.port))
        }
    }

    @Test func `a standby answers nothing but that it is alive`() async throws {
        let routes = [Route.now(Self.endpoints.read) { _ in .noContent }]
        try await serve(CellTerm.none, routes) { api in
            for (path, status) in [
                ("/healthz", 200), ("/readyz", 503), ("/metrics", 200), ("/api/read", 503),
                ("/nowhere", 503),
            ] {
                let found = try await api.call("GET", path).status
                #expect(found == status, "\(path)")
            }
        }
    }

    @Test func `a response that was made while the lease stood does not leave after its end`()
        async throws
    {
        let cell = try Cell()
        cell.hold(1)
        let term = try #require(CellTerm(cell.mapped))
        let isAsked = Flag()
        let isOver = Flag()
        let routes = [
            Route.now(Self.endpoints.read) { _ in .noContent },
            Route.later(Self.endpoints.paused) { _ in
                isAsked.set()
                _ = await eventually { isOver.isSet }
                return .noContent
            },
        ]
        try await serve(term, routes) { api in
            let before = [
                try await api.call("GET", "/api/read").status,
                try await api.call("GET", "/readyz").status,
            ]
            #expect(before == [204, 200])
            async let late = api.call("GET", "/api/paused")
            #expect(await eventually { isAsked.isSet })
            cell.lease.end()
            isOver.set()
            let after = [try await late.status, try await api.call("GET", "/readyz").status]
            #expect(after == [503, 503])
        }
    }
}
