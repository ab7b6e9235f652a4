import Contract
import GatewayContract
import SQLite
import ServiceKit
import WriteKit

extension IntegrationsUseCases: EventConsumer {
    func effect(of event: InternalEvent) throws -> EventEffect? {
        guard event.type == UserDeleted.type else { return nil }
        let fact = try event.fact(UserDeleted.self)
        return { try onUserDeleted(fact.userId, by: fact.actor, in: $0) }
    }
}
