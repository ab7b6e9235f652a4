import Contract
import GatewayContract
import Kernel
import OrganizationsContract
import ServiceKit

extension EntitiesAPI {
    /// Facts from other contexts.
    func take(_ event: InternalEvent) async throws -> Bool {
        switch event.type {
        case UserDeleted.type:
            let fact = try event.fact(UserDeleted.self)
            return try await useCases.dropUser(fact.userId, by: fact.actor, eventId: event.id)
        case OrganizationDeleted.type:
            return try await useCases.dropOrganization(
                try event.fact(OrganizationDeleted.self), eventId: event.id)
        case MemberRemoved.type:
            return try await useCases.dropMember(
                try event.fact(MemberRemoved.self), at: event.at, eventId: event.id)
        default: return false
        }
    }
}
