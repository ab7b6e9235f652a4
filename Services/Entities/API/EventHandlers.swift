import Contract
import GatewayContract
import Kernel
import OrganizationsContract
import ServiceKit

extension EntitiesAPI {
    /// Events from other services.
    func apply(_ event: InternalEvent) async throws -> Bool {
        switch event.type {
        case UserDeleted.type:
            let deleted = try event.fact(UserDeleted.self)
            return try await useCases.onUserDeleted(
                deleted.userId, by: deleted.actor, eventId: event.id)
        case OrganizationDeleted.type:
            return try await useCases.onOrganizationDeleted(
                try event.fact(OrganizationDeleted.self), eventId: event.id)
        case MemberRemoved.type:
            return try await useCases.onMemberRemoved(
                try event.fact(MemberRemoved.self), at: event.at, eventId: event.id)
        default: return false
        }
    }
}
