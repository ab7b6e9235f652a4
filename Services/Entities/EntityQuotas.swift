import ServiceKit
import WriteKit

/// The quotas of users and entities in this context. An entity counts for its creator until it is
/// deleted: transferring it neither frees the creator's quota nor uses the new owner's.
public struct EntityQuotas: Sendable {
    var entities = Quota(
        "entities", "entities created by one user", limit: 10_000,
        relief: "Delete some that you created")
    var versions = Quota(
        "versions", "versions pushed by one user", limit: 100_000,
        relief: "Delete entities that are no longer needed")
    var shares = Quota(
        "shares", "shares given by one user", limit: 100_000,
        relief: "Revoke some, or publish the entities to a store")
    var publishers = Quota(
        "publishers", "publishers of one entity", limit: 1_000,
        relief: "Remove some of them")
    var installations = Quota(
        "installations", "installations of one user", limit: 10_000,
        relief: "Uninstall some entities")

    public init() {}

    init(_ settings: inout Settings) {
        entities = settings.quota(entities)
        versions = settings.quota(versions)
        shares = settings.quota(shares)
        publishers = settings.quota(publishers)
        installations = settings.quota(installations)
    }
}
