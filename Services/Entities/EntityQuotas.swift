import ServiceKit
import WriteKit

/// How much of what this context keeps one user or one entity can have. What a user created counts
/// for them until it is deleted, whoever owns it: a hand-over neither makes room for more nor takes
/// it from the new owner.
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
