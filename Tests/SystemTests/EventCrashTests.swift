import Foundation
import Glibc
import Kernel
import TestSupport
import Testing

/// A change in one context and its effect in another, with one process killed at every step between
/// them and the other a moment later: they agree again, and the effect happened once.
@Suite(.serialized) struct EventCrashTests {
    /// An event with its sender and receiver.
    struct Event: Sendable {
        let name: String
        let sender: LiveStack.Service
        let receiver: LiveStack.Service
    }

    /// The things of one round.
    private struct Things {
        let owner: (id: String, token: String)
        let member: (id: String, token: String)
        let organization: String
        let entity: String
        let publication: String
        let integration: String
        /// The page of a pending invitation.
        let invitation: String
    }

    static let events = [
        Event(name: "entity shared", sender: .entities, receiver: .gateway),
        Event(name: "entity deleted", sender: .entities, receiver: .organizations),
        Event(name: "entity renamed", sender: .entities, receiver: .organizations),
        Event(name: "entity deleted", sender: .entities, receiver: .invitations),
        Event(name: "entity renamed", sender: .entities, receiver: .invitations),
        Event(name: "entity owner changed", sender: .entities, receiver: .invitations),
        Event(name: "organization deleted", sender: .organizations, receiver: .entities),
        Event(name: "member removed", sender: .organizations, receiver: .entities),
        Event(name: "user deleted", sender: .gateway, receiver: .organizations),
        Event(name: "user deleted", sender: .gateway, receiver: .entities),
        Event(name: "user deleted", sender: .gateway, receiver: .integrations),
        Event(name: "user deleted", sender: .gateway, receiver: .invitations),
        Event(name: "user offboarded", sender: .gateway, receiver: .organizations),
        Event(name: "user offboarded", sender: .gateway, receiver: .entities),
        Event(name: "user offboarded", sender: .gateway, receiver: .integrations),
        Event(name: "user offboarded", sender: .gateway, receiver: .invitations),
    ]

    @Test(arguments: events)
    func `an event has its effect once, wherever its sender or receiver is killed`(_ event: Event)
        async throws
    {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("\(event.name) to \(event.receiver): seed \(seed)")
        let random = SeededRandom(seed: seed)
        let stack = try await LiveStack(["LATCHKEY_SHARE_MAIL_DELAY": "0"])
        try await stack.start()
        // Crash points of mails are no step of an event.
        let points = CrashPoint.allCases.filter {
            ["outbox", "inbox"].contains($0.rawValue.prefix { $0 != "." })
        }
        for (round, point) in points.enumerated() {
            let things = try await make("r\(round)", stack)
            let isSenders = point.rawValue.hasPrefix("outbox")
            let victim = isSenders ? event.sender : event.receiver
            let other = isSenders ? event.receiver : event.sender
            try await stack.restart(victim, ["LATCHKEY_FAULT_POINT": point.rawValue])
            // The victim can die before it responds; the change is on disk by then.
            let answer = try? await change(event, things, stack)
            if let answer { #expect(answer < 300 || answer >= 500, "\(point)") }
            #expect(await stack.process(victim)?.ended(within: 10) != nil, "\(point) not reached")
            try? await Task.sleep(for: .milliseconds(random.below(60)))
            await stack.process(other)?.killNow()
            try stack.start(victim)
            try stack.start(other)
            try await stack.ready()
            let place: Comment = "\(event.name), \(point), seed \(seed)"
            let agrees = try await eventually { try await hasHappened(event, things, stack) }
            #expect(agrees, place)
            // Wait for all follow-up events, or they would run into the next round.
            #expect(try await eventually { try await isDrained(stack) }, place)
            #expect(try await traces(of: event, things, stack) == 1, place)
        }
        #expect(await stack.stop())
        for service in Set(Self.events.map(\.sender)) {
            let waiting = try await SQLite.run(
                "SELECT count(*) FROM outbox", on: stack, service.rawValue)
            #expect(waiting == "0\n")
        }
    }

    /// Whether no service has an event to send. Checked in this order, because events of the first
    /// cause events of the others.
    private func isDrained(_ stack: LiveStack) async throws -> Bool {
        for sender in [LiveStack.Service.gateway, .organizations, .entities] {
            guard try await isDrained(sender, stack) else { return false }
        }
        return true
    }

    private func isDrained(_ sender: LiveStack.Service, _ stack: LiveStack) async throws -> Bool {
        let metrics = try await APIClient(port: stack.port(sender)).call("GET", "/metrics").text
        let depths = metrics.split(separator: "\n").filter {
            $0.hasPrefix("latchkey_outbox_depth{")
        }
        return !depths.isEmpty && depths.allSatisfy { $0.hasSuffix(" 0") }
    }

    private func make(_ name: String, _ stack: LiveStack) async throws -> Things {
        let owner = try await stack.user("owner-\(name)")
        let member = try await stack.user("member-\(name)")
        let organization = try await stack.organization(owner.token, name: name)
        let added = try await stack.api.call(
            "POST", "/api/organizations/\(organization)/members", token: owner.token,
            body: #"{"userId":"\#(member.id)"}"#)
        #expect(added.status == 201)
        let made = try await stack.api.call(
            "POST", "/api/entities", token: member.token,
            body: #"{"name":"\#(name)","type":"app","organizationId":"\#(organization)"}"#)
        let entity = try #require(made["id"])
        let published = try await stack.api.call(
            "POST", "/api/organizations/\(organization)/store", token: member.token,
            body: #"{"entityId":"\#(entity)"}"#)
        let integration = try await stack.api.call(
            "POST", "/api/integrations", token: member.token, body: #"{"name":"\#(name)"}"#)
        return Things(
            owner: owner, member: member, organization: organization, entity: entity,
            publication: try #require(published["id"]),
            integration: try #require(integration["id"]),
            invitation: try await invite(owner, "guest-\(name)", to: entity, of: member, stack))
    }

    /// Makes the first user a collaborator and invites the other.
    /// - Returns: the page of the pending invitation.
    private func invite(
        _ collaborator: (id: String, token: String), _ guest: String, to entity: String,
        of member: (id: String, token: String), _ stack: LiveStack
    ) async throws -> String {
        let page = try await stack.invite(guest, to: entity, by: member.token)
        let user = try await stack.api.call("GET", "/api/me", token: collaborator.token)
        let name = try #require(user["username"])
        let token = try await stack.invite(name, to: entity, by: member.token)
        let accepted = try await stack.api.call(
            "POST", "/api/v1/invitations/accept", token: collaborator.token,
            body: #"{"token":"\#(token)"}"#)
        #expect(accepted.status == 200, "\(accepted.text)")
        return "/invitations/accept?token=\(page)"
    }

    /// - Returns: the status.
    private func change(
        _ event: Event, _ things: Things, _ stack: LiveStack
    ) async throws -> Int {
        let organization = "/api/organizations/\(things.organization)"
        switch event.name {
        case "entity deleted":
            return try await stack.api.call(
                "DELETE", "/api/entities/\(things.entity)", token: things.member.token
            ).status
        case "entity renamed":
            return try await stack.api.call(
                "PATCH", "/api/entities/\(things.entity)", token: things.member.token,
                body: #"{"name":"Renamed"}"#
            ).status
        case "entity shared":
            return try await stack.api.call(
                "POST", "/api/entities/\(things.entity)/shares", token: things.member.token,
                body: #"{"emails":["\#(try await email(of: things.owner, stack))"]}"#
            ).status
        case "entity owner changed":
            return try await stack.api.call(
                "PUT", "/api/entities/\(things.entity)/owner", token: things.member.token,
                body: #"{"userId":"\#(things.owner.id)"}"#
            ).status
        case "organization deleted":
            return try await stack.api.call(
                "DELETE", organization, token: things.owner.token
            ).status
        case "member removed":
            return try await stack.api.call(
                "DELETE", "\(organization)/members/\(things.member.id)",
                token: things.owner.token
            ).status
        case "user offboarded":
            return try await stack.api.call(
                "DELETE", "/api/users/\(things.member.id)/access", token: stack.adminToken
            ).status
        default:
            return try await stack.api.call(
                "DELETE", "/api/users/\(things.member.id)", token: stack.adminToken
            ).status
        }
    }

    /// Whether the receiver shows the effect.
    private func hasHappened(
        _ event: Event, _ things: Things, _ stack: LiveStack
    ) async throws -> Bool {
        let store = "/api/organizations/\(things.organization)/store"
        let owner = things.owner.token
        switch (event.name, event.receiver) {
        case ("entity shared", _): return try await noticeCount(things, stack) > 0
        case ("entity deleted", .invitations):
            let mine = try await stack.api.call("GET", "/api/v1/invitations", token: owner)
            return mine.json?["total"]?.int == 0
        case ("entity renamed", .invitations):
            return try await stack.api.call("GET", things.invitation).text.contains("Renamed")
        case ("entity owner changed", _):
            // Only the recipient of events would notice.
            let owner = try await SQLite.run(
                "SELECT owner_id FROM known_entities WHERE id = '\(things.entity)'", on: stack,
                "invitations")
            return owner == things.owner.id + "\n"
        case (_, .invitations):
            return try await stack.api.call("GET", things.invitation).status == 410
        case ("entity deleted", _):
            return try await stack.api.call("GET", store, token: owner).json?["total"]?.int == 0
        case ("entity renamed", _):
            let found = try await stack.api.call(
                "GET", "\(store)/\(things.publication)", token: owner)
            return found.json?["entity"]?["name"]?.string == "Renamed"
        case ("organization deleted", _):
            let found = try await stack.api.call(
                "GET", "/api/entities/\(things.entity)", token: things.member.token)
            return found.json?["organizationId"] == .null
        case ("member removed", _):
            // The organization's owner takes over entities without other publishers.
            let found = try await stack.api.call(
                "GET", "/api/entities/\(things.entity)", token: owner)
            return found["ownerId"] == things.owner.id
        case (_, .entities):
            let found = try await stack.api.call(
                "GET", "/api/entities/\(things.entity)/publishers", token: stack.adminToken)
            return found.status == 200 && found.json?["total"]?.int == 1
        case (_, .integrations):
            let found = try await stack.api.call(
                "GET", "/api/integrations/\(things.integration)", token: stack.adminToken)
            return found["ownerId"] == "user:admin"
        default:
            let found = try await stack.api.call(
                "GET", "/api/organizations/\(things.organization)/members", token: owner)
            return found.json?["total"]?.int == 1
        }
    }

    private func email(
        of user: (id: String, token: String), _ stack: LiveStack
    ) async throws -> String {
        try #require(try await stack.api.call("GET", "/api/me", token: user.token)["email"])
    }

    /// How many mails about shares the owner has.
    private func noticeCount(_ things: Things, _ stack: LiveStack) async throws -> Int {
        stack.mails(to: try await email(of: things.owner, stack))
            .count { $0.contains("List-Unsubscribe-Post") }
    }

    /// How often the receiver's audit contains the effect.
    private func traces(
        of event: Event, _ things: Things, _ stack: LiveStack
    ) async throws -> Int {
        if event.name == "entity shared" { return try await noticeCount(things, stack) }
        let (subject, action) =
            switch (event.name, event.receiver) {
            case ("entity deleted", .invitations):
                ("entityId=\(things.entity)", "collaborator.removed")
            case ("user deleted", .invitations), ("user offboarded", .invitations):
                ("entityId=\(things.entity)", "invitation.revoked")
            case ("entity deleted", _):
                ("organizationId=\(things.organization)", "publication.removed")
            case ("organization deleted", _): ("entityId=\(things.entity)", "entity.updated")
            case ("member removed", _), (_, .entities):
                ("entityId=\(things.entity)", "publisher.removed")
            case (_, .integrations):
                ("integrationId=\(things.integration)", "integration.owner_changed")
            // A new name isn't audited, as it doesn't change access: the store shows it. Of a new
            // owner the entities service itself has the entry.
            case ("entity renamed", _), ("entity owner changed", _): ("", "")
            default: ("organizationId=\(things.organization)", "member.removed")
            }
        guard !subject.isEmpty else { return 1 }
        let found = try await stack.api.call(
            "GET", "/api/audit?\(subject)&pageSize=100", token: stack.adminToken)
        return found.json?["items"]?.items.count { $0["action"]?.string == action } ?? 0
    }
}
