import Contract
import Kernel
import SQLite
import TestSupport
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// Events of other contexts.
extension World {
    /// `share.created` and the like, of the entity `ent_1`.
    func event(
        _ number: Int, _ type: String = "invitation.sent", of parent: String? = "ent_1",
        owners: [String] = [], organization: String? = nil
    ) -> OutgoingEvent {
        OutgoingEvent(
            position: number, id: "evt_\(number)", type: type, at: clock.now(),
            actorId: "usr_actor", actingId: nil,
            subject: AuditEntryBody.Subject(
                type: String(type.prefix { $0 != "." }), id: "thing_\(number)"),
            parent: parent.map { AuditEntryBody.Subject(type: "entity", id: $0) },
            owners: owners, organization: organization, data: #"{"after":null,"before":null}"#)
    }

    /// - Returns: how many were new.
    @discardableResult
    func receive(_ events: OutgoingEvent...) async throws -> Int {
        try await webhooks.receive(OutgoingEvents(events))
    }

    /// Deletes what is older than it is kept.
    /// - Returns: how much.
    func purge(_ rule: RetentionRule, limit: Int = 100) async throws -> Int {
        try await database.write { try rule.purge(limit: limit, in: $0) }
    }

    /// The ids in a feed.
    func ids(
        in scope: FeedScope, type: String = "*", by caller: Caller
    ) async throws -> [String] {
        try await feed(in: scope, type: type, by: caller).events.map(\.id)
            .filter { $0.count < 10 }
    }
}
