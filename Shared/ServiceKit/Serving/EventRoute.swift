import Contract
import HTTPCore
import Kernel

extension Route {
    /// Where a context takes facts from others.
    /// - Parameter apply: whether it changed something: false for a fact that was known already, or
    ///   means nothing here. Returns once its effect is on disk.
    public static func events(
        _ faults: CrashPoints, apply: @escaping @Sendable (InternalEvent) async throws -> Bool
    ) -> Route {
        .later(InternalEvent.deliver) { request in
            let event = try request.decode(InternalEvent.self)
            guard let sender = Identity.service(request.head), event.isFact(of: sender) else {
                throw Fault.forbidden(
                    "not_the_senders_fact", "A service can only report events about what it owns.")
            }
            faults.reach(.inboxReceived)
            let applied = try await apply(event)
            faults.reach(.inboxApplied)
            return .json(InternalEvent.Receipt(applied: applied))
        }
    }
}

extension InternalEvent {
    /// Whether `service` owns what the event tells of.
    func isFact(of service: String) -> Bool {
        switch type.prefix(while: { $0 != "." }) {
        case "user": service == "gateway"
        case "entity": service == "entities"
        case "organization", "member": service == "organizations"
        // Nothing that anybody here knows of.
        default: true
        }
    }

    /// What it says, as its sender's Contract declares it.
    public func fact<Fact: Decodable>(_ type: Fact.Type) throws(Fault) -> Fact {
        try JSON.decode(type, Array(data.utf8), within: .trusted)
    }
}
