import ServiceKit
import WriteKit

/// Quotas of a user or an organization. An organization counts for the user who created it until it
/// is deleted, whoever owns it.
public struct OrganizationQuotas: Sendable {
    var organizations = Quota(
        "organizations", "organizations created by one user", limit: 1_000,
        relief: "Delete some that you created")
    var members = Quota(
        "members", "members of one organization", limit: 100_000,
        relief: "Remove some of them")
    var publications = Quota(
        "publications", "publications in one store", limit: 10_000,
        relief: "Remove some of them")

    public init() {}

    init(_ settings: inout Settings) {
        organizations = settings.quota(organizations)
        members = settings.quota(members)
        publications = settings.quota(publications)
    }
}
