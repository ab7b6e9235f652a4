import Contract
import GatewayContract
import Kernel
import ServiceKit

extension IntegrationsAPI {
    /// Facts from other contexts.
    func take(_ event: InternalEvent) async throws -> Bool {
        guard event.type == UserDeleted.type else { return false }
        let fact = try event.fact(UserDeleted.self)
        return try await useCases.dropUser(fact.userId, by: fact.actor, eventId: event.id)
    }
}
