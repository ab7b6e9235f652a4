import Contract
import HTTPCore
import Kernel
import WriteKit

extension Route {
    /// The route that receives events of other services.
    /// - Parameter consumer: applies each event once.
    public static func events(_ consumer: some EventConsumer, _ faults: CrashPoints) -> Route {
        .later(InternalEvent.deliver) { request in
            let event = try request.decode(InternalEvent.self)
            guard let sender = Identity.service(request.head), event.isOwned(by: sender) else {
                throw Fault.forbidden(
                    "not_the_senders_fact", "A service can only report events about what it owns.")
            }
            faults.reach(.inboxReceived)
            let applied = try await consumer.apply(event)
            faults.reach(.inboxApplied)
            return .json(InternalEvent.Receipt(applied: applied))
        }
    }
}

extension RequestContext {
    /// Requires that the service with this name calls, on a route for services.
    /// - Throws: 401.
    public func requireService(_ name: String) throws(Fault) {
        guard Identity.service(head) == name else { throw .unauthenticated }
    }
}

extension InternalEvent {
    /// Whether `service` owns the subject of the event.
    func isOwned(by service: String) -> Bool {
        switch type.prefix(while: { $0 != "." }) {
        case "user": service == "gateway"
        case "entity": service == "entities"
        case "organization", "member": service == "organizations"
        case "integration": service == "integrations"
        // No service handles such an event.
        default: true
        }
    }

    /// The event's data, as declared by its sender's Contract.
    public func fact<Fact: Decodable>(_ type: Fact.Type) throws(Fault) -> Fact {
        try JSON.decode(type, Array(data.utf8), within: .trusted)
    }
}
