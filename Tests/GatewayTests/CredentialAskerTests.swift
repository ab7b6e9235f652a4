import Contract
import EventLoop
import GatewayContract
import HTTPClient
import Kernel
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

@Suite struct CredentialAskerTests {
    private typealias Leases = HeldLeases<CredentialQuestion, CredentialAnswer>

    /// An asker without a lease, as nobody answers renewals.
    private func withAsker(
        patience: Int = 60_000,
        _ lookUp: @escaping @Sendable (CredentialsQuery) async throws(Fault) -> CredentialsReply,
        _ test: (CredentialAsker) async throws -> Void
    ) async throws {
        let group = EventLoopGroup(count: 1)
        let url = try #require(ServiceURL("http://127.0.0.1:\(Ports.next())"))
        let signer = IdentitySigner(
            issuer: "gateway", secret: Array(internalSecret.utf8), clock: SystemClock())
        let leases = Leases(
            of: "gateway",
            ServiceClient("gateway", at: url, signer: signer, on: group, hasBreaker: false),
            on: group.loops[0])
        #expect(leases.generation == nil && leases.silence == nil)
        try await test(CredentialAsker(leases, patience: patience, lookUp: lookUp))
        await leases.stop()
        group.stop()
    }

    private static func reply(_ names: [String]) -> CredentialsReply {
        CredentialsReply(
            mark: LeaseMark(epoch: "e", version: 1), tokens: [],
            users: names.map {
                CredentialsReply.User(name: $0, id: "usr_\($0)", username: $0, isActable: true)
            })
    }

    @Test func `a question joins no request that was sent before it, and others share one`()
        async throws
    {
        let sent = Log<[[String]]>([])
        let answered = Log(0)
        try await withAsker { query async throws(Fault) in
            sent.change { $0.append(query.users.sorted()) }
            let number = sent.value.count
            _ = await eventually(within: 60_000) { answered.value >= number }
            // Something has changed between the two.
            return Self.reply(number == 1 ? query.users : [])
        } _: { asker in
            func ask(_ name: String) -> Task<Bool, any Error> {
                Task { try await asker.ask(.user(name)) != nil }
            }
            let first = ask("ann")
            #expect(await eventually { sent.value.count == 1 })
            let later = [ask("ann"), ask("bob"), ask("ann")]
            #expect(await never { sent.value.count > 1 })
            answered.set(1)
            let isFound = try await first.value
            #expect(isFound)
            #expect(await eventually { sent.value.count > 1 })
            answered.set(2)
            for task in later {
                let isFound = try await task.value
                #expect(!isFound)
            }
            #expect(sent.value.prefix(2) == [["ann"], ["ann", "bob"]])
        }
    }

    @Test func `without the primary a question is refused`() async throws {
        let tries = Log(0)
        try await withAsker(patience: 0) { _ async throws(Fault) in
            tries.change { $0 += 1 }
            throw UpstreamFailure.unreachable.fault()
        } _: { asker in
            let refused = await fault { try await asker.ask(.user("ann")) }
            #expect(refused?.code == "upstream_unavailable" && refused?.retryAfter == 1)
            #expect(tries.value == 1)
        }
    }
}
