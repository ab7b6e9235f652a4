import GatewayClient
import Leases
import ServiceKit

/// The answers of other contexts that this one may give itself.
struct RemoteLeases: Sendable {
    /// Of the gateway: which users exist.
    let users: HeldLeases<UserQuestion, Bool>
    /// Of the organizations context: access through stores.
    let stores: HeldLeases<AccessQuery, AccessSteps>
    /// Of the invitations context: whether the user is a collaborator.
    let collaborations: HeldLeases<AccessQuery, Bool>

    var all: [any LeaseHolding] { [users, stores, collaborations] }
}

extension AccessSteps: LeaseAnswer {}

extension AccessQuery: LeaseQuestion {
    public func dependsOnAny(_ test: (_ key: String) -> Bool) -> Bool {
        test(userId) || test(entityId)
    }
}
