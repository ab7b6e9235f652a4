import Contract
import EntitiesContract
import GatewayContract
import Kernel
import TestSupport

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// Events of other services, delivered by their ids.
extension InvitationsContext {
    /// - Returns: false if the event was applied before.
    @discardableResult
    func onUserDeleted(_ userId: String, by admin: Caller, eventId: String) async throws -> Bool {
        try await receive(UserDeleted.type, UserDeleted(userId: userId, by: admin), id: eventId)
    }

    /// - Parameter operationId: also identifies the event.
    @discardableResult
    func onUserOffboarded(
        _ user: Caller, by admin: Caller, _ operationId: String = "opr_1"
    ) async throws -> Bool {
        let fact = UserOffboarded(
            operationId: operationId, userId: user.userId,
            email: "\(user.userId.dropFirst(4))@example.com", actor: EventActor(admin))
        return try await receive(UserOffboarded.type, fact, id: "evt_\(operationId)")
    }

    @discardableResult
    func onEntityDeleted(_ fact: EntityDeleted, eventId: String) async throws -> Bool {
        try await receive(EntityDeleted.type, fact, id: eventId)
    }

    @discardableResult
    func onEntityRenamed(_ fact: EntityRenamed, eventId: String) async throws -> Bool {
        try await receive(EntityRenamed.type, fact, id: eventId)
    }

    @discardableResult
    func onEntityOwnerChanged(_ fact: EntityOwnerChanged, eventId: String) async throws -> Bool {
        try await receive(EntityOwnerChanged.type, fact, id: eventId)
    }
}
