import Contract
import EntitiesContract
import GatewayContract
import Kernel
import ServiceKit

extension InvitationsAPI {
    /// Events from other services.
    func apply(_ event: InternalEvent) async throws -> Bool {
        switch event.type {
        case UserDeleted.type:
            let deleted = try event.fact(UserDeleted.self)
            return try await useCases.onUserDeleted(
                deleted.userId, by: deleted.actor, eventId: event.id)
        case EntityDeleted.type:
            return try await useCases.onEntityDeleted(
                try event.fact(EntityDeleted.self), eventId: event.id)
        case EntityRenamed.type:
            return try await useCases.onEntityRenamed(
                try event.fact(EntityRenamed.self), eventId: event.id)
        case EntityHandedOver.type:
            return try await useCases.onEntityOwnerChanged(
                try event.fact(EntityHandedOver.self), eventId: event.id)
        default: return false
        }
    }
}
