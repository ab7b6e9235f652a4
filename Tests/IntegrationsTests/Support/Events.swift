import GatewayContract
import Kernel
import TestSupport

@testable import Integrations

/// Events of other services, delivered by their ids.
extension IntegrationsUseCases {
    /// - Returns: false if the event was applied before.
    @discardableResult
    func onUserDeleted(_ userId: String, by admin: Caller, eventId: String) async throws -> Bool {
        try await receive(UserDeleted.type, UserDeleted(userId: userId, by: admin), id: eventId)
    }
}
