import Kernel
import TestSupport
import Testing

@testable import Integrations

/// A clock that was wrong for a while.
@Suite struct WrongClockTests {
    private func make(
        _ name: String, _ served: ServedIntegrations, _ fields: [String] = []
    ) async throws -> RawResponse {
        try await served.send(
            "POST /api/integrations", #"{"name":"\#(name)"}"#, as: served.user("ada"),
            fields: fields)
    }

    @Test(arguments: FakeClock.errors)
    func `after a wrong clock new rows have the right time and lists keep their order`(
        error: Int64
    ) async throws {
        try await ServedIntegrations.run { served in
            try await served.clock.expectRightTimes(after: error) {
                let list = try await served.send("GET /api/integrations", as: served.user("ada"))
                return (list.json?["_embedded"]?["inf:integration"]?.items ?? []).compactMap {
                    $0["name"]?.string
                }
            } make: {
                try await make($0, served)
            }
        }
    }

    @Test(arguments: FakeClock.errors)
    func `an Idempotency-Key used under a wrong clock takes effect once`(error: Int64) async throws
    {
        try await ServedIntegrations.run { served in
            try await served.clock.expectOneEffect(after: error) {
                try await make("Once", served, $0)
            }
        }
    }
}
