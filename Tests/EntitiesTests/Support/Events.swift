import Contract
import GatewayContract
import Kernel
import OrganizationsContract
import TestSupport

@testable import Entities

/// Events of other services, delivered by their ids.
extension EntitiesUseCases {
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
    func onOrganizationDeleted(
        _ fact: OrganizationDeleted, eventId: String
    ) async throws -> Bool {
        try await receive(OrganizationDeleted.type, fact, id: eventId)
    }

    @discardableResult
    func onMemberRemoved(
        _ fact: MemberRemoved, at removal: Timestamp, eventId: String
    ) async throws -> Bool {
        try await receive(MemberRemoved.type, fact, at: removal, id: eventId)
    }
}
