import Contract
import EntitiesContract
import GatewayContract
import Kernel
import ServiceKit

extension OrganizationsAPI {
    /// Events from other services.
    func apply(_ event: InternalEvent) async throws -> Bool {
        switch event.type {
        case UserDeleted.type:
            let payload = try event.fact(UserDeleted.self)
            return try await useCases.onUserDeleted(
                payload.userId, by: payload.actor, eventId: event.id)
        case EntityDeleted.type:
            let payload = try event.fact(EntityDeleted.self)
            return try await useCases.onEntityDeleted(
                payload.entityId, by: payload.actor.caller, eventId: event.id)
        case EntityRenamed.type:
            return try await useCases.onEntityRenamed(
                try event.fact(EntityRenamed.self), eventId: event.id)
        default: return false
        }
    }
}
