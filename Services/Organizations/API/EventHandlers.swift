import Contract
import EntitiesContract
import GatewayContract
import SQLite
import ServiceKit
import WriteKit

extension OrganizationsUseCases: EventConsumer {
    func effect(of event: InternalEvent) throws -> EventEffect? {
        switch event.type {
        case UserDeleted.type:
            let fact = try event.fact(UserDeleted.self)
            return { try onUserDeleted(fact, in: $0) }
        case UserOffboarded.type:
            let fact = try event.fact(UserOffboarded.self)
            return { try onUserOffboarded(fact, in: $0) }
        case EntityDeleted.type:
            let fact = try event.fact(EntityDeleted.self)
            return { try onEntityDeleted(fact.entityId, by: fact.actor.caller, in: $0) }
        case EntityRenamed.type:
            let fact = try event.fact(EntityRenamed.self)
            return { try onEntityRenamed(fact, in: $0) }
        case UserSuspensionChanged.type:
            let fact = try event.fact(UserSuspensionChanged.self)
            return { try SuspendedUsers.set(fact.userId, isSuspended: fact.isSuspended, in: $0) }
        default: return nil
        }
    }
}
