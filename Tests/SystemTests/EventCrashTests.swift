import Foundation
import Glibc
import Kernel
import TestSupport
import Testing

/// A change in one context and its effect in another, with a process killed at every step between
/// them, and the other one a moment later: they agree again, and the effect happened once.
@Suite(.serialized) struct EventCrashTests {
    /// A fact, who tells it and who hears of it.
    struct Fact: Sendable {
        let name: String
        let sender: LiveStack.Service
        let receiver: LiveStack.Service
    }

    /// What a round is about.
    private struct Things {
        let owner: (id: String, token: String)
        let member: (id: String, token: String)
        let organization: String
        let entity: String
        let publication: String
        let integration: String
        /// The page of an invitation that waits.
        let invitation: String
    }

    static let facts = [
        Fact(name: "entity deleted", sender: .entities, receiver: .organizations),
        Fact(name: "entity renamed", sender: .entities, receiver: .organizations),
        Fact(name: "entity deleted", sender: .entities, receiver: .invitations),
        Fact(name: "entity renamed", sender: .entities, receiver: .invitations),
        Fact(name: "entity handed over", sender: .entities, receiver: .invitations),
        Fact(name: "organization deleted", sender: .organizations, receiver: .entities),
        Fact(name: "member removed", sender: .organizations, receiver: .entities),
        Fact(name: "user deleted", sender: .gateway, receiver: .organizations),
        Fact(name: "user deleted", sender: .gateway, receiver: .entities),
        Fact(name: "user deleted", sender: .gateway, receiver: .integrations),
        Fact(name: "user deleted", sender: .gateway, receiver: .invitations),
    ]

    @Test(arguments: facts)
    func `a fact arrives, once, wherever its sender or its receiver dies`(_ fact: Fact) async throws
    {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("\(fact.name) to \(fact.receiver): seed \(seed)")
        let random = SeededRandom(seed: seed)
        let stack = try await LiveStack()
        try await stack.start()
        // Those of mails are no step of a fact.
        let points = CrashPoint.allCases.filter {
            ["outbox", "inbox"].contains($0.rawValue.prefix { $0 != "." })
        }
        for (round, point) in points.enumerated() {
            let things = try await make("r\(round)", stack)
            let isSenders = point.rawValue.hasPrefix("outbox")
            let victim = isSenders ? fact.sender : fact.receiver
            let other = isSenders ? fact.receiver : fact.sender
            try await stack.restart(victim, ["LATCHKEY_FAULT_POINT": point.rawValue])
            // The victim may die before it answers; the change is on disk by then.
            let answer = try? await change(fact, things, stack)
            if let answer { #expect(answer < 300 || answer >= 500, "\(point)") }
            #expect(await stack.process(victim)?.ended(within: 10) != nil, "\(point) not reached")
            try? await Task.sleep(for: .milliseconds(random.below(60)))
            await stack.process(other)?.killNow()
            try stack.start(victim)
            try stack.start(other)
            try await stack.ready()
            let place: Comment = "\(fact.name), \(point), seed \(seed)"
            let agrees = try await eventually { try await hasHappened(fact, things, stack) }
            #expect(agrees, place)
            // All that follows from it, too: or the next round would begin with what is left.
            #expect(try await eventually { try await isDrained(stack) }, place)
            #expect(try await traces(of: fact, things, stack) == 1, place)
        }
        #expect(await stack.stop())
        for service in Set(Self.facts.map(\.sender)) {
            let waiting = try await SQLite.run(
                "SELECT count(*) FROM outbox", on: stack, service.rawValue)
            #expect(waiting == "0\n")
        }
    }

    /// Whether nobody has anything to tell. In this order: what the first tells has the others
    /// tell of what they do because of it.
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

    /// The first collaborates from now on; the other's invitation waits.
    /// - Returns: its page.
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
        _ fact: Fact, _ things: Things, _ stack: LiveStack
    ) async throws -> Int {
        let organization = "/api/organizations/\(things.organization)"
        switch fact.name {
        case "entity deleted":
            return try await stack.api.call(
                "DELETE", "/api/entities/\(things.entity)", token: things.member.token
            ).status
        case "entity renamed":
            return try await stack.api.call(
                "PATCH", "/api/entities/\(things.entity)", token: things.member.token,
                body: #"{"name":"Renamed"}"#
            ).status
        case "entity handed over":
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
        default:
            return try await stack.api.call(
                "DELETE", "/api/users/\(things.member.id)", token: stack.adminToken
            ).status
        }
    }

    /// Whether the receiver shows the effect.
    private func hasHappened(
        _ fact: Fact, _ things: Things, _ stack: LiveStack
    ) async throws -> Bool {
        let store = "/api/organizations/\(things.organization)/store"
        let owner = things.owner.token
        switch (fact.name, fact.receiver) {
        case ("entity deleted", .invitations):
            let mine = try await stack.api.call("GET", "/api/v1/invitations", token: owner)
            return mine.json?["total"]?.int == 0
        case ("entity renamed", .invitations):
            return try await stack.api.call("GET", things.invitation).text.contains("Renamed")
        case ("entity handed over", _):
            // Nobody but the one who is told of what happens would notice.
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
            // The organization's owner is there for what nobody else publishes.
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

    /// How often the receiver's audit tells of the effect.
    private func traces(
        of fact: Fact, _ things: Things, _ stack: LiveStack
    ) async throws -> Int {
        let (subject, action) =
            switch (fact.name, fact.receiver) {
            case ("entity deleted", .invitations):
                ("entityId=\(things.entity)", "collaborator.removed")
            case ("user deleted", .invitations):
                ("entityId=\(things.entity)", "invitation.revoked")
            case ("entity deleted", _):
                ("organizationId=\(things.organization)", "publication.removed")
            case ("organization deleted", _): ("entityId=\(things.entity)", "entity.updated")
            case ("member removed", _), (_, .entities):
                ("entityId=\(things.entity)", "publisher.removed")
            case (_, .integrations):
                ("integrationId=\(things.integration)", "integration.owner_changed")
            // A new name leaves nothing about access; that it is right says the store. Of a new
            // owner entities itself has the entry.
            case ("entity renamed", _), ("entity handed over", _): ("", "")
            default: ("organizationId=\(things.organization)", "member.removed")
            }
        guard !subject.isEmpty else { return 1 }
        let found = try await stack.api.call(
            "GET", "/api/audit?\(subject)&pageSize=100", token: stack.adminToken)
        return found.json?["items"]?.items.count { $0["action"]?.string == action } ?? 0
    }
}
