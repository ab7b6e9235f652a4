import Foundation
import Glibc
import Kernel
import TestSupport
import Testing

/// A change in one context and its event in the feed, with one process killed at every step between
/// them and the other a moment later: the event is there, once.
@Suite(.serialized) struct FeedCrashTests {
    /// How a context is changed, in one request of a platform admin.
    private struct Change: Sendable {
        let service: LiveStack.Service
        let path: String
        /// Has the name of the new thing in place of `NAME`.
        let body: String
        let type: String
    }

    private static let changes = [
        Change(
            service: .gateway, path: "/api/users",
            body: #"{"email":"NAME@example.com","username":"NAME","displayName":"N"}"#,
            type: "user.created"),
        Change(
            service: .entities, path: "/api/entities", body: #"{"name":"NAME","type":"app"}"#,
            type: "entity.created"),
        Change(
            service: .organizations, path: "/api/organizations", body: #"{"name":"NAME"}"#,
            type: "organization.created"),
        Change(
            service: .integrations, path: "/api/teams", body: #"{"name":"NAME"}"#,
            type: "team.created"),
    ]

    @Test func `a change is in the feed once, wherever its sender or the feed's service is killed`()
        async throws
    {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed of the kills: \(seed)")
        let random = SeededRandom(seed: seed)
        let stack = try await LiveStack()
        try await stack.start()
        for point in CrashPoint.allCases where point.rawValue.hasPrefix("events.") {
            let isSenders = ![.eventsReceived, .eventsStored].contains(point)
            // One context is enough for the receiver's side.
            for change in isSenders ? Self.changes : [Self.changes[1]] {
                let name = "x\(point.rawValue.dropFirst(7))\(change.service.rawValue)"
                let place: Comment = "\(change.service), \(point), seed \(seed)"
                #expect(try await eventually { try await Self.isDrained(stack) }, place)
                let victim = isSenders ? change.service : .invitations
                let other = isSenders ? .invitations : change.service
                try await stack.restart(victim, ["LATCHKEY_FAULT_POINT": point.rawValue])
                // The victim can die before it responds; the change is on disk by then.
                _ = try? await stack.api.call(
                    "POST", change.path, token: stack.adminToken,
                    body: change.body.replacing("NAME", with: name))
                #expect(await stack.process(victim)?.ended(within: 10) != nil, place)
                try? await Task.sleep(for: .milliseconds(random.below(60)))
                await stack.process(other)?.killNow()
                try stack.start(victim)
                try stack.start(other)
                try await stack.ready()
                #expect(try await eventually { try await Self.isDrained(stack) }, place)
                #expect(try await Self.count(change.type, name, stack) == 1, place)
            }
        }
        #expect(await stack.stop())
    }

    /// Whether no context has an event for subscribers.
    static func isDrained(_ stack: LiveStack) async throws -> Bool {
        for service in LiveStack.Service.allCases where service != .invitations {
            let metrics = try await APIClient(port: stack.port(service)).call("GET", "/metrics")
            guard
                metrics.text.contains(
                    "\nlatchkey_outbox_depth{target=\"subscribers\"} 0\n")
            else { return false }
        }
        return true
    }

    /// How many events of a type show a new thing with the name.
    private static func count(
        _ type: String, _ name: String, _ stack: LiveStack
    ) async throws -> Int {
        try await FeedReplay.events(of: stack, type: type).count { event in
            let after = event["data"]?["after"]
            return (after?["username"] ?? after?["name"])?.string == name
        }
    }
}
