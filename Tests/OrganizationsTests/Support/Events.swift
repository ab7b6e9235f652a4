import Contract
import EntitiesContract
import GatewayContract
import Kernel
import TestSupport

@testable import Organizations

/// Events of other services, delivered by their ids.
extension OrganizationsUseCases {
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
    func onEntityDeleted(
        _ entityId: String, by actor: Caller, eventId: String
    ) async throws -> Bool {
        let fact = EntityDeleted(entityId: entityId, actor: EventActor(actor))
        return try await receive(EntityDeleted.type, fact, id: eventId)
    }

    @discardableResult
    func onEntityRenamed(_ fact: EntityRenamed, eventId: String) async throws -> Bool {
        try await receive(EntityRenamed.type, fact, id: eventId)
    }
}
