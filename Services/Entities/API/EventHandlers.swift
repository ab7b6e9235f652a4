import Contract
import GatewayContract
import HTTPCore
import Kernel
import ServiceKit

extension EntitiesAPI {
    /// Facts from other contexts. Of those that mean nothing here, the receipt says so.
    func takeEvent(_ request: RequestContext) async throws -> Response {
        let event = try request.decode(InternalEvent.self)
        switch event.type {
        case UserDeleted.type:
            let fact = try JSON.decode(UserDeleted.self, Array(event.data.utf8))
            let applied = try await useCases.dropUser(
                fact.userId, by: fact.actor, eventId: event.id)
            return .json(InternalEvent.Receipt(applied: applied))
        default:
            return .json(InternalEvent.Receipt(applied: false))
        }
    }
}
