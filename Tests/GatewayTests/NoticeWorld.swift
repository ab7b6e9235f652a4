import Contract
import GatewayContract
import HTTPCore
import HTTPServer
import Kernel
import SQLite
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// A fake of the services that have shares.
final class FakeShares: Sendable {
    /// By id.
    let standing = Log<[String: StandingSharesReply.Share]>([:])
    /// Whether the service answers 503.
    let isAway = Log(false)
    let questions = Log(0)

    func add(_ id: String, _ name: String, level: Int? = nil) {
        standing.change { $0[id] = .init(id: id, thingId: "ent_1", name: name, level: level) }
    }

    func revoke(_ id: String) { standing.change { $0[id] = nil } }

    func handle(_ exchange: Exchange) {
        let sink = Sink()
        sink.onEnd = { [self] in
            let target = exchange.head.withTarget { String(decoding: $0, as: UTF8.self) }
            guard target == ShareNoticeRoutes.standing.path else {
                return exchange.respond(Response(200).repeatingId(of: exchange))
            }
            questions.change { $0 += 1 }
            guard !isAway.value, let query = try? JSON.decode(StandingSharesQuery.self, sink.bytes)
            else { return exchange.respond(Response(503).repeatingId(of: exchange)) }
            let known = standing.value
            let reply = StandingSharesReply(shares: query.ids.compactMap { known[$0] })
            exchange.respond(Response.json(reply).repeatingId(of: exchange))
        }
        exchange.readBody(sink)
    }
}

/// A gateway whose users are mailed what is shared with them. Entities and integrations are fakes.
struct NoticeWorld {
    let gateway: GatewayWorld
    let entities: FakeShares
    let integrations: FakeShares
    var notices: ShareNotices { gateway.service.notifications.notices }

    /// Reports shares as their service does.
    /// - Parameter shares: recipients by the shares' ids.
    func report(
        _ shares: [String: String], by giver: String, _ kind: SharedKind = .entity,
        event id: String? = nil, from service: String? = nil
    ) async throws -> RawResponse {
        let fact = SharesGiven(
            givenBy: giver,
            shares: shares.sorted { $0.key < $1.key }.map { .init(id: $0.key, userId: $0.value) })
        let event = InternalEvent(
            id: id ?? "evt_\(shares.keys.sorted().joined())", type: kind.event,
            at: gateway.clock.now(), data: JSON.text(fact))
        let owner = kind == .entity ? "entities" : "integrations"
        let signer = IdentitySigner(
            issuer: service ?? owner, secret: Array(internalSecret.utf8), clock: gateway.clock)
        return try await gateway.inner.call(
            "POST", InternalEvent.deliver.path, body: JSON.text(event),
            fields: ["Latchkey-Identity: \(signer.service(audience: "gateway"))"])
    }

    /// Shares something and reports it.
    func share(
        _ id: String, _ name: String, with user: Account, by giver: Account,
        _ kind: SharedKind = .entity, level: Int? = nil
    ) async throws {
        (kind == .entity ? entities : integrations).add(id, name, level: level)
        let answer = try await report([id: user.id], by: giver.id, kind)
        #expect(answer.status == 200, "\(answer.text)")
    }

    /// Mails about shares, with their lines joined.
    func mails(to user: Account) -> [String] {
        gateway.mails(to: "\(user.name)@example.com").map(Self.unfolded)
            .filter { $0.contains("List-Unsubscribe") }
    }

    /// Lets the time pass that shares wait, and returns the mails.
    func mailsWhenDue(to user: Account, count: Int = 1) async throws -> [String] {
        gateway.clock.advance(seconds: 60)
        let isThere = try await eventually(within: 10_000) {
            try mails(to: user).count == count && gateway.pendingMails() == 0 && waiting() == 0
        }
        #expect(isThere, "\(mails(to: user).count) mails")
        return mails(to: user)
    }

    /// Shares that are to be mailed.
    func waiting() throws -> Int {
        try gateway.service.database.read { db in
            try db.row("SELECT count(*) FROM share_notices WHERE kind > ''") { Int($0.int(0)) }
        } ?? 0
    }

    /// Once no share waits, no mail was written.
    func expectNoMail(to user: Account) async throws {
        gateway.clock.advance(seconds: 60)
        #expect(try await eventually(within: 10_000) { try waiting() == 0 })
        #expect(mails(to: user).isEmpty)
        #expect(try gateway.pendingMails() == 0)
    }

    /// Headers without folds, and bodies without soft line breaks and escapes.
    static func unfolded(_ mail: String) -> String {
        mail.replacing("\r\n ", with: " ").replacing("=\r\n", with: "")
            .replacing("=3D", with: "=")
    }

    /// The path of the link that stops mails, without the origin.
    static func stop(in mail: String) throws -> String {
        let found = try #require(
            mail.firstMatch(of: /List-Unsubscribe: <https?:\/\/[^\/]+([^>]+)>/))
        return String(found.1)
    }
}

func withNotices(
    extra: [String: String] = [:], throughEdge: Bool = false,
    _ test: (NoticeWorld) async throws -> Void
) async throws {
    let (entities, integrations) = (FakeShares(), FakeShares())
    let first = try await UpstreamUnderTest { entities.handle($0) }
    let second = try await UpstreamUnderTest { integrations.handle($0) }
    try await ending(with: first.stop) {
        try await ending(with: second.stop) {
            try await withGateway(
                entities: first.port, integrations: second.port,
                extra: ["LATCHKEY_PUBLIC_URL": "https://id.example.com"].merging(extra) { $1 },
                throughEdge: throughEdge
            ) { gateway in
                try await test(
                    NoticeWorld(
                        gateway: gateway, entities: entities, integrations: integrations))
            }
        }
    }
}
