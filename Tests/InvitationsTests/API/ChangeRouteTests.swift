import Contract
import InvitationsContract
import Kernel
import TestSupport
import Testing

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// Every write: its conditions, and the responses to repeated requests.
@Suite struct ChangeRouteTests {
    static let routes = Set(InvitationRoutes.all + WebhookRoutes.all + WorkspaceRoutes.all)
        .filter(\.changesForUser)

    @Test(arguments: routes.map(\.id).sorted())
    func `a stale ETag is refused and nothing changes`(_ route: String) async throws {
        try await ServedInvitations.expectConditions(
            of: route, everything: Self.everything, trial: { try await Self.trial(route, $0) })
    }

    @Test(arguments: routes.filter { $0.method == .post }.map(\.id).sorted())
    func `a stored response is returned only to callers who could still make the request`(
        _ route: String
    ) async throws {
        try await ServedInvitations.expectRepetition(
            of: route, everything: Self.everything, trial: { try await Self.trial(route, $0) })
    }

    /// What deliveries change by themselves.
    private static let background = [
        "deliveries": "sent in the background", "delivery_attempts": "sent in the background",
        "webhooks.waiting": "counts deliveries",
        "webhooks.delivered": "counts deliveries", "webhooks.failed": "counts deliveries",
        "webhooks.failing_since": "noted when one fails",
        "webhooks.notice_due": "noted when too many have failed",
    ]

    private static func everything(_ served: ServedInvitations) async throws -> [String] {
        try await served.settleMails()
        return try served.database.dump(except: background)
    }

    private static func trial(
        _ route: String, _ served: ServedInvitations
    ) async throws -> WriteTrial? {
        if let trial = try await ChangeCast(served).trial(of: route) { return trial }
        return try await WorkspaceChangeCast(served).trial(of: route)
    }
}

/// An entity, a webhook and users with different relations to them, each with one.
private struct ChangeCast {
    let served: ServedInvitations
    let owner: Caller
    let invitee: Caller
    let entity: String
    var path: String { "/api/v1/entities/\(entity)" }

    init(_ served: ServedInvitations) {
        self.served = served
        owner = served.user("owner")
        invitee = served.user("invitee")
        _ = served.user("heir")
        entity = served.entity(by: owner)
    }

    private var handOver: WriteTrial.Loss {
        (
            take: { [served, entity] in
                served.clock.advance(seconds: 1)
                served.entities.handOver(entity, to: "usr_heir", at: served.clock.now())
            }, status: 404
        )
    }

    private func trial(
        _ request: String, _ body: String? = nil, shownBy: String? = nil,
        loss: WriteTrial.Loss? = nil
    ) -> WriteTrial {
        served.trial(request, body, as: owner, shownBy: shownBy, loss: loss)
    }

    func trial(of route: String) async throws -> WriteTrial? {
        let base = "\(path)/invitations"
        switch route {
        case "createInvitation":
            return trial("POST \(base)", #"{"email":"x@example.com"}"#, loss: handOver)
        case "createInvitations":
            return trial(
                "POST \(base)/bulk", #"{"invitations":[{"email":"x@example.com"}]}"#,
                loss: handOver)
        case "resendInvitation", "revokeInvitation":
            let made = try await served.invite("x@example.com", to: entity, by: owner)
            let one = "\(base)/\(made["id"]?.string ?? "")"
            return route == "resendInvitation"
                ? trial("POST \(one)/resend", shownBy: one, loss: handOver)
                : trial("DELETE \(one)", shownBy: one)
        case "acceptInvitation", "declineInvitation", "removeCollaborator":
            let made = try await served.invite("invitee@example.com", to: entity, by: owner)
            let token = try served.token(made)
            guard route != "removeCollaborator" else {
                try #require(try await served.accept(token, by: invitee).status == 200)
                return trial("DELETE \(path)/collaborators/usr_invitee")
            }
            return served.trial(
                "POST /api/v1/invitations/\(route == "acceptInvitation" ? "accept" : "decline")",
                #"{"token":"\#(token)"}"#,
                as: invitee, refusing: 403,
                loss: (
                    take: { [served] in
                        served.directory.change("usr_invitee", email: "other@example.com")
                    }, status: 403
                ))
        default: return try await webhookTrial(of: route)
        }
    }

    private func webhookTrial(of route: String) async throws -> WriteTrial? {
        if route == "createWebhook" {
            return WriteTrial(
                "POST /api/v1/webhooks", #"{"url":"\#(ServedInvitations.hook)"}"#,
                as: served.sending(as: owner), loss: served.deletion(of: owner))
        }
        guard let endpoint = WebhookRoutes.all.first(where: { $0.id == route }) else { return nil }
        let made = try await served.webhook(by: owner)
        let one = "/api/v1/webhooks/\(made["id"]?.string ?? "")"
        let loss: WriteTrial.Loss = (
            take: { [served, owner] in
                let gone = try await served.send("DELETE \(one)", as: owner)
                try #require(gone.status == 204, "\(gone.text)")
            }, status: 404
        )
        switch endpoint.id {
        case "updateWebhook":
            return trial("PATCH \(one)", #"{"events":["invitation.sent"]}"#, shownBy: one)
        case "deleteWebhook": return trial("DELETE \(one)", shownBy: one)
        case "rotateWebhookSecret":
            return trial("POST \(one)/rotate-secret", shownBy: one, loss: loss)
        case "testWebhook": return trial("POST \(one)/test", shownBy: one, loss: loss)
        case "redeliverEvent":
            let tested = try await served.send("POST \(one)/test", as: owner)
            let event = try #require(tested["event_id"], "\(tested.text)")
            return trial("POST \(one)/deliveries/\(event)/redeliver", loss: loss)
        case "redeliverEvents":
            return trial(
                "POST \(one)/redeliver", #"{"since":"2020-01-01T00:00:00.000Z"}"#, shownBy: one,
                loss: loss)
        default: return nil
        }
    }
}
