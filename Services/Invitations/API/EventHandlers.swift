import Contract
import EntitiesContract
import GatewayContract
import Kernel
import ServiceKit

extension InvitationsAPI {
    /// Facts from other contexts.
    func take(_ event: InternalEvent) async throws -> Bool {
        switch event.type {
        case UserDeleted.type:
            let fact = try event.fact(UserDeleted.self)
            return try await useCases.dropUser(fact.userId, by: fact.actor, eventId: event.id)
        case EntityDeleted.type:
            return try await useCases.dropEntity(
                try event.fact(EntityDeleted.self), eventId: event.id)
        case EntityRenamed.type:
            return try await useCases.renameEntity(
                try event.fact(EntityRenamed.self), eventId: event.id)
        case EntityHandedOver.type:
            return try await useCases.handOverEntity(
                try event.fact(EntityHandedOver.self), eventId: event.id)
        default: return false
        }
    }
}
