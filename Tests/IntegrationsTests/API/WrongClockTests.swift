import Kernel
import TestSupport
import Testing

@testable import Integrations

/// A clock that was wrong for some time.
@Suite struct WrongClockTests {
    @Test(arguments: FakeClock.errors)
    func `new things have the corrected time, and lists keep their order`(
        error: Int64
    ) async throws {
        try await ServedIntegrations.run { served in
            let ada = served.user("ada")
            let make = { (name: String) in
                try await served.send("POST /api/integrations", #"{"name":"\#(name)"}"#, as: ada)
            }
            let early = try await served.clock.wrong(by: error) { try await make("Early") }
            #expect(early.status == 201)
            let now = served.clock.now().rfc3339
            let first = try await make("First")
            served.clock.advance(seconds: 1)
            let second = try await make("Second")
            #expect(first["createdAt"] == now)
            #expect(second["createdAt"] == served.clock.now().rfc3339)
            let list = try await served.send("GET /api/integrations", as: ada)
            let names = (list.json?["_embedded"]?["inf:integration"]?.items ?? []).compactMap {
                $0["name"]?.string
            }
            #expect(names.filter { $0 != "Early" } == ["Second", "First"])
            #expect(names.count == 3)
        }
    }

    @Test(arguments: FakeClock.errors)
    func `an Idempotency-Key from a wrong clock has one effect`(error: Int64) async throws {
        try await ServedIntegrations.run { served in
            let ada = served.user("ada")
            let make = {
                let name = "Once"
                return try await served.send(
                    "POST /api/integrations", #"{"name":"\#(name)"}"#, as: ada,
                    fields: ["Idempotency-Key: k"])
            }
            let first = try await served.clock.wrong(by: error) { try await make() }
            let again = try await make()
            #expect(again.status == 201 && again["id"] == first["id"])
            #expect(again.field("idempotency-replayed") == "true")
        }
    }
}
