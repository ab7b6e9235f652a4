import ServiceKit
import WriteKit

/// How many integrations, shares, teams and members there can be. What a user created counts toward
/// their quota until it is deleted, whoever owns it.
public struct IntegrationQuotas: Sendable {
    var integrations = Quota(
        "integrations", "integrations created by one user", limit: 10_000,
        relief: "Delete some that you created")
    var shares = Quota(
        "integration_shares", "shares of one integration", limit: 10_000,
        relief: "Revoke some of them, or share with a team")
    var teams = Quota(
        "teams", "teams created by one user", limit: 1_000,
        relief: "Delete some that you created")
    var members = Quota(
        "team_members", "members of one team", limit: 10_000,
        relief: "Remove some of them")

    public init() {}

    init(_ settings: inout Settings) {
        integrations = settings.quota(integrations)
        shares = settings.quota(shares)
        teams = settings.quota(teams)
        members = settings.quota(members)
    }
}
