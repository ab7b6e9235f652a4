import Contract
import GatewayContract
import Kernel
import ServiceKit

extension IntegrationsAPI {
    /// Applies events of other contexts.
    func apply(_ event: InternalEvent) async throws -> Bool {
        guard event.type == UserDeleted.type else { return false }
        let fact = try event.fact(UserDeleted.self)
        return try await useCases.onUserDeleted(fact.userId, by: fact.actor, eventId: event.id)
    }
}
