import Contract
import EntitiesContract
import GatewayContract
import Kernel
import ServiceKit

extension OrganizationsAPI {
    /// Facts from other contexts.
    func apply(_ event: InternalEvent) async throws -> Bool {
        switch event.type {
        case UserDeleted.type:
            let fact = try event.fact(UserDeleted.self)
            return try await useCases.onUserDeleted(fact.userId, by: fact.actor, eventId: event.id)
        case EntityDeleted.type:
            let fact = try event.fact(EntityDeleted.self)
            return try await useCases.onEntityDeleted(
                fact.entityId, by: fact.actor.caller, eventId: event.id)
        case EntityRenamed.type:
            return try await useCases.onEntityRenamed(
                try event.fact(EntityRenamed.self), eventId: event.id)
        default: return false
        }
    }
}
