import Contract
import HTTPCore
import Kernel
import TestSupport
import Testing

@testable import ServiceKit

/// Routes that answer at once if they can.
@Suite struct SoonRouteTests {
    private func with(_ test: (APIClient, Log<[String]>) async throws -> Void) async throws {
        let calls = Log([String]())
        let soon = Endpoint(
            "soon", .get, "/api/soon/{id}", answersAtOnce: .usually, summary: "Soon")
        let route = Route.soon(soon) { request in
            calls.change { $0.append("now") }
            switch try request.path("id") {
            case "known": return .json(["answered": "now"])
            case "bad": throw Fault(ProblemType.notFound)
            default: return nil
            }
        } later: { _ in
            calls.change { $0.append("later") }
            return .json(["answered": "later"])
        }
        try await withAPI([route]) { api, _ in try await test(api, calls) }
    }

    private let atOnce = ["Latchkey-At-Once: 1"]

    @Test func `what is known is answered at once, and else later`() async throws {
        try await with { api, calls in
            let known = try await api.call("GET", "/api/soon/known", token: "ada")
            #expect(known.status == 200 && known["answered"] == "now")
            #expect(calls.value == ["now"])
            let unknown = try await api.call("GET", "/api/soon/unknown", token: "ada")
            #expect(unknown.status == 200 && unknown["answered"] == "later")
            #expect(calls.value == ["now", "now", "later"])
            let bad = try await api.call("GET", "/api/soon/bad", token: "ada")
            #expect(bad.status == 404 && calls.value.last == "now")
        }
    }

    @Test func `a request that others wait behind is refused if it would have to wait`()
        async throws
    {
        try await with { api, calls in
            let known = try await api.call(
                "GET", "/api/soon/known", token: "ada", fields: atOnce)
            #expect(known.status == 200 && known["answered"] == "now")
            let unknown = try await api.call(
                "GET", "/api/soon/unknown", token: "ada", fields: atOnce + ["X-Request-Id: r1"])
            #expect(unknown.status == 421 && unknown.body.isEmpty)
            #expect(unknown.field("x-request-id") == "r1")
            #expect(calls.value == ["now", "now"])
            #expect(try await api.call("GET", "/api/soon/known", fields: atOnce).status == 401)
        }
    }
}
