import Contract
import Kernel

extension IntegrationRoutes {
    static let sharing = EndpointGroup(
        "Sharing",
        "Who else may use an integration, and who owns it. A share gives a user or a team an "
            + "access level; of several the highest counts. Whoever sees an integration sees its "
            + "shares and its owner.",
        path: [
            id,
            Member(
                "principalId",
                "`user:<username>` or `team:<teamId>`; the colon as it is or percent-encoded.",
                .principal),
        ],
        [
            listIntegrationShares, getIntegrationShare, shareIntegration, unshareIntegration,
            getIntegrationOwner, changeIntegrationOwner,
        ])

    public static let listIntegrationShares = Endpoint(
        "listIntegrationShares", .get, "/api/integrations/{id}/shares",
        summary: "The shares of an integration, with whom they are given to",
        details: "Newest first.",
        answers: .list(of: IntegrationShareWithPrincipalBody.self, as: IntegrationRelations.share))
    public static let getIntegrationShare = Endpoint(
        "getIntegrationShare", .get, "/api/integrations/{id}/shares/{principalId}",
        summary: "One share", answers: .ok(IntegrationShareBody.self, "The share.").hal)
    public static let shareIntegration = Endpoint(
        "shareIntegration", .put, "/api/integrations/{id}/shares/{principalId}", scopes: share,
        summary: "Share an integration with a user or a team, or change the level of a share",
        details: "Without a body the level is 1. There is no level 0: DELETE revokes. A principal "
            + "who does not exist is 422.",
        takes: .optional(ShareLevelBody.self),
        answers: .ok(
            IntegrationShareBody.self, "The share as it is now, new or not.", tagged: true
        ).hal,
        problems: [
            notManager, userDeleted, .tooManyUnknownUsers,
            .quotaExceeded("shares of the integration"),
        ])
    public static let unshareIntegration = Endpoint(
        "unshareIntegration", .delete, "/api/integrations/{id}/shares/{principalId}",
        scopes: share, summary: "Take a share away", answers: .noContent,
        problems: [notManager, userDeleted])

    // MARK: Ownership

    public static let getIntegrationOwner = Endpoint(
        "getIntegrationOwner", .get, "/api/integrations/{id}/owner",
        summary: "Who owns an integration", answers: .ok(OwnerBody.self, "Its owner.").hal)
    public static let changeIntegrationOwner = Endpoint(
        "changeIntegrationOwner", .put, "/api/integrations/{id}/owner", scopes: changeOwner,
        summary: "Hand an integration over to a user or a team; platform admins only",
        details: "A team as the new owner takes the scope `integration:changeOwnerToTeam` as well, "
            + "and the caller must be `data-wizard` or `admin` in it. The former owner keeps no "
            + "access but what shares give. `If-Match` takes the tag of the owner or of the "
            + "integration. A new owner who does not exist is 422.",
        takes: .json(NewOwnerBody.self),
        answers: .ok(IntegrationBody.self, "The integration as it is now.").hal,
        problems: [
            .forbidden(
                "admin_required", "The caller sees the integration and is no platform admin."),
            .forbidden(
                "insufficient_team_role",
                "The caller is neither `data-wizard` nor `admin` in the new owner's team."),
            userDeleted, .tooManyUnknownUsers,
        ])
}
